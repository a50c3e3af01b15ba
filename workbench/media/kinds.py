"""Which files are images: by suffix, else by their first bytes."""

from typing import Literal

Kind = Literal["image", "video", "other"]

IMAGE_SUFFIXES = frozenset(
    b".jpg .jpeg .jpe .jfif .mpo .png .apng .gif .webp .tif .tiff .bmp .dib .avif .avifs .heic .heics .heif"
    b" .heifs .hif .jp2 .j2k .jpx .jpf .j2c .jpc .ppm .pgm .pbm .pnm .pfm .tga .ico .icns .psd .sgi .rgb"
    b" .rgba .bw .pcx .dds .qoi".split()
)
VIDEO_SUFFIXES = frozenset(
    b".mp4 .m4v .mov .avi .mkv .webm .mpg .mpeg .wmv .flv .3gp .3g2 .mts .m2ts .ogv .vob .asf .divx".split()
)

_MAGIC = (
    b"\xff\xd8\xff",  # JPEG
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\x00",  # TIFF, little-endian
    b"MM\x00*",  # TIFF, big-endian
    b"\x00\x00\x00\x0cjP  \r\n\x87\n",  # JPEG 2000
    b"\xff\x4f\xff\x51",  # JPEG 2000 codestream
    b"8BPS",  # Photoshop
    b"qoif",
)
_IMAGE_BRANDS = frozenset(b"avif avis heic heix heim heis hevc hevx mif1 msf1".split())


def suffix(raw_path: bytes) -> bytes:
    """Return the lower-case suffix with its dot; empty where there is none or only a leading dot."""
    stem, dot, end = raw_path.rpartition(b"/")[2].rpartition(b".")
    return (dot + end).lower() if stem else b""


def is_image_start(start: bytes) -> bool:
    """Tell from the first 32 bytes whether a file is an image that we can decode."""
    if start.startswith(_MAGIC):
        return True
    if start[4:8] == b"ftyp":
        return start[8:12] in _IMAGE_BRANDS
    if start[:4] == b"RIFF":
        return start[8:12] == b"WEBP"
    # "BM" alone begins many texts; a bitmap has four reserved zero bytes and a small header size.
    return start[:2] == b"BM" and start[6:10] == bytes(4) and start[15:18] == bytes(3)
