"""Documents: the pages of PDF and of TIFF files, one by one."""

import contextlib
import itertools
import os
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from workbench.media import sandbox
from workbench.media.decode import DecodedImage, DecodeError, read_image, unpacked
from workbench.media.kinds import Kind
from workbench.media.limits import MAX_PAGES, LimitError
from workbench.media.stills import Opener, OpenFile, Still
from workbench.media.tiff_directories import Directory, one_page, pages

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_numbers = itertools.count()


def inside(data: bytes) -> Kind | None:
    """Tell a PDF, or a TIFF of several pages, among what is called like a photo; None for a photo."""
    if data.startswith(b"%PDF-"):
        return "document"
    return "pages" if data.startswith(_TIFF) and len(_tiff_pages(data)) > 1 else None


def _tiff_pages(data: bytes) -> list[Directory]:
    """Return the pages of a TIFF; of a raw photo, which is read otherwise, and of a broken one none."""
    try:
        found = pages(data)
    except (LimitError, struct.error, IndexError):
        return []
    return [] if any(page.raw for page in found) or data[8:10] == b"CR" else found


@dataclass(frozen=True)
class _TiffFiles:
    """Opens TIFF files: of any number of pages, each a picture of its own size and kind."""

    choice: str = "tiff-pages-1"

    def open(self, path: bytes, data: bytes | None) -> OpenFile:
        return _TiffFile(data or b"")


class _TiffFile:
    def __init__(self, data: bytes) -> None:
        self._data, self._pages = data, _tiff_pages(data)

    def stills(self, parts: Sequence[str] | None = None) -> Iterator[Still]:
        return _numbered(len(self._pages), parts, self._page)

    def close(self) -> None:
        self._data = b""

    def _page(self, number: int, min_side: int, min_long_side: int) -> DecodedImage:
        data = one_page(self._data, self._pages[number - 1])
        return read_image(data, min_side=min_side, min_long_side=min_long_side)


@dataclass(frozen=True)
class _PdfFiles:
    """Opens PDF files, in the process with limits; each page is drawn at 200 dots an inch."""

    choice: str = "pdf-pages-1"

    def open(self, path: bytes, data: bytes | None) -> OpenFile:
        return _PdfFile(path, data)


class _PdfFile:
    """A PDF that the process with limits holds open; where it had to be started anew it opens it again."""

    def __init__(self, path: bytes, data: bytes | None) -> None:
        self._data = data
        self._ask = {
            "document": f"{os.getpid()}-{next(_numbers)}",
            "path": path.hex() if data is None else "",
        }
        self._count = int(self._said(0)[0]["pages"])

    def stills(self, parts: Sequence[str] | None = None) -> Iterator[Still]:
        return _numbered(self._count, parts, self._page)

    def close(self) -> None:
        if sandbox.runs():
            with contextlib.suppress(sandbox.SandboxError, sandbox.StoppedError):
                sandbox.ask({**self._ask, "page": -1})
        self._data = None

    def _page(self, number: int, min_side: int, min_long_side: int) -> DecodedImage:
        return unpacked(*self._said(number, min_side, min_long_side))

    def _said(self, page: int, min_side: int = 0, min_long_side: int = 0) -> tuple[dict[str, Any], bytes]:
        sides = {"min_side": min_side, "min_long_side": max(min_side, min_long_side)}
        ask = {**self._ask, "page": page, **sides}
        try:
            try:
                said, pixels = self._answer(ask)
            except sandbox.CrashError:  # it may be what earlier pages left in memory
                said, pixels = self._answer(ask)
        except sandbox.SandboxError as error:
            raise DecodeError(str(error)) from None
        if "reason" in said:
            raise DecodeError(str(said["reason"]))
        return said, pixels

    def _answer(self, ask: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        said, pixels = sandbox.ask(ask)
        return sandbox.ask(ask, self._data or b"") if "need" in said else (said, pixels)


def _numbered(
    count: int, parts: Sequence[str] | None, read: Callable[[int, int, int], DecodedImage]
) -> Iterator[Still]:
    """Yield the pages from 1 to ``count``, or those among ``parts``."""
    wanted = None if parts is None else set(parts)
    for number in range(1, min(count, MAX_PAGES) + 1):
        part = f"page={number}"
        if wanted is None or part in wanted:
            yield Still(part, partial(read, number))
    if count > MAX_PAGES and wanted is None:
        raise DecodeError(f"{count:,} pages; only the first {MAX_PAGES:,} are read")


OPENERS: Mapping[Kind, Opener] = {"document": _PdfFiles(), "pages": _TiffFiles()}
