"""Files of more than one still: what opens them by their kind, and how any still of a file is read.

A photo is one still, which is its file. A document has pages, a video frames: an :class:`Opener` that is
registered for their kind gives them one by one, so that a file of any length is read in bounded memory.
"""

import hashlib
import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from workbench.image_id import file_id, part_of
from workbench.media.archives.opened import is_inside
from workbench.media.decode import DecodedImage, DecodeError, read_image
from workbench.media.kinds import IMAGE_SUFFIXES, Kind, classify, suffix
from workbench.media.read import ReadError, digest, explain, read_bytes, read_start, size_and_time


@dataclass(frozen=True, slots=True)
class Still:
    """One still of an open file. ``part``: which, as in its image id (``page=3``, ``t=12.040``).

    ``read(min_side, min_long_side)`` decodes it as `workbench.media.decode.read_image` does, and raises
    :class:`DecodeError` where it is broken; the others can still be read then. It must be called before the
    next still is asked for, or not at all: what is not needed is not decoded.
    """

    part: str
    read: Callable[[int, int], DecodedImage]


class OpenFile(Protocol):
    """A file that was opened. One thread at a time calls its methods, which may be another each time."""

    def stills(self, parts: Sequence[str] | None = None) -> Iterator[Still]:
        """Yield the stills that are images of a case, in their order, or those named ``parts``.

        Raises :class:`DecodeError`, also between two stills, where the rest cannot be read. Parts that the
        file does not have are left out.
        """
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...


class Opener(Protocol):
    """Opens the files of one kind. ``choice``: names which stills are images and all that changes them.

    It is kept with each file (``stills`` in the table of files): a file with another one is examined again.
    """

    @property
    def choice(self) -> str:
        """How files are split."""
        ...

    def open(self, path: bytes, data: bytes | None) -> OpenFile:
        """Open a file by its path, or by its bytes where these were read already.

        Raises :class:`DecodeError` for a file that holds no still, :class:`ReadError` and OSError.
        """
        ...


Openers = Mapping[Kind, Opener]

_MODULES = ("pages", "video_stills")
"""Modules of this room, loaded when they are needed. Each has ``OPENERS``, and ``inside(data)``, which tells
from the bytes of what was taken for a photo of which other kind it is, if any.
"""
_registered: dict[Kind, Opener] = {}


def register(kind: Kind, opener: Opener) -> None:
    """Have the files of a kind opened by ``opener``, in place of what comes with Workbench."""
    _registered[kind] = opener


def openers() -> Openers:
    """Return what opens each kind of file that has more than one still."""
    return {kind: one for module in _modules() for kind, one in module.OPENERS.items()} | _registered


@cache
def _modules() -> tuple[Any, ...]:
    return tuple(importlib.import_module(f"workbench.media.{name}") for name in _MODULES)


def is_read(kind: Kind, known: Openers) -> bool:
    """Say whether files of a kind are read."""
    return kind == "image" or kind in known


@dataclass(frozen=True, slots=True)
class Original:
    """A file that is about to be read: ``data`` where it was read whole, ``opener`` where it has parts."""

    path: bytes
    data: bytes | None
    opener: Opener | None

    def digest(self, told: Callable[[int], object]) -> str:
        """Return the SHA-256 of the file, its id; ``told`` as for `digest`. Raises :class:`ReadError`."""
        return digest(self.path, told) if self.data is None else hashlib.sha256(self.data).hexdigest()


def look(path: bytes, known: Openers) -> Original:
    """Tell what opens a file. A photo is read whole, what has parts is not; raises :class:`ReadError`.

    What lies in an archive has no path of its own, and is read whole too.
    """
    if suffix(path) not in IMAGE_SUFFIXES:
        opener = known.get(classify(path, read_start(path))[0])
        if opener is not None:
            return Original(path, read_bytes(path) if is_inside(path) else None, opener)
    data = read_bytes(path)
    kinds: Iterator[Kind] = (kind for module in _modules() if (kind := module.inside(data)))
    return Original(path, data, next((known[kind] for kind in kinds if kind in known), None))


def read_still(
    path: bytes,
    image_id: str,
    *,
    min_side: int,
    min_long_side: int = 0,
    as_known: tuple[int, int] | None = None,
) -> DecodedImage:
    """Decode one image of the file at ``path`` again: the file itself, a page or a frame, as its id says.

    The file must have the bytes that its id names. Of one that need not be read whole, and so may be large,
    that is taken for granted where its size (bytes) and time of change (ns) are ``as_known``. Raises
    :class:`ReadError` for another file, and :class:`DecodeError`, also where the file has no such part.
    """
    original = look(path, openers())
    granted = original.data is None and as_known is not None and size_and_time(path) == as_known
    if not granted and original.digest(lambda _: None) != file_id(image_id):
        raise ReadError("the file is not the one that was ingested")
    return _still(original, part_of(image_id), min_side, min_long_side)


def read_first(path: bytes, *, min_side: int, min_long_side: int = 0) -> DecodedImage:
    """Decode a file from anywhere: a photo, or the first still of what has several.

    Raises :class:`ReadError` and :class:`DecodeError`.
    """
    return _still(look(path, openers()), "", min_side, min_long_side)


def _still(original: Original, part: str, min_side: int, min_long_side: int) -> DecodedImage:
    """Decode one part of a file; for ``""`` the photo, or the first still that there is."""
    if original.opener is None:
        if part or original.data is None:
            raise DecodeError(f"the file has no {part}")
        return read_image(original.data, min_side=min_side, min_long_side=min_long_side)
    try:
        with closing(original.opener.open(original.path, original.data)) as file:
            for still in file.stills([part] if part else None):
                if still.part == part or not part:
                    return still.read(min_side, min_long_side)
    except OSError as error:
        raise ReadError(explain(error)) from error
    raise DecodeError(f"the file has no {part}" if part else "the file holds no picture")
