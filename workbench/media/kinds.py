"""Which files are images, and what the others are: by suffix, else by their first bytes."""

from typing import Literal

Kind = Literal["image", "document", "video", "other"]
Skipped = Literal["", "video", "raw", "jxl", "pdf", "svg", "archive", "system", "link", "special", "other"]
"""What a file is that is not read; empty for one that is."""

REASONS: dict[Skipped, str] = {
    "": "",
    "video": "frames of videos are not read yet",
    "raw": "raw photos are not read yet",
    "jxl": "JPEG XL is not read yet",
    "pdf": "pages of PDF files are not read yet",
    "svg": "drawings in SVG are not read",
    "archive": "an archive: unpack it to have its photos read",
    "system": "written by a system, not by a person: a recycle bin, previews, an index",
    "link": "a link that is not followed",
    "special": "a pipe, socket or device, not a file",
    "other": "not an image",
}
"""Why each is not read, for people."""

IMAGE_SUFFIXES = frozenset(
    b".jpg .jpeg .jpe .jfif .mpo .png .apng .gif .webp .tif .tiff .bmp .dib .avif .avifs .heic .heics .heif"
    b" .heifs .hif .jp2 .j2k .jpx .jpf .j2c .jpc .ppm .pgm .pbm .pnm .pfm .tga .ico .icns .psd .sgi .rgb"
    b" .rgba .bw .pcx .dds .qoi".split()
)
VIDEO_SUFFIXES = frozenset(
    b".mp4 .m4v .mov .avi .mkv .webm .mpg .mpeg .wmv .flv .3gp .3g2 .mts .m2ts .ogv .vob .asf .divx".split()
)
RAW_SUFFIXES = frozenset(
    b".3fr .ari .arw .bay .cap .cr2 .cr3 .crw .dcr .dcs .dng .erf .fff .gpr .iiq .k25 .kdc .mef .mos .mrw"
    b" .nef .nrw .orf .pef .ptx .raf .raw .rw2 .rwl .rwz .sr2 .srf .srw .x3f".split()
)
_OTHER_SUFFIXES: dict[bytes, Skipped] = {
    b".jxl": "jxl", b".pdf": "pdf", b".svg": "svg", b".svgz": "svg",
    **dict.fromkeys(b".zip .7z .rar .tar .gz .tgz .bz2 .xz .zst .cab .iso .dmg".split(), "archive"),
}  # fmt: skip
_SYSTEM_FOLDERS = frozenset(
    b"@eadir #recycle #snapshot $recycle.bin recycler .trash .trashes .appledouble .spotlight-v100 .fseventsd"
    b" .documentrevisions-v100 .temporaryitems __macosx".split()
) | {b"system volume information"}
_SYSTEM_FILES = frozenset(
    b"thumbs.db ehthumbs.db ehthumbs_vista.db .ds_store desktop.ini .picasa.ini".split()
)
_OTHER_STARTS: tuple[tuple[bytes, Skipped], ...] = (
    (b"\xff\x0a", "jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "jxl"),
    (b"%PDF-", "pdf"),
    (b"<svg", "svg"),
    (b"FUJIFILMCCD-RAW", "raw"),
    (b"IIRO", "raw"),  # Olympus
    (b"IIRS", "raw"),
    (b"MMOR", "raw"),
    (b"IIU\0", "raw"),  # Panasonic
    (b"FOVb", "raw"),  # Sigma
    (b"\0MRM", "raw"),  # Minolta
    (b"PK\x03\x04", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b\x08", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"BZh", "archive"),
    (b"\x1aE\xdf\xa3", "video"),  # Matroska, WebM
)
_KINDS: dict[Skipped, Kind] = {"video": "video", "pdf": "document"}
_VIDEO_BRANDS = frozenset(
    b"isom iso2 iso4 iso5 iso6 mp41 mp42 avc1 M4VH M4VP MSNV 3gp4 3gp5 3gp6 3g2a dash".split()
) | {b"qt  ", b"M4V "}

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


def is_system(name: bytes, *, folder: bool) -> bool:
    """Tell by its name what systems and photo programs leave in folders: bins, previews, indexes."""
    name = name.lower()
    if folder:
        return name in _SYSTEM_FOLDERS or name.startswith(b".trash-")
    return name in _SYSTEM_FILES or name.startswith(b"._")


def classify(raw_path: bytes, start: bytes) -> tuple[Kind, Skipped]:
    """Return what a file is by its suffix and its first 32 bytes: a photo may be called ``notes.txt``.

    A raw photo is often a TIFF whose only readable picture is a small preview: it is no image.
    """
    ending, tiff = suffix(raw_path), start[:4] in (b"II*\0", b"MM\0*")
    raw = (tiff and (ending in RAW_SUFFIXES or start[8:10] == b"CR")) or start[4:12] == b"ftypcrx "
    if raw or start[6:14] == b"HEAPCCDR":
        return "other", "raw"
    if ending in IMAGE_SUFFIXES or is_image_start(start):
        return "image", ""
    if ending in VIDEO_SUFFIXES or _is_video(start):
        return "video", "video"
    for begin, skipped in _OTHER_STARTS:
        if start.startswith(begin):
            return _KINDS.get(skipped, "other"), skipped
    if ending in RAW_SUFFIXES:
        return "other", "raw"
    skipped = _OTHER_SUFFIXES.get(ending, "other")
    return _KINDS.get(skipped, "other"), skipped


def _is_video(start: bytes) -> bool:
    if start[:4] == b"RIFF":
        return start[8:12] == b"AVI "
    return start[4:8] == b"ftyp" and start[8:12] in _VIDEO_BRANDS
