"""Photos that carry a time and a place as a camera writes them, for the tests of timeline and places."""

from datetime import datetime
from pathlib import Path

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base


def write_dated(
    path: Path, colour: tuple[int, int, int], when: datetime | None, place: tuple[float, float] | None
) -> None:
    """Write a JPEG of one colour; ``place`` is degrees north and east."""
    image = Image.new("RGB", (96, 64), colour)
    exif = Image.Exif()
    if when:
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = when.strftime("%Y:%m:%d %H:%M:%S")
    if place:
        gps = exif.get_ifd(IFD.GPSInfo)
        gps[GPS.GPSLatitudeRef], gps[GPS.GPSLongitudeRef] = "NS"[place[0] < 0], "EW"[place[1] < 0]
        gps[GPS.GPSLatitude], gps[GPS.GPSLongitude] = _parts(place[0]), _parts(place[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, exif=exif)


def _parts(degrees: float) -> tuple[float, float, float]:
    """Return degrees, minutes and seconds without the sign."""
    minutes, seconds = divmod(abs(degrees) * 3600, 60)
    return minutes // 60, minutes % 60, seconds
