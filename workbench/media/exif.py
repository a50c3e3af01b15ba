"""What a camera wrote into a file: time, place, camera. Hostile values are left out, never fatal."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

_MAX_TEXT = 200  # characters kept of a text


@dataclass(frozen=True, slots=True)
class Metadata:
    """EXIF values, None where absent or unusable. ``lat``, ``lon`` in degrees, ``altitude`` in metres.

    ``taken_at`` is the camera's clock, without a zone. ``orientation`` is 1..8 as stored (1 is upright).
    ``reason`` says what could not be read, if anything.
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


def read_metadata(image: Image.Image) -> Metadata:
    """Read EXIF of an opened image (tags as in the Exif 3.0 standard, CIPA DC-008); never raises."""
    try:
        exif = image.getexif()
        main: Mapping[int, Any] = dict(exif)
        if not main:
            return Metadata()
        details: Mapping[int, Any] = exif.get_ifd(IFD.Exif)
        gps: Mapping[int, Any] = exif.get_ifd(IFD.GPSInfo)
        return Metadata(
            taken_at=_time(details.get(Base.DateTimeOriginal) or details.get(Base.DateTimeDigitized)),
            lat=_degrees(gps.get(GPS.GPSLatitude), gps.get(GPS.GPSLatitudeRef), "S", 90.0),
            lon=_degrees(gps.get(GPS.GPSLongitude), gps.get(GPS.GPSLongitudeRef), "W", 180.0),
            altitude=_altitude(gps),
            camera=_camera(_text(main.get(Base.Make)), _text(main.get(Base.Model))),
            lens=_text(details.get(Base.LensModel)),
            software=_text(main.get(Base.Software)),
            orientation=_orientation(main.get(Base.Orientation)),
        )
    except Exception as error:  # noqa: BLE001, RUF100 - whatever hostile bytes provoke, the picture is still good
        return Metadata(reason=f"the metadata cannot be read: {type(error).__name__}: {error}"[:_MAX_TEXT])


def _text(value: object) -> str | None:
    """Return printable text, shortened; bytes are read as UTF-8 with escapes."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    if not isinstance(value, str):
        return None
    words = "".join(letter if letter.isprintable() else " " for letter in value).split()
    return " ".join(words)[:_MAX_TEXT] or None


def _time(value: object) -> datetime | None:
    text = _text(value)
    if text is None:
        return None
    try:
        return datetime.strptime(text[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007, RUF100 - cameras know no zone
    except ValueError:
        return None


def _number(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]  # refuses what it cannot take
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _degrees(parts: object, reference: object, negative: str, limit: float) -> float | None:
    """Turn (degrees, minutes, seconds) and "N", "S", "E" or "W" to signed degrees within +-``limit``."""
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    numbers = [_number(part) for part in parts]
    if numbers[0] is None:
        return None
    size = numbers[0] + (numbers[1] or 0.0) / 60 + (numbers[2] or 0.0) / 3600
    signed = -size if (_text(reference) or "").upper().startswith(negative) else size
    return signed if abs(signed) <= limit else None


def _altitude(gps: Mapping[int, Any]) -> float | None:
    height = _number(gps.get(GPS.GPSAltitude))
    below_sea = gps.get(GPS.GPSAltitudeRef) in (1, b"\x01")
    return -height if height is not None and below_sea else height


def _camera(make: str | None, model: str | None) -> str | None:
    """Join make and model without saying the make twice ("Canon" and "Canon EOS 5D")."""
    if make and model:
        return model if model.lower().startswith(make.lower()) else f"{make} {model}"
    return model or make


def _orientation(value: object) -> int:
    return value if isinstance(value, int) and 1 <= value <= 8 else 1
