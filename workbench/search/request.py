"""Request: all that one question in Python says, checked at the door; Limits: what cuts its hits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Union

import numpy as np
from numpy.typing import ArrayLike

from workbench.errors import QueryError
from workbench.search.terms import Term

if TYPE_CHECKING:
    from workbench.search.hits import Selected

Within: TypeAlias = Union["Selected", ArrayLike, str]
Images: TypeAlias = Within
Threshold: TypeAlias = float | Literal["fixed"] | None

FIXED_WORDS, FIXED_EXAMPLES = 0.25, 0.70
"""The cosines that threshold="fixed" stands for: usual cuts of CLIP models for words and for pictures."""
IMAGES = "images"
"""The kind of whole images, beside those of regions."""


@dataclass(frozen=True)
class Limits:
    """What cuts the hits: ``k`` at most, the least cosine [-1, 1] or "fixed", the least probability [0, 1].

    Raises QueryError for values outside these ranges.
    """

    k: int | None = 50
    threshold: Threshold = None
    probability: float | None = None

    def __post_init__(self) -> None:
        if self.k is not None and not (_is(self.k, Integral) and self.k >= 0):
            raise QueryError(
                f"Invalid k {self.k!r}.", "Use a whole number of 0 or more, or None for all hits."
            )
        named = self.threshold is None or (isinstance(self.threshold, str) and self.threshold == "fixed")
        if not named and not _within(self.threshold, -1):
            raise QueryError(
                f"Invalid threshold {self.threshold!r}.", 'Use a cosine from -1 to 1, "fixed" or None.'
            )
        if self.probability is not None and not _within(self.probability, 0):
            raise QueryError(
                f"Invalid probability {self.probability!r}.", "Use a number from 0 to 1, or None."
            )

    def least(self, words: bool) -> float:
        """Return the least score of a hit; samples that are not looked at score -inf and never pass."""
        if self.threshold is None:
            return float(np.finfo(np.float32).min)
        if self.threshold == "fixed":
            return FIXED_WORDS if words else FIXED_EXAMPLES
        return float(self.threshold)


@dataclass(frozen=True, eq=False)
class Request:
    """A question in Python; the fields are the arguments of ``Case.search``, which says what each means."""

    terms: Sequence[Term] = ()
    like: Any = ()
    unlike: Any = ()
    face: str | Sequence[str] = ()
    text: str | None = None
    within: Within | None = None
    tag: str | Sequence[str] = ()
    taken: str | None = None
    inside: str | Sequence[str] = ()
    kind: str | None = None
    over: str | Sequence[str] = IMAGES
    is_: str | Sequence[str] = ()
    limits: Limits = field(default_factory=Limits)
    background: Images | None = None
    where: str | None = None


def _is(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool | np.bool_)


def _within(value: Any, least: float) -> bool:
    return _is(value, Real) and least <= value <= 1
