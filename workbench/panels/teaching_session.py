"""What the panel that teaches classifiers needs of a case: its classifiers, and a session of questions."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch

if TYPE_CHECKING:
    import pandas as pd

Scores = NDArray[np.float32]


class Session(Protocol):
    """What teaches one classifier; ``Teaching`` of a case fits it."""

    name: str
    curve: list[Any]

    @property
    def over(self) -> str:
        """The kind of the samples."""
        ...

    @property
    def can_undo(self) -> bool:
        """Whether an answer can be taken back."""
        ...

    @property
    def counts(self) -> tuple[int, int]:
        """How many yes and no there are."""
        ...

    @property
    def advice(self) -> tuple[str, bool]:
        """What to do next, and whether that is to stop."""
        ...

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a training."""
        ...

    def questions(self, count: int) -> Sequence[Any]:
        """Return (row, why, probability) of what to ask about."""
        ...

    def answer(self, answers: Mapping[int, bool | None]) -> None:
        """Keep answers."""
        ...

    def undo(self) -> int | None:
        """Take the last answer back, and return its row."""
        ...

    def train(self, watch: Watch) -> Any:
        """Train on all answers."""
        ...

    def pictures(self, rows: Sequence[int]) -> list[bytes]:
        """Return a JPEG of each sample."""
        ...

    def image_rows(self, rows: Sequence[int]) -> list[int]:
        """Return the image that each sample lies in."""
        ...

    def samples_in(self, images: Sequence[int]) -> list[int]:
        """Return the samples in some images."""
        ...


class Book(Protocol):
    """The classifiers of a case, as far as the panel needs them."""

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a classifier."""
        ...

    @property
    def kinds(self) -> list[str]:
        """The kinds of samples there are."""
        ...

    def teach(self, name: str, over: str) -> Session:
        """Return a session for a classifier."""
        ...

    def image_scores(self, name: str) -> Scores:
        """Return how sure a classifier is of each image (N,)."""
        ...

    def rename(self, name: str, to: str) -> None:
        """Call a classifier otherwise."""
        ...

    def remove(self, name: str) -> None:
        """Forget a classifier."""
        ...
