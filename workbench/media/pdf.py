"""Pages of PDF files as pixels, by PDFium (pypdfium2). Runs in the process with limits only.

PDFium is what Chromium shows PDFs with; this build has no JavaScript engine, so that scripts are never run.
"""

import contextlib
import os
from collections import OrderedDict
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from workbench.errors import MissingPackageError, required_by
from workbench.media.decode import DecodedImage, DecodeError, ImageFacts, packed, shrunk
from workbench.media.metadata import Metadata, from_pdf
from workbench.media.read import ReadError, explain, open_quietly

_DPI = 200.0  # what text is read well at: letters of 8 points are 22 pixels high
_LONGEST = 3_200  # pixels: a page of 16 inches; larger ones are drawn coarser
_SHORTEST = 64  # pixels of the longer side of the smallest page
_MOST_OPEN = 2
_PASSWORD = 4  # PDFium's number for a document that is encrypted


@dataclass
class _Document:
    pdf: Any
    file: BinaryIO
    metadata: Metadata

    def close(self) -> None:
        self.pdf.close()
        self.file.close()


class Documents:
    """The documents that are open, at most two: opening a large one anew for each page would take long."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, _Document] = OrderedDict()

    def answer(self, ask: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """Return how many pages a document has, or one of its pages; raises :class:`DecodeError`.

        ``ask``: ``document`` (what it is called between us), ``path`` (hexadecimal; "" where its bytes are
        sent along), ``min_side``, ``min_long_side``, and ``page``, from 1; 0 asks for their number, -1 closes
        the document. An answer of ``need`` asks for the bytes.
        """
        name, page = ask["document"], ask["page"]
        if page < 0:
            if name in self._open:
                self._open.pop(name).close()
            return {}, b""
        if name not in self._open:
            if not ask["path"] and not data:
                return {"need": True}, b""
            self._take(name, _opened(bytes.fromhex(ask["path"]), data))
        document = self._open[name]
        if not page:
            return {"pages": len(document.pdf)}, b""
        decoded = _drawn(document, page, ask["min_side"], ask["min_long_side"])
        return packed(decoded), decoded.image.tobytes()

    def close(self) -> None:
        """Close all."""
        while self._open:
            self._open.popitem()[1].close()

    def _take(self, name: str, document: _Document) -> None:
        self._open[name] = document
        while len(self._open) > _MOST_OPEN:
            self._open.popitem(last=False)[1].close()


def _opened(path: bytes, data: bytes) -> _Document:
    try:
        with required_by("Reading a PDF"):
            import pypdfium2
    except MissingPackageError as error:
        raise DecodeError(str(error)) from error
    try:
        file: BinaryIO = os.fdopen(open_quietly(path), "rb") if path else BytesIO(data)
    except OSError as error:
        raise DecodeError(explain(error)) from error
    except ReadError as error:
        raise DecodeError(str(error)) from error
    try:
        if not file.read(1):
            raise DecodeError("the file is empty")
        file.seek(0)
        pdf = pypdfium2.PdfDocument(file)
        with contextlib.suppress(pypdfium2.PdfiumError):
            pdf.init_forms()  # what was filled in is drawn
        return _Document(pdf, file, from_pdf(pdf.get_metadata_dict(skip_empty=True)))
    except pypdfium2.PdfiumError as error:
        file.close()
        if getattr(error, "err_code", None) == _PASSWORD:
            raise DecodeError(
                "protected by a password: save it without one to have its pages read"
            ) from error
        raise DecodeError("no PDF, or a broken one: it has no page that can be read") from error
    except BaseException:
        file.close()
        raise


def _drawn(document: _Document, number: int, min_side: int, min_long_side: int) -> DecodedImage:
    import pypdfium2

    try:
        page = document.pdf[number - 1]
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise DecodeError("the page is broken") from error
    try:
        bitmap = page.render(scale=_scale(*page.get_size()), rev_byteorder=True, prefer_bgrx=True)
        image = bitmap.to_pil().convert("RGB")
        bitmap.close()
    except (pypdfium2.PdfiumError, ValueError, OverflowError) as error:
        raise DecodeError(f"the page cannot be drawn: {error}"[:200]) from error
    finally:
        page.close()
    facts = ImageFacts(image.width, image.height, "PDF", "RGB", document.metadata)
    return DecodedImage(shrunk(image, min_side, min_long_side), facts, shrinks=True)


def _scale(width: float, height: float) -> float:
    """Return the pixels a point (1/72 inch): 200 an inch, less for a huge page and more for a tiny one."""
    longest = max(width, height, 1e-3)
    return max(_SHORTEST / longest, min(_DPI / 72, _LONGEST / longest))
