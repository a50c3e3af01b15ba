"""Why: which part of the image in focus, and which word of the query, made them match."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol

import traitlets

from workbench.errors import QueryError
from workbench.panels.base import Answer, script, style
from workbench.panels.static_html import data_url, escape
from workbench.panels.working import BackgroundPanel
from workbench.search.grammar import Part, write
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

    from workbench.search.hits import Hits


COLUMNS = ("row", "path", "query", "against", "method", "score", "lead", "place")


class Explained(Protocol):
    """A heatmap; `case.heatmap.Heatmap` fits it."""

    @property
    def row(self) -> int:
        """The image."""
        ...

    @property
    def path(self) -> str:
        """Path of the image."""
        ...

    @property
    def query(self) -> str:
        """What was asked."""
        ...

    @property
    def words(self) -> list[tuple[str, float]]:
        """Each word of the query with its share of the match."""
        ...

    @property
    def blocks(self) -> int:
        """How many blocks the map is the sum of; 0 where there are none."""
        ...

    @property
    def place(self) -> str:
        """Where it is highest, in words."""
        ...

    def verdict_while(self, going: Callable[[], bool]) -> str:
        """Return whether to believe it, in words, or "" where ``going`` says no before that is known."""
        ...

    def layer(self, block: int | None = None) -> bytes:
        """Return the map alone as a PNG with transparency."""
        ...

    def overlay(self, opacity: float = 0.7, block: int | None = None) -> "Image":
        """Return the image with the map over it."""
        ...


def query_of(selection: Selection, text: str) -> "str | Hits":
    """Return what is explained: a text, else the query of the desk. Raises QueryError where there is none."""
    if text.strip():
        return text
    if selection.hits is None:
        raise QueryError(
            "There is no query yet.", "Enter one in the query box, or type what to look for here."
        )
    return selection.hits


def row_of(selection: Selection) -> int:
    """Return the row that is explained: the focus, else the best hit. Raises QueryError for neither."""
    if selection.focus is not None:
        return selection.focus
    if selection.hits is None or not len(selection.hits):
        raise QueryError("No image is in focus.", "Click a thumbnail or a point on the map.")
    return int(selection.hits.rows[0])


def tiles_of(selection: Selection, most: int) -> list[dict[str, Any]]:
    """Return row and name of the best hits."""
    rows = [] if selection.hits is None else selection.hits.rows[:most].tolist()
    return [{"row": row, "name": selection.title(row)} for row in rows]


def details(heatmap: Explained, whole: Explained) -> dict[str, Any]:
    """Return what the browser shows of a map beside its picture; ``whole`` is that of the whole query."""
    about: dict[str, Any] = {name: getattr(heatmap, name) for name in (*COLUMNS, "blocks")}
    words = [{"word": word, "share": share} for word, share in whole.words]
    return about | {"words": words, "asked": whole.query}


def table(maps: Iterable[Explained]) -> "pd.DataFrame":
    """Return one row a map: `COLUMNS`."""
    import pandas as pd

    return pd.DataFrame([[getattr(one, name) for name in COLUMNS] for one in maps], columns=list(COLUMNS))


def png(heatmap: Explained, opacity: float, block: int | None) -> bytes:
    """Return the overlay as a PNG."""
    buffer = BytesIO()
    heatmap.overlay(opacity, block).save(buffer, "PNG")
    return buffer.getvalue()


def still(heatmap: Explained, opacity: float, block: int | None, verdict: str) -> str:
    """Return the overlay as HTML with the picture inside, for a reader without a kernel."""
    picture, buffer = heatmap.overlay(opacity, block), BytesIO()
    picture.thumbnail((640, 480))
    picture.save(buffer, "JPEG", quality=85)
    alt = f"Heatmap of {heatmap.path}" + (f", brightest at the {heatmap.place}" if heatmap.place else "")
    return (
        f'<figure class="wb-still" style="margin:8px 0"><img alt="{escape(alt)}" '
        f'src="{data_url("jpeg", buffer.getvalue())}">'
        f"<figcaption>Why {escape(heatmap.query)}? {escape(verdict)}</figcaption></figure>"
    )


TILES = 8
"""Best hits shown with their maps."""

LOOKING = "Computing the heatmap"
FIRST = "Computing the heatmap; the first one of a session takes some seconds longer"


class Why(BackgroundPanel):
    """A fold-out that costs nothing until it is opened.

    ``explain(row, query, method=..., against=...)`` returns a heatmap, the query being Hits or a text;
    ``methods()`` what can be asked for, the default first; ``picture(row)`` and ``thumbnails(rows)`` JPEGs.
    It explains the query of the desk, unless ``text`` says another, for the image in focus, else the best
    hit. What the browser asks for is computed in the background: ``working`` says what, ``trouble`` what
    went wrong.
    """

    _esm = script("why")
    _css = style("why")

    unfolded = traitlets.Bool(False).tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    against = traitlets.Unicode("").tag(sync=True)
    method = traitlets.Unicode("").tag(sync=True)
    methods = traitlets.List(traitlets.Unicode()).tag(sync=True)
    word = traitlets.Int(-1).tag(sync=True)
    block = traitlets.Int(-1).tag(sync=True)
    opacity = traitlets.Float(0.7, min=0, max=1).tag(sync=True)
    about = traitlets.Dict().tag(sync=True)
    verdict = traitlets.Unicode("").tag(sync=True)
    tiles = traitlets.List(traitlets.Dict()).tag(sync=True)
    ready = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self,
        selection: Selection,
        explain: Callable[..., Explained],
        methods: Callable[[], Sequence[str]],
        picture: Callable[[int], bytes],
        thumbnails: Callable[[Sequence[int]], list[bytes]],
    ) -> None:
        self.selection, self._explain, self._methods = selection, explain, methods
        self._picture, self._thumbnails = picture, thumbnails
        self.heatmap: Explained | None = None
        self._of_tiles: dict[int, Explained] = {}
        self._version, self._shown_of = 0, ("", "", "", -1)
        super().__init__()
        selection.observe(lambda _: self._follow(), ["focus", "hits"])
        self.observe(lambda _: self._follow(), "unfolded")

    # -- the same in Python ----------------------------------------------------------------------------------

    def ask(self, text: str = "", *, against: str = "", method: str = "", word: int = -1) -> Explained:
        """Show why the image in focus matches, and return its heatmap.

        text: what to look for, "" for the query of the desk; against: "rather than"; method: one of
        `methods`, "" for the default; word: place of the one word of the query whose map is shown, else -1.
        Raises QueryError where nothing was asked, no image is there, or a name is unknown.
        """
        self._work.stop()
        self.text, self.against, self.method, self.word = text, against, method, word
        self._show(*self._made())
        if self.unfolded:
            self._follow()
        self.unfolded = True
        return self.heatmap  # type: ignore[return-value]  # which was just shown

    @property
    def frame(self) -> "pd.DataFrame":
        """The maps shown, that of the focus first: row, path, query, against, method, score, lead, place."""
        return table([*filter(None, [self.heatmap]), *self._of_tiles.values()])

    def to_code(self) -> str:
        """Return Python that shows the same map; "" where the panel is closed."""
        if not self.unfolded:
            return ""
        if self.heatmap is None:
            return "desk.why.unfolded = True"
        text, against, method, word = self._shown_of
        given = [repr(text)] if text else []
        given += [f"{name}={value!r}" for name, value in (("against", against), ("method", method)) if value]
        given += [f"word={word}"] if word >= 0 else []
        look = f"desk.why.opacity, desk.why.block = {self.opacity:.2f}, {self.block}"
        return f"{look}\ndesk.why.ask({', '.join(given)})"

    def still(self) -> str:
        """Return the map as HTML for a reader without a kernel; "" where none is shown."""
        if not (self.unfolded and self.heatmap):
            return ""
        return still(self.heatmap, self.opacity, self._block, self.verdict)

    # -- what is computed ------------------------------------------------------------------------------------

    @property
    def _block(self) -> int | None:
        return self.block if self.heatmap and 0 <= self.block < self.heatmap.blocks else None

    def _explained(self, row: int, query: "str | Hits") -> Explained:
        return self._explain(row, query, method=self.method or None, against=self.against.strip() or None)

    def _made(self) -> tuple[Explained, Explained]:
        """Compute what is asked for now: the map, and that of the whole query. Raises QueryError."""
        query, row = query_of(self.selection, self.text), row_of(self.selection)
        whole = self._explained(row, query)
        if not 0 <= self.word < len(whole.words):
            return whole, whole
        word = whole.words[self.word][0]
        return self._explained(row, write([Part("words", word)])), whole

    def _show(self, heatmap: Explained, whole: Explained) -> None:
        self._version += 1
        self._shown_of = self.text, self.against, self.method, self.word
        self.heatmap, self.methods, self.verdict = heatmap, list(self._methods()), ""
        self.about = details(heatmap, whole) | {"version": self._version}

    def _follow(self) -> None:
        """Compute anew in the background, if anybody looks."""
        if self.unfolded:
            self._work.run(self._steps)
        else:
            self._work.stop()

    def _steps(self, going: Callable[[], bool]) -> Iterator[None]:
        """Yield after the map, then whether to believe it, then each map of the best hits."""
        with self._working(LOOKING if self.methods else FIRST):
            made = self._made()
        yield
        if self.trouble:
            self.heatmap, self.about, self.tiles = None, {}, []
            return
        heatmap = made[0]
        self._show(*made)
        self._of_tiles, self.ready = {}, []
        self.tiles = tiles_of(self.selection, TILES)
        yield
        with self._working("Comparing the heatmap with chance"):
            verdict = heatmap.verdict_while(going)
            self.verdict = verdict if self.heatmap is heatmap else ""
        yield
        for tile in self.tiles:
            with self._working(LOOKING):
                row, query = tile["row"], query_of(self.selection, self.text)
                self._of_tiles[row] = self._explained(row, query)
                self.ready = [*self.ready, row]
            yield

    # -- what the browser asks -------------------------------------------------------------------------------

    def _answer_unfold(self, value: bool) -> None:
        self.unfolded = value

    def _answer_ask(self, text: str, against: str, method: str, word: int) -> None:
        self.text, self.against, self.method, self.word = text, against, method, word
        self._follow()

    def _answer_look(self, opacity: float) -> None:
        self.opacity = opacity

    def _answer_picture(self) -> Answer:
        return {}, [self._picture(self.heatmap.row) if self.heatmap else b""]

    def _answer_layer(self, block: int) -> Answer:
        self.block = block
        return {}, [self.heatmap.layer(self._block) if self.heatmap else b""]

    def _answer_thumbnails(self, rows: list[int]) -> Answer:
        return {}, self._thumbnails(rows)

    def _answer_tile(self, row: int) -> Answer:
        made = self._of_tiles.get(row)
        return {"place": made.place if made else ""}, [made.layer() if made else b""]

    def _answer_focus(self, row: int) -> None:
        self.selection.focus = row

    def _answer_png(self) -> Answer:
        if self.heatmap is None:
            raise QueryError("There is no heatmap to save.", "Click an image first.")
        name = self.heatmap.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        return {"name": f"why-{name}.png"}, [png(self.heatmap, self.opacity, self._block)]
