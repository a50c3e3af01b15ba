"""Pairs of face detector and recogniser, and their loader."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from workbench.errors import ModelError
from workbench.models.faces.model import FacePair
from workbench.models.precision import SHORT, choose

if TYPE_CHECKING:
    from workbench.models.engine import Chosen

__all__ = ["SURE_SCORES", "FacePair", "load_faces"]

_VERSION = 2  # of search, alignment and correction: raise it with any change of the numbers
_FACENET_MARGIN = 0.3
_LEAST_SCORES = {"facenet": 0.90, "sface": 0.86}
"""Of the detectors; their scales differ: 0.90 of YuNet misses large sharp faces, 0.86 lets no dog through."""
SURE_SCORES = {"facenet": 0.99, "sface": 0.90}
"""From these scores on a face is beyond doubt: below lie most of what is none (keys of a keyboard, roofs)."""


def load_faces(
    name: str = "facenet", *, min_size: int = 24, least_score: float | None = None, precision: str = "auto"
) -> FacePair:
    """Load a pair: "facenet" (MTCNN and InceptionResnetV1 of VGGFace2) or "sface" (YuNet and SFace).

    min_size: shorter side of the smallest face, in pixels of a picture of 1024 px. least_score: faces that
    the detector is less sure of are left out, [0, 1]; 0.90 for MTCNN, 0.86 for YuNet where not given.
    precision: of the recogniser, as for `workbench.models.load`.

    Raises ModelError for an unknown name and where the weights are not on this machine; uses no network.
    """
    if name not in _LEAST_SCORES:
        raise ModelError(f"No face model is called {name!r}.", "Use 'facenet' or 'sface'.")
    score = _LEAST_SCORES[name] if least_score is None else least_score
    search = f"{min_size}px-{score:.2f}-v{_VERSION}"
    make = _facenet if name == "facenet" else _sface
    return make(search, min_size, score, choose(precision))


def _facenet(search: str, min_size: int, score: float, precision: Chosen) -> FacePair:
    from workbench.models.faces import align, mtcnn, recognisers

    name, recogniser = recognisers.load_facenet(precision)
    return FacePair(
        key=f"mtcnn-{search}-level-{name}-{SHORT[precision]}",
        dim=512,
        recogniser=recogniser,
        detector=mtcnn.load_mtcnn(min_size, precision),
        aligner=partial(align.level_crop, margin=_FACENET_MARGIN),
        least_score=score,
        sure_score=SURE_SCORES["facenet"],
    )


def _sface(search: str, min_size: int, score: float, precision: Chosen) -> FacePair:
    from workbench.models.faces import align, recognisers, yunet

    return FacePair(
        key=f"yunet-{search}-template-sface-{SHORT[precision]}",
        dim=128,
        recogniser=recognisers.load_sface(precision),
        detector=yunet.load_yunet(min_size),
        aligner=align.template_crop,
        least_score=score,
        sure_score=SURE_SCORES["sface"],
    )
