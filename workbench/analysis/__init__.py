"""Arrays in, arrays out: search, projection, clusters. Knows no file and no widget."""
