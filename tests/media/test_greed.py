"""No file takes much memory or time without becoming a problem that says why."""

import io
import struct
import threading
import time
import warnings
import zlib
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from tests.helpers.odd_files import ASCII, LONG, SHORT, chunk, tiff
from workbench.media import decode, sandbox
from workbench.media.decode import DecodeError, read_image

PNG = b"\x89PNG\r\n\x1a\n"


def encode(image: Image.Image, name: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def reason(data: bytes) -> str:
    with pytest.raises(DecodeError) as refused:
        read_image(data, min_side=64)
    return refused.value.reason


def png(width: int, height: int, *chunks: bytes, start: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return PNG + head + b"".join(chunks) + chunk(b"IDAT", start) + chunk(b"IEND", b"")


def jpeg_with_size(data: bytes, width: int, height: int) -> bytes:
    place = next(data.find(marker) for marker in (b"\xff\xc0", b"\xff\xc2") if marker in data)
    return data[: place + 5] + struct.pack(">HH", height, width) + data[place + 9 :]


def scans_repeated(times: int, side: int = 400) -> bytes:
    data = encode(Image.new("RGB", (side, side), "red"), progressive=True)
    last = data.rfind(b"\xff\xda")
    return data[:last] + data[last:-2] * times + data[-2:]


def segments(number: int, size: int, start: bytes) -> bytes:
    data = encode(Image.new("RGB", (32, 32)))
    body = (start + bytes(size))[:65_533]
    return data[:2] + (b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body) * number + data[2:]


def separate_scans(data: bytes) -> bytes:
    """Let the only scan of a JPEG bring the first of three colours only: the others would follow."""
    place = data.rfind(b"\xff\xda")
    return data[:place] + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + data[place + 14 :]


def jpeg(progressive: bool = False) -> bytes:
    return encode(Image.new("RGB", (64, 64), "red"), progressive=progressive)


CASES = {
    "side": (png(60_001, 100), "no side may be longer than 60,000"),
    "side of a jpeg": (jpeg_with_size(jpeg(), 60_001, 100), "no side may be longer than 60,000"),
    "pixels": (png(20_000, 20_000), "20,000 x 20,000 pixels, the limit is 120,000,000 pixels"),
    "progressive": (jpeg_with_size(jpeg(progressive=True), 32_000, 32_000), "32,000 x 32,000 pixels"),
    "three scans": (jpeg_with_size(separate_scans(jpeg()), 16_000, 16_000), "16,000 x 16,000 pixels"),
    "webp": (b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xfe\x3f\0\xfe\x3f\0", "16,383 x 16,383 pixels"),
    "gif": (b"GIF89a" + struct.pack("<HH", 30_000, 30_000) + bytes(30), "30,000 x 30,000 pixels"),
    "scans": (scans_repeated(2_000), "too many scans: 2,0"),
    "xmp": (segments(4_000, 1_000, b"http://ns.adobe.com/xap/1.0/\0"), "1,001 segments, the limit is 1,000"),
    "exif": (segments(600, 65_000, b"Exif\0\0"), "bytes in segments, the limit is 33,554,432"),
    "png eXIf": (png(8, 8, chunk(b"eXIf", bytes(40_000_000))), "bytes in chunks, the limit"),
    "png texts": (png(8, 8, chunk(b"tEXt", b"a\0b") * 1_001), "1,001 chunks, the limit is 1,000"),
    "tiff text": (tiff({256: (SHORT, [8]), 270: (ASCII, "x" * 40_000_000)}), "bytes in tags"),
    "tiff tile": (
        tiff({256: (SHORT, [8]), 257: (SHORT, [8]), 322: (LONG, [50_000]), 323: (LONG, [50_000])}),
        "50,000 x 50,000 pixels, the limit",
    ),
    "ico": (b"\0\0\1\0\1\0" + bytes(8) + struct.pack("<II", 60, 22) + png(20_000, 20_000), "20,000 x 20,000"),
    "icns": (b"icns\0\0\x03\xe7ic10\0\0\x03\x84" + png(20_000, 20_000), "20,000 x 20,000"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_greedy_header_is_refused_at_once_with_the_limit_it_hit(name: str) -> None:
    data, expected = CASES[name]
    started = time.monotonic()

    assert expected in reason(data)
    assert time.monotonic() - started < 2


def gif(extensions: bytes) -> bytes:
    start = b"GIF89a" + struct.pack("<HHBBB", 8, 8, 0x80, 0, 0) + bytes(6) + extensions
    return start + b"," + struct.pack("<HHHHB", 0, 0, 8, 8, 0) + b"\x02\x02\x44\x01\0;"


MANY_PARTS = {
    "fill bytes of a jpeg": jpeg()[:2] + b"\xff" * 2_000 + jpeg()[2:],
    "lone markers of a jpeg": jpeg()[:2] + b"\xff\x01" * 2_000 + jpeg()[2:],
    "metadata of a jpeg": segments(80, 65_000, b"Exif\0\0"),
    "chunks of a png": png(8, 8, chunk(b"IDAT", b"") * 20_001),
    "comment of a gif": gif(b"\x21\xfe" + b"\x01a" * 600 + b"\0"),
    "extensions of a gif": gif(b"\x21\xfe\x01a\0" * 600),
    "parts of an icon": b"icns" + struct.pack(">I", 8 + 8 * 600) + b"abcd\0\0\0\x08" * 600,
    "boxes of a jpeg 2000": encode(Image.new("RGB", (16, 16)), "JPEG2000") + bytes(17_000_000),
}


@pytest.mark.parametrize("name", MANY_PARTS)
def test_a_file_of_many_parts_has_its_time_limited(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers go through them one by one, and some join them again and again: minutes for one file."""
    monkeypatch.setattr(sandbox, "decode", lambda *_: ({"reason": "elsewhere"}, b""))

    assert reason(MANY_PARTS[name]) == "elsewhere"


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "JPEG2000", "HEIF", "ICO"])
def test_an_ordinary_photo_is_decoded_here(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "decode", lambda *_: pytest.fail("elsewhere"))
    exif = {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0" + bytes(9_000)} if name in {"JPEG", "PNG", "WEBP"} else {}

    assert read_image(encode(Image.new("RGB", (200, 150)), name, **exif), min_side=64).image.size[0] > 63


def test_tags_that_share_their_bytes_are_counted_each() -> None:
    """5,000 tags of an EXIF block point to the same 60 kB: 300 MB."""
    entries = b"".join(struct.pack("<HHII", 40_000 + tag, 7, 40_000, 8) for tag in range(1_600))
    exif = b"II*\0" + struct.pack("<IH", 8, 1_600) + entries + bytes(4) + bytes(21_000)

    assert "bytes in tags" in reason(encode(Image.new("RGB", (32, 32)), exif=b"Exif\0\0" + exif))


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_large_image_is_decoded_elsewhere_to_the_same_picture(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exif = Image.Exif()
    exif[0x0110], exif[0x0112], exif[0x0132] = "camera", 6, "2019:05:01 10:00:00"
    image = Image.effect_mandelbrot((300, 200), (-2, -1, 1, 1), 50).convert("RGB")
    data = encode(image, name, exif=exif.tobytes())
    here = read_image(data, min_side=200)
    monkeypatch.setattr(decode, "_LARGE", 1_000)
    elsewhere = read_image(data, min_side=200)

    assert here.image.tobytes() == elsewhere.image.tobytes()
    assert here.facts == elsewhere.facts


def test_what_is_decoded_elsewhere_is_no_larger_than_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "_LARGE", 1_000)
    data = encode(Image.effect_noise((1600, 800), 50), "PNG")
    small, larger = read_image(data, min_side=100), read_image(data, min_side=100, min_long_side=700)

    assert (small.image.size, larger.image.size) == ((200, 100), (800, 400))
    assert (small.facts.width, small.facts.height) == (1600, 800)
    assert np.abs(np.asarray(larger.reduced(100), int) - np.asarray(small.image, int)).max() <= 1


def test_memory_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "_LARGE", 1_000)
    monkeypatch.setattr(sandbox, "MAX_MEMORY", 64 * 2**20)

    assert reason(encode(Image.new("RGB", (8000, 8000)), "PNG")).startswith("too large: needs more")
    assert read_image(encode(Image.new("RGB", (80, 80)), "PNG"), min_side=80).image.size == (80, 80)


def test_time_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_SECONDS", 1.0)
    monkeypatch.setattr(decode, "_PASSES", 1_000)
    started = time.monotonic()

    assert reason(scans_repeated(150, side=4_000)) == "takes more than 1 s to decode"
    assert time.monotonic() - started < 4
    monkeypatch.undo()
    monkeypatch.setattr(decode, "_LARGE", 1_000)
    assert read_image(jpeg(), min_side=64).image.size == (64, 64)


def test_stopping_ends_those_who_wait_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "_PASSES", 1_000)
    slow, ends = scans_repeated(150, side=4_000), []

    def wait() -> None:
        with suppress(sandbox.StoppedError):
            read_image(slow, min_side=64)
            return
        ends.append(time.monotonic())

    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.7)
    stopped = time.monotonic()
    sandbox.stop()
    for thread in threads:
        thread.join(5)

    assert len(ends) == 3
    assert max(ends) - stopped < 2


def pages(number: int) -> bytes:
    colours = ["red", "blue", "white"]
    images = [Image.new("RGB", (40, 30), colours[page % 3]) for page in range(number)]
    return encode(images[0], "TIFF", save_all=True, append_images=images[1:])


def test_pages_that_are_not_read_are_said() -> None:
    assert read_image(pages(2), min_side=30).facts.notes == ("2 pages; page 1 is used",)
    assert read_image(pages(1), min_side=30).facts.notes == ()


def strip(width: int, height: int, at: int) -> dict[int, tuple[int, object]]:
    return {256: (SHORT, [width]), 257: (SHORT, [height]), 258: (SHORT, [8]), 259: (SHORT, [1]),
            262: (SHORT, [1]), 273: (LONG, [at]), 277: (SHORT, [1]), 278: (SHORT, [height]),
            279: (LONG, [width * height])}  # fmt: skip


def test_a_preview_never_stands_for_the_picture() -> None:
    preview, whole = strip(16, 12, 1000) | {254: (LONG, [1])}, strip(64, 48, 2000)
    body = bytes(1000) + b"\x80" * 4000
    following = tiff(preview, after=[whole])
    below = tiff(preview, {330: whole})

    assert read_image(following + body, min_side=8).image.size == (64, 48)
    assert "only its preview of 16 x 12" in reason(below + body)


@pytest.mark.parametrize("raw", [{50706: (LONG, [1])}, {262: (SHORT, [32803])}])
def test_a_raw_photo_by_content_is_refused_as_one(raw: dict[int, tuple[int, object]]) -> None:
    data = tiff(strip(16, 12, 1000) | {254: (LONG, [1])}, {330: strip(64, 48, 2000) | raw})

    assert reason(data + bytes(6000)) == "a raw photo: only its preview of 16 x 12 pixels could be read"


def test_a_slow_format_has_its_time_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain text of a PPM is read by Python code: a larger one goes to the process with limits."""
    text = b"P3 40 30 255 " + b"9 9 9 " * 1_200
    monkeypatch.setattr(decode, "_SLOW", 1_000)
    monkeypatch.setattr(sandbox, "decode", lambda *_: ({"reason": "elsewhere"}, b""))

    assert reason(text) == "elsewhere"


def mutations() -> list[bytes]:
    random = np.random.default_rng(1)
    image = Image.effect_mandelbrot((64, 48), (-2, -1, 1, 1), 30).convert("RGB")
    exif = Image.Exif()
    exif[0x0110], exif[0x0132] = "camera", "2019:05:01 10:00:00"
    exif.get_ifd(0x8825).update({1: "S", 2: (1.0, 2.0, 3.0)})
    found = []
    names = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF")
    for name in names:
        data = encode(image, name, **({"exif": exif.tobytes()} if name in {"JPEG", "PNG", "TIFF"} else {}))
        for number in range(44):
            changed = bytearray(data)
            for _ in range(1 + number % 4):
                changed[random.integers(min(len(changed), 400 if number % 2 else 10**9))] = random.integers(
                    256
                )
            found.append(bytes(changed[: random.integers(len(changed))] if number % 11 == 10 else changed))
    return found


def test_mutated_files_give_a_picture_or_a_reason_and_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    for data in mutations():
        with warnings.catch_warnings(), suppress(DecodeError):
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", module="PIL")
            found = read_image(data, min_side=32)
            assert found.image.mode == "RGB"
            assert zlib.crc32(found.image.tobytes()) >= 0
