"""Motion photos: a still that carries its video."""

import numpy as np
import pytest

from tests.helpers.motion_photos import CONTAINER, OLDER, ORANGE, VIDEO, box, still
from workbench.media.decode import read_image
from workbench.media.motion import embedded_video
from workbench.media.readers import formats

formats()


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
