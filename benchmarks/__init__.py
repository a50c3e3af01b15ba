"""What Workbench takes: time and memory, measured against yardsticks."""
