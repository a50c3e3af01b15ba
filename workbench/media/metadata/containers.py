"""What videos and documents say of themselves: the tags of QuickTime and MP4, the information of a PDF."""

from collections.abc import Mapping

from workbench.media.metadata.dates import Moment
from workbench.media.metadata.exif import camera, stars
from workbench.media.metadata.places import iso6709
from workbench.media.metadata.record import Found, Metadata
from workbench.media.metadata.texts import joined, kept, listed, shown

_APPLE = "com.apple.quicktime."
_LOCATIONS = (_APPLE + "location.iso6709", "location", "location-eng", "com.android.location", "xyz")
_TEXTS = (
    ("title", "QuickTime title", ("title", _APPLE + "title", _APPLE + "displayname")),
    (
        "description",
        "QuickTime description",
        ("description", _APPLE + "description", "comment", _APPLE + "comment", "synopsis"),
    ),
    (
        "creator",
        "QuickTime artist",
        ("artist", _APPLE + "artist", _APPLE + "author", "author", "album_artist", "composer"),
    ),
    ("copyright", "QuickTime copyright", ("copyright", _APPLE + "copyright")),
)


def from_video(container_metadata: Mapping[str, str]) -> Metadata:
    """Return what the metadata of a container say, as PyAV gives them (``container.metadata``); never raises.

    ``creation_time`` is UTC. Apple's ``creationdate`` has the zone and is the clock where the video was made.
    """
    found = Found()
    said = {str(name).casefold(): str(text) for name, text in container_metadata.items()}
    found.time("QuickTime creationdate", shown(_first(said, (_APPLE + "creationdate",))))
    for name in ("creation_time", "date", "date_recorded"):
        text = shown(said.get(name))
        moment = Moment.parse(text, partial=True) if text else None
        utc = name == "creation_time" and moment is not None and moment.zone is None
        found.time("QuickTime creation_time", f"{text}Z" if utc else text, partial=True)
    _place(said, found)
    make = shown(_first(said, (_APPLE + "make", "make", "com.android.manufacturer", "manufacturer")))
    model = shown(_first(said, (_APPLE + "model", "model", "com.android.model")))
    found.add("camera", "QuickTime make and model", camera(make, model))
    software = shown(_first(said, (_APPLE + "software", "software", "com.android.version", "encoder")))
    found.add("software", "QuickTime software", software)
    for field, source, names in _TEXTS:
        found.add(field, source, kept(_first(said, names)))
    keywords = _first(said, ("keywords", _APPLE + "keywords"))
    found.add("keywords", "QuickTime keywords", listed(kept(keywords)))
    rating = _first(said, (_APPLE + "rating.user",))
    if rating is not None:
        found.add("rating", "QuickTime rating", stars(rating, "rating.user", found))
    return found.metadata()


def _first(said: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((said[name] for name in names if said.get(name, "").strip(" \0")), None)


def _place(said: Mapping[str, str], found: Found) -> None:
    for name in _LOCATIONS:
        text = shown(said.get(name))
        if not text:
            continue
        place = iso6709(text)
        if place is None:
            found.note(name, text, "is no place on earth")
            continue
        found.add("lat", "QuickTime location", place[0])
        found.add("lon", "QuickTime location", place[1])
        found.add("altitude", "QuickTime location", place[2])


def from_pdf(info: Mapping[str, str]) -> Metadata:
    """Return what the information of a PDF says, as pypdfium2's ``get_metadata_dict`` gives it; never raises.

    Keys: Title, Author, Subject, Keywords, Creator, CreationDate ("D:20210304050607+02'00'").
    """
    found = Found()
    found.time("PDF CreationDate", shown(info.get("CreationDate")))
    found.add("title", "PDF Title", kept(info.get("Title")))
    found.add("description", "PDF Subject", kept(info.get("Subject")))
    found.add("creator", "PDF Author", joined([info.get("Author")]))
    found.add("keywords", "PDF Keywords", listed(kept(info.get("Keywords"))))
    found.add("software", "PDF Creator", shown(info.get("Creator")))
    return found.metadata()
