"""Search: a question, what its names mean, the ranking of samples and the hits, for every kind of sample."""
