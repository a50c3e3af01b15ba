"""Models that find regions: persons with their outline, other things, and what is written."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from workbench.errors import ModelError
from workbench.media.regions import CUT, KINDS
from workbench.models.regions.model import RegionFinder

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["RegionFinder", "load_regions"]

_VERSION = 1  # of search and outline: raise it with any change of the numbers
_LEAST_SCORES = {"persons": 0.4, "objects": 0.4, "text": 0.5}
OUTLINES = ("u2netp", "box")
"""How persons are cut out: by what stands out, or as they are with what is behind them."""


def load_regions(kinds: Collection[str] = KINDS, *, outline: str = "u2netp") -> RegionFinder:
    """Load the models of some kinds of region: "persons", "objects", "text".

    outline: "u2netp" cuts persons out of what is behind them, "box" does not. Raises ModelError for an
    unknown kind or outline and where the weights are not on this machine; uses no network.
    """
    check_kinds(kinds)
    if outline not in OUTLINES:
        raise ModelError(f"No outline is called {outline!r}.", f"Use one of: {', '.join(OUTLINES)}.")
    from workbench.models.regions.detector import load_detector
    from workbench.models.regions.foreground import load_foreground
    from workbench.models.regions.reader import LONGEST, load_reader

    cut = "persons" in kinds and outline == "u2netp"
    return RegionFinder(
        keys={kind: region_key(kind, outline) for kind in kinds},
        detector=load_detector(_LEAST_SCORES["objects"], "float32") if set(kinds) - {"text"} else None,
        foreground=load_foreground("float32") if cut else None,
        reader=load_reader(_LEAST_SCORES["text"]) if "text" in kinds else None,
        decode_side=LONGEST if "text" in kinds else 1024,
    )


def check_kinds(kinds: Collection[str]) -> None:
    """Raise ModelError for a kind that is none."""
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or isinstance(kinds, str):
        raise ModelError(
            f"No regions are called {kinds if isinstance(kinds, str) else unknown[0]!r}.",
            f"Give a list of some of: {', '.join(KINDS)}.",
        )


def region_key(kind: str, outline: str = "u2netp") -> str:
    """Return what names everything that changes the boxes, masks and cuts of a kind of region."""
    score = f"{_LEAST_SCORES[kind]:.2f}"
    if kind == "text":
        return f"rapidocr_{version('rapidocr')}-{score}-{CUT}-v{_VERSION}"
    detector = f"ssd_mobilenet_v2-{score}"
    return f"{detector}-{outline}-{CUT}-v{_VERSION}" if kind == "persons" else f"{detector}-{CUT}-v{_VERSION}"
