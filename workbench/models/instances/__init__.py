"""Dense features: a vector for every patch of a picture, from the networks `mini` already brings along."""
