"""What examining one file gives, and who examines which content."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.ingest.faces import ExaminedFace
from workbench.ingest.regions import ExaminedRegions
from workbench.media.decode import ImageFacts


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step failed for a file."""

    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be made of a content: thumbnail and metadata, the vector, the faces, kinds of regions."""

    picture: bool = False
    vector: bool = False
    faces: bool = False
    regions: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.picture or self.vector or self.faces or bool(self.regions)


@dataclass(slots=True)
class Examined:
    """The result for one file. Parts that were not needed are None; vectors are filled in by the loop.

    ``claimed``: this file was the first to bring its bytes and stands for all others with the same bytes.
    ``failure``: no image could be had from it. ``warnings``: lesser things that failed.
    ``faces``: an empty list where none were found, None where nobody looked; ``regions`` alike.
    """

    image_id: str | None = None
    claimed: bool = False
    failure: Failure | None = None
    facts: ImageFacts | None = None
    jpeg: bytes | None = None
    prepared: NDArray[np.float32] | None = None
    vector: NDArray[np.float32] | None = None
    faces: list[ExaminedFace] | None = None
    regions: ExaminedRegions | None = None
    warnings: list[Failure] = field(default_factory=list)


class Claims:
    """Which contents need work. Each is claimed once, by whichever thread reads its bytes first."""

    def __init__(self, needs: Callable[[str], Needs]) -> None:
        self._needs = needs
        self._claimed: set[str] = set()
        self._lock = threading.Lock()

    def claim(self, image_id: str) -> Needs:
        """Return what the caller must make of a content; nothing where another thread makes it."""
        needs = self._needs(image_id)
        with self._lock:
            if not needs or image_id in self._claimed:
                return Needs()
            self._claimed.add(image_id)
        return needs
