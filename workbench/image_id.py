"""Image ids: which image, and which file it lies in. The two questions are asked here and nowhere else.

A photo has the id of its file, the SHA-256 of its bytes (64 hex digits). A page of a document is
``<file id>#page=3``, a frame of a video ``<file id>#t=12.040`` (seconds). No image id has a ``:`` in it, so
that ids of faces and regions, ``<image id>:...``, can be taken apart at the first one.
"""

from typing import Literal


def make(file_id: str, *, page: int | None = None, t: float | None = None) -> str:
    """Return the id of a page (from 1), of a frame at ``t`` seconds (kept to 1 ms), or of the file itself.

    Raises ValueError for both at once, a page below 1 and a time below 0.
    """
    if page is not None and t is not None:
        raise ValueError("an image is a page or a frame, not both")
    if page is not None:
        if page < 1:
            raise ValueError(f"page {page}: pages count from 1")
        return f"{file_id}#page={page}"
    if t is None:
        return file_id
    if not 0 <= t < float("inf"):
        raise ValueError(f"{t} is no time in a video")
    return f"{file_id}#t={t:.3f}"


def file_id(image_id: str) -> str:
    """Return the id of the file that an image lies in."""
    return image_id.partition("#")[0]


def part_of(image_id: str) -> str:
    """Return which part of its file an image is, such as ``page=3`` or ``t=12.040``; "" for a whole file."""
    return image_id.partition("#")[2]


Kind = Literal["photo", "document", "video"]
"""What an image lies in: a photo is a file of its own, a page lies in a document, a frame in a video."""
_KINDS: dict[str, Kind] = {"": "photo", "page": "document", "t": "video"}


def kind(image_id: str) -> Kind:
    """Return what an image lies in."""
    return _KINDS.get(part_of(image_id).partition("=")[0], "document")


def position(image_id: str) -> float:
    """Return where in its file an image comes: the page, the seconds, 0 for a whole file."""
    try:
        return float(part_of(image_id).partition("=")[2] or 0)
    except ValueError:
        return 0.0


def part_title(image_id: str) -> str:
    """Return what people read of a part of a file: ``page 3``, ``1:02.040``; "" for a whole file."""
    name, _, value = part_of(image_id).partition("=")
    if name != "t":
        return f"{name} {value}" if name else ""
    minutes, seconds = divmod(position(image_id), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{seconds:06.3f}" if hours else f"{minutes}:{seconds:06.3f}"


def title(path: str, image_id: str) -> str:
    """Return what people read of an image: ``docs/a.pdf, page 3``, ``clip.mp4, 1:02.040``; else the path.

    From its first hour on a time has hours: ``2:01:02.040``.
    """
    part = part_title(image_id)
    return f"{path}, {part}" if part else path


def called(path: str, image_id: str) -> str:
    """Return what an image is called by the path of its file: ``docs/a.pdf#page=3``."""
    part = part_of(image_id)
    return f"{path}#{part}" if part else path
