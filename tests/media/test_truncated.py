"""Files that lack their end are taken as far as they go, and say so."""

import io

import numpy as np
import pytest
from PIL import Image

from workbench.media.decode import DecodedImage, DecodeError, read_image

SMOOTH = Image.fromarray(np.random.default_rng(0).integers(0, 256, (24, 24, 3), np.uint8)).resize((600, 400))


def encode(name: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    SMOOTH.save(buffer, name, **options)
    return buffer.getvalue()


def read(data: bytes) -> DecodedImage:
    return read_image(data, min_side=400)


def difference(found: DecodedImage, rows: slice) -> float:
    return float(np.abs(np.asarray(found.image, float) - np.asarray(SMOOTH, float))[rows].mean())


@pytest.mark.parametrize("size", [(600, 400), (40, 30)])
def test_a_jpeg_without_its_last_two_bytes_is_whole_and_says_so(size: tuple[int, int]) -> None:
    buffer = io.BytesIO()
    SMOOTH.resize(size).save(buffer, "JPEG")
    cut, whole = read_image(buffer.getvalue()[:-2], min_side=size[1]), read(buffer.getvalue())

    assert cut.image.tobytes() == whole.image.tobytes()
    assert whole.facts.notes == ()
    assert cut.facts.notes == ("truncated: the file ends too early, its last bytes are missing",)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_the_rows_that_are_there_are_taken(name: str) -> None:
    data = encode(name)
    found = read(data[: int(0.8 * len(data))])
    upper, lower = (slice(0, 150), slice(380, 400)) if name != "BMP" else (slice(250, 400), slice(0, 20))

    assert found.image.size == SMOOTH.size
    assert difference(found, upper) < 12
    assert difference(found, lower) > 20
    assert found.facts.notes[0].startswith("truncated: the file ends too early, ")
    assert int(found.facts.notes[0].split("%")[0].split()[-1]) == pytest.approx(80, abs=3)


def test_a_progressive_jpeg_loses_detail_not_rows() -> None:
    data = encode("JPEG", progressive=True)
    found = read(data[: int(0.7 * len(data))])

    assert difference(found, slice(380, 400)) < 12
    assert found.facts.notes[0].startswith("truncated")


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("share", [0.05, 0.4])
def test_less_than_half_is_refused(name: str, share: float) -> None:
    data = encode(name)
    with pytest.raises(DecodeError) as refused:
        read(data[: int(share * len(data))])

    assert "trunca" in refused.value.reason or "not an image" in refused.value.reason
