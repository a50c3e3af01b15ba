"""Batches: parts of pictures wait until they fill a batch, and are then embedded."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Part = TypeVar("Part")


class Batches(ABC, Generic[Part]):
    """Gathers parts of many pictures and embeds them in full batches.

    ``key``, ``dim`` and ``size`` are those of the model: its key, the length of a vector, and how many parts
    it likes at once; ``noun`` is what the parts are called in an error.
    """

    def __init__(self, key: str, dim: int, size: int, noun: str) -> None:
        self._key, self._dim, self._size, self._noun = key, dim, size, noun
        self._waiting: list[Part] = []

    def add(self, parts: Sequence[Part]) -> None:
        """Take parts, and embed as many as fill batches."""
        self._waiting += parts
        while len(self._waiting) >= self._size:
            self._next(self._size)

    def finish(self) -> None:
        """Embed those that wait."""
        if self._waiting:
            self._next(len(self._waiting))

    @abstractmethod
    def embed(self, parts: Sequence[Part]) -> NDArray[np.float32]:
        """Return unit rows (len(parts), dim)."""

    @abstractmethod
    def settle(self, part: Part, vector: NDArray[np.float32]) -> None:
        """Give a part its vector, and let its picture go."""

    def _next(self, count: int) -> None:
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        vectors = self.embed(batch)
        if vectors.shape != (count, self._dim):
            raise ValueError(f"{self._key} gave {vectors.shape} for {count} {self._noun}")
        for part, vector in zip(batch, vectors, strict=True):
            self.settle(part, vector)
