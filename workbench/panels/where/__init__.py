"""Places: images on a map of the world that needs no network."""
