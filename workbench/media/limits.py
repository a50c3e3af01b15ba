"""What one file may ask for: sizes, and how much metadata. What is above a limit becomes a problem."""

MAX_PIXELS = 120_000_000
"""Images that need more pixels than this to be decoded are refused: 120 million are 360 MB as RGB."""
MAX_SIDE = 60_000
"""Longest side of an image, in pixels."""
MAX_METADATA = 32 * 2**20
"""Bytes of metadata (EXIF, XMP, profiles, texts) that a file may hold."""
MAX_BLOCKS = 1_000
"""Segments or chunks of metadata that a file may hold."""
MAX_SCANS = 200
"""Scans of a JPEG: a progressive one has some 10, and each is a pass over the whole picture."""
MAX_TAGS = 65_535
"""Tags of a TIFF or an EXIF block, over all its directories."""
MAX_PAGES = 10_000
"""Pages of one document that are read."""
MAX_FRAMES = 10_000
"""Frames of an animation that are counted."""


class LimitError(Exception):
    """A limit was hit; ``str(error)`` is the reason for the problems table."""


def check_size(width: int, height: int, held: int) -> None:
    """Raise :class:`LimitError` for a picture whose side or whose ``held`` pixels are above the limits."""
    if max(width, height) > MAX_SIDE:
        raise LimitError(f"too large: {width:,} x {height:,} pixels, no side may be longer than {MAX_SIDE:,}")
    if held > MAX_PIXELS:
        raise LimitError(f"too large: {width:,} x {height:,} pixels, the limit is {MAX_PIXELS:,} pixels")


def check_metadata(name: str, size: int, blocks: int, most: int = MAX_BLOCKS) -> None:
    """Raise :class:`LimitError` for more bytes or ``blocks`` of metadata than a file may hold."""
    if size > MAX_METADATA:
        raise LimitError(f"too much metadata: {size:,} bytes in {name}, the limit is {MAX_METADATA:,}")
    if blocks > most:
        raise LimitError(f"too much metadata: {blocks:,} {name}, the limit is {most:,}")
