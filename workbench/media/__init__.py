"""Bytes to pixels: scan folders and archives; decode photos, pages and videos; thumbnails and metadata."""
