"""What numbers say of a heatmap: its picture, whether it points at the thing, whether it is chance."""
