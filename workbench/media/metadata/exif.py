"""EXIF: what a camera wrote into a file. Odd values are said with their text, never fatal."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from workbench.media.metadata.dates import zone_of
from workbench.media.metadata.places import angle, height, number
from workbench.media.metadata.record import Found
from workbench.media.metadata.texts import decoded, kept, listed, shown

Tags = Mapping[int, Any]

# What cameras write as a description of every photo, beside the names of folders on their cards.
_BY_CAMERAS = frozenset(
    (
        *("olympus digital camera", "sony dsc", "minolta digital camera", "konica minolta digital camera"),
        *("samsung", "samsung digital camera", "digital camera", "exif_jpeg_picture", "default"),
        *(
            "kodak digital still camera",
            "default description",
            "dcim",
            "untitled",
            "picture",
            "user comments",
        ),
    )
)
_BY_PROGRAMS = ("file written by adobe", "created with ", "creator: gd-jpeg", "lead technologies", "lavc")
_CHARSETS = {b"ASCII\0\0\0": "ascii", b"UNICODE\0": "utf-16", b"JIS\0\0\0\0\0": "jis", bytes(8): "unknown"}
_JAPANESE = ("iso2022_jp", "euc_jp", "shift_jis")
_TIMES = (
    ("EXIF DateTimeOriginal", Base.DateTimeOriginal, Base.SubsecTimeOriginal, Base.OffsetTimeOriginal),
    ("EXIF DateTimeDigitized", Base.DateTimeDigitized, Base.SubsecTimeDigitized, Base.OffsetTimeDigitized),
    ("EXIF DateTime", Base.DateTime, Base.SubsecTime, Base.OffsetTime),
)
_WRITTEN = (
    ("title", "EXIF XPTitle", Base.XPTitle),
    ("description", "EXIF XPComment", Base.XPComment),
    ("description", "EXIF XPSubject", Base.XPSubject),
    ("creator", "EXIF XPAuthor", Base.XPAuthor),
)


@dataclass(slots=True)
class _Blocks:
    """The directories of an EXIF block: the main one, details of the photo, its place."""

    main: Tags
    details: Tags
    gps: Tags

    def get(self, tag: int) -> Any:
        """Return a tag of the photo, in whichever of the two directories a program put it."""
        value = self.details.get(tag)
        return self.main.get(tag) if value is None else value


def read_exif(exif: Image.Exif, found: Found) -> int:
    """Add what EXIF says (tags of the Exif 3.0 standard, CIPA DC-008), and return the orientation, 1..8."""
    blocks = _Blocks(_main(exif, found), _inner(exif, IFD.Exif, found), _inner(exif, IFD.GPSInfo, found))
    if not (blocks.main or blocks.details or blocks.gps):
        return 1
    for read in (_times, _place, _camera, _written):
        try:
            read(blocks, found)
        except Exception as error:  # noqa: BLE001, RUF100 - one odd tag hides no other
            found.odd.append(f"a tag of EXIF cannot be read: {type(error).__name__}: {error}"[:120])
    _comment(blocks, exif.endian, found)
    return _orientation(blocks.main.get(Base.Orientation), found)


def _main(exif: Image.Exif, found: Found) -> Tags:
    tags: dict[int, Any] = {}
    for tag in list(exif):
        try:
            tags[tag] = exif[tag]
        except Exception as error:  # noqa: BLE001, RUF100 - whatever hostile bytes provoke
            found.odd.append(f"EXIF tag {tag} cannot be read: {type(error).__name__}")
    return tags


def _inner(exif: Image.Exif, which: IFD, found: Found) -> Tags:
    try:
        return dict(exif.get_ifd(which))
    except Exception as error:  # noqa: BLE001, RUF100 - whatever hostile bytes provoke
        found.odd.append(
            f"the part {which.name} of EXIF cannot be read: {type(error).__name__}: {error}"[:120]
        )
        return {}


def _times(blocks: _Blocks, found: Found) -> None:
    for source, tag, parts, offset in _TIMES:
        text = shown(blocks.main.get(tag) if tag == Base.DateTime else blocks.details.get(tag))
        zone = zone_of(shown(blocks.details.get(offset)))
        if zone is None and tag == Base.DateTimeOriginal:
            zone = _whole_hours(blocks.get(Base.TimeZoneOffset))
        found.time(source, text, zone=zone)
        moments = found.values.get("taken_at", {})
        if source in moments:  # parts of a second are told by their tag
            digits = (shown(blocks.details.get(parts)) or "").strip()
            part = int(digits[:6].ljust(6, "0")) if digits.isascii() and digits.isdigit() else 0
            moment = moments[source]
            moments[source] = type(moment)(moment.at.replace(microsecond=part), moment.zone)
    _gps_time(blocks.gps, found)


def _whole_hours(value: object) -> int | None:
    """Return the minutes that TimeZoneOffset says, which counts hours."""
    hours = value[0] if isinstance(value, tuple) and value else value
    return 60 * hours if isinstance(hours, int) and -12 <= hours <= 14 else None


def _gps_time(gps: Tags, found: Found) -> None:
    """Keep the time of the satellites, which is UTC."""
    date, clock = shown(gps.get(GPS.GPSDateStamp)), gps.get(GPS.GPSTimeStamp)
    parts = [number(part) for part in clock] if isinstance(clock, tuple) else []
    if date and len(parts) == 3 and None not in parts:
        hour, minute, second = (int(part or 0) for part in parts)
        found.time("EXIF GPSDateStamp", f"{date} {hour:02}:{minute:02}:{second:02}Z")


def _place(blocks: _Blocks, found: Found) -> None:
    gps = blocks.gps
    lat = _degrees(gps, GPS.GPSLatitude, "S", 90.0, found)
    lon = _degrees(gps, GPS.GPSLongitude, "W", 180.0, found)
    if (lat, lon) == (0.0, 0.0) and (shown(gps.get(GPS.GPSStatus)) or "").upper() == "V":
        found.note("GPSStatus", "V", "says that 0, 0 is no place")
        lat = lon = None
    found.add("lat", "EXIF GPS", lat)
    found.add("lon", "EXIF GPS", lon)
    value = gps.get(GPS.GPSAltitude)
    if value is not None:
        # 1 and 3 are below the sea, or below the ellipsoid.
        metres = height(value, below=gps.get(GPS.GPSAltitudeRef) in (1, 3, b"\x01", b"\x03"))
        if metres is None:
            found.note("GPSAltitude", value, "is no height")
        found.add("altitude", "EXIF GPSAltitude", metres)


def _degrees(gps: Tags, tag: GPS, negative: str, limit: float, found: Found) -> float | None:
    """Turn (degrees, minutes, seconds) and "N", "S", "E" or "W" to signed degrees within +-``limit``."""
    parts = gps.get(tag)
    if parts is None:
        return None
    size = angle(parts)
    if size is None or size > limit:
        found.note(tag.name, parts, "is no place on earth" if size else "is no angle")
        return None
    below = any(part is not None and part < 0 for part in map(number, parts))
    side = (shown(gps.get(tag - 1)) or "").upper()
    if size and below and side and not side.startswith(negative):
        found.note(tag.name, parts, f"has a minus, but the reference {side[:1]}: the minus is believed")
    return -size if size and (below or side.startswith(negative)) else size


def _camera(blocks: _Blocks, found: Found) -> None:
    make, model = shown(blocks.main.get(Base.Make)), shown(blocks.main.get(Base.Model))
    found.add("camera", "EXIF Make and Model", camera(make, model))
    found.add("lens", "EXIF LensModel", _lens(blocks))
    found.add("software", "EXIF Software", shown(blocks.main.get(Base.Software)))


def _lens(blocks: _Blocks) -> str | None:
    lens = shown(blocks.get(Base.LensModel))
    return lens if lens and lens.strip(" -") else None


def camera(make: str | None, model: str | None) -> str | None:
    """Join make and model without saying the make twice ("Canon" and "Canon EOS 5D")."""
    if make and model:
        return model if model.lower().startswith(make.lower()) else f"{make} {model}"
    return model or make


def _written(blocks: _Blocks, found: Found) -> None:
    main = blocks.main
    found.add("description", "EXIF ImageDescription", by_people(kept(main.get(Base.ImageDescription))))
    for name, source, tag in _WRITTEN:
        found.add(name, source, _wide(main.get(tag)))
    found.add("keywords", "EXIF XPKeywords", listed(_wide(main.get(Base.XPKeywords))))
    found.add("creator", "EXIF Artist", kept(main.get(Base.Artist)))
    found.add("copyright", "EXIF Copyright", _rights(main.get(Base.Copyright)))
    rating = main.get(Base.Rating)
    if rating is not None:
        found.add("rating", "EXIF Rating", stars(rating, "Rating", found))
    percent = main.get(Base.RatingPercent)
    if percent is not None:
        found.add("rating", "EXIF RatingPercent", stars_of_percent(percent, "RatingPercent", found))


def by_people(text: str | None) -> str | None:
    """Return a description, unless a camera or a program writes it into every picture."""
    if text is None:
        return None
    plain = text.strip(" .-_").casefold()
    return None if not plain or plain in _BY_CAMERAS or plain.startswith(_BY_PROGRAMS) else text


def _rights(value: object) -> str | None:
    """Return who took and who edited a photo: the standard puts a NUL between the two."""
    both = value.split("\0") if isinstance(value, str) else [value]
    return ", ".join(text for text in map(kept, both[:2]) if text) or None


def stars(value: object, name: str, found: Found) -> int | None:
    """Return a rating of 0 to 5, or -1 for rejected; what is none is said."""
    size = number(value)
    if size is None or not -1 <= round(size) <= 5:
        found.note(name, value, "is no rating from -1 to 5")
        return None
    return round(size)


def stars_of_percent(value: object, name: str, found: Found) -> int | None:
    """Return the stars of a rating in percent: 1, 25, 50, 75 and 99 are one to five."""
    percent = number(value)
    if percent is None or not 0 <= percent <= 100:
        found.note(name, value, "is no rating in percent")
        return None
    return min(5, 1 + round(percent / 25)) if percent else 0


def _wide(value: object) -> str | None:
    """Return a text in the UTF-16 that Windows writes."""
    if isinstance(value, tuple) and all(isinstance(one, int) and 0 <= one < 256 for one in value):
        value = bytes(value)
    if not isinstance(value, bytes):
        return kept(value)
    return kept(value[:40_000].decode("utf-16-le", "replace").lstrip("\ufeff").partition("\0")[0])


def _comment(blocks: _Blocks, endian: str | None, found: Found) -> None:
    value = blocks.get(Base.UserComment)
    text = _user_comment(value, endian or "<") if isinstance(value, bytes) else kept(value)
    found.add("description", "EXIF UserComment", by_people(text))


def _user_comment(value: bytes, endian: str) -> str | None:
    """Return the text behind eight bytes that name its charset."""
    charset, data = _CHARSETS.get(value[:8]), value[8:40_008]
    if charset is None:
        return kept(value)
    if charset == "jis":
        return kept(_japanese(data))
    if charset == "utf-16" and not _is_plain(data):
        return kept(_either_order(data, endian).partition("\0")[0])
    return kept(data)


def _is_plain(data: bytes) -> bool:
    """Say whether bytes are a text of one byte a letter, whatever is said of them."""
    text = data.rstrip(b"\0 ")
    return b"\0" not in text and text.isascii() and not text.startswith((b"\xff\xfe", b"\xfe\xff"))


def _either_order(data: bytes, endian: str) -> str:
    """Return UTF-16 in the order of bytes in which its zeros, the upper halves of Latin letters, fit."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decoded(data)
    first, second = data[::2].count(0), data[1::2].count(0)
    big = first > second if first != second else endian == ">"
    return data.decode("utf-16-be" if big else "utf-16-le", "replace")


def _japanese(data: bytes) -> str:
    for charset in _JAPANESE:
        try:
            return data.rstrip(b"\0 ").decode(charset)
        except UnicodeDecodeError:
            continue
    return decoded(data)


def _orientation(value: object, found: Found) -> int:
    """Return 1..8."""
    if isinstance(value, int) and 1 <= value <= 8:
        return value
    if value not in (None, 0):  # 0 is written for "unknown" by many programs
        found.note("Orientation", value, "is not one of 1 to 8")
    return 1


def read_tiff_exif(data: bytes, found: Found) -> int:
    """Add what a TIFF or a raw photo built like one says, without opening it as a picture.

    The first bytes of Olympus (IIRO, IIRS, MMOR) and Panasonic (IIU) are not those of a TIFF, the rest is.
    """
    start = {b"IIRO": b"II*\0", b"IIRS": b"II*\0", b"IIU\0": b"II*\0", b"MMOR": b"MM\0*"}.get(data[:4])
    exif = Image.Exif()
    try:
        exif.load(start + data[4:] if start else data)
    except (SyntaxError, struct.error, ValueError, OSError, TypeError, KeyError) as error:
        found.odd.append(f"the EXIF cannot be read: {error}"[:120])
        return 1
    return read_exif(exif, found)
