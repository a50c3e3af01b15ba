"""XMP: what programs and people wrote about a photo, as XML in a file or beside it.

defusedxml parses it without building a tree. Pillow's `getxmp` also needs it, but builds one of any size and
leaves out languages and extended packets.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from workbench.media.metadata.exif import camera, stars, stars_of_percent
from workbench.media.metadata.places import degrees, height
from workbench.media.metadata.record import Found
from workbench.media.metadata.texts import decoded, joined, kept, levels, shown, words

MAX_XMP = 4 * 2**20
"""Bytes of XMP that are read: more are no texts, but pictures, depth maps or an attack."""
_MOST_VALUES = 2_000  # values kept of one property
_DEEPEST = 200  # elements in one another
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_PREFIXES = {
    "http://purl.org/dc/elements/1.1": "dc",
    "http://ns.adobe.com/xap/1.0": "xmp",
    "http://ns.adobe.com/photoshop/1.0": "photoshop",
    "http://ns.adobe.com/exif/1.0": "exif",
    "http://cipa.jp/exif/1.0": "exifEX",
    "http://ns.adobe.com/tiff/1.0": "tiff",
    "http://ns.adobe.com/exif/1.0/aux": "aux",
    "http://ns.adobe.com/lightroom/1.0": "lr",
    "http://www.digikam.org/ns/1.0": "digiKam",
    "http://ns.microsoft.com/photo/1.0": "MicrosoftPhoto",
    "http://ns.adobe.com/xmp/note": "xmpNote",
}
_TIMES = ("photoshop:DateCreated", "exif:DateTimeOriginal", "exif:DateTimeDigitized", "xmp:CreateDate")
_LINES: Mapping[str, tuple[str, ...]] = {  # fields of one line, or one text
    "lens": ("exifEX:LensModel", "aux:Lens"),
    "software": ("xmp:CreatorTool", "tiff:Software"),
}
_TEXTS: Mapping[str, tuple[str, ...]] = {
    "title": ("dc:title", "photoshop:Headline"),
    "description": ("dc:description", "exif:UserComment"),
    "copyright": ("dc:rights",),
}
_PATHS = (  # keywords in hierarchies, with what divides their levels
    ("lr:hierarchicalSubject", "|"),
    ("digiKam:TagsList", "/"),
    ("MicrosoftPhoto:LastKeywordXMP", "/"),
)
# What XML cannot hold, and texts in XMP sometimes do.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_XML = re.compile(r"^.*?(?=<)", re.DOTALL)
Properties = Mapping[str, list[tuple[str, str]]]


@dataclass(slots=True)
class _Reader:
    """Takes the events of a parser and keeps the properties of the photo itself: nothing is built.

    ``values``: property, such as "dc:title", -> (language, text) of each of its values.
    """

    values: defaultdict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    _path: list[str] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _language: str = ""
    _name: str | None = None
    _in: int = 0  # depth of the property that is now read
    _items: bool = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        path = self._path
        path.append(tag)
        if len(path) > _DEEPEST:
            raise ParseError(f"more than {_DEEPEST} elements within each other")
        if self._name is None:
            self._start_outside(tag, attributes)
        elif tag in (f"{{{_RDF}}}li", f"{{{_RDF}}}value"):
            self._items, self._language = True, attributes.get(_LANGUAGE, "")
            self._text.clear()

    def _start_outside(self, tag: str, attributes: Mapping[str, str]) -> None:
        path = self._path
        if len(path) >= 2 and path[-2] == f"{{{_RDF}}}RDF":
            for name, text in attributes.items():
                self._keep(_prefixed(name), "", text)
        elif len(path) >= 3 and path[-3] == f"{{{_RDF}}}RDF":
            self._name, self._in, self._items, self._language = _prefixed(tag), len(path), False, ""
            self._text.clear()

    def data(self, text: str) -> None:
        if self._name:
            self._text.append(text)

    def end(self, tag: str) -> None:
        path = self._path
        if self._name is not None:
            if tag in (f"{{{_RDF}}}li", f"{{{_RDF}}}value"):
                self._keep(self._name, self._language, "".join(self._text))
                self._text.clear()
            elif len(path) == self._in:
                if not self._items:
                    self._keep(self._name, "", "".join(self._text))
                self._name = None
        path.pop()

    def close(self) -> Properties:
        return self.values

    def _keep(self, name: str, language: str, text: str) -> None:
        if name and text.strip() and len(self.values[name]) < _MOST_VALUES:
            self.values[name].append((language, text))


def _prefixed(tag: str) -> str:
    """Return "dc:title" for the full name of a tag; "" for one of a namespace that is not read."""
    space, _, name = tag[1:].rpartition("}")
    prefix = _PREFIXES.get(space.rstrip("/"))
    return f"{prefix}:{name}" if prefix else ""


def read_xmp(data: bytes, found: Found) -> Properties:
    """Add what a packet of XMP or a sidecar says, and return its properties.

    Method: XMP Specification Parts 1 and 2 (ISO 16684-1), the properties of the photo and none within them.
    """
    if len(data) > MAX_XMP:
        found.odd.append(f"XMP of {len(data):,} bytes is not read, the limit is {MAX_XMP:,}")
        return {}
    properties = _parsed(data, found)
    for read in (_clock, _place, _told, _keywords, _rating):
        read(properties, found)
    return properties


def _parsed(data: bytes, found: Found) -> Properties:
    """Return the properties; of a packet with bytes that XML cannot hold, those of the rest."""
    if not data.strip(b"\0 \t\r\n"):
        return {}
    why: Exception | None = None
    for attempt in (_as_it_is, _cleaned):
        try:
            parser = DefusedXMLParser(target=_Reader())
            parser.feed(attempt(data))
            properties: Properties = parser.close()
            return properties
        except DefusedXmlException as error:
            why = error
            break
        except (ParseError, ValueError, LookupError) as error:  # of an unknown encoding too
            why = why or error
    what = "it defines entities" if isinstance(why, DefusedXmlException) else str(why)
    found.odd.append(f"the XMP cannot be read: {what}"[:120])
    return {}


def _as_it_is(data: bytes) -> bytes:
    return data.rstrip(b"\0 \t\r\n")


def _cleaned(data: bytes) -> bytes:
    """Return XMP as UTF-8 without what XML cannot hold and without what stands before and after it."""
    text = _FORBIDDEN.sub("", _NOT_XML.sub("", decoded(data), count=1))
    text = re.sub(r"^<\?xml[^>]*\?>", "", text)
    end = text.rfind(">")
    return text[: end + 1].encode("utf-8", "replace")


def _clock(properties: Properties, found: Found) -> None:
    for name in _TIMES:
        found.time(f"XMP {name}", _line(properties, name), partial=True)
    # A time of the satellites is UTC; without a date it is of no use.
    text = _line(properties, "exif:GPSTimeStamp")
    if text and len(text) > 10:
        found.time("XMP exif:GPSTimeStamp", text if text[-1] in "Zz" or text[-6] in "+-" else f"{text}Z")


def _place(properties: Properties, found: Found) -> None:
    for field_, name, limit in (("lat", "exif:GPSLatitude", 90.0), ("lon", "exif:GPSLongitude", 180.0)):
        text = _line(properties, name)
        if text is None:
            continue
        place = degrees(text, limit)
        if place is None:
            found.note(name, text, "is no place on earth")
        found.add(field_, "XMP exif:GPS", place)
    said = found.values
    zero = all(said.get(name, {}).get("XMP exif:GPS") == 0 for name in ("lat", "lon"))
    if zero and (_line(properties, "exif:GPSStatus") or "").upper() == "V":
        found.note("exif:GPSStatus", "V", "says that 0, 0 is no place")
        del said["lat"]["XMP exif:GPS"], said["lon"]["XMP exif:GPS"]
    text = _line(properties, "exif:GPSAltitude")
    if text is not None:
        metres = height(text, below=_line(properties, "exif:GPSAltitudeRef") in ("1", "3"))
        if metres is None:
            found.note("exif:GPSAltitude", text, "is no height")
        found.add("altitude", "XMP exif:GPSAltitude", metres)


def _told(properties: Properties, found: Found) -> None:
    for field_, names in _LINES.items():
        for name in names:
            found.add(field_, f"XMP {name}", _line(properties, name))
    for field_, names in _TEXTS.items():
        for name in names:
            found.add(field_, f"XMP {name}", kept(_text(properties, name)))
    make, model = _line(properties, "tiff:Make"), _line(properties, "tiff:Model")
    found.add("camera", "XMP tiff:Make and tiff:Model", camera(make, model))
    found.add("creator", "XMP dc:creator", joined(text for _, text in properties.get("dc:creator", ())))


def _keywords(properties: Properties, found: Found) -> None:
    found.add("keywords", "XMP dc:subject", words(text for _, text in properties.get("dc:subject", ())))
    for name, divider in _PATHS:
        paths = (text for _, text in properties.get(name, ()))
        each = dict.fromkeys(level for path in paths for level in levels(path, divider))
        found.add("keywords", f"XMP {name}", words(each))


def _rating(properties: Properties, found: Found) -> None:
    kinds: tuple[tuple[str, Callable[[object, str, Found], int | None]], ...] = (
        ("xmp:Rating", stars),
        ("MicrosoftPhoto:Rating", stars_of_percent),
    )
    for name, read in kinds:
        text = _line(properties, name)
        if text is not None:
            found.add("rating", f"XMP {name}", read(text, name, found))


def _text(properties: Properties, name: str) -> str | None:
    """Return a text in the language that is the default, else the first."""
    values = properties.get(name, ())
    default = (text for language, text in values if language.lower() == "x-default")
    return next(default, values[0][1] if values else None)


def _line(properties: Properties, name: str) -> str | None:
    return shown(_text(properties, name))


_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_PACKET = b"http://ns.adobe.com/xap/1.0/\0"


def packets(segments: Iterator[tuple[str, bytes]]) -> Iterator[bytes]:
    """Yield the packets of XMP in the segments of a JPEG, with those that are put together from several.

    Method: XMP Specification Part 3, section 1.1.3.1: parts of an extension carry its GUID, size and place.
    """
    parts: dict[bytes, tuple[int, dict[int, bytes]]] = {}
    for name, data in segments:
        if name != "APP1":
            continue
        if data.startswith(_PACKET):
            yield data[len(_PACKET) :]
        elif data.startswith(_EXTENSION) and len(data) > len(_EXTENSION) + 40:
            rest = data[len(_EXTENSION) :]
            size, place = int.from_bytes(rest[32:36]), int.from_bytes(rest[36:40])
            parts.setdefault(rest[:32], (size, {}))[1][place] = rest[40:]
    for size, pieces in parts.values():
        whole = b"".join(pieces[place] for place in sorted(pieces))
        if len(whole) == size:  # else a piece is missing, or there are two of one
            yield whole
