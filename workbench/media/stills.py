"""Files of more than one still: what opens them by their kind, and how any still of a file is read.

A photo is one still, which is its file. A document has pages, a video frames: an :class:`Opener` that is
registered for their kind gives them one by one, so that a file of any length is read in bounded memory.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from workbench.image_id import part_of
from workbench.media.decode import DecodedImage, DecodeError, read_image
from workbench.media.kinds import IMAGE_SUFFIXES, Kind, classify, suffix
from workbench.media.read import digest, read_bytes, read_start

PHOTO = ""
"""The part that is the file itself, see `workbench.image_id.part_of`."""


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
Inside = Callable[[bytes], Kind | None]
"""Tells from the bytes of a file that was taken for a photo whether it is of another kind."""

_openers: dict[Kind, Opener] = {}
_inside: list[Inside] = []


def register(kind: Kind, opener: Opener, inside: Inside | None = None) -> None:
    """Have the files of a kind opened by ``opener``, in place of an earlier one.

    ``inside`` finds files of the kind among those whose name says that they are photos; it must be quick.
    """
    _openers[kind] = opener
    if inside is not None:
        _inside.append(inside)


def openers() -> Openers:
    """Return what opens each kind of file that has more than one still."""
    return dict(_openers)


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
    """Tell what opens a file. A photo is read whole, what has parts is not; raises :class:`ReadError`."""
    if suffix(path) not in IMAGE_SUFFIXES:
        opener = known.get(classify(path, read_start(path))[0])
        if opener is not None:
            return Original(path, None, opener)
    data = read_bytes(path)
    kinds = (inside(data) for inside in _inside)
    return Original(path, data, next((known[kind] for kind in kinds if kind in known), None))


def read_still(
    path: bytes, image_id: str, *, min_side: int, min_long_side: int = 0, known: Openers | None = None
) -> DecodedImage:
    """Decode one image of the file at ``path``: the file itself, a page or a frame, as its id says.

    Whether the file still is that of the id is not asked. Raises :class:`ReadError`, OSError, and
    :class:`DecodeError`, also where the file has no such part.
    """
    original, part = look(path, openers() if known is None else known), part_of(image_id)
    if part == PHOTO and original.data is not None:
        return read_image(original.data, min_side=min_side, min_long_side=min_long_side)
    if original.opener is None:
        raise DecodeError(f"the file has no {part}")
    with closing(original.opener.open(path, original.data)) as file:
        for still in file.stills([part] if part else None):  # of a file as a whole, the first that there is
            return still.read(min_side, min_long_side)
    raise DecodeError(f"the file has no {part}" if part else "the file holds no picture")
