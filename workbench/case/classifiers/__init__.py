"""Classifiers of a case: what they learn from, what they say, and how they are kept."""
