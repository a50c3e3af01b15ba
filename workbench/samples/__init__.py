"""Kinds of samples, one module each: what has a vector, what finds it in an image, what embeds it.

A module here is all that a new kind needs: it registers itself, see `workbench.samples.kind`.
"""
