"""The Video panel: a video plays in the notebook, with what was found in it and who is seen below it."""
