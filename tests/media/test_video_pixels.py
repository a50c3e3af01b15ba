"""Frames of videos as they are shown: upright, square pixels, deinterlaced, in the right colours."""

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tests.helpers.videos import write_video
from workbench.media.video_decoding import Decoder, VideoFacts

WIDE, HIGH = 64, 48
LEFT, RIGHT = (200, 40, 40), (40, 60, 200)
TOLERANCE = 8


def quartered() -> np.ndarray:
    """Return red with a blue upper right, a green lower left and a yellow lower right quarter."""
    pixels = np.empty((HIGH, WIDE, 3), np.uint8)
    pixels[:] = LEFT
    pixels[: HIGH // 2, WIDE // 2 :] = RIGHT
    pixels[HIGH // 2 :, : WIDE // 2] = (40, 160, 60)
    pixels[HIGH // 2 :, WIDE // 2 :] = (220, 200, 40)
    return pixels


def shown(path: Path, t: float = 0.0) -> Image.Image:
    """Return the frame at ``t``, decoded in this process."""
    with path.open("rb") as file:
        decoder = Decoder(file)
        return decoder.picture(next(decoder.frames(t))[1])


def facts_of(path: Path) -> VideoFacts:
    with path.open("rb") as file:
        return Decoder(file).facts()


def middle(path: Path) -> np.ndarray:
    """Return the colour in the middle of the second frame."""
    return np.asarray(shown(path, 0.1), int)[20, 20]


def names(image) -> str:
    """Return the colours of the four quarters, row by row, by their first letters."""
    pixels = np.asarray(image, int)
    height, width = pixels.shape[:2]
    known = {"r": LEFT, "b": RIGHT, "g": (40, 160, 60), "y": (220, 200, 40)}
    places = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return "".join(min(known, key=lambda n: np.abs(pixels[at] - np.array(known[n])).sum()) for at in places)


@pytest.mark.parametrize(
    ("degrees", "mirrored", "turned", "quarters"),
    [
        (0, False, False, "rbgy"),
        (90, False, True, "byrg"),  # the upper right comes to the upper left: counterclockwise
        (180, False, False, "ygbr"),
        (270, False, True, "gryb"),
        (0, True, False, "bryg"),
    ],
)
def test_the_display_matrix_turns_and_mirrors_frames(tmp_path: Path, degrees, mirrored, turned, quarters):
    path = write_video(
        tmp_path / "turned.mp4",
        [quartered()] * 3,
        prepare=lambda stream: stream.set_display_rotation(degrees, hflip=mirrored),
    )
    found, facts = shown(path, 0.1), facts_of(path)

    assert names(found) == quarters
    assert found.size == ((HIGH, WIDE) if turned else (WIDE, HIGH)) == (facts.width, facts.height)
    assert facts.rotation == (-degrees % 360 if not mirrored else facts.rotation)


def test_pixels_that_are_not_square_are_stretched(tmp_path: Path):
    def anamorphic(stream):
        stream.codec_context.sample_aspect_ratio = Fraction(16, 11)

    path = write_video(tmp_path / "wide.mkv", [quartered()] * 3, prepare=anamorphic)
    found, facts = shown(path), facts_of(path)

    assert found.size == (round(WIDE * 16 / 11), HIGH) == (facts.width, facts.height)
    assert names(found) == "rbgy"


def test_an_absurd_shape_of_pixels_is_left_out(tmp_path: Path):
    def absurd(stream):
        stream.codec_context.sample_aspect_ratio = Fraction(1000, 1)

    path = write_video(tmp_path / "absurd.mkv", [quartered()] * 3, prepare=absurd)

    assert shown(path).size == (WIDE, HIGH)


def woven(number: int) -> np.ndarray:
    """Return a frame of two fields: a white bar on black that moves by 16 pixels between them."""
    pixels = np.zeros((64, 128, 3), np.uint8)
    for field in (0, 1):
        left = 8 + 16 * (2 * number + field) % 96
        pixels[field::2, left : left + 16] = 255
    return pixels


def combing(image) -> float:
    """Return how much the rows of a picture differ from those next to them, more than from those after."""
    grey = np.asarray(image.convert("L"), int)
    return float(np.abs(grey[1:-1] - grey[:-2]).mean() - np.abs(grey[2:] - grey[:-2]).mean())


def test_interlaced_frames_are_put_together(tmp_path: Path):
    """The fields of the file are apart by half a frame: without a filter each edge is a comb."""
    path = write_video(
        tmp_path / "fields.mp4",
        [woven(number) for number in range(6)],
        options={"flags": "+ildct+ilme", "x264-params": "tff=1", "crf": "5"},
    )
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    raw = frames[2].to_image()
    assert frames[2].interlaced_frame
    assert combing(raw) > 20

    assert combing(shown(path, 0.2)) < 2


def flat(bits: int, values, name: str, path: Path, codec: str, tags: dict[str, int]) -> Path:
    """Write a video of one colour, given as Y, Cb, Cr in the numbers of the file."""
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = WIDE, HIGH, name
        context = stream.codec_context
        for key, value in tags.items():
            setattr(context, key, value)
        for number in range(3):
            frame = av.VideoFrame(WIDE, HIGH, name)
            for plane, value in zip(frame.planes, values, strict=True):
                kind = np.uint8 if bits == 8 else np.dtype("<u2")
                plane.update(np.full(plane.buffer_size // np.dtype(kind).itemsize, value, kind).tobytes())
            for key, value in tags.items():
                setattr(frame, key, value)
            frame.pts = number
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def encoded(rgb, weights: tuple[float, float], bits: int, full: bool) -> list[int]:
    """Return the Y, Cb, Cr of a colour (ITU-R BT.601, BT.709, BT.2020), in whole numbers."""
    red, green, blue = (value / 255 for value in rgb)
    kr, kb = weights
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    chroma = ((blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr)))
    scale, most = 2 ** (bits - 8), 2**bits - 1
    if full:
        return [round(most * luma), *(round(most * value + 128 * scale) for value in chroma)]
    return [round(scale * (16 + 219 * luma)), *(round(scale * (128 + 224 * value)) for value in chroma)]


BT601, BT709, BT2020 = (0.299, 0.114), (0.2126, 0.0722), (0.2627, 0.0593)
ORANGE = (230, 120, 40)


@pytest.mark.parametrize(
    ("bits", "weights", "full", "colorspace"),
    [
        (8, BT601, False, 6),
        (8, BT709, False, 1),
        (8, BT601, True, 5),
        (8, BT709, True, 1),
        (10, BT709, False, 1),
        (10, BT601, False, 6),
        (10, BT709, True, 1),
        (8, BT601, False, 2),  # not stated: BT.601 for so few lines
    ],
)
def test_each_matrix_and_range_gives_the_colour_that_was_meant(tmp_path, bits, weights, full, colorspace):
    path = flat(
        bits,
        encoded(ORANGE, weights, bits, full),
        "yuv420p" if bits == 8 else "yuv420p10le",
        tmp_path / "colour.mkv",
        "libx264",
        {"colorspace": colorspace, "color_range": 2 if full else 1},
    )

    assert middle(path) == pytest.approx(ORANGE, abs=TOLERANCE)


def pq(nits: float) -> float:
    """Return the signal of a luminance in cd/m2 (SMPTE ST 2084)."""
    y = (nits / 10_000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * y) / (1 + 2392 / 128 * y)) ** (2523 / 32)


def hlg(scene: float) -> float:
    """Return the signal of scene light from 0 to 1 (ITU-R BT.2100)."""
    if scene <= 1 / 12:
        return math.sqrt(3 * scene)
    return 0.17883277 * math.log(12 * scene - 0.28466892) + 0.55991073


@pytest.mark.parametrize(
    ("trc", "signal", "least", "most"),
    [
        (16, pq(203), 235, 255),  # the white of a page
        (16, pq(40), 90, 160),  # middle grey, near 0.2 of it
        (16, pq(1000), 240, 255),
        (16, pq(0.05), 0, 20),
        (18, hlg(0.265), 220, 255),
        (18, hlg(0.05), 60, 150),
    ],
)
def test_pq_and_hlg_are_neither_grey_nor_dark(tmp_path: Path, trc, signal, least, most):
    value = [round(64 + 876 * signal), 512, 512]
    tags = {"colorspace": 9, "color_range": 1, "color_trc": trc, "color_primaries": 9}
    path = flat(10, value, "yuv420p10le", tmp_path / "hdr.mkv", "libx264", tags)
    seen = middle(path)

    assert least <= seen.min() <= seen.max() <= most
    assert np.ptp(seen) <= 6  # grey stays grey


def test_a_wide_gamut_is_brought_to_srgb(tmp_path: Path):
    """The red of BT.709, written in the primaries of BT.2020, is the red of sRGB."""
    linear = np.array([0.6274, 0.0691, 0.0164])
    signal = 255 * np.where(linear < 0.018, 4.5 * linear, 1.099 * linear**0.45 - 0.099)
    tags = {"colorspace": 9, "color_range": 1, "color_trc": 14, "color_primaries": 9}
    value = encoded(tuple(signal), BT2020, 10, False)
    path = flat(10, value, "yuv420p10le", tmp_path / "wide.mkv", "libx264", tags)

    assert middle(path) == pytest.approx((255, 0, 0), abs=TOLERANCE)


def test_what_is_clear_lies_on_a_ground_that_shows_it(tmp_path: Path):
    logo = np.zeros((HIGH, WIDE, 4), np.uint8)
    logo[12:36, 16:48] = (255, 255, 255, 255)
    path = write_video(tmp_path / "logo.mov", [logo] * 3, codec="qtrle", pixels="argb")
    pixels = np.asarray(shown(path), int)

    assert pixels[24, 32].tolist() == [255, 255, 255]
    assert pixels[4, 4].max() < 64
