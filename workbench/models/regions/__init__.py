"""Models that find regions: persons with their outline, other things, and what is written."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from workbench.errors import ModelError, required_by
from workbench.media.crops import CUT, KINDS
from workbench.models.regions.model import RegionFinder

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["WAYS", "RegionFinder", "load_regions", "ways"]

WAYS = {"persons": ("u2netp", "box", "maskrcnn"), "objects": ("ssd",), "text": ("rapidocr",)}
"""The ways to find each kind, the default first. Persons: boxes of SSD with an outline by U2-Net, those boxes
as they are, or Mask R-CNN."""
_VERSION = 1  # of search and outline: raise it with any change of the numbers
_LEAST_SCORES = {"persons": 0.3, "objects": 0.3, "text": 0.5}


def load_regions(kinds: Iterable[str] = KINDS) -> RegionFinder:
    """Load the models of some kinds of region: "persons", "objects", "text".

    A kind may name a way to find it, such as "persons/box"; see `WAYS`. Raises ModelError for an unknown kind
    or way, and where the weights are not on this machine; uses no network.
    """
    from workbench.models.regions.detector import load_detector
    from workbench.models.regions.maskrcnn import load_segmenter
    from workbench.models.regions.model import load_foreground
    from workbench.models.regions.reader import LONGEST, load_reader

    chosen = ways(kinds)
    boxes = "objects" in chosen or chosen.get("persons") in ("u2netp", "box")
    return RegionFinder(
        keys={kind: _key(kind, way) for kind, way in chosen.items()},
        detector=load_detector(_LEAST_SCORES["objects"], "float32") if boxes else None,
        foreground=load_foreground("float32") if chosen.get("persons") == "u2netp" else None,
        segmenter=load_segmenter() if chosen.get("persons") == "maskrcnn" else None,
        reader=load_reader(_LEAST_SCORES["text"]) if "text" in chosen else None,
        decode_side=LONGEST if "text" in chosen else 1024,
    )


def ways(kinds: Iterable[str]) -> dict[str, str]:
    """Return kind -> the way to find it, for kinds such as "text" and "persons/box"; raises ModelError."""
    if isinstance(kinds, str):
        kinds = [kinds]
    pairs = [kind.partition("/")[::2] for kind in kinds]
    for kind, way in pairs:
        if kind not in KINDS:
            raise ModelError(f"Unknown kind of region {kind!r}.", f"Use one or more of: {', '.join(KINDS)}.")
        if way and way not in WAYS[kind]:
            known = ", ".join(f"{kind}/{name}" for name in WAYS[kind])
            raise ModelError(f"Unknown method {way!r} to detect {kind}.", f"Use one of: {known}.")
    return {kind: way or WAYS[kind][0] for kind, way in pairs}


def _key(kind: str, way: str) -> str:
    """Return what names everything that changes the boxes, masks and cuts of a kind of region."""
    if kind == "text":
        with required_by("Reading text"):
            finder = f"rapidocr_{version('rapidocr')}-{_LEAST_SCORES[kind]:.2f}"
    elif way == "maskrcnn":
        finder = "maskrcnn_resnet50_fpn_v2-0.50"
    else:
        finder = f"ssd_mobilenet_v2-{_LEAST_SCORES[kind]:.2f}"
    outline = f"-{way}" if way in ("u2netp", "box") else ""
    return f"{finder}{outline}-{CUT}-v{_VERSION}"
