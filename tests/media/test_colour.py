"""Colours are shown as the file means them: profiles, deep greys, floats, transparency."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw

from tests.helpers.odd_files import ADOBE, P3, SHORT, SRGB, cmyk_profile, grey_profile, profile, tiff
from workbench.media import colour
from workbench.media.decode import ImageFacts, read_image

FORMATS = ["PNG", "JPEG", "TIFF", "WEBP"]


def read(image: Image.Image, name: str = "PNG", **options: object) -> tuple[np.ndarray, ImageFacts]:
    buffer = io.BytesIO()
    image.save(buffer, name, **options)
    decoded = read_image(buffer.getvalue(), min_side=8)
    return np.asarray(decoded.image, int), decoded.facts


def flat(mode: str, value: Any) -> Image.Image:
    return Image.new(mode, (32, 32), value)


def in_space(
    srgb: tuple[int, int, int], primaries: tuple[tuple[float, float, float], ...], gamma: float
) -> Image.Image:
    """Return a flat picture that shows a colour of sRGB in another space, by the definition of both."""
    linear = np.array(
        [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in np.array(srgb) / 255
        ]
    )
    xyz = np.array(SRGB).T @ linear
    other = np.linalg.solve(np.array(primaries).T, xyz).clip(0, 1) ** (1 / gamma)
    return flat("RGB", tuple(round(part * 255) for part in other))


@pytest.mark.parametrize("name", FORMATS)
def test_a_profile_that_swaps_channels_is_undone(name: str) -> None:
    swapped = profile((SRGB[1], SRGB[0], SRGB[2]), 2.2)
    pixels, facts = read(
        flat("RGB", (255, 0, 0)),
        name,
        icc_profile=swapped,
        **({"quality": 100} if name in {"JPEG", "WEBP"} else {}),
    )

    assert np.abs(pixels - (0, 255, 0)).max() < 12
    assert facts.notes == ()


@pytest.mark.parametrize("primaries", [ADOBE, P3])
@pytest.mark.parametrize("srgb", [(200, 60, 40), (30, 160, 90), (128, 128, 128), (255, 255, 255), (0, 0, 0)])
def test_wide_gamuts_come_out_as_the_colour_that_was_meant(
    primaries: tuple, srgb: tuple[int, int, int]
) -> None:
    pixels, _ = read(in_space(srgb, primaries, 2.2), icc_profile=profile(primaries, 2.2))

    assert np.abs(pixels - srgb).max() <= 5


def test_a_profile_of_srgb_changes_nothing_and_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    read(noise, icc_profile=srgb)
    monkeypatch.setattr(colour, "_applied", None)
    pixels, _ = read(noise, icc_profile=srgb)

    assert (pixels == np.asarray(noise)).all()


@pytest.mark.parametrize("mode", ["L", "LA", "1"])
def test_a_grey_profile(mode: str) -> None:
    """Gamma 1.0: half of the light is 188 in sRGB."""
    value = {"L": 128, "LA": (128, 255), "1": 1}[mode]
    pixels, facts = read(flat(mode, value), icc_profile=grey_profile(1.0))

    assert np.abs(pixels - (255 if mode == "1" else 188)).max() <= 3
    assert facts.notes == ()


def test_a_grey_picture_with_a_profile_for_colours() -> None:
    pixels, facts = read(flat("L", 128), icc_profile=profile(SRGB, 1.0))

    assert np.abs(pixels - 188).max() <= 3
    assert facts.notes == ()


@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_a_profile_for_printing(name: str) -> None:
    """By this profile all inks but black leave no trace."""
    light, facts = read(flat("CMYK", (200, 200, 0, 0)), name, icc_profile=cmyk_profile())
    dark, _ = read(flat("CMYK", (0, 0, 0, 255)), name, icc_profile=cmyk_profile())

    assert facts.notes == ()
    assert light.min() > 240
    assert dark.max() < 15


def test_palettes_and_transparency_are_shown_by_the_profile() -> None:
    swapped = profile((SRGB[1], SRGB[0], SRGB[2]), 2.2)
    palette = flat("RGB", (255, 0, 0)).convert("P", palette=Image.Palette.ADAPTIVE)
    half = flat("RGBA", (255, 0, 0, 255))
    for image in (palette, half):
        assert np.abs(read(image, icc_profile=swapped)[0] - (0, 255, 0)).max() < 12


@pytest.mark.parametrize(
    ("broken", "mode"),
    [(b"no profile", "RGB"), (profile(SRGB, 2.2)[:200], "RGB"), (b"\0" * 500, "RGB"), (cmyk_profile(), "RGB"),
     (profile(ADOBE, 2.2), "CMYK"), (grey_profile(1.0), "RGB")],
)  # fmt: skip
def test_a_profile_that_cannot_be_used_is_said_and_left_out(broken: bytes, mode: str) -> None:
    value = (10, 200, 30) if mode == "RGB" else (255, 0, 255, 0)
    pixels, facts = read(flat(mode, value), "TIFF", icc_profile=broken)

    assert np.abs(pixels - np.asarray(flat(mode, value).convert("RGB"), int)).max() == 0
    assert facts.notes[0].startswith("colour profile left out")


def ramp(most: int) -> np.ndarray:
    return np.linspace(0, most, 256).round().astype(np.uint16).reshape(16, 16)


@pytest.mark.parametrize("most", [255, 1023, 4095, 16383, 65535])
@pytest.mark.parametrize("name", ["PNG", "TIFF"])
def test_deep_greys_keep_their_range(name: str, most: int) -> None:
    pixels, _ = read(Image.fromarray(ramp(most)), name)

    assert np.abs(pixels[..., 0].ravel() - np.arange(256)).max() <= 1


def deep_tiff(values: np.ndarray, bits: int, photometric: int = 1) -> bytes:
    """Return a grey TIFF of 12 or 16 bits."""
    if bits == 12:
        pairs = values.reshape(-1, 2).astype(int)
        data = np.stack([pairs[:, 0] >> 4, (pairs[:, 0] & 15) << 4 | pairs[:, 1] >> 8, pairs[:, 1] & 255], -1)
        pixels = data.astype(np.uint8).tobytes()
    else:
        pixels = values.astype("<u2").tobytes()
    height, width = values.shape
    tags = {256: (SHORT, [width]), 257: (SHORT, [height]), 258: (SHORT, [bits]), 259: (SHORT, [1]),
            262: (SHORT, [photometric]), 273: (SHORT, [200]), 277: (SHORT, [1]), 278: (SHORT, [height]),
            279: (SHORT, [len(pixels)])}  # fmt: skip
    return tiff(tags).ljust(200, b"\0") + pixels


def test_a_tiff_of_twelve_bits_is_scaled_by_what_it_states() -> None:
    """A dim picture stays dim: 12 bits are stated, so 1,000 of 4,095 is dark grey, not white."""
    dim = read_image(deep_tiff(np.full((16, 16), 1000), 12), min_side=8).image
    full = np.asarray(read_image(deep_tiff(ramp(4095), 12), min_side=8).image, int)

    assert abs(np.asarray(dim)[0, 0, 0].astype(int) - 62) <= 1
    assert np.abs(full[..., 0].ravel() - np.arange(256)).max() <= 1


def test_a_deep_tiff_whose_zero_is_white() -> None:
    pixels = np.asarray(read_image(deep_tiff(ramp(65535), 16, photometric=0), min_side=8).image, int)

    assert np.abs(pixels[..., 0].ravel() - np.arange(256)[::-1]).max() <= 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.25, 0.5, 1.0], [0, 63, 127, 255]),
        ([0.0, 0.25, 0.5, 0.5], [0, 63, 127, 127]),
        ([-3.0, -1.0, 1.0, 5.0], [0, 63, 127, 255]),
        ([0.0, np.nan, np.inf, 0.5], [0, 0, 255, 127]),
        ([np.nan] * 4, [0] * 4),
        ([7.0] * 4, [0] * 4),
        ([0.0, 1e38, -1e38, 0.5], [0, 255, 0, 127]),
    ],
)
@pytest.mark.filterwarnings("error")
def test_floats(values: list[float], expected: list[int]) -> None:
    array = np.repeat(np.array(values, np.float32), 64).reshape(16, 16)
    pixels, _ = read(Image.fromarray(array), "TIFF")

    assert np.abs(pixels[::4, 0, 0] - expected).max() <= 1


def test_one_hot_pixel_does_not_blacken_a_picture_of_floats() -> None:
    array = np.linspace(0, 100, 10_000, dtype=np.float32).reshape(100, 100)
    array[3, 3] = 1e9
    pixels, _ = read(Image.fromarray(array), "TIFF")

    assert 100 < np.median(pixels) < 150


def logo(line: Any, fill: Any = None, mode: str = "RGBA") -> Image.Image:
    image = Image.new(mode, (200, 100), (0,) * len(mode))
    ImageDraw.Draw(image).ellipse((40, 10, 160, 90), outline=line, fill=fill or line, width=8)
    return image


@pytest.mark.parametrize(
    ("image", "light"),
    [
        (logo((255, 255, 255, 255)), False),
        (logo((250, 250, 235, 255)), False),
        (logo((255, 255), mode="LA"), False),
        (logo((0, 0, 0, 255)), True),
        (logo((200, 20, 20, 255)), True),
        (logo((0, 0, 0, 255), (255, 255, 255, 255)), True),
        (logo((255, 255, 255, 0)), True),
        (logo((255, 255, 255, 120)), False),
        (flat("RGBA", (255, 255, 255, 255)), True),
    ],
)
def test_the_ground_of_a_transparent_picture_keeps_it_visible(image: Image.Image, light: bool) -> None:
    pixels, _ = read(image)

    assert (pixels[0, 0].min() == 255) == light
    if image.getchannel("A").getextrema()[1] and image.size == (200, 100):
        assert np.abs(pixels[50, 45] - pixels[0, 0]).max() > 60


def test_the_ground_of_a_palette_with_transparency() -> None:
    image = Image.new("P", (40, 40), 0)
    image.putpalette([0, 0, 0, 255, 255, 255])
    image.paste(1, (10, 10, 30, 30))
    pixels, _ = read(image, transparency=0)

    assert (pixels[20, 20].min(), pixels[0, 0].max() < 100) == (255, True)


def test_a_large_transparent_picture_is_put_together_without_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    image = logo((200, 20, 20, 128))
    whole, _ = read(image)
    monkeypatch.setattr(colour, "_STRIP", 200 * 7)

    assert (read(image)[0] == whole).all()
