"""SampleKind: all that the loop, the disk and questions need to know of a kind of sample.

A kind of which an image has one sample that is not a box fits too. Vectors of backgrounds, say (the image
with its persons cut away): the same finder as for persons, which then runs once for both, gives one `Sample`
an image whose row is the whole image and whose cut is the image with the masks of the persons in grey; its
key names the model of persons, the way of cutting and the embedder.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import WorkbenchError
from workbench.samples.models import Models
from workbench.store.sample_parts import SampleTable

if TYPE_CHECKING:  # opening a case decodes nothing
    from workbench.media.decode import DecodedImage


@dataclass(slots=True)
class Sample:
    """One sample of an image: its row, and what is embedded until the ``vector`` (D,) is there.

    ``row``: the columns of its kind, places in pixels of the upright image in full size. ``cut``: whatever
    the finder's ``embed`` takes. ``jpeg``: a small picture, for kinds that keep one.
    """

    row: dict[str, Any]
    cut: Any
    jpeg: bytes = b""
    vector: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class PackedSamples:
    """The samples of an image of a packed kind: ``boxes`` (R, 4) as fractions, ``vectors`` (R, dim) int8.

    ``reason``: why nobody could look there; there are no samples then.
    """

    boxes: NDArray[np.float32]
    vectors: NDArray[np.int8]
    reason: str | None = None

    def __len__(self) -> int:
        return len(self.boxes)


Found = Sequence[Sample] | PackedSamples
"""What an image has of one kind."""


@dataclass(frozen=True)
class Finder:
    """Finds samples of one or several kinds in one pass over an image, and embeds them.

    ``keys``: kind -> key, which names everything that changes what is found, cut out or embedded. ``find``
    takes a decoded image, its id and the kinds wanted, and gives what it has of each of them; it is called on
    several threads at once. ``embed`` takes the cuts of some samples and gives unit rows (B, dim), on one
    thread; None where ``find`` gives vectors. ``step``: what a problem with an image is called; packed kinds
    keep the reason themselves, and it is no problem of the case. ``min_side``, ``long_side``: pixels of the
    shorter and the longer side that decoding must keep.
    """

    keys: Mapping[str, str]
    step: str
    find: Callable[[DecodedImage, str, Collection[str]], Mapping[str, Found]]
    embed: Callable[[Sequence[Any]], NDArray[np.float32]] | None
    dim: int
    batch_size: int = 1
    min_side: int = 0
    long_side: int = 0


@dataclass(frozen=True)
class SampleKind:
    """A kind of sample. Kinds with the same ``finder`` are found in one pass.

    ``finder`` takes the models at hand and the kinds wanted. ``searchable``: whether the embedder of the case
    embeds it, so that words and images can be compared with it (``over:<name>``) and its rows are regions.
    """

    table: SampleTable
    finder: Callable[[Models, Collection[str]], Finder] = field(repr=False)
    searchable: bool = False

    @property
    def name(self) -> str:
        """What it is called in questions and on disk."""
        return self.table.kind


_registered: dict[str, SampleKind] = {}


def register(kind: SampleKind) -> SampleKind:
    """Make a kind known by its name, in place of an earlier one of that name, and return it."""
    _registered[kind.name] = kind
    return kind


def kinds() -> dict[str, SampleKind]:
    """Return all kinds by their names."""
    _import_all()
    return dict(_registered)


def searchable_kinds() -> tuple[str, ...]:
    """Return the names of the kinds that are compared with words and images."""
    return tuple(name for name, kind in kinds().items() if kind.searchable)


def kind_named(name: str) -> SampleKind:
    """Return a kind; raises WorkbenchError naming those that exist."""
    known = kinds()
    if name not in known:
        raise WorkbenchError(f"There is no kind of sample {name!r}.", f"Use some of: {', '.join(known)}.")
    return known[name]


def finders(models: Models, names: Collection[str]) -> list[Finder]:
    """Return what finds samples of some kinds, one finder for all kinds that are found in one pass."""
    together: dict[Callable[[Models, Collection[str]], Finder], list[str]] = {}
    for name in names:
        together.setdefault(kind_named(name).finder, []).append(name)
    return [finder(models, some) for finder, some in together.items()]


def box_columns(box: Sequence[float], scale: float) -> tuple[str, dict[str, float]]:
    """Return how a box of a decoded image is called in ids, and its columns: pixels of the full image."""
    x, y, width, height = (side * scale for side in box)
    place = ",".join(str(round(side)) for side in (x, y, width, height))
    return place, {"x": x, "y": y, "width": width, "height": height}


def needed(model: Any) -> Any:
    """Return a model that a kind cannot do without; raises ValueError where it is not there."""
    if model is None:
        raise ValueError("a kind of sample was asked for without the model that finds or embeds it")
    return model


@cache
def _import_all() -> None:
    """Import the modules of this room: each registers its kinds."""
    import workbench.samples

    for module in pkgutil.iter_modules(workbench.samples.__path__):
        importlib.import_module(f"workbench.samples.{module.name}")
