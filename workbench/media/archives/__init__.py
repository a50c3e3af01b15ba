"""Archives as folders: what lies in a ZIP, TAR or 7z is listed and read like any other file of the source."""
