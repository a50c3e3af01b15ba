"""Why an image matched: heatmaps of a case, and what they say in words."""
