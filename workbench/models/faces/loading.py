"""Load the pairs of face detector and recogniser that ship."""

from __future__ import annotations

from functools import partial

from workbench.models.faces import align, mtcnn, recognisers, yunet
from workbench.models.faces.model import DetectorAndRecogniser
from workbench.models.precision import SHORT, choose

_VERSION = 2  # of search, alignment and correction: raise it with any change of the numbers
_FACENET_MARGIN = 0.3


def load_facenet(
    *, least_score: float, sure_score: float, min_size: int = 24, precision: str = "auto"
) -> DetectorAndRecogniser:
    """Load MTCNN and InceptionResnetV1 of VGGFace2.

    least_score, sure_score: see `FacePair`. min_size: shorter side of the smallest face, in pixels of a
    picture of 1024 px. precision: of the recogniser, as for `workbench.models.load`. Raises ModelError where
    the weights are not on this machine; uses no network.
    """
    chosen = choose(precision)
    name, recogniser = recognisers.load_facenet(chosen)
    return DetectorAndRecogniser(
        key=f"mtcnn-{_search(min_size, least_score)}-level-{name}-{SHORT[chosen]}",
        dim=512,
        recogniser=recogniser,
        detector=mtcnn.load_mtcnn(min_size, chosen),
        aligner=partial(align.level_crop, margin=_FACENET_MARGIN),
        least_score=least_score,
        sure_score=sure_score,
    )


def load_sface(
    *, least_score: float, sure_score: float, min_size: int = 24, precision: str = "auto"
) -> DetectorAndRecogniser:
    """Load YuNet and SFace; arguments and errors as for `load_facenet`."""
    chosen = choose(precision)
    return DetectorAndRecogniser(
        key=f"yunet-{_search(min_size, least_score)}-template-sface-{SHORT[chosen]}",
        dim=128,
        recogniser=recognisers.load_sface(chosen),
        detector=yunet.load_yunet(min_size),
        aligner=align.template_crop,
        least_score=least_score,
        sure_score=sure_score,
    )


def _search(min_size: int, score: float) -> str:
    return f"{min_size}px-{score:.2f}-v{_VERSION}"
