"""What the Why panel shows of a heatmap, and in which form browser, table and saved notebook get it."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol

from workbench.errors import QueryError
from workbench.panels.static_html import data_url, escape
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
    return [{"row": row, "name": str(selection.table["path"].iloc[row])} for row in rows]


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
