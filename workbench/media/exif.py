"""What a camera wrote into a file: time, place, camera. Odd values are said with their text, never fatal."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

_MAX_TEXT = 200  # characters kept of a text
_MAX_QUOTE = 40  # characters of an odd value that are said in a reason
_HEIGHTS = (-12_000.0, 100_000.0)  # metres: from the deepest sea to the edge of space
_TIME_TAGS = (Base.DateTimeOriginal, Base.DateTimeDigitized, Base.DateTime)
# The standard's colons, or the hyphens and the T of ISO 8601; no seconds, or a date alone. A zone and parts
# of seconds are dropped: the time is the camera's own. Some editors write a colon for the sign of the zone.
_TIME = re.compile(
    r"(\d{4})[:\-/.](\d{1,2})[:\-/.](\d{1,2})"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:Z|[+\-:]\d{2}:?\d{2})?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """EXIF values, None where absent or unusable. ``lat``, ``lon`` in degrees, ``altitude`` in metres.

    ``taken_at`` is the camera's clock, without a zone. ``orientation`` is 1..8 as stored (1 is upright).
    ``reason`` says what could not be read or is odd, if anything.
    """

    taken_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    altitude: float | None = None
    camera: str | None = None
    lens: str | None = None
    software: str | None = None
    orientation: int = 1
    reason: str | None = None


@dataclass(slots=True)
class _Reader:
    """Turns tags into values, and gathers what is odd about them."""

    odd: list[str] = field(default_factory=list)

    def note(self, name: str, value: object, what: str) -> None:
        """Say that the tag ``name`` holds ``value``, which is ``what``."""
        quoted = _text(value if isinstance(value, str | bytes) else str(value)) or ""
        self.odd.append(f"{name} {quoted[:_MAX_QUOTE]!r} {what}")

    def time(self, main: Mapping[int, Any], details: Mapping[int, Any]) -> datetime | None:
        """Return the first good one of the times of taking, digitising and changing."""
        for tag in _TIME_TAGS:
            value = main.get(tag) if tag == Base.DateTime else details.get(tag)
            text = _text(value)
            if text is None or not text.strip(" :"):
                continue  # the standard's way to say that it is unknown
            if found := _time(text):
                return found
            self.note(tag.name, value, "is no date and time")
        return None

    def degrees(self, gps: Mapping[int, Any], tag: GPS, negative: str, limit: float) -> float | None:
        """Turn (degrees, minutes, seconds) and "N", "S", "E" or "W" to signed degrees within +-``limit``."""
        parts = gps.get(tag)
        if parts is None:
            return None
        size = _angle(parts)
        if size is None or size > limit:
            self.note(tag.name, parts, "is no place on earth" if size else "is no angle")
            return None
        below = any(number is not None and number < 0 for number in map(_number, parts))
        side = (_text(gps.get(tag - 1)) or "").upper()
        if size and below and side and not side.startswith(negative):
            self.note(tag.name, parts, f"has a minus, but the reference {side[:1]}: the minus is believed")
        return -size if below or side.startswith(negative) else size

    def altitude(self, gps: Mapping[int, Any]) -> float | None:
        """Return metres above the sea."""
        value = gps.get(GPS.GPSAltitude)
        if value is None:
            return None
        height = _number(value)
        if height is None or not _HEIGHTS[0] <= height <= _HEIGHTS[1]:
            self.note("GPSAltitude", value, "is no height")
            return None
        return -abs(height) if gps.get(GPS.GPSAltitudeRef) in (1, b"\x01") else height

    def orientation(self, value: object) -> int:
        """Return 1..8."""
        if isinstance(value, int) and 1 <= value <= 8:
            return value
        if value not in (None, 0):  # 0 is written for "unknown" by many programs
            self.note("Orientation", value, "is not one of 1 to 8")
        return 1


def read_metadata(image: Image.Image) -> Metadata:
    """Read EXIF of an opened image (tags as in the Exif 3.0 standard, CIPA DC-008); never raises.

    Call it before the pixels are loaded: loading turns a TIFF upright and forgets how it was stored.
    """
    try:
        exif = image.getexif()
        main: Mapping[int, Any] = dict(exif)
        if not main:
            return Metadata(orientation=_stored_orientation(image, 1))
        details: Mapping[int, Any] = exif.get_ifd(IFD.Exif)
        gps: Mapping[int, Any] = exif.get_ifd(IFD.GPSInfo)
        read = _Reader()
        return Metadata(
            taken_at=read.time(main, details),
            lat=read.degrees(gps, GPS.GPSLatitude, "S", 90.0),
            lon=read.degrees(gps, GPS.GPSLongitude, "W", 180.0),
            altitude=read.altitude(gps),
            camera=_camera(_text(main.get(Base.Make)), _text(main.get(Base.Model))),
            lens=_text(details.get(Base.LensModel)),
            software=_text(main.get(Base.Software)),
            orientation=_stored_orientation(image, read.orientation(main.get(Base.Orientation))),
            reason="; ".join(read.odd)[:_MAX_TEXT] or None,
        )
    except Exception as error:  # noqa: BLE001, RUF100 - whatever hostile bytes provoke, the picture is still good
        return Metadata(reason=f"the metadata cannot be read: {type(error).__name__}: {error}"[:_MAX_TEXT])


def _stored_orientation(image: Image.Image, said: int) -> int:
    """Return what the file says of a HEIC, which its reader turns upright when opening."""
    original = image.info.get("original_orientation")
    return original if isinstance(original, int) and 1 <= original <= 8 else said


def _text(value: object) -> str | None:
    """Return printable text, shortened; bytes are read as UTF-8 with escapes."""
    if isinstance(value, bytes):
        value = value[: 4 * _MAX_TEXT].decode("utf-8", "backslashreplace")
    if not isinstance(value, str):
        return None
    # Cut first: a text of megabytes is not looked at letter by letter.
    words = "".join(letter if letter.isprintable() else " " for letter in value[: 4 * _MAX_TEXT]).split()
    return " ".join(words)[:_MAX_TEXT] or None


def _time(text: str) -> datetime | None:
    parts = _TIME.fullmatch(text)
    try:
        return datetime(*(int(part or 0) for part in parts.groups())) if parts else None  # type: ignore[arg-type]  # noqa: DTZ001, RUF100 - cameras know no zone
    except ValueError:
        return None


def _number(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]  # refuses what it cannot take
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _angle(parts: object) -> float | None:
    """Return degrees without their sign, of (degrees, minutes, seconds); None where they say none.

    Minutes or seconds of 0/0 are left out where the number before them has decimals that say it all, and
    seconds anyway: they are at most two kilometres. A degree without its minutes would be off by up to 110.
    """
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees, minutes, seconds = (_magnitude(part) for part in parts)
    if degrees is None or max(minutes or 0.0, seconds or 0.0) > 60:
        return None
    if minutes is None and degrees.is_integer():
        return None
    return degrees + (minutes or 0.0) / 60 + (seconds or 0.0) / 3600


def _magnitude(value: object) -> float | None:
    number = _number(value)
    return None if number is None else abs(number)


def _camera(make: str | None, model: str | None) -> str | None:
    """Join make and model without saying the make twice ("Canon" and "Canon EOS 5D")."""
    if make and model:
        return model if model.lower().startswith(make.lower()) else f"{make} {model}"
    return model or make
