"""The panel that finds a thing: a box around it, and the images that hold it too, each with its box."""
