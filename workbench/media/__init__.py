"""Bytes to pixels: scan, hash, decode, upright, metadata, thumbnails."""
