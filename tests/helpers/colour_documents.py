"""Documents of coloured pages: a text file with a line a page, opened without any package."""

import threading
import weakref
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from PIL import Image

from workbench.media.decode import DecodedImage, DecodeError, ImageFacts
from workbench.media.metadata import Metadata
from workbench.media.stills import Still

START = b"%PDF-colours\n"


def write_document(path: Path, pages: Sequence[str]) -> Path:
    """Write a document: a colour a page, ``broken`` for one that cannot be read, ``end`` for a torn file."""
    path.write_bytes(START + "\n".join(pages).encode())
    return path


class ColourDocuments:
    """Opens such documents; notes which pages were read and how many files and pages were held at once."""

    def __init__(self, choice: str = "pages-1", every: int = 1) -> None:
        self.choice, self.every = choice, every
        self.strip = b""  # what stands in a file and shows nowhere
        self.read: list[str] = []
        self.open_now = self.most_open = self.alive = self.most_alive = 0
        self.lock = threading.RLock()

    def open(self, path: bytes, data: bytes | None) -> "_Document":
        with self.lock:
            self.open_now += 1
            self.most_open = max(self.most_open, self.open_now)
        data = (Path(path.decode()).read_bytes() if data is None else data).removeprefix(START)
        lines = data.removeprefix(self.strip).decode()
        return _Document(self, lines.split("\n") if lines else [])

    def let_go(self) -> None:
        with self.lock:
            self.alive -= 1


class _Document:
    def __init__(self, opener: ColourDocuments, pages: list[str]) -> None:
        self._opener, self._pages, self._closed = opener, pages, False

    def stills(self, parts: Sequence[str] | None = None) -> Iterator[Still]:
        for number, colour in enumerate(self._pages, 1):
            assert not self._closed
            if colour == "end":
                raise DecodeError("the rest is torn off")
            part = f"page={number}"
            if part in parts if parts is not None else (number - 1) % self._opener.every == 0:
                yield Still(part, partial(self._read, part, colour))

    def _read(self, part: str, colour: str, min_side: int, min_long_side: int) -> DecodedImage:
        return self._page(part, colour)

    def _page(self, part: str, colour: str) -> DecodedImage:
        if colour == "broken":
            raise DecodeError("this page is broken")
        image = Image.new("RGB", (48, 32), colour)
        with self._opener.lock:
            self._opener.read.append(part)
            self._opener.alive += 1
            self._opener.most_alive = max(self._opener.most_alive, self._opener.alive)
            weakref.finalize(image, self._opener.let_go)
        return DecodedImage(image, ImageFacts(48, 32, "PDF", "RGB", Metadata()))

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            with self._opener.lock:
                self._opener.open_now -= 1
