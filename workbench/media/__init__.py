"""Bytes to pixels: scan a folder and its archives, decode photos, pages and videos, thumbnails and metadata."""
