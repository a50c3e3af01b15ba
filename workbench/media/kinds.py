"""Which files are images, and what the others are: by suffix, else by their first bytes."""

from typing import Literal

Kind = Literal["image", "pages", "document", "video", "other"]
"""What a file is read as; "pages" is an image file of several pages, which only its bytes tell."""

Skipped = Literal["", "video", "svg", "archive", "sidecar", "system", "link", "special", "other"]
"""What a file is that is not read; empty for one that is."""

REASONS: dict[Skipped, str] = {
    "": "",
    "video": "a video: ingest with videos=True to have its frames read",
    "svg": "drawings in SVG are not read",
    "archive": "an archive: unpack it to have its photos read",
    "sidecar": "a sidecar: what a program wrote about the photo or video beside it",
    "system": "written by a system, not by a person: a recycle bin, previews, an index",
    "link": "a link that is not followed",
    "special": "a pipe, socket or device, not a file",
    "other": "not an image",
}
"""Why each is not read, for people."""

RAW_SUFFIXES = frozenset(
    b".3fr .ari .arw .bay .cap .cr2 .cr3 .crw .dcr .dcs .dng .erf .fff .gpr .iiq .k25 .kdc .mef .mos .mrw"
    b" .nef .nrw .orf .pef .ptx .raf .raw .rw2 .rwl .rwz .sr2 .srf .srw .x3f".split()
)
IMAGE_SUFFIXES = RAW_SUFFIXES.union(
    b".jpg .jpeg .jpe .jfif .mpo .png .apng .gif .webp .tif .tiff .bmp .dib .avif .avifs .heic .heics .heif"
    b" .heifs .hif .jp2 .j2k .jpx .jpf .j2c .jpc .ppm .pgm .pbm .pnm .pfm .tga .ico .icns .psd .sgi .rgb"
    b" .rgba .bw .pcx .dds .qoi .jxl".split()
)
VIDEO_SUFFIXES = frozenset(
    b".mp4 .m4v .mov .avi .mkv .webm .mpg .mpeg .wmv .flv .3gp .3g2 .mts .m2ts .ogv .vob .asf .divx".split()
)
RAW_FORMATS = (
    "3FR", "ARW", "CR2", "CR3", "CRW", "DCR", "DNG", "ERF", "IIQ", "MEF", "MOS", "MRW", "NEF", "ORF", "PEF",
    "RAF", "RAW", "RW2", "SRW", "X3F",
)  # fmt: skip
"""What the formats of raw photos are called in the table of images."""
_OTHER_SUFFIXES: dict[bytes, Skipped] = {
    b".xmp": "sidecar", b".aae": "sidecar", b".svg": "svg", b".svgz": "svg",
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
    (b"<svg", "svg"),
    (b"PK\x03\x04", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b\x08", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"BZh", "archive"),
    (b"\x1aE\xdf\xa3", "video"),  # Matroska, WebM
)
_VIDEO_BRANDS = frozenset(
    b"isom iso2 iso4 iso5 iso6 mp41 mp42 avc1 M4VH M4VP MSNV 3gp4 3gp5 3gp6 3g2a dash".split()
) | {b"qt  ", b"M4V "}

RAW_STARTS = (
    b"FUJIFILMCCD-RAW",
    b"IIRO",  # Olympus
    b"IIRS",
    b"MMOR",
    b"IIU\x00",  # Panasonic
    b"FOVb",  # Sigma
    b"\x00MRM",  # Minolta
    b"IIIITwaR",  # Phase One
    b"MMMMRawT",
)
"""How raw photos begin that are no TIFF."""

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
    b"\xff\x0a",  # JPEG XL codestream
    b"\x00\x00\x00\x0cJXL \r\n\x87\n",
    *RAW_STARTS,
)
_IMAGE_BRANDS = frozenset(b"avif avis heic heix heim heis hevc hevx mif1 msf1".split()) | {b"crx "}


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
    if start[6:14] == b"HEAPCCDR":
        return True
    # "BM" alone begins many texts; a bitmap has four reserved zero bytes and a small header size.
    return start[:2] == b"BM" and start[6:10] == bytes(4) and start[15:18] == bytes(3)


def is_system(name: bytes, *, folder: bool) -> bool:
    """Tell by its name what systems and photo programs leave in folders: bins, previews, indexes."""
    name = name.lower()
    if folder:
        return name in _SYSTEM_FOLDERS or name.startswith(b".trash-")
    return name in _SYSTEM_FILES or name.startswith(b"._")


def classify(raw_path: bytes, start: bytes) -> tuple[Kind, Skipped]:
    """Return what a file is by its suffix and its first 32 bytes: a photo may be called ``notes.txt``."""
    ending = suffix(raw_path)
    if ending == b".thm":  # a JPEG of 160 pixels beside a video or a raw photo
        return "other", "sidecar"
    if ending in IMAGE_SUFFIXES or is_image_start(start):
        return "image", ""
    if ending == b".pdf" or start.startswith(b"%PDF-"):
        return "document", ""
    if ending in VIDEO_SUFFIXES or _is_video(start):
        return "video", "video"
    for begin, skipped in _OTHER_STARTS:
        if start.startswith(begin):
            return "video" if skipped == "video" else "other", skipped
    return "other", _OTHER_SUFFIXES.get(ending, "other")


def _is_video(start: bytes) -> bool:
    if start[:4] == b"RIFF":
        return start[8:12] == b"AVI "
    return start[4:8] == b"ftyp" and start[8:12] in _VIDEO_BRANDS
