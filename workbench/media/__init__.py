"""Bytes to pixels: scan a folder, read and decode files, thumbnails and metadata (Pillow)."""
