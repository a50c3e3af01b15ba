"""Find the same thing in other pictures: regions without training, their vectors, exact search over them.

Boxes here are fractions of the picture: rows of (x, y, width, height) with 0 at the left upper corner and 1
at the right lower one, so that they hold for every size of the picture. Dense features are arrays (rows,
columns, dim), a vector for each cell of a grid over the picture.
"""
