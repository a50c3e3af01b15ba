"""Query: a line of text, and chips that show how it was understood; a click on a chip edits the text."""

import binascii
import contextlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from workbench.errors import QueryError
from workbench.panels.base import Answer, Panel, script, style
from workbench.search.grammar import Part, parse, write
from workbench.search.hits import Hits
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image


SMALL = 64
"""Pixels of a picture on a chip."""


def read_picture(data: bytes) -> "Image":
    """Return a picture that was uploaded, dropped or pasted. Raises QueryError for what is none."""
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(BytesIO(data)).convert("RGB")
    except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise QueryError("This file cannot be read as a picture.", "Use a JPEG, PNG or WebP.") from error


def small_jpeg(picture: "Image", side: int = SMALL) -> bytes:
    """Return a picture as a JPEG of at most ``side`` pixels."""
    small, buffer = picture.convert("RGB"), BytesIO()
    small.thumbnail((side, side))
    small.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


WRITTEN = 336
"""Pixels of a picture that is written into code: what models of images look at."""


def picture_code(picture: "Image") -> str:
    """Return a picture as text; `picture_of` reads it."""
    return b64encode(small_jpeg(picture, WRITTEN)).decode("ascii")


def picture_of(text: str) -> "Image":
    """Return the picture that `picture_code` wrote. Raises QueryError for another text."""
    try:
        return read_picture(b64decode(text, validate=True))
    except binascii.Error as error:
        raise QueryError("This text holds no picture.", "Copy the whole line of code.") from error


def chip(part: Part) -> dict[str, Any]:
    """Return what the browser shows of a part."""
    return {
        "kind": part.kind,
        "label": part.value,
        "plus": part.wanted,
        "weight": abs(part.weight),
        "picture": part.kind == "like",
    }


MORE = 50
"""How many hits "load more" adds."""

_CLEARED = "desk.query.clear()"

Unit = Literal["probability", "cosine", "fixed"]


class Query(Panel):
    """A box that reads and shows the grammar of queries, pictures by upload, drop or paste, and limits.

    ``ask(text, selection=rows, pictures=..., k=..., threshold=..., probability=...)`` answers with Hits,
    which go to ``selection.hits``; ``thumbnail(name)`` returns a JPEG of the image called so, ``name(row)``
    what a row is called in a query; ``kinds`` are the regions that can be compared, such as persons, ``over``
    those that the text now names.
    """

    _esm = script("query")
    _css = style("query")

    text = traitlets.Unicode("").tag(sync=True)
    k = traitlets.Int(50, min=1).tag(sync=True)
    least = traitlets.Float(0.0).tag(sync=True)
    unit = traitlets.Enum(["probability", "cosine", "fixed"], "probability").tag(sync=True)
    chips = traitlets.List(traitlets.Dict()).tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    kinds = traitlets.List(traitlets.Unicode()).tag(sync=True)
    over = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        selection: Selection,
        ask: Callable[..., Hits],
        thumbnail: Callable[[str], bytes] = lambda name: b"",
        name: Callable[[int], str] = str,
        kinds: Sequence[str] = (),
    ) -> None:
        self.selection, self._ask, self._thumbnail, self._name = selection, ask, thumbnail, name
        self.parts: tuple[Part, ...] = ()
        self.pictures: dict[str, Image] = {}
        self._code = _CLEARED
        self._hits: Hits | None = None
        super().__init__(actions={"compare": self._compare, "clear": self.clear}, kinds=list(kinds))
        selection.observe(lambda change: self._heed(change["new"]), "hits")

    # -- the same in Python ----------------------------------------------------------------------------------

    def ask(
        self,
        text: str,
        *,
        selection: ArrayLike | None = None,
        pictures: "Mapping[str, Image] | None" = None,
    ) -> Hits:
        """Ask in the grammar of the box, show the hits in every panel and return them.

        ``selection``: the rows that ``like:selection`` and ``within:selection`` mean, by default those now
        selected; ``pictures`` are what ``like:`` may name. Raises QueryError as ``case.ask`` does.
        """
        self.pictures |= pictures or {}
        self.parts = parse(text)
        self.text = write(self.parts)
        self._draw()
        rows = self.selection.rows if selection is None else selection
        hits = self._ask(text, selection=rows, pictures=self.pictures, k=self.k, **self._limits())
        self._code = self._written(np.asarray(rows).tolist())
        self._hits = self.selection.hits = hits
        self.answer = {
            "shown": len(hits),
            "passed": hits.total,
            "of": len(self.selection.table),
            "milliseconds": hits.seconds * 1000,
            "query": hits.query,
            "beyond": hits.beyond,
        }
        return hits

    def _heed(self, hits: Hits | None) -> None:
        """Say so where the hits shown are another's, such as those of a thing that was found."""
        self.answer = (
            {} if hits is None else {"instead": hits.query, "shown": len(hits), "passed": hits.total}
        )

    def run(self) -> Hits:
        """Ask again with what now stands in the box and the limits."""
        return self.ask(self.text)

    def clear(self) -> None:
        """Forget the question and its hits."""
        self.text, self.parts, self.pictures, self._code = "", (), {}, _CLEARED
        self.answer, self.selection.hits = {}, None
        self._draw()

    @property
    def frame(self) -> "pd.DataFrame":
        """The hits of the last question as a DataFrame, best first (no rows before the first question)."""
        hits = self.selection.hits
        return self.selection.table.iloc[:0] if hits is None else hits.frame

    def to_code(self) -> str:
        """Return Python that asks the last question that was answered; uploaded pictures are written into it.

        They are written as JPEGs of at most `WRITTEN` pixels, so that scores may differ a little.
        """
        return self._code

    def _written(self, rows: list[int]) -> str:
        """Return Python that asks what is asked now; ``rows`` are what "selection" names."""
        given = [repr(self.text)]
        if self._names("selection"):
            given.append(f"selection={rows}")
        used = [name for name in self.pictures if self._names(name)]
        if used:
            opened = [f"{name!r}: picture_of({picture_code(self.pictures[name])!r})" for name in used]
            given.append(f"pictures={{{', '.join(opened)}}}")
        limits = f"desk.query.k, desk.query.least, desk.query.unit = {self.k}, {self.least!r}, {self.unit!r}"
        known = ["from workbench.panels.query import picture_of"] if used else []
        return "\n".join([*known, limits, f"desk.query.ask({', '.join(given)})"])

    def like(self, row: int, add: bool = False) -> None:
        """Ask for more like a row; ``add`` keeps the other parts of the query."""
        part = Part("like", self._name(row))
        kept = tuple(other for other in self.parts if other != part) if add else ()
        with self.shown("Searching"):
            self._again((*kept, part))

    def like_picture(self, picture: "Image", name: str) -> None:
        """Ask for images like a picture from elsewhere, which the query calls ``name``."""
        self.pictures[name] = picture
        with self.shown("Searching"):
            self._again((Part("like", name),))

    def compare(self, *kinds: str) -> None:
        """Compare the query with regions of some ``kinds``, with none for whole images, and ask again."""
        self._compare(self.text, kinds)

    # -- what the browser asks -------------------------------------------------------------------------------

    def _answer_run(self, text: str, k: int, least: float, unit: Unit) -> None:
        self.text, self.k, self.least, self.unit = text, k, least, unit
        self._run_or_clear(text)

    def _answer_flip(self, position: int) -> None:
        parts = list(self.parts)
        parts[position] = parts[position].turned()
        self._again(parts)

    def _answer_drop(self, position: int) -> None:
        self._again(self.parts[:position] + self.parts[position + 1 :])

    def _answer_picture(self, buffers: Sequence[bytes], text: str = "") -> None:
        picture = read_picture(buffers[0])
        name = f"picture-{len(self.pictures) + 1}"
        self.pictures[name] = picture
        self._again((*parse(text), Part("like", name)))

    def _answer_more(self) -> None:
        self.k += MORE
        self._run_or_clear(self.text)

    def _answer_thumbnail(self, position: int) -> Answer:
        name = self.parts[position].value
        if name not in self.pictures:
            return {}, [b"" if name == "selection" else self._thumbnail(name)]
        return {}, [small_jpeg(self.pictures[name])]

    def _again(self, parts: Sequence[Part]) -> None:
        self._run_or_clear(write(parts))

    def _run_or_clear(self, text: str) -> None:
        if not text.strip():
            self.clear()
            return
        self.busy = "Searching"
        self.ask(text)

    def _compare(self, text: str, kinds: Sequence[str]) -> None:
        parts = [part for part in parse(text) if part.kind != "over"]
        written = write([*parts, *(Part("over", kind) for kind in kinds)])
        if parts:
            self._run_or_clear(written)
        else:
            self.text = written  # nothing to ask yet, but what comes is compared with these

    def _limits(self) -> dict[str, Any]:
        if self.unit == "fixed":
            return {"threshold": "fixed"}
        return {"threshold" if self.unit == "cosine" else "probability": self.least} if self.least else {}

    @traitlets.observe("text")
    def _read_over(self, change: dict[str, Any]) -> None:
        """Tell the browser what is compared; a text that cannot be read says so where it is asked."""
        with contextlib.suppress(QueryError):
            self.over = [part.value for part in parse(change["new"]) if part.kind == "over"]

    def _names(self, name: str) -> bool:
        """Say whether the query names a picture or "selection"."""
        return any(part.kind in ("like", "within") and part.value == name for part in self.parts)

    def _draw(self) -> None:
        self.chips = [chip(part) for part in self.parts]
