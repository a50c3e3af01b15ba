"""Target: what a query means to a heatmap."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Target:
    """What a query means: its text, its row (D,), and its words, "" where it is by example alone."""

    text: str
    row: NDArray[np.float32]
    words: str

    @property
    def digest(self) -> str:
        """The row as a short text; the last digits, which other processors round otherwise, are left out."""
        return hashlib.sha256(np.round(self.row, 4).astype("<f4").tobytes()).hexdigest()[:32]

    def against(self, other: "Target | None") -> NDArray[np.float32] | Literal["everyday"] | None:
        """Return what it is set against: another, for words what all texts share, for examples nothing."""
        if other is not None:
            return other.row
        return "everyday" if self.words else None

    def against_digest(self, other: "Target | None") -> str:
        """Return what it is set against as a short text."""
        return other.digest if other is not None else str(self.against(None))
