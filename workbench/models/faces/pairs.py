"""The pairs of face detector and recogniser: all that is known of each, in one record, and how to load it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from workbench.errors import ModelError
from workbench.models.registry import load_entry_point

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.models.faces.model import DetectorAndRecogniser


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
    from workbench.models.engine import SHORT, choose_precision
    from workbench.models.faces import mtcnn, recognisers
    from workbench.models.faces.model import DetectorAndRecogniser

    chosen = choose_precision(precision)
    name, recogniser = recognisers.load_facenet(chosen)
    return DetectorAndRecogniser(
        key=f"mtcnn-{_search(min_size, least_score)}-level-{name}-{SHORT[chosen]}",
        dim=512,
        recogniser=recogniser,
        detector=mtcnn.load_mtcnn(min_size, chosen),
        aligner=partial(recognisers.level_crop, margin=_FACENET_MARGIN),
        least_score=least_score,
        sure_score=sure_score,
    )


def load_sface(
    *, least_score: float, sure_score: float, min_size: int = 24, precision: str = "auto"
) -> DetectorAndRecogniser:
    """Load YuNet and SFace; arguments and errors as for `load_facenet`."""
    from workbench.models.engine import SHORT, choose_precision
    from workbench.models.faces import recognisers, yunet
    from workbench.models.faces.model import DetectorAndRecogniser

    chosen = choose_precision(precision)
    return DetectorAndRecogniser(
        key=f"yunet-{_search(min_size, least_score)}-template-sface-{SHORT[chosen]}",
        dim=128,
        recogniser=recognisers.load_sface(chosen),
        detector=yunet.load_yunet(min_size),
        aligner=recognisers.template_crop,
        least_score=least_score,
        sure_score=sure_score,
    )


def _search(min_size: int, score: float) -> str:
    return f"{min_size}px-{score:.2f}-v{_VERSION}"


METHODS = ("agglomerative", "whispers", "hdbscan")
"""The methods of grouping; a cosine of each is part of a pair's record."""

DEFAULT = "facenet"


@dataclass(frozen=True, kw_only=True)
class FacePair:
    """A detector and a recogniser, with what was measured of them. No field has a default.

    name: what ``workbench.open(faces=...)`` takes. loader: ``loader(least_score=..., sure_score=...,
    precision=...)`` returns an `samples.models.FaceModel`. weights: its files, a name in `weights.MODELS`,
    "" where it needs none.

    Scores of the detector, [0, 1]. least_score: below it, what is found is left out. sure_score: from it on,
    a face is beyond doubt; one below forms no identity.

    Cosines of the recogniser, [-1, 1]. groups: for each of `METHODS`, where groups still join. unknown: the
    mean cosine to the likest faces of an identity below which a face is nobody known. even: the mean cosine
    of a face to a group at which it belongs there as often as not; slope: how fast the log odds rise there.

    Raises ModelError for a value outside its range and for a method without its cosine.
    """

    name: str
    loader: Callable[..., Any]
    weights: str
    least_score: float
    sure_score: float
    groups: Mapping[str, float]
    unknown: float
    even: float
    slope: float

    def __post_init__(self) -> None:
        """Check all fields."""
        scores = 0 <= self.least_score <= 1 and 0 <= self.sure_score <= 1
        cosines = all(-1 <= cosine <= 1 for cosine in (*self.groups.values(), self.unknown, self.even))
        if not (self.name and scores and cosines and self.slope > 0 and set(self.groups) == set(METHODS)):
            raise ModelError(
                f"The record of the face models {self.name!r} is not complete.",
                "Scores lie in [0, 1], cosines in [-1, 1], the slope is above 0, and `groups` has one cosine "
                f"for each of {', '.join(METHODS)}.",
            )
        object.__setattr__(self, "groups", MappingProxyType(dict(self.groups)))

    def load(self, *, least_score: float | None = None, **options: Any) -> Any:
        """Load the models; ``precision`` and other options are the loader's. Raises ModelError.

        least_score: another one than the pair's, [0, 1].
        """
        least = self.least_score if least_score is None else least_score
        return self.loader(least_score=least, sure_score=self.sure_score, **options)


def _facenet(**options: Any) -> Any:
    from workbench.models.faces.pairs import load_facenet

    return load_facenet(**options)


def _sface(**options: Any) -> Any:
    from workbench.models.faces.pairs import load_sface

    return load_sface(**options)


# Scores: the scales of detectors differ. 0.90 of YuNet misses large sharp faces, 0.86 lets no dog through;
# between least_score and sure_score lies most of what is no face (keys of a keyboard, roofs).
# Cosines: chosen on half of the people of a benchmark and measured on the other half, docs/identities.md.
FACENET = FacePair(
    name="facenet",
    loader=_facenet,
    weights="faces-facenet",
    least_score=0.90,
    sure_score=0.99,
    groups={"agglomerative": 0.55, "whispers": 0.55, "hdbscan": 0.65},
    unknown=0.59,
    even=0.57,
    slope=25.0,
)
SFACE = FacePair(
    name="sface",
    loader=_sface,
    weights="faces-sface",
    least_score=0.86,
    sure_score=0.90,
    groups={"agglomerative": 0.4, "whispers": 0.35, "hdbscan": 0.5},
    unknown=0.35,
    even=0.4,
    slope=30.0,
)

SHIPPED = (FACENET, SFACE)

_pairs: dict[str, FacePair] = {pair.name: pair for pair in SHIPPED}


def register_pair(pair: FacePair) -> None:
    """Let ``workbench.open(faces=...)`` take a pair by its name; a second one of that name replaces it."""
    _pairs[pair.name] = pair


def face_pair(name: str) -> FacePair:
    """Return the record of a pair; raises ModelError for a name that nobody registered."""
    if name not in _pairs:
        load_entry_point(name)
    if name not in _pairs:
        known = " or ".join(repr(known) for known in _pairs)
        raise ModelError(
            f"No face model is called {name!r}.",
            f"Use {known}; docs/models.md says how to register a pair of your own.",
        )
    return _pairs[name]
