"""The only room that knows files on disk."""
