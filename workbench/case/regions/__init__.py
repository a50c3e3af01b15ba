"""Regions of a case: samples of their own, and the answers found among them."""
