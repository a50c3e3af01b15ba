"""Decode the bytes of a file to an upright RGB image, with limits, or say why not."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image, ImageFile, JpegImagePlugin, UnidentifiedImageError

from workbench.errors import WorkbenchError
from workbench.media import sandbox
from workbench.media.animation import frames_of, seek_telling
from workbench.media.colour import ranged, to_srgb
from workbench.media.frame_choice import FrameFacts
from workbench.media.header import Header, check_exif, read_header
from workbench.media.iso_boxes import jxl_size
from workbench.media.limits import MAX_PIXELS, LimitError, check_size
from workbench.media.metadata import Metadata, read_metadata
from workbench.media.motion import embedded_video
from workbench.media.raw import RawError, read_raw
from workbench.media.readers import BROKEN, deep_colours, formats, open_image

_LARGE = 24_000_000  # pixels held in memory; more are decoded in a process of their own
_SLOW = 2_000_000  # pixels that Python code may decode here
_PASSES = 400_000_000  # pixels times scans that a JPEG may cost here, about two seconds
_MOST_STEP = 8  # the most that decoding reduces by
_ENOUGH = 0.55  # of a picture must be there; a row of blocks that is cut counts as there
_MISSING = 128  # what libjpeg fills in for what is missing, and we for other formats
_DRAFTED = {"JPEG", "MPO"}  # formats that decode to a fraction of their size
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class DecodeError(WorkbenchError):
    """The bytes are no image that we can decode; ``reason`` is the short text for the problems table."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The image cannot be decoded: {reason}.", "Open it elsewhere and save it as JPEG or PNG."
        )
        self.reason = reason


class _ElsewhereError(Exception):
    """The image is to be decoded in a process of its own: it is large, slow or cut short."""


@dataclass(frozen=True, slots=True)
class _Ask:
    """What is asked for: the sides that must be kept, in pixels, and how far to go.

    ``limited``: this is the process with limits on itself. ``partial``: take what is there of a file that
    lacks its end, of which this share of the bytes is there; 0 for no. ``turned``: as the file says.
    ``pixels``: or metadata alone.
    """

    min_side: int
    min_long_side: int
    limited: bool = False
    partial: float = 0.0
    turned: bool = True
    pixels: bool = True


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a file says: size of the whole upright image in pixels, Pillow's format and mode, metadata.

    ``notes``: what is odd about the pixels, each a short text for the problems table: a colour profile that
    is left out, pages that are not read, an end that is missing. ``motion``: bytes of the video that a phone
    appended, None where there is none. ``frame``: where a frame of a video lies.
    """

    width: int
    height: int
    format: str
    mode: str
    metadata: Metadata
    notes: tuple[str, ...] = ()
    motion: int | None = None
    frame: FrameFacts | None = None


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """Upright RGB pixels in sRGB, at least ``min_side`` on the shorter side or all there are, and the facts.

    ``shrinks``: decoding made them no larger than asked for.
    """

    image: Image.Image
    facts: ImageFacts
    shrinks: bool = False

    def reduced(self, min_side: int) -> Image.Image:
        """Return what asking for ``min_side`` alone would have given: box means for a JPEG's DCT."""
        drafted = round(max(self.facts.width, self.facts.height) / max(self.image.size))
        most = _MOST_STEP // max(1, drafted)
        step = _step(self.image.size, min_side, min_side, most) if self.shrinks else 1
        return self.image if step == 1 else self.image.reduce(step)


def read_image(data: bytes, *, min_side: int, min_long_side: int = 0) -> DecodedImage:
    """Decode the first picture of a file; raises :class:`DecodeError` for what is broken or too large.

    A JPEG is decoded at 1/2, 1/4 or 1/8 of its size while its shorter side stays >= ``min_side`` pixels and
    its longer side >= ``min_long_side``. Images that need much memory or time are decoded, and made as
    small, in a process of their own that may take 1 GB and 20 s, one at a time. A file that lacks its end is
    decoded as far as it goes, where that is more than half, and says so in its notes. Raises
    :class:`~workbench.media.sandbox.StoppedError` where that process was stopped from another thread.
    """
    ask = _Ask(min_side, max(min_side, min_long_side))
    try:
        return _decode(data, ask)
    except _ElsewhereError:
        return _decode_elsewhere(data, ask)


def read_metadata_of(data: bytes) -> Metadata:
    """Return the metadata of a file, without its pixels where these are not needed; as `read_image`."""
    ask = _Ask(1, 1, pixels=False)
    try:
        return _decode(data, ask).facts.metadata
    except _ElsewhereError:
        return _decode_elsewhere(data, ask).facts.metadata


def _metadata(image: Image.Image, header: Header) -> Metadata:
    # Of the other formats it was checked before opening.
    if image.format in {"HEIF", "AVIF"} and isinstance(exif := image.info.get("exif"), bytes):
        check_exif(exif)
    metadata, unread = read_metadata(image), len(header.unread)
    return metadata.noted(f"{unread:,} parts of the metadata are broken or too large") if unread else metadata


def decode_limited(data: bytes, min_side: int, min_long_side: int) -> DecodedImage:
    """Decode in this process, which must have limits on itself and no other thread; as :func:`read_image`."""
    try:
        return _decode(data, _Ask(min_side, min_long_side, limited=True))
    except _ElsewhereError:  # cut short
        longer = _lengthened(data)
        ask = _Ask(min_side, min_long_side, limited=True, partial=len(data) / len(longer))
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            return _decode(longer, ask)
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False


def _decode(data: bytes, ask: _Ask) -> DecodedImage:
    if not data:
        raise DecodeError("the file is empty")
    try:
        header = read_header(data)
        check_size(header.width, header.height, header.held)
        alone = not ask.pixels and not data.startswith(b"\x89PNG")  # whose texts may lie behind its pixels
        if not ask.limited and (header.odd if alone else _costly(header)):
            raise _ElsewhereError
        return _read(data, header, ask)
    except LimitError as error:
        raise DecodeError(str(error)) from None
    except UnidentifiedImageError:
        if jxl_size(data) != (0, 0) and "JXL" not in formats():
            raise DecodeError("JPEG XL needs the package pillow-jxl-plugin, which is not installed") from None
        raise DecodeError("not an image, or in a format that is not supported") from None
    except BROKEN as error:
        if not ask.partial and _cut_short(error):
            raise _ElsewhereError from None
        raise DecodeError(_reason(error)) from error


def _costly(header: Header) -> bool:
    """Tell before opening whether an image belongs into a process of its own."""
    passes = header.scans * header.pixels if header.scans > 1 else 0
    most = _SLOW if header.slow else MAX_PIXELS if header.drafts and not header.whole else _LARGE
    return header.odd or passes > _PASSES or header.pixels > most


def _cut_short(error: BaseException) -> bool:
    """Tell what Pillow says of a file that ends too early; of a WebP it says no more than the last."""
    text = str(error)
    return "image file is truncated" in text or "could not create decoder object" in text


def _read(data: bytes, header: Header, ask: _Ask) -> DecodedImage:
    if header.raw:
        return _read_raw(data, header, ask)
    notes = list(header.notes)
    with open_image(header.readable(data)) as image:
        if header.page:
            image.seek(header.page)
        full_size, name, mode = image.size, image.format or "", image.mode
        _shrink_while_decoding(image, ask)
        width, height = full_size if header.whole else image.size
        check_size(*full_size, width * height)
        if ask.pixels and not ask.limited and width * height > (_SLOW if header.slow else _LARGE):
            raise _ElsewhereError
        if ask.partial:
            _fill(image)
        elif (frames := frames_of(image)) > 1:
            if not ask.limited and frames * width * height > _LARGE:
                raise _ElsewhereError
            seek_telling(image)
        # Before loading: a TIFF is turned while it is loaded, and then says that it always was upright.
        metadata = _metadata(image, header)
        if not ask.pixels:
            return DecodedImage(Image.new("RGB", (1, 1)), ImageFacts(*full_size, name, mode, metadata))
        image.load()
        if ask.partial:
            _check_share(image, ask.partial, notes)
        drafted = image.size != full_size and name in _DRAFTED
        full_size = full_size if drafted else image.size
        orientation = _orientation_left(image, metadata) if ask.turned else 1
        deep = deep_colours(data, header.page, image) if name == "TIFF" else None
        loaded = image if deep is None else ranged(image, deep)
        shown = to_srgb(loaded, notes, header.colours, header.bits)
        picture = _turn(_shrunk(shown, name, ask), orientation)
    full_size = full_size[::-1] if orientation in {5, 6, 7, 8} else full_size
    video = embedded_video(data) if header.motion else None
    facts = ImageFacts(*full_size, name, mode, metadata, tuple(notes), video and video[1])
    return DecodedImage(picture, facts, shrinks=ask.limited or name in _DRAFTED)


def _read_raw(data: bytes, header: Header, ask: _Ask) -> DecodedImage:
    def decode(jpeg: bytes) -> Image.Image:
        inner = read_header(jpeg)
        check_size(inner.width, inner.height, inner.held)
        return _read(jpeg, inner, replace(ask, turned=False)).image

    try:
        photo = read_raw(data, (ask.min_side, ask.min_long_side), decode)
    except RawError as error:
        only = f"a raw photo: only its preview of {header.width:,} x {header.height:,} pixels could be read"
        raise DecodeError(only if header.width else f"a raw photo that cannot be read: {error}") from None
    facts = ImageFacts(*photo.size, photo.format, "RGB", photo.metadata, photo.notes)
    return DecodedImage(_shrunk(photo.image, photo.format, ask), facts, shrinks=True)


def _shrink_while_decoding(image: Image.Image, ask: _Ask) -> None:
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        least = (ask.min_long_side, ask.min_side)
        image.draft(None, least if image.width >= image.height else least[::-1])


def _fill(image: Image.Image) -> None:
    """Paint what will be missing grey; where that cannot be, it stays 0."""
    if image.format != "GIF" and image.mode in {"L", "RGB", "RGBA", "CMYK"}:
        image.im = Image.new(image.mode, image.size, (_MISSING,) * len(image.getbands())).im


def _check_share(image: Image.Image, of_bytes: float, notes: list[str]) -> None:
    """Note how much of a picture is there; refuse it where that is too little."""
    there = min(of_bytes, _share_there(image))
    if there < _ENOUGH:
        raise DecodeError(f"truncated: the file ends too early, only {there:.0%} of the picture is there")
    notes[:] = [note for note in notes if not note.startswith("truncated")]
    what = f"{there:.0%} of the picture is there" if there < 0.995 else "its last bytes are missing"
    notes.append(f"truncated: the file ends too early, {what}")


def _share_there(image: Image.Image) -> float:
    """Return the share of rows that are not only what stands for missing pixels."""
    missing = 0
    for top in range(0, image.height, 64):
        rows = np.asarray(image.crop((0, top, image.width, min(image.height, top + 64))))
        rows = rows.reshape(len(rows), -1)
        missing += int((rows == rows.dtype.type(_MISSING if image.mode != "P" else 0)).all(axis=1).sum())
    return 1.0 - missing / image.height


def _lengthened(data: bytes) -> bytes:
    """Return a WebP with zeros for what its header says is missing, where that is less than half."""
    stated = int.from_bytes(data[4:8], "little") + 8
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return data.ljust(stated, b"\0") if is_webp and len(data) < stated < 2 * len(data) else data


def _orientation_left(image: Image.Image, metadata: Metadata) -> int:
    """Return the turn that is still to be made: the readers of TIFF, HEIC and JPEG XL make it themselves.

    A JPEG kept inside a JPEG XL comes out as it was, with the turn in its EXIF.
    """
    kept_jpeg = getattr(image, "jpeg", False)
    return (
        1
        if image.format in {"TIFF", "HEIF"} or (image.format == "JXL" and not kept_jpeg)
        else metadata.orientation
    )


def _shrunk(image: Image.Image, name: str, ask: _Ask) -> Image.Image:
    """Return no more than what is asked for of a picture that another process has to carry over."""
    return shrunk(image, ask.min_side, ask.min_long_side) if ask.limited and name not in _DRAFTED else image


def shrunk(image: Image.Image, min_side: int, min_long_side: int) -> Image.Image:
    """Return the picture at 1/2, 1/4 or 1/8 of its size, box means, while its sides stay long enough."""
    step = _step(image.size, min_side, min_long_side)
    return image if step == 1 else image.reduce(step)


def _step(size: tuple[int, int], min_side: int, min_long_side: int, most: int = _MOST_STEP) -> int:
    step = 1
    while step < most and min(size) >= 2 * step * min_side and max(size) >= 2 * step * min_long_side:
        step *= 2
    return step


def _turn(image: Image.Image, orientation: int) -> Image.Image:
    transpose = _UPRIGHT.get(orientation)
    return image if transpose is None else image.transpose(transpose)


def _reason(error: BaseException) -> str:
    if isinstance(error, Image.DecompressionBombError):
        return f"too large: more than {MAX_PIXELS:,} pixels"
    if isinstance(error, MemoryError):
        return f"too large: needs more than {sandbox.MAX_MEMORY / 2**30:.0f} GB of memory to be decoded"
    text = " ".join(str(error).split())
    if "libjxl" in text:
        return "a JPEG XL that is broken or truncated: its decoder cannot read it"
    if "could not create decoder object" in text:
        return "broken or truncated: its decoder cannot begin"
    return (text or type(error).__name__)[:200]


def _decode_elsewhere(data: bytes, ask: _Ask) -> DecodedImage:
    """Have the process with limits decode; what it says is data, and a picture of the size that it states."""
    try:
        said, pixels = sandbox.decode(data, ask.min_side, ask.min_long_side)
    except sandbox.SandboxError as error:
        raise DecodeError(str(error)) from None
    if "reason" in said:
        raise DecodeError(str(said["reason"]))
    return unpacked(said, pixels)


def packed(decoded: DecodedImage) -> dict[str, Any]:
    """Return all but the pixels as JSON would have it."""
    facts = decoded.facts
    return {
        "size": decoded.image.size,
        "facts": (facts.width, facts.height, facts.format, facts.mode),
        "metadata": facts.metadata.packed(),
        "notes": facts.notes,
        "motion": facts.motion,
    }


def unpacked(said: dict[str, Any], pixels: bytes) -> DecodedImage:
    """Return what was packed, with its pixels."""
    width, height, name, mode = said["facts"]
    metadata = Metadata.unpacked(said["metadata"])
    facts = ImageFacts(width, height, name, mode, metadata, tuple(said["notes"]), said["motion"])
    return DecodedImage(Image.frombytes("RGB", tuple(said["size"]), pixels), facts, shrinks=True)
