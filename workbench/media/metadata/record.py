"""Metadata: what is known of a photo beside its pixels; Found: what the blocks of a file say, by source."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from workbench.media.metadata.dates import Moment
from workbench.media.metadata.texts import shown

_MAX_REASON = 200
_MAX_QUOTE = 40  # characters of an odd value that are said in a reason
_MOST_KEYWORDS = 500

SOURCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "taken_at": (
            *("EXIF DateTimeOriginal", "EXIF DateTimeDigitized", "XMP photoshop:DateCreated"),
            *("XMP exif:DateTimeOriginal", "XMP exif:DateTimeDigitized", "XMP xmp:CreateDate"),
            *("IPTC DateCreated", "IPTC DigitalCreationDate", "QuickTime creationdate", "PNG Creation Time"),
            *("QuickTime creation_time", "PDF CreationDate", "EXIF GPSDateStamp", "XMP exif:GPSTimeStamp"),
            "EXIF DateTime",
        ),
        "lat": ("EXIF GPS", "QuickTime location", "XMP exif:GPS"),
        "lon": ("EXIF GPS", "QuickTime location", "XMP exif:GPS"),
        "altitude": ("EXIF GPSAltitude", "QuickTime location", "XMP exif:GPSAltitude"),
        "camera": ("EXIF Make and Model", "QuickTime make and model", "XMP tiff:Make and tiff:Model"),
        "lens": ("EXIF LensModel", "XMP exifEX:LensModel", "XMP aux:Lens"),
        "software": (
            *("EXIF Software", "QuickTime software", "XMP xmp:CreatorTool", "XMP tiff:Software"),
            *("PNG Software", "PDF Creator", "IPTC OriginatingProgram"),
        ),
        "title": (
            *("XMP dc:title", "IPTC ObjectName", "EXIF XPTitle", "XMP photoshop:Headline", "IPTC Headline"),
            *("QuickTime title", "PNG Title", "PDF Title"),
        ),
        "description": (
            *("XMP dc:description", "IPTC Caption", "EXIF ImageDescription", "EXIF UserComment"),
            *("EXIF XPComment", "EXIF XPSubject", "XMP exif:UserComment", "QuickTime description"),
            *("PNG Description", "PNG Comment", "PDF Subject"),
        ),
        "keywords": (
            *("XMP dc:subject", "IPTC Keywords", "EXIF XPKeywords", "XMP lr:hierarchicalSubject"),
            *("XMP digiKam:TagsList", "XMP MicrosoftPhoto:LastKeywordXMP", "QuickTime keywords"),
            *("PNG Keywords", "PDF Keywords"),
        ),
        "rating": (
            *("XMP xmp:Rating", "EXIF Rating", "XMP MicrosoftPhoto:Rating", "EXIF RatingPercent"),
            "QuickTime rating",
        ),
        "creator": (
            *("XMP dc:creator", "IPTC By-line", "EXIF Artist", "EXIF XPAuthor", "QuickTime artist"),
            *("PNG Author", "PDF Author"),
        ),
        "copyright": (
            *("XMP dc:rights", "IPTC CopyrightNotice", "EXIF Copyright", "QuickTime copyright"),
            "PNG Copyright",
        ),
    }
)
"""Where the value of each field comes from: the first of these that has a good one. Keywords are joined."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What EXIF, XMP, IPTC and the like say; None where absent or unusable.

    ``taken_at`` is the camera's clock; ``taken_zone`` how far that is ahead of UTC, in minutes, where known.
    ``lat``, ``lon`` in degrees, ``altitude`` in metres. ``orientation`` is 1..8 as stored (1 is upright).
    ``rating``: 0 to 5, -1 for rejected. ``reason`` says what could not be read or is odd, if anything.
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
    taken_zone: int | None = None
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    rating: int | None = None
    creator: str | None = None
    copyright: str | None = None

    def noted(self, reason: str) -> "Metadata":
        """Return the same with one more thing that is odd."""
        return replace(self, reason="; ".join(filter(None, (self.reason, reason)))[:_MAX_REASON])

    def packed(self) -> dict[str, Any]:
        """Return it as JSON would have it."""
        said = asdict(self)
        return said | {"taken_at": self.taken_at and self.taken_at.isoformat()}

    @classmethod
    def unpacked(cls, said: Mapping[str, Any]) -> "Metadata":
        """Return what was packed."""
        taken_at = said["taken_at"] and datetime.fromisoformat(said["taken_at"])
        return cls(**{**said, "taken_at": taken_at, "keywords": tuple(said["keywords"])})


WRITTEN = ("title", "description", "keywords", "rating", "creator", "copyright")
"""What people write, and a sidecar decides."""


@dataclass(slots=True)
class Found:
    """The good values that the blocks of a file hold, by field and source, and what is odd of the others."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)

    def add(self, name: str, source: str, value: object) -> None:
        """Keep what a source says of a field; None and empty say nothing, the first of a source counts."""
        if value is not None and value != ():
            self.values.setdefault(name, {}).setdefault(source, value)

    def note(self, name: str, value: object, what: str) -> None:
        """Say that the tag ``name`` holds ``value``, which is ``what``."""
        quoted = shown(value if isinstance(value, str | bytes) else str(value)) or ""
        self.odd.append(f"{name} {quoted[:_MAX_QUOTE]!r} {what}")

    def time(self, source: str, text: str | None, *, zone: int | None = None, partial: bool = False) -> None:
        """Keep a time of taking; one that is no time or a clock that was never set is said."""
        if text is None or not text.strip(" :-"):
            return  # the standard's way to say that it is unknown
        name = source.partition(" ")[2]
        moment = Moment.parse(text, partial=partial)
        if moment is None:
            self.note(name, text, "is no date and time")
        elif moment.is_unset:
            self.note(name, text, "is what a clock shows that was never set")
        else:
            self.add("taken_at", source, moment if moment.zone is not None else moment.at_zone(zone))

    def metadata(self, orientation: int = 1) -> Metadata:
        """Return the first good value of each field, in the order of `SOURCES`."""
        best = {name: self._first(name) for name in SOURCES if name not in ("taken_at", "keywords")}
        # Half a place is none beside a whole one of another source, and two halves are no place.
        places = (
            [self.values.get(name, {}).get(source) for name in ("lat", "lon")] for source in SOURCES["lat"]
        )
        best["lat"], best["lon"] = min(places, key=lambda place: place.count(None))
        moment: Moment | None = self._first("taken_at")
        return Metadata(
            taken_at=moment.at if moment else None,
            taken_zone=self._zone(moment) if moment else None,
            keywords=self._keywords(),
            orientation=orientation,
            reason="; ".join(self.odd)[:_MAX_REASON] or None,
            **best,
        )

    def _first(self, name: str) -> Any:
        said = self.values.get(name, {})
        return next((said[source] for source in SOURCES[name] if source in said), None)

    def _zone(self, moment: Moment) -> int | None:
        """Return the zone of a time, or that of another source that shows the same clock."""
        if moment.zone is not None:
            return moment.zone
        clock = moment.at.replace(microsecond=0)
        others = self.values["taken_at"].values()
        return next((one.zone for one in others if one.at.replace(microsecond=0) == clock and one.zone), None)

    def _keywords(self) -> tuple[str, ...]:
        """Return all keywords once, however they are cased."""
        said = self.values.get("keywords", {})
        every = (word for source in SOURCES["keywords"] for word in said.get(source, ()))
        once: dict[str, str] = {}
        for word in every:
            once.setdefault(word.casefold(), word)
        return tuple(once.values())[:_MOST_KEYWORDS]
