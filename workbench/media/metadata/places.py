"""Places as cameras and programs write them: fractions, decimals, degrees and minutes in a text."""

import math
import re

_HEIGHTS = (-12_000.0, 100_000.0)  # metres: from the deepest sea to the edge of space
_PART = r"[+\-]\d+(?:\.\d*)?"
_ISO6709 = re.compile(rf"({_PART})({_PART})({_PART})?(?:CRS[\w:]*)?/?", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_WRITTEN = re.compile(
    r"([NSEW])?\s*[+\-]?(?:[\d.,\s\u00b0\u00ba'\"\u2032\u2033:]|deg)+([NSEW])?", re.IGNORECASE
)
MAX_WRITTEN = 60
"""Characters of a text that may be a place."""


def number(value: object) -> float | None:
    """Return a finite number; "3/2" is a fraction. None for all else, and for what is divided by 0."""
    if isinstance(value, str) and "/" in value:
        above, below = map(number, value[:MAX_WRITTEN].split("/", 1))
        return above / below if above is not None and below else None
    try:
        found = float(value)  # type: ignore[arg-type]  # refuses what it cannot take
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def angle(parts: object) -> float | None:
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
    found = number(value)
    return None if found is None else abs(found)


def degrees(text: str, limit: float) -> float | None:
    """Return signed degrees of "51,30.5N", "51,30,15S", "-0.12", "51 deg 30' 15 N"; None for none.

    Source of the first forms: XMP Specification Part 2, GPSCoordinate.
    """
    text = text.strip()
    found = _WRITTEN.fullmatch(text) if len(text) <= MAX_WRITTEN else None
    parts = [float(part) for part in _NUMBER.findall(text)] if found else []
    if found is None or not 1 <= len(parts) <= 3 or any(part >= 60 for part in parts[1:]):
        return None
    size: float = sum(part * (1.0, 1 / 60, 1 / 3600)[place] for place, part in enumerate(parts))
    side = (found[1] or found[2] or "").upper()
    if size > limit or (side and side not in ("NS" if limit == 90 else "EW")):
        return None
    return -size if side in ("S", "W") or (text.startswith("-") and size) else size


def iso6709(text: str) -> tuple[float, float, float | None] | None:
    """Return degrees north and east and metres above the sea of "+48.8577+002.2950+035.000/".

    Also in degrees and minutes (+4851.5), and seconds (+485127). Method: ISO 6709:2022, annex H.
    """
    found = _ISO6709.fullmatch(text.strip()) if len(text) <= MAX_WRITTEN else None
    if found is None:
        return None
    lat, lon = _packed(found[1], 2, 90.0), _packed(found[2], 3, 180.0)
    return None if lat is None or lon is None else (lat, lon, height(found[3]))


def _packed(text: str, digits: int, limit: float) -> float | None:
    """Return the degrees of a number with or without minutes and seconds in it."""
    size, whole = abs(float(text)), len(text[1:].partition(".")[0])
    if whole > digits + 2:
        size = size // 10_000 + size % 10_000 // 100 / 60 + size % 100 / 3600
    elif whole > digits:
        size = size // 100 + size % 100 / 60
    if size > limit:
        return None
    return -size if text.startswith("-") and size else size


def height(value: object, *, below: bool = False) -> float | None:
    """Return metres above the sea; None for what is no height. ``below`` says that it lies below."""
    found = number(value)
    if found is None or not _HEIGHTS[0] <= found <= _HEIGHTS[1]:
        return None
    return -abs(found) if below else found
