"""The only room with torch."""
