"""The Why panel: which part of the image and which word made them match."""
