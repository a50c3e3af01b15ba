"""What the query panel reads and shows of a query's parts: pictures that were given, and chips."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from workbench.errors import QueryError
from workbench.search.grammar import Part

if TYPE_CHECKING:
    from PIL.Image import Image

SMALL = 64
"""Pixels of a picture on a chip."""


def read_picture(data: bytes) -> "Image":
    """Return a picture that was uploaded, dropped or pasted. Raises QueryError for what is none."""
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(BytesIO(data)).convert("RGB")
    except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise QueryError("This file cannot be read as a picture.", "Use a JPEG, PNG or WebP.") from error


def small_jpeg(picture: "Image") -> bytes:
    """Return a picture as a JPEG of at most `SMALL` pixels."""
    small, buffer = picture.copy(), BytesIO()
    small.thumbnail((SMALL, SMALL))
    small.save(buffer, "JPEG")
    return buffer.getvalue()


def chip(part: Part) -> dict[str, Any]:
    """Return what the browser shows of a part."""
    return {
        "kind": part.kind,
        "label": part.value,
        "plus": part.wanted,
        "weight": abs(part.weight),
        "picture": part.kind == "like",
    }
