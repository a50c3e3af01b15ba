"""Faces of a case: read, grouped, searched, and what an analyst does to them."""
