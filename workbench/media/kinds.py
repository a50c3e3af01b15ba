"""Which files are images, and what the others are: by suffix, else by their first bytes."""

from typing import Literal

Kind = Literal["image", "pages", "document", "video", "archive", "unread", "other"]
"""What a file is read as; "pages" is an image file of several pages, which only its bytes tell.

"unread" looks like a picture and is none that is read: it is a problem.
"""

Skipped = Literal[
    "", "video", "svg", "drawing", "picture", "archive", "excluded", "sidecar", "system", "link", "special",
    "sound", "other",
]  # fmt: skip
"""What a file is that is not read; empty for one that is."""

REASONS: dict[Skipped, str] = {
    "": "",
    "video": "a video: ingest with videos=True to have its frames read",
    "svg": "drawings in SVG are not read: export it as PNG to have it read",
    "drawing": "a drawing in a format that is not read: export it as PNG to have it read",
    "picture": "a picture in a format that is not read: convert it to PNG or TIFF to have it read",
    "archive": "an archive or a disk of a kind that is not opened: unpack it to have its photos read",
    "excluded": "left out by a pattern of exclude",
    "sidecar": "a sidecar: what a program wrote about the photo or video beside it",
    "system": "written by a system, not by a person: a recycle bin, previews, an index",
    "link": "a link that is not followed",
    "special": "a pipe, socket or device, not a file",
    "sound": "sound, without a picture",
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
ARCHIVE_SUFFIXES = frozenset(
    b".zip .zipx .7z .tar .gz .tgz .bz2 .tbz .tbz2 .xz .txz .zst .tzst .cbz .cbt .cb7 .docx .docm .pptx .pptm"
    b" .xlsx .xlsm .odt .odp .ods .odg .epub .apk .jar".split()
)
"""Archives that are opened; office documents are ZIP archives with the pictures in them."""
_OTHER_SUFFIXES: dict[bytes, Skipped] = {
    b".xmp": "sidecar", b".aae": "sidecar", b".svg": "svg", b".svgz": "svg",
    **dict.fromkeys(
        b".rar .cbr .cab .iso .dmg .ace .arj .lzh .lha .lz .lzma .z .cpio .wim .sit .sitx .img .e01 .ex01"
        b" .aff .aff4 .vmdk .vhd .vhdx .vdi .qcow2".split(), "archive"
    ),
    **dict.fromkeys(
        b".eps .epsf .ps .ai .cdr .cmx .wmf .emf .wmz .emz .cgm .dwg .dxf .fh11".split(), "drawing"
    ),
    **dict.fromkeys(
        b".xcf .dcm .dicom .exr .hdr .djvu .djv .pict .pct .fits .bpg .flif .wdp .jxr .psp .pspimage .sai"
        b" .clip .mng .jng .ktx .astc .pcd .indd".split(), "picture"
    ),
    **dict.fromkeys(
        b".mp3 .wav .flac .m4a .aac .ogg .oga .opus .wma .aif .aiff .amr .mid .weba".split(), "sound"
    ),
}  # fmt: skip
UNREAD: frozenset[Skipped] = frozenset({"svg", "drawing", "picture"})
"""Files that look like pictures, and that nothing reads yet: nobody is to miss one without a word."""
_SYSTEM_FOLDERS = frozenset(
    b"@eadir #recycle #snapshot $recycle.bin recycler .trash .trashes .appledouble .spotlight-v100 .fseventsd"
    b" .documentrevisions-v100 .temporaryitems __macosx .stversions @recycle .@__thumb .dropbox.cache".split()
) | {b"system volume information"}
_SYSTEM_FILES = frozenset(
    b"thumbs.db ehthumbs.db ehthumbs_vista.db .ds_store desktop.ini .picasa.ini".split()
)
_OTHER_STARTS: tuple[tuple[bytes, Skipped], ...] = (
    (b"<svg", "svg"),
    (b"Rar!\x1a\x07", "archive"),
    (b"MSCF\0\0\0\0", "archive"),
    (b"EVF\x09\x0d\x0a\xff\0", "archive"),  # a disk of a seized computer
    (b"%!PS", "drawing"),
    (b"\xc5\xd0\xd3\xc6", "drawing"),
    (b"\xd7\xcd\xc6\x9a", "drawing"),
    (b"gimp xcf", "picture"),
    (b"\x76\x2f\x31\x01", "picture"),  # OpenEXR
    (b"#?RADIANCE", "picture"),
    (b"#?RGBE", "picture"),
    (b"AT&TFORM", "picture"),  # DjVu
    (b"II\xbc\x01", "picture"),  # JPEG XR
    (b"BPG\xfb", "picture"),
    (b"FLIF", "picture"),
    (b"SIMPLE  =", "picture"),  # FITS
    (b"ID3", "sound"),
    (b"fLaC", "sound"),
    (b"OggS", "sound"),
    (b"\x1aE\xdf\xa3", "video"),  # Matroska, WebM
)
ARCHIVE_STARTS = (
    b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"\xfd7zXZ\0",
    b"BZh", b"\x28\xb5\x2f\xfd",
)  # fmt: skip
"""How archives begin that are opened."""
_KINDS: dict[Skipped, Kind] = {"video": "video", **dict.fromkeys(UNREAD, "unread")}
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
    return name in _SYSTEM_FILES or name.startswith((b"._", b"~$"))


def classify(raw_path: bytes, start: bytes) -> tuple[Kind, Skipped]:
    """Return what a file is by its suffix and its first 32 bytes: a photo may be called ``notes.txt``."""
    ending = suffix(raw_path)
    if ending == b".thm":  # a JPEG of 160 pixels beside a video or a raw photo
        return "other", "sidecar"
    if ending in IMAGE_SUFFIXES or is_image_start(start):
        return "image", ""
    if ending == b".pdf" or start.startswith(b"%PDF-"):
        return "document", ""
    known = _OTHER_SUFFIXES.get(ending, "other")
    if start.startswith(ARCHIVE_STARTS) and known not in UNREAD:
        return "archive", ""
    told = [skipped for begin, skipped in _OTHER_STARTS if start.startswith(begin)]
    if ending in VIDEO_SUFFIXES or _is_video(start) or "video" in told:
        return "video", "video"
    skipped = told[0] if told else known
    kind = "archive" if not told and ending in ARCHIVE_SUFFIXES else _KINDS.get(skipped, "other")
    return kind, "" if kind == "archive" else skipped


def archive_named(start: bytes) -> str:
    """Say of a file that is called like a photo which archive it is, by its first bytes; "" for none."""
    for begin, kind in ((b"PK\x03\x04", "ZIP"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "RAR")):
        if start.startswith(begin):
            do = f"give it the ending .{kind.lower()}" if kind != "RAR" else "unpack it"
            return f"a {kind} archive, not an image: {do} to have its files read"
    return ""


def _is_video(start: bytes) -> bool:
    if start[:4] == b"RIFF":
        return start[8:12] == b"AVI "
    return start[4:8] == b"ftyp" and start[8:12] in _VIDEO_BRANDS
