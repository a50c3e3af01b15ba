"""Instances: the same thing in other images, and where in them."""
