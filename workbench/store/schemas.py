"""The tables of a case. Column meanings stand here once; every reader and writer uses these schemas."""

import pyarrow as pa

WHEN = pa.timestamp("us", tz="UTC")

# One row for a path each time it was looked at with a new result; the last row of a path counts.
# status: "ok" (an image), "problem" (see problems), "gone" (no longer in the source).
FILES = pa.schema(
    [
        ("path", pa.string()),  # for people: bytes that are not UTF-8 as backslash escapes
        ("raw_path", pa.binary()),  # relative to the source, as the operating system gave it
        ("size", pa.int64()),  # bytes
        ("mtime_ns", pa.int64()),
        ("image_id", pa.string()),  # SHA-256 of the bytes; null where they could not be read
        ("status", pa.string()),
        ("when", WHEN),
    ]
)
# One row for a content. Width and height are those of the upright image, in pixels.
IMAGES = pa.schema(
    [
        ("image_id", pa.string()),
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
    ]
)
THUMBNAILS = pa.schema([("image_id", pa.string()), ("jpeg", pa.binary())])
PROBLEMS = pa.schema(
    [
        ("path", pa.string()),
        ("raw_path", pa.binary()),
        ("step", pa.string()),
        ("reason", pa.string()),
        ("when", WHEN),  # equal to the `when` of the row in files that it belongs to
    ]
)


# One row for a face. Places are pixels of the upright image in full size, x to the right and y down.
FACES = pa.schema(
    [
        ("face_id", pa.string()),  # image_id:x,y,width,height
        ("image_id", pa.string()),
        ("x", pa.float32()),
        ("y", pa.float32()),
        ("width", pa.float32()),
        ("height", pa.float32()),
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
CROPS = pa.schema([("face_id", pa.string()), ("jpeg", pa.binary())])
# One row for an image that was searched for faces: how many it has, zero included.
EXAMINED = pa.schema([("image_id", pa.string()), ("faces", pa.int32())])

# One row for a region. Places as for faces. A mask covers the box in rows and columns of its own.
REGIONS = pa.schema(
    [
        ("region_id", pa.string()),  # image_id:kind:x,y,width,height
        ("image_id", pa.string()),
        ("kind", pa.string()),  # persons, objects, text
        ("label", pa.string()),
        ("x", pa.float32()),
        ("y", pa.float32()),
        ("width", pa.float32()),
        ("height", pa.float32()),
        ("score", pa.float32()),  # how sure the model is, 0..1
        ("mask", pa.list_(pa.int32())),  # run lengths, row by row, the first of False; null without a mask
        ("mask_rows", pa.int32()),  # how many rows and columns it has, 0 without a mask
        ("mask_columns", pa.int32()),
        ("text", pa.string()),  # what is written there; "" for other kinds
        ("script", pa.string()),  # Latin, Cyrillic, ...
    ]
)
# One row for an image that was searched for a kind of region: how many it has, zero included.
EXAMINED_REGIONS = pa.schema([("image_id", pa.string()), ("regions", pa.int32())])


def vectors(dim: int) -> pa.Schema:
    """Return the schema of the vectors of one embedder key: ``dim`` float32 numbers a sample."""
    return pa.schema([("sample_id", pa.string()), ("vector", pa.list_(pa.float32(), dim))])
