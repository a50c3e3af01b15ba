"""Motion photos: a still that carries its video."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from workbench.media.decode import read_image
from workbench.media.motion import embedded_video
from workbench.media.readers import formats

formats()
ORANGE = (200, 60, 40)


def box(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(data), name) + data


VIDEO = box(b"ftyp", b"mp42\0\0\0\0mp42isom") + box(b"moov", bytes(60)) + box(b"mdat", bytes(500))
_RDF = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
_CAMERA = b'<rdf:Description xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" '
_PARTS = (
    b'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
    b'xmlns:Item="http://ns.google.com/photos/1.0/container/item/" GCamera:MotionPhoto="1">'
)
CONTAINER = (
    _RDF + _CAMERA + _PARTS + b"<Container:Directory>"
    b'<Container:Item Item:Mime="image/jpeg" Item:Semantic="Primary" Item:Length="0"/>'
    b'<Container:Item Item:Mime="video/mp4" Item:Semantic="MotionPhoto" Item:Length="%d" Item:Padding="0"/>'
    b"</Container:Directory></rdf:Description></rdf:RDF>"
)
OLDER = _RDF + _CAMERA + b'GCamera:MicroVideo="1" GCamera:MicroVideoOffset="%d"/></rdf:RDF>'


def still(name: str = "JPEG", xmp: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (96, 64), ORANGE).save(buffer, name, quality=95)
    data = buffer.getvalue()
    if not xmp:
        return data
    block = b"http://ns.adobe.com/xap/1.0/\0" + xmp
    return data[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(block)) + block + data[2:]


@pytest.mark.parametrize("stated", [len(VIDEO), len(VIDEO) + 7, 10**9])
@pytest.mark.parametrize("xmp", [CONTAINER, OLDER])
def test_the_video_of_a_motion_photo_is_found(xmp: bytes, stated: int) -> None:
    """Also where its length is wrong, as after a program changed the still."""
    picture = still(xmp=xmp % stated)
    decoded = read_image(picture + VIDEO, min_side=64)

    assert embedded_video(picture + VIDEO) == (len(picture), len(VIDEO))
    assert np.abs(np.asarray(decoded.image, int)[30, 50] - ORANGE).max() <= 3
    assert (decoded.facts.motion, decoded.facts.notes) == (len(VIDEO), ())


def test_the_video_of_a_samsung_lies_before_a_trailer() -> None:
    trailer = b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_DataSEFH" + bytes(20) + b"SEFT"
    data = still() + VIDEO + trailer

    assert embedded_video(data) == (len(still()), len(VIDEO))
    assert read_image(data, min_side=64).facts.motion == len(VIDEO)


def test_the_video_of_a_heic_lies_in_a_box() -> None:
    data = still("HEIF") + box(b"mpvd", VIDEO)
    decoded = read_image(data, min_side=64)

    assert embedded_video(data) == (len(still("HEIF")) + 8, len(VIDEO))
    assert decoded.facts.motion == len(VIDEO)
    assert np.abs(np.asarray(decoded.image, int)[30, 50] - ORANGE).max() <= 6


@pytest.mark.parametrize(
    "data",
    [b"", still(), still("HEIF"), still(xmp=CONTAINER % 500),
     still(xmp=CONTAINER % 20) + b"\0\0\0\x14ftypmp42",
     still() + VIDEO, VIDEO, still(xmp=OLDER % 0), still("HEIF") + box(b"mpvd", b"x")],
)  # fmt: skip
def test_other_files_have_none(data: bytes) -> None:
    """A video behind a JPEG that says nothing of it may be anything; half a video is none."""
    assert embedded_video(data) is None
