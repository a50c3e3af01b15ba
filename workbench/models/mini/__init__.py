"""The embedded model: DINOv2 and MiniLM joined by heads of our own; search in words without a model hub."""
