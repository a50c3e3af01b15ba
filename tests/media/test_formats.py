"""Formats that are read by plugins or state their colours by numbers: JPEG XL, HDR, gain maps, inks, Lab."""

import io
import struct
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageDraw, ImageOps

from tests.helpers.odd_files import ADOBE, P3, SHORT, SRGB, chunk, profile, tiff
from workbench.media import sandbox
from workbench.media.decode import DecodedImage, DecodeError, read_image
from workbench.media.iso_boxes import jxl_size, stated_colours
from workbench.media.readers import formats

formats()  # registers the readers, and with them the writers
ORANGE = (200, 60, 40)
BT2020 = ((0.6735, 0.2790, -0.0019), (0.1657, 0.6753, 0.0300), (0.1251, 0.0457, 0.7969))
PROPHOTO = ((0.7977, 0.2880, 0.0), (0.1352, 0.7119, 0.0), (0.0313, 0.0001, 0.8249))


def encode(image: Image.Image, name: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def scene(mode: str, value: Any, corner: Any, size: tuple[int, int] = (96, 64)) -> Image.Image:
    image = Image.new(mode, size, value)
    image.paste(corner, (0, 0, size[0] // 4, size[1] // 4))
    return image


def read(data: bytes, min_side: int = 64) -> tuple[np.ndarray, DecodedImage]:
    decoded = read_image(data, min_side=min_side)
    return np.asarray(decoded.image, int), decoded


def refused(data: bytes) -> str:
    with pytest.raises(DecodeError) as caught:
        read_image(data, min_side=16)
    return caught.value.reason


@pytest.mark.parametrize(
    "options", [{"lossless": True}, {"quality": 95}, {"quality": 95, "use_container": True}]
)
def test_jpeg_xl_in_colour(options: dict[str, Any]) -> None:
    pixels, decoded = read(encode(scene("RGB", ORANGE, (255, 255, 255)), "JXL", **options))

    assert np.abs(pixels[3, 3] - 255).max() <= 2
    assert np.abs(pixels[50, 80] - ORANGE).max() <= 2
    assert (decoded.facts.format, decoded.facts.width, decoded.facts.height) == ("JXL", 96, 64)


@pytest.mark.parametrize(
    ("mode", "value", "corner", "expected"),
    [("L", 100, 255, 100), ("LA", (100, 255), (255, 255), 100), ("I;16", 25_700, 65_535, 168),
     ("I;16", 1_000, 2_000, 33), ("RGBA", (*ORANGE, 255), (255, 255, 255, 255), ORANGE)],
)  # fmt: skip
def test_jpeg_xl_in_grey_of_16_bits_and_with_alpha(mode: str, value: Any, corner: Any, expected: Any) -> None:
    """A dim picture of 16 bits stays dim; the profile of the file says that its numbers are linear light."""
    pixels, _ = read(encode(scene(mode, value, corner), "JXL", lossless=True))

    assert np.abs(pixels[50, 80] - expected).max() <= 1


def test_jpeg_xl_with_a_wide_gamut() -> None:
    swapped = profile((SRGB[1], SRGB[0], SRGB[2]), 2.2)
    kept = encode(scene("RGB", (255, 0, 0), (255, 255, 255)), "JPEG", quality=100, icc_profile=swapped)
    with Image.open(io.BytesIO(kept)) as image:
        image.load()
        pixels, _ = read(encode(image, "JXL", lossless=True, lossless_jpeg=False, icc_profile=swapped))

    # The encoder of the plugin knows no profiles: the colours are those of the numbers.
    assert np.abs(pixels[50, 80] - (255, 0, 0)).max() <= 3


def test_the_exif_of_a_jpeg_xl_is_read_and_does_not_turn_it() -> None:
    """ISO/IEC 18181-2: the picture is turned by its codestream, whatever its EXIF says."""
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "camera", 6
    pixels, decoded = read(encode(scene("RGB", ORANGE, (255, 255, 255)), "JXL", exif=exif.tobytes()))

    assert decoded.facts.metadata.camera == "camera"
    assert (decoded.facts.width, decoded.facts.height) == (96, 64)
    assert pixels[3, 3].min() > 250


@pytest.mark.filterwarnings("ignore:Using JPEG reconstruction:UserWarning")
def test_a_jpeg_kept_inside_a_jpeg_xl_is_turned_by_its_exif(tmp_path: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    scene("RGB", ORANGE, (255, 255, 255)).save(tmp_path / "a.jpg", quality=95, exif=exif)
    with Image.open(tmp_path / "a.jpg") as image:
        pixels, decoded = read(encode(image, "JXL"), 32)

    assert (decoded.facts.width, decoded.facts.height) == (64, 96)
    assert pixels[3, -4].min() > 250


@pytest.mark.parametrize(
    "size", [(1, 1), (8, 256), (256, 8), (300, 300), (640, 480), (1921, 1081), (5000, 3)]
)
def test_the_size_of_a_jpeg_xl_is_known_before_it_is_decoded(size: tuple[int, int]) -> None:
    data = encode(Image.new("L", size), "JXL", effort=1)

    assert (
        jxl_size(data) == jxl_size(encode(Image.new("L", size), "JXL", effort=1, use_container=True)) == size
    )


def test_a_jpeg_xl_of_too_many_pixels_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "decode", None)
    # 30 bits for each side: the first says 2**30 - 1 rows, the second as many columns.
    bits = 0 | 3 << 1 | (2**30 - 1) << 3 | 0 << 33 | 3 << 36 | (2**30 - 1) << 38

    assert "too large" in refused(b"\xff\x0a" + bits.to_bytes(12, "little") + bytes(100))


def test_broken_jpeg_xl_is_a_problem() -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    whole = encode(noise, "JXL", lossless=True, use_container=True)
    for data in (b"\xff\x0a", whole[:12], whole[:60], whole[: len(whole) // 2]):
        assert refused(data)


def test_jpeg_xl_without_its_plugin_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.media import decode, readers

    monkeypatch.setattr(decode, "formats", lambda: ("PNG",))
    monkeypatch.setattr(readers, "formats", lambda: ("PNG",))
    with pytest.raises(DecodeError, match="pillow-jxl-plugin"):
        decode.decode_limited(encode(Image.new("L", (8, 8)), "JXL"), 8, 8)


def pq(nits: float) -> int:
    """Return the 8 bits that stand for a brightness (SMPTE ST 2084)."""
    share = (nits / 10_000) ** 0.1593017578125
    return round(255 * float(((0.8359375 + 18.8515625 * share) / (1 + 18.6875 * share)) ** 78.84375))


def hlg(light: float) -> int:
    """Return the 8 bits that stand for a share of the scene's light (ARIB STD-B67)."""
    value = (
        (3 * light) ** 0.5 if light <= 1 / 12 else 0.17883277 * np.log(12 * light - 0.28466892) + 0.55991073
    )
    return round(255 * float(value))


def stated(image: Image.Image, name: str, primaries: int, transfer: int) -> bytes:
    """Return a picture whose file says by numbers which colours it holds."""
    if name == "PNG":
        data = encode(image, "PNG")
        return data[:33] + chunk(b"cICP", bytes([primaries, transfer, 0, 1])) + data[33:]
    if name == "HEIF":
        options = {
            "color_primaries": primaries,
            "transfer_characteristics": transfer,
            "save_nclx_profile": True,
        }
        return encode(image, "HEIF", quality=100, chroma=444, matrix_coefficients=6, **options)
    data = encode(image, "AVIF", quality=100, subsampling="4:4:4")
    place = data.index(b"nclx") + 4
    return data[:place] + struct.pack(">HH", primaries, transfer) + data[place + 4 :]


@pytest.mark.parametrize("name", ["PNG", "HEIF", "AVIF"])
@pytest.mark.parametrize(
    ("nits", "least", "most"), [(0, 0, 2), (20, 80, 96), (50, 128, 142), (100, 180, 194), (203, 232, 250),
                                (1000, 245, 255)],
)  # fmt: skip
def test_hdr_by_pq_is_as_bright_as_it_is_meant(name: str, nits: float, least: int, most: int) -> None:
    """203 nits are the white of a page; unconverted they would be the grey 148."""
    data = stated(scene("RGB", (pq(nits),) * 3, (0, 0, 0)), name, 9, 16)
    pixels, _ = read(data)

    assert least <= pixels[50, 80].min() <= pixels[50, 80].max() <= most
    assert name == "PNG" or stated_colours(data) == (9, 16)


def test_hdr_keeps_the_hue_and_the_transparency() -> None:
    """A red of sRGB at 80 nits, by its numbers in BT.2020."""
    red = tuple(pq(80 * share) for share in (0.6274, 0.0691, 0.0164))
    pixels, _ = read(stated(Image.new("RGBA", (64, 64), (*red, 255)), "PNG", 9, 16))

    assert abs(pixels[30, 30, 0] - 169) <= 6
    assert pixels[30, 30, 1:].max() <= 24


@pytest.mark.parametrize("name", ["PNG", "HEIF", "AVIF"])
def test_hdr_by_hlg(name: str) -> None:
    """A signal of 75 % is the white of a page (ITU-R BT.2408)."""
    page, grey = (
        read(stated(Image.new("RGB", (64, 64), (v,) * 3), name, 9, 18))[0][30, 30] for v in (191, hlg(0.06))
    )

    assert page.min() > 228
    assert 105 < grey.min() <= grey.max() < 125


@pytest.mark.parametrize("name", ["PNG", "HEIF", "AVIF"])
@pytest.mark.parametrize(("primaries", "stored"), [(12, (183, 74, 53)), (9, (166, 81, 50))])
def test_wide_gamuts_stated_by_numbers_are_converted(
    name: str, primaries: int, stored: tuple[int, int, int]
) -> None:
    pixels, _ = read(stated(scene("RGB", stored, (255, 255, 255)), name, primaries, 13))

    assert np.abs(pixels[50, 80] - ORANGE).max() <= 6
    assert pixels[3, 3].min() >= 252


@pytest.mark.parametrize("transfer", [1, 2, 13])
def test_ordinary_numbers_change_nothing(transfer: int) -> None:
    assert (read(stated(scene("RGB", ORANGE, (9, 9, 9)), "PNG", 1, transfer))[0][50, 80] == ORANGE).all()


@pytest.mark.parametrize("primaries", [BT2020, PROPHOTO, P3, ADOBE])
@pytest.mark.parametrize("name", ["PNG", "JPEG", "TIFF", "WEBP", "HEIF", "AVIF"])
def test_wide_gamuts_by_profile_in_every_format(name: str, primaries: Any) -> None:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in np.array(ORANGE) / 255
    ]
    share = np.linalg.solve(np.array(primaries).T, np.array(SRGB).T @ linear).clip(0, 1) ** (1 / 2.2)
    stored = scene("RGB", tuple(round(255 * float(part)) for part in share), (255, 255, 255))
    options = {} if name in {"PNG", "TIFF"} else {"quality": 100}
    pixels, decoded = read(encode(stored, name, icc_profile=profile(primaries, 2.2), **options))

    assert np.abs(pixels[50, 80] - ORANGE).max() <= 9
    assert decoded.facts.notes == ()


@pytest.mark.parametrize("order", [(1, 2, 0), (2, 0, 1), (2, 1, 0), (0, 2, 1)])
def test_profiles_that_swap_channels(order: tuple[int, int, int]) -> None:
    colours = np.array(ORANGE)
    swapped = profile((SRGB[order[0]], SRGB[order[1]], SRGB[order[2]]), 2.2)
    stored = tuple(int(colours[place]) for place in order)

    assert (
        np.abs(
            read(encode(scene("RGB", stored, (0, 0, 0)), "PNG", icc_profile=swapped))[0][50, 80] - ORANGE
        ).max()
        <= 5
    )


def gain_map_jpeg() -> bytes:
    """Return a JPEG with a second, grey one behind it, named by a table (CIPA DC-007) as Ultra HDR does."""
    base, gain = (
        encode(Image.new("RGB", (96, 64), colour), "JPEG", quality=95) for colour in (ORANGE, "#808080")
    )
    xmp = b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="' \
          b'http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:hdrgm="' \
          b'http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/></rdf:RDF></x:xmpmeta>'  # fmt: skip
    head = base[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(xmp)) + xmp
    entries = struct.pack(">IIIHH", 0x030000, len(head) + 90 + len(base) - 2, 0, 0, 0) + struct.pack(
        ">IIIHH", 0, len(gain), len(base), 0, 0
    )
    table = b"MM\0*\0\0\0\x08" + struct.pack(">H", 3) + struct.pack(">HHI4s", 0xB000, 7, 4, b"0100")
    table += (
        struct.pack(">HHII", 0xB001, 4, 1, 2) + struct.pack(">HHII", 0xB002, 7, 32, 50) + bytes(4) + entries
    )
    mpf = b"MPF\0" + table
    return head + b"\xff\xe2" + struct.pack(">H", 2 + len(mpf)) + mpf + base[2:] + gain


def test_the_base_picture_of_a_gain_map_is_used_as_it_is() -> None:
    pixels, decoded = read(gain_map_jpeg())

    assert np.abs(pixels[30, 50] - ORANGE).max() <= 3
    assert (decoded.facts.width, decoded.facts.height, decoded.facts.notes) == (96, 64, ())


@pytest.mark.parametrize("adobe", [True, False])
def test_inks_of_a_jpeg_with_and_without_the_mark_of_adobe(adobe: bool) -> None:
    """With it inks are inverted; without it 255 is all of an ink. A blue page with a white corner."""
    image = scene("CMYK", (255, 255, 0, 0), (0, 0, 0, 0))
    data = encode(image, "JPEG", quality=95)
    if not adobe:
        data = encode(Image.eval(image, lambda ink: 255 - ink), "JPEG", quality=95)
        place = data.index(b"\xff\xee")
        data = data[:place] + data[place + 2 + int.from_bytes(data[place + 2 : place + 4]) :]
    pixels, _ = read(data)

    assert np.abs(pixels[50, 80] - (0, 0, 255)).max() <= 12
    assert pixels[3, 3].min() >= 243


def test_a_tiff_in_lab() -> None:
    """The orange as CIELAB under D50, by the definitions of both."""
    share = np.array(ORANGE) / 255
    xyz = np.array(SRGB).T @ np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(xyz / (0.9642, 1.0, 0.8249))
    light, a, b = 116 * y - 16, 500 * (x - y), 200 * (y - z)
    pixels = bytes([round(light * 2.55), round(a) % 256, round(b) % 256]) * (64 * 64)
    tags = {256: (SHORT, [64]), 257: (SHORT, [64]), 258: (SHORT, [8, 8, 8]), 259: (SHORT, [1]),
            262: (SHORT, [8]), 273: (SHORT, [300]), 277: (SHORT, [3]), 278: (SHORT, [64]),
            279: (SHORT, [len(pixels)])}  # fmt: skip
    found, _ = read(tiff(tags).ljust(300, b"\0") + pixels)

    assert np.abs(found[30, 30] - ORANGE).max() <= 4


def deep_tiff(values: np.ndarray, *, more: Any = None) -> bytes:
    """Return a colour TIFF (h, w, 3) of 16 bits, with other tags."""
    data = values.astype("<u2").tobytes()
    height, width, _ = values.shape
    tags = {256: (SHORT, [width]), 257: (SHORT, [height]), 258: (SHORT, [16] * 3), 259: (SHORT, [1]),
            262: (SHORT, [2]), 273: (SHORT, [300]), 277: (SHORT, [3]), 278: (SHORT, [height]),
            279: (4, [len(data)])}  # fmt: skip
    return tiff(tags | (more or {})).ljust(300, b"\0") + data


@pytest.mark.parametrize(("most", "stated_white"), [(4095, None), (1023, None), (65_535, None), (4095, 4095)])
def test_deep_colours_keep_their_range(most: int, stated_white: int | None) -> None:
    """Twelve bits in sixteen are not nearly black, and have more than sixteen steps."""
    ramp = np.linspace(0, most, 64).round()[:, None, None] * np.ones((64, 64, 3)) * (1.0, 0.5, 0.25)
    found, _ = read(deep_tiff(ramp, more={341: (SHORT, [stated_white] * 3)} if stated_white else None))

    assert np.abs(found[:, 30, 0] - np.linspace(0, 255, 64)).max() < 1.1
    assert np.abs(found[-1, 30] - (255, 127, 63)).max() <= 1
    assert len(np.unique(found[:, 30, 0])) >= 60


def test_what_a_tiff_states_as_white_is_believed() -> None:
    """A dim picture stays dim."""
    dim = np.full((16, 16, 3), 1000)
    tags = {256: (SHORT, [16]), 257: (SHORT, [16]), 258: (SHORT, [16]), 259: (SHORT, [1]), 262: (SHORT, [1]),
            273: (SHORT, [300]), 277: (SHORT, [1]), 278: (SHORT, [16]), 279: (SHORT, [512]),
            341: (SHORT, [4095])}  # fmt: skip
    grey = tiff(tags).ljust(300, b"\0") + dim[..., 0].astype("<u2").tobytes()

    assert abs(read(deep_tiff(dim, more={341: (SHORT, [4095] * 3)}), 8)[0][5, 5, 0] - 62) <= 1
    assert abs(read(grey, 8)[0][5, 5, 0] - 62) <= 1


def grey_png(values: np.ndarray, bits: int = 0) -> bytes:
    data = encode(Image.fromarray(values.astype(np.uint16)), "PNG")
    return data[:33] + chunk(b"sBIT", bytes([bits])) + data[33:] if bits else data


@pytest.mark.parametrize(
    ("value", "bits", "expected"),
    [(1000, 12, 62), (1000 << 4, 12, 62), (1000, 0, 249), (40_000, 16, 156), (1000, 16, 4)],
)
def test_significant_bits_of_a_png(value: int, bits: int, expected: int) -> None:
    """They say what is white, whether the values lie in the lower or in the upper bits."""
    found, _ = read(grey_png(np.full((16, 16), value), bits), 8)

    assert abs(found[5, 5, 0] - expected) <= 1


@pytest.mark.parametrize(
    ("most", "value", "expected"), [(4095, 1000, 62), (4095, 4095, 255), (65_535, 1000, 4), (1, 1, 255)]
)
def test_the_greatest_value_of_a_pgm(most: int, value: int, expected: int) -> None:
    body = struct.pack(">H" if most > 255 else "B", value) * 64
    found, _ = read(b"P5 8 8 %d\n" % most + body, 8)

    assert abs(found[3, 3, 0] - expected) <= 1


@pytest.mark.parametrize("mode", ["1", "I"])
def test_one_bit_and_thirty_two_bits(mode: str) -> None:
    image = Image.fromarray(
        np.tile(np.linspace(0, 1, 64) * (2**31 - 1 if mode == "I" else 1), (64, 1)).astype(np.int32)
    )
    image = image.convert("L").point(lambda v: 255 * (v > 0)).convert("1") if mode == "1" else image
    found, _ = read(encode(image, "TIFF"))

    assert (found[30, 0].max(), found[30, -1].min()) == (0, 255)
    assert mode == "1" or abs(found[30, 32, 0] - 129) <= 3


def logo(mode: str, line: Any) -> Image.Image:
    image = Image.new(mode, (200, 100), (0,) * len(mode))
    ImageDraw.Draw(image).ellipse((40, 10, 160, 90), outline=line, fill=line)
    return image


@pytest.mark.parametrize("name", ["PNG", "WEBP", "AVIF", "JXL", "TIFF", "HEIF"])
@pytest.mark.parametrize("grey", [0, 255])
def test_a_white_and_a_black_logo_are_seen_in_every_format(name: str, grey: int) -> None:
    options = (
        {"lossless": True} if name in {"WEBP", "JXL"} else {"quality": 95} if name in {"AVIF", "HEIF"} else {}
    )
    found, _ = read(encode(logo("RGBA", (grey, grey, grey, 255)), name, **options))

    assert abs(found[50, 100, 0] - grey) <= 6
    assert np.abs(found[50, 100] - found[3, 3]).min() > 150


def test_grounds_of_palettes_and_of_one_transparent_colour() -> None:
    palette = logo("RGBA", (255, 255, 255, 255)).quantize(4)
    keyed = Image.new("RGB", (64, 64), (1, 2, 3))
    keyed.paste((255, 255, 255), (20, 20, 40, 40))
    for data in (
        encode(palette, "PNG"),
        encode(logo("RGBA", (255, 255, 255, 255)), "GIF"),
        encode(keyed, "PNG", transparency=(1, 2, 3)),
    ):
        found, _ = read(data)
        assert np.abs(found[found.shape[0] // 2, found.shape[1] // 2] - found[1, 1]).min() > 150


def test_a_mostly_transparent_picture_shows_the_little_that_is_there() -> None:
    image = Image.new("RGBA", (400, 400), (255, 255, 255, 0))
    ImageDraw.Draw(image).line((10, 10, 390, 390), fill=(255, 255, 255, 255), width=3)
    found, _ = read(encode(image, "PNG"))

    assert np.abs(found[200, 200] - found[5, 300]).min() > 150


def test_a_heic_of_several_pictures_shows_its_main_one() -> None:
    first, *others = (Image.new("RGB", (64, 64), colour) for colour in ((9, 9, 9), ORANGE, (9, 9, 200)))
    data = encode(first, "HEIF", save_all=True, append_images=others, primary_index=1, quality=95)

    assert np.abs(read(data)[0][30, 30] - ORANGE).max() <= 4


@pytest.mark.parametrize("bits", [10, 12])
def test_a_heic_of_more_than_8_bits_keeps_its_range(bits: int) -> None:
    ramp = np.tile(np.linspace(0, 65_535, 64).astype(np.uint16), (64, 1))
    image = pillow_heif.from_bytes(
        mode="RGB;16", size=(64, 64), data=np.repeat(ramp[..., None], 3, 2).tobytes()
    )
    buffer = io.BytesIO()
    image.save(buffer, quality=-1, bit_depth=bits)
    found, _ = read(buffer.getvalue())

    assert np.abs(found[30, :, 1] - np.linspace(0, 255, 64)).max() <= 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_turns_and_mirrors_of_a_heic_are_made_once(orientation: int) -> None:
    """The file says how to turn it by its boxes (``irot``, ``imir``); EXIF only repeats it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = scene("RGB", ORANGE, (255, 255, 255))
    data = encode(stored, "HEIF", quality=95, exif=exif.tobytes())
    upright = np.asarray(ImageOps.exif_transpose(_tagged(stored, orientation)), int)

    assert orientation == 1 or b"irot" in data or b"imir" in data
    assert np.abs(read(data)[0] - upright).mean() <= 6


def _tagged(image: Image.Image, orientation: int) -> Image.Image:
    image = image.copy()
    image.getexif()[0x0112] = orientation
    return image


def test_adobe_rgb_of_a_camera_that_writes_no_profile() -> None:
    """Canon and Nikon say ``R03`` in EXIF: a saturated green is stored with less of it than sRGB has."""
    colours = {}
    for index in ("R03", "R98"):
        exif = Image.Exif()
        exif.get_ifd(0x8769).update({0xA001: 65_535, 0xA005: {1: index, 2: b"0100"}})
        data = encode(scene("RGB", (144, 160, 90), (255, 255, 255)), "JPEG", quality=100, exif=exif)
        colours[index] = read(data)[0]

    assert np.abs(colours["R98"][50, 80] - (144, 160, 90)).max() <= 3
    assert np.abs(colours["R03"][50, 80] - (138, 161, 85)).max() <= 4
    assert colours["R03"][3, 3].min() >= 252
