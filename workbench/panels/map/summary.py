"""Summary: what a map holds, as a sentence and as a table."""

from typing import TYPE_CHECKING

from workbench.panels.map.classes import Classes
from workbench.panels.map.picture import MapPicture
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd


def frame(selection: Selection, picture: MapPicture, classes: Classes) -> "pd.DataFrame":
    """Return every point with its place: its ids and path, x, y, cluster, cluster_name, shown."""
    ids = [name for name in ("face_id", "image_id", "path") if name in selection.table]
    found = selection.table[ids].copy()
    found["x"], found["y"] = picture.points[:, 0], picture.points[:, 1]
    found["cluster"] = classes.clusters.codes
    found["cluster_name"] = [classes.clusters.name(int(label)) for label in classes.clusters.codes]
    found["shown"] = classes.shown
    return found


def summary(picture: MapPicture, selected: int, noun: str) -> str:
    """Return how many there are, or how many are selected; ``noun`` is what they are."""
    total = len(picture.points)
    if selected:
        return f"{selected:,} of {total:,} selected"
    drawn = f", {len(picture.drawn):,} drawn; a lasso selects all" if picture.dense else ""
    return f"{total:,} {noun.removesuffix('s') if total == 1 else noun}{drawn}"


def note(picture: MapPicture, classes: Classes, noun: str) -> str:
    """Return why nothing can be told apart on a map, or ""."""
    points = picture.points
    if not len(points):
        return f"There are no {noun} here."
    if not classes.shown.any():
        return f"All {noun} are hidden. Click an entry of the legend to show it."
    if len(points) > 1 and bool((points == points[0]).all()):
        return f"All {len(points):,} {noun} have the same vector and lie at one place."
    return ""
