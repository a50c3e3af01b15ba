"""Animated pictures are shown by their most telling frame, and give all frames with their times."""

import io

import numpy as np
import pytest
from PIL import Image

from workbench.media.animation import animation_frames, duration
from workbench.media.decode import read_image

FORMATS = ["GIF", "WEBP", "PNG", "AVIF"]


def scene(shift: int = 0) -> Image.Image:
    """A picture of stripes of many greys with much green."""
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[..., 1] = 100 + (np.arange(96)[None, :] + shift) % 96
    pixels[..., 0] = (np.arange(64)[:, None] * 2) % 120
    return Image.fromarray(pixels)


def animated(name: str, frames: list[Image.Image], shown: int | list[int] = 200) -> bytes:
    buffer = io.BytesIO()
    frames[0].save(buffer, name, save_all=True, append_images=frames[1:], duration=shown, quality=90)
    return buffer.getvalue()


BLANK = Image.new("RGB", (96, 64), "white")
FLASH = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 96, 3)).astype(np.uint8))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("odd", [BLANK, FLASH], ids=["blank", "flash"])
def test_the_frame_that_shows_most_is_taken(name: str, odd: Image.Image) -> None:
    data = animated(name, [odd, *(scene(shift) for shift in range(6)), odd])
    found = read_image(data, min_side=64)
    red, green, blue = np.asarray(found.image, float).mean(axis=(0, 1))
    assert 110 < green < 190
    assert red < 90
    assert blue < 60
    assert found.image.size == (96, 64)


@pytest.mark.parametrize("name", FORMATS)
def test_a_picture_of_one_frame_is_as_it_was(name: str) -> None:
    buffer = io.BytesIO()
    scene().save(buffer, name)
    plain = np.asarray(Image.open(buffer).convert("RGB"), float)
    assert np.abs(np.asarray(read_image(buffer.getvalue(), min_side=64).image, float) - plain).max() <= 2
    assert list(animation_frames(buffer.getvalue())) == []
    assert duration(buffer.getvalue()) == 0


@pytest.mark.parametrize("name", FORMATS)
def test_all_frames_come_with_their_times(name: str) -> None:
    colours = ["red", "lime", "blue"]
    data = animated(name, [Image.new("RGB", (32, 32), colour) for colour in colours], [500, 1500, 400])
    found = [(at, frame.getpixel((16, 16))) for at, frame in animation_frames(data)]
    assert [at for at, _ in found] == pytest.approx([0, 0.5, 2.0], abs=0.01)
    assert [tuple(round(value / 85) for value in pixel) for _, pixel in found] == [
        (3, 0, 0),
        (0, 3, 0),
        (0, 0, 3),
    ]
    assert duration(data) == pytest.approx(2.4, abs=0.01)


def test_an_animation_that_is_cut_short_is_looked_at_as_far_as_it_goes() -> None:
    data = animated("GIF", [BLANK, *(scene(shift) for shift in range(10))])
    found = read_image(data[: len(data) * 3 // 4], min_side=64)
    assert np.asarray(found.image, float).mean(axis=(0, 1))[2] < 60


def test_frames_without_a_time_are_shown_as_browsers_show_them() -> None:
    data = animated("GIF", [scene(shift) for shift in range(3)], 0)
    assert duration(data) == pytest.approx(0.3)
