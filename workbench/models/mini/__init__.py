"""The embedded model: DINOv2 and MiniLM joined by heads of our own, so that search in words needs no model hub."""
