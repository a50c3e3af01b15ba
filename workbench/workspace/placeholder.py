"""Slots: places on the desk that are filled when somebody looks."""

import ipywidgets


def slot(name: str) -> ipywidgets.VBox:
    """Return an empty place on the desk, to be filled later without drawing its neighbours again."""
    place = ipywidgets.VBox([])
    place.add_class(f"wb-{name}")
    return place
