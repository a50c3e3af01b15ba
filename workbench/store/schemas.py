"""The tables of a case. Column meanings stand here once; every reader and writer uses these schemas."""

import pyarrow as pa

# Columns that are never null are marked: a part without one of them is damaged, one without another column
# was written by another version, and the column is null. A column that is added later must be nullable.


def _never_null(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


WHEN = pa.timestamp("us", tz="UTC")

# One row for a path each time it was looked at with a new result; the last row of a path counts.
# status: "ok" (an image), "problem" (see problems), "gone" (no longer in the source).
FILES = pa.schema(
    [
        ("path", pa.string()),  # for people: bytes that are not UTF-8 as backslash escapes
        _never_null("raw_path", pa.binary()),  # relative to the source, as the operating system gave it
        ("size", pa.int64()),  # bytes
        ("mtime_ns", pa.int64()),
        ("image_id", pa.string()),  # of the file: SHA-256 of its bytes; null where they could not be read
        ("status", pa.string()),
        ("when", WHEN),
        (
            "stills",
            pa.string(),
        ),  # how it was split, such as "pdf-pages-1"; null for a photo
        ("images", pa.int32()),  # how many it has that could be read; null for a photo, which is one
    ]
)
# One row for a content; for a page or frame, one for each way in which its file was split (`stills`).
# Width and height are those of the upright image, in pixels.
IMAGES = pa.schema(
    [
        _never_null("image_id", pa.string()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("format", pa.string()),
        ("mode", pa.string()),  # Pillow's mode of the file: RGB, L, CMYK, ...
        ("taken_at", pa.timestamp("us")),  # the camera's clock, without a zone
        ("lat", pa.float64()),  # degrees, north positive
        ("lon", pa.float64()),  # degrees, east positive
        ("altitude", pa.float64()),  # metres
        ("camera", pa.string()),
        ("lens", pa.string()),
        ("software", pa.string()),
        ("orientation", pa.int8()),  # EXIF 1..8 as stored; 1 is upright
        ("motion", pa.int64()),  # bytes of the video that a phone appended to the still; null for none
        ("stills", pa.string()),  # as in the row of its file; it is current where both are the same
        # Of frames of videos, null for others.
        ("t", pa.float64()),  # seconds from the start
        ("duration", pa.float64()),  # seconds that the video lasts
        ("fps", pa.float64()),  # its frames a second
        ("plain", pa.string()),  # blank (of one colour, test bars), slate (a title that stands), or ""
        ("taken_zone", pa.int16()),  # minutes that the camera's clock is ahead of UTC, where it says so
        ("title", pa.string()),
        ("description", pa.string()),
        ("keywords", pa.list_(pa.string())),  # null where there are none
        ("rating", pa.int8()),  # 0 to 5, -1 for rejected
        ("creator", pa.string()),
        ("copyright", pa.string()),
        ("metadata_version", pa.int16()),  # of what read the metadata; null for what read EXIF alone
    ]
)
METADATA_VERSION = 1
"""Number of what reads metadata: a photo that an older one read can be read again without embedding it."""
OF_SIDECARS = ("title", "description", "keywords", "rating", "creator", "copyright")
"""What people write about a photo: a sidecar file is believed before the photo itself."""
BESIDE = (("taken_at", "taken_zone"), ("lat", "lon"), ("altitude",), ("camera",), ("lens",), ("software",))
"""What a sidecar says where the photo itself says nothing of it."""
# One row for a sidecar file each time it was looked at with a new result; the last row of a path counts.
SIDECARS = pa.schema(
    [
        _never_null("raw_path", pa.binary()),  # of the sidecar, relative to the source
        ("size", pa.int64()),  # bytes
        ("mtime_ns", pa.int64()),
        ("status", pa.string()),  # ok, problem, gone
        *(IMAGES.field(name) for name in (*OF_SIDECARS, *(name for some in BESIDE for name in some))),
    ]
)
THUMBNAILS = pa.schema([_never_null("image_id", pa.string()), ("jpeg", pa.binary())])
PROBLEMS = pa.schema(
    [
        ("path", pa.string()),
        _never_null("raw_path", pa.binary()),
        ("step", pa.string()),
        ("reason", pa.string()),
        ("when", WHEN),  # equal to the `when` of the row in files that it belongs to
    ]
)

# One row for a file of the source that is not read. A part holds all of one scan: the newest counts.
SKIPPED = pa.schema(
    [
        ("path", pa.string()),
        _never_null("raw_path", pa.binary()),
        ("kind", pa.string()),  # archive, excluded, sidecar, system, link, special, sound, other
        ("reason", pa.string()),
        ("when", WHEN),
    ]
)
# One row for a file in an archive, and one with an empty name for the archive itself. A part holds all
# archives that one scan has seen: the newest counts. Names are data, and never paths on disk.
ARCHIVES = pa.schema(
    [
        _never_null(
            "raw_path", pa.binary()
        ),  # of the archive, with its size and time: others are not its list
        ("archive_size", pa.int64()),
        ("archive_mtime_ns", pa.int64()),
        ("version", pa.int16()),  # of what a list says
        _never_null("name", pa.binary()),
        ("size", pa.int64()),
        ("mtime_ns", pa.int64()),
        ("state", pa.string()),  # file, archive, link, special, problem
        ("start", pa.binary()),  # the first bytes, where the name does not say what it is
        ("reason", pa.string()),  # of a problem
    ]
)


# Tables of kinds of samples, in `cache/samples/<kind>/<key>/`. The first column of rows is the id of the
# sample. Places are pixels of the upright image in full size, x to the right and y down.
_PLACE = [(name, pa.float32()) for name in ("x", "y", "width", "height")]

FACES = pa.schema(
    [
        _never_null("face_id", pa.string()),  # image_id:x,y,width,height
        _never_null("image_id", pa.string()),
        *_PLACE,
        ("score", pa.float32()),  # how sure the detector is, 0..1
        ("landmarks", pa.list_(pa.float32(), 10)),  # x, y of left eye, right eye, nose, mouth left and right
        ("size", pa.float32()),  # pixels: the shorter side of the box
        ("sharpness", pa.float32()),  # this and the next three: 0..1, 1 is best
        ("pose", pa.float32()),
        ("exposure", pa.float32()),
        ("quality", pa.float32()),
        ("gamma", pa.float32()),  # exponent that brightened the crop, 1 where none was needed
    ]
)
# A mask covers the box in rows and columns of its own.
REGIONS = pa.schema(
    [
        _never_null("region_id", pa.string()),  # image_id:kind:x,y,width,height
        _never_null("image_id", pa.string()),
        ("kind", pa.string()),  # persons, objects, text
        ("label", pa.string()),
        *_PLACE,
        ("score", pa.float32()),  # how sure the model is, 0..1
        ("mask", pa.list_(pa.int32())),  # run lengths, row by row, the first of False; null without a mask
        ("mask_rows", pa.int32()),  # how many rows and columns it has, 0 without a mask
        ("mask_columns", pa.int32()),
        ("text", pa.string()),  # what is written there; "" for other kinds
        ("script", pa.string()),  # Latin, Cyrillic, ...
    ]
)
# All samples of an image in one row, where they are many: see `store/samples.py`.
PACKED = pa.schema(
    [
        _never_null("image_id", pa.string()),
        ("dim", pa.int32()),
        ("boxes", pa.binary()),  # of each sample x, y, width, height: 16 bits, in 1 / 65535 of the image
        ("vectors", pa.binary()),  # of each sample `dim` numbers of 8 bits; lengths mean nothing
        ("reason", pa.string()),  # why nobody could look in this image
    ]
)
# One row for an image that was searched: how many samples it has, zero included.
SEEN = pa.schema([_never_null("image_id", pa.string()), ("count", pa.int32())])


def crops(id_column: str) -> pa.Schema:
    """Return the schema of small pictures of samples."""
    return pa.schema([_never_null(id_column, pa.string()), ("jpeg", pa.binary())])


def vectors(dim: int | None) -> pa.Schema:
    """Return the schema of vectors: ``dim`` float32 numbers a sample, or as many as a part has for None."""
    vector = pa.list_(pa.float32()) if dim is None else pa.list_(pa.float32(), dim)
    return pa.schema([_never_null("sample_id", pa.string()), _never_null("vector", vector)])
