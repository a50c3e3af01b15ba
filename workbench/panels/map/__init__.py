"""The map: images as points, drawn by plotly and felt by a script of its own."""
