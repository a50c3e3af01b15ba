"""IPTC, the older captions of newsrooms (Information Interchange Model, version 4.2), and texts of PNG."""

from collections.abc import Mapping
from typing import Any

from PIL import Image, IptcImagePlugin

from workbench.media.metadata.exif import by_people
from workbench.media.metadata.record import Found
from workbench.media.metadata.texts import joined, kept, listed, shown, words

_TEXTS = (
    ("title", "IPTC ObjectName", (2, 5)),
    ("title", "IPTC Headline", (2, 105)),
    ("description", "IPTC Caption", (2, 120)),
    ("copyright", "IPTC CopyrightNotice", (2, 116)),
    ("software", "IPTC OriginatingProgram", (2, 65)),
)
_TIMES = (
    ("IPTC DateCreated", (2, 55), (2, 60)),
    ("IPTC DigitalCreationDate", (2, 62), (2, 63)),
)
_PNG = (
    ("title", "PNG Title", "Title"),
    ("description", "PNG Description", "Description"),
    ("description", "PNG Comment", "Comment"),
    ("creator", "PNG Author", "Author"),
    ("copyright", "PNG Copyright", "Copyright"),
)


def read_iptc(image: Image.Image, found: Found) -> None:
    """Add what IPTC in a JPEG or TIFF says."""
    said: Mapping[Any, Any] = IptcImagePlugin.getiptcinfo(image) or {}  # type: ignore[arg-type]  # reads any
    for name, source, key in _TEXTS:
        found.add(name, source, (shown if name == "software" else kept)(_one(said.get(key))))
    found.add("keywords", "IPTC Keywords", words(_all(said.get((2, 25)))))
    found.add("creator", "IPTC By-line", joined(_all(said.get((2, 80)))))
    for source, date, time in _TIMES:
        day, clock = shown(_one(said.get(date))), shown(_one(said.get(time))) or ""
        if day and day.strip("0"):
            found.time(source, f"{day} {clock}".strip(), partial=True)


def _one(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def _all(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def read_png_texts(texts: Mapping[Any, Any], found: Found) -> None:
    """Add what the texts of a PNG say (keywords as in the PNG specification, third edition, 11.3.3.2)."""
    said = {str(name).casefold(): text for name, text in texts.items() if isinstance(text, str)}
    for name, source, key in _PNG:
        text = kept(said.get(key.casefold()))
        found.add(name, source, by_people(text) if name == "description" else text)
    found.add("software", "PNG Software", shown(said.get("software")))
    found.add("keywords", "PNG Keywords", listed(kept(said.get("keywords"))))
    found.time("PNG Creation Time", shown(said.get("creation time")))
