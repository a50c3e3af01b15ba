"""What is known of an image, in the words that Details shows."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from workbench.image_id import called, file_id

if TYPE_CHECKING:
    import pandas as pd


def image_metadata(image: "pd.Series[Any]", *, cluster: str, tags: Collection[str]) -> list[tuple[str, str]]:
    """Return a row of ``case.images`` as pairs of name and text; what is unknown is left out."""
    known = [
        ("Taken", _text(image.get("taken_at"))),
        ("Camera", _text(image.get("camera"))),
        ("Size", f"{image['width']} x {image['height']} px"),
        ("File", f"{image['format']}, {image['size'] / 1e6:.2f} MB"),
        ("Place", _place(image.get("lat"), image.get("lon"))),
        ("Cluster", cluster),
        ("Tags", ", ".join(sorted(tags))),
        ("Paths", "\n".join(map(str, image["paths"])) if len(image["paths"]) > 1 else ""),
        ("Image id", _short(str(image["image_id"]))),
    ]
    return [(name, text) for name, text in known if text]


def _text(value: object) -> str:
    return "" if value is None or str(value) in ("nan", "NaT", "None", "<NA>") else str(value)


def _place(lat: Any, lon: Any) -> str:
    return f"{lat:.5f}, {lon:.5f}" if _text(lat) and _text(lon) else ""


def _short(image_id: str) -> str:
    """Return the first digits of the file, and which part of it the image is."""
    return called(file_id(image_id)[:16], image_id)
