"""Classifiers on vectors that are there already: arrays in, arrays out."""
