"""Query: ask in words, by example and with "not"; see how many answer, how sure, and how long it took."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import traitlets

from workbench.errors import QueryError
from workbench.hits import Hits
from workbench.panels.base import Answer, Panel, script, style
from workbench.selection import Selection
from workbench.terms import Like, Term, as_terms, term_text

if TYPE_CHECKING:
    import pandas as pd

MORE = 50
"""How many hits "load more" adds."""


class Query(Panel):
    """A text box, pictures by upload or drop, and "like this", joined by plus and minus.

    ``search(*plus, minus=..., k=..., threshold=..., probability=...)`` answers with Hits, which go to
    ``selection.hits``; ``thumbnail(sample_id)`` returns a JPEG for a chip.
    """

    _esm = script("query")
    _css = style("query")

    text = traitlets.Unicode("").tag(sync=True)
    k = traitlets.Int(50, min=1).tag(sync=True)
    least = traitlets.Float(0.0).tag(sync=True)
    unit = traitlets.Enum(["probability", "cosine"], "probability").tag(sync=True)
    chips = traitlets.List(traitlets.Dict()).tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        selection: Selection,
        search: Callable[..., Hits],
        thumbnail: Callable[[str], bytes] = lambda sample_id: b"",
    ) -> None:
        self.selection, self._search, self._thumbnail = selection, search, thumbnail
        self.terms: tuple[tuple[Term, bool], ...] = ()
        super().__init__()

    # -- the same in Python ----------------------------------------------------------------------------------

    def ask(self, *terms: Term, minus: Term | Sequence[Term] = ()) -> Hits:
        """Ask, show the hits in every panel and return them; raises QueryError as ``case.search`` does."""
        negatives = as_terms(minus)
        texts = [term for term in terms if isinstance(term, str)]
        self.text = texts[0] if len(texts) == 1 and not negatives else ""
        rest = [(term, True) for term in terms if term != self.text]
        self._set_terms((*rest, *((term, False) for term in negatives)))
        return self.run()

    def run(self) -> Hits:
        """Ask again with what now stands in the box, the chips and the limits."""
        plus, minus = self._plus_minus()
        limits: dict[str, Any] = {"k": self.k}
        if self.least:
            limits["probability" if self.unit == "probability" else "threshold"] = self.least
        hits = self._search(*plus, minus=minus, **limits)
        self.selection.hits = hits
        self.answer = {
            "shown": len(hits),
            "passed": hits.total,
            "of": len(self.selection.table),
            "milliseconds": hits.seconds * 1000,
            "query": hits.query,
        }
        return hits

    def clear(self) -> None:
        """Forget the question and its hits."""
        self.text, self.answer, self.selection.hits = "", {}, None
        self._set_terms(())

    @property
    def frame(self) -> "pd.DataFrame":
        """The hits of the last question as a DataFrame, best first (no rows before the first question)."""
        hits = self.selection.hits
        return self.selection.table.iloc[:0] if hits is None else hits.frame

    def to_code(self) -> str:
        """Return Python that asks the same question; a picture given by upload becomes a path to fill in."""
        plus, minus = self._plus_minus()
        if not plus and not minus:
            return "desk.query.clear()"
        parts = [_code(term) for term in plus]
        if minus:
            parts.append(f"minus=[{', '.join(_code(term) for term in minus)}]")
        limits = f"desk.query.k, desk.query.least, desk.query.unit = {self.k}, {self.least!r}, {self.unit!r}"
        return f"{limits}\ndesk.query.ask({', '.join(parts)})"

    def like(self, sample_id: str, add: bool = False) -> None:
        """Ask for more like a sample; ``add`` keeps the other terms."""
        if not add:
            self.text = ""
        self._set_terms((*(self.terms if add else ()), (Like(sample_id), True)))
        with self.shown("Searching"):
            self.run()

    # -- what the browser asks -------------------------------------------------------------------------------

    def _answer_run(self, text: str, k: int, least: float, unit: str) -> None:
        self.text, self.k, self.least, self.unit = text, k, least, unit
        self._run_or_clear()

    def _answer_add(self, text: str, sign: bool) -> None:
        if text.strip():
            self.text = ""
            self._set_terms((*self.terms, (text.strip(), sign)))
        self._run_or_clear()

    def _answer_flip(self, position: int) -> None:
        term, sign = self.terms[position]
        self._set_terms((*self.terms[:position], (term, not sign), *self.terms[position + 1 :]))
        self._run_or_clear()

    def _answer_drop(self, position: int) -> None:
        self._set_terms(self.terms[:position] + self.terms[position + 1 :])
        self._run_or_clear()

    def _answer_picture(self, buffers: Sequence[bytes]) -> None:
        from PIL import Image, UnidentifiedImageError

        try:
            picture = Image.open(BytesIO(buffers[0])).convert("RGB")
        except (OSError, UnidentifiedImageError) as error:
            raise QueryError(
                "That file is not a picture this page can read.", "Use a JPEG, PNG or WebP."
            ) from error
        self._set_terms((*self.terms, (picture, True)))
        self._run_or_clear()

    def _answer_more(self) -> None:
        self.k += MORE
        self._run_or_clear()

    def _answer_clear(self) -> None:
        self.clear()

    def _answer_thumbnail(self, position: int) -> Answer:
        term = self.terms[position][0]
        if isinstance(term, Like):
            return {}, [self._thumbnail(term.sample_id)]
        if isinstance(term, str) or not hasattr(term, "copy"):
            return {}, [b""]
        small, buffer = term.copy(), BytesIO()
        small.thumbnail((64, 64))
        small.save(buffer, "JPEG")
        return {}, [buffer.getvalue()]

    def _run_or_clear(self) -> None:
        if not self.terms and not self.text.strip():
            self.clear()
            return
        self.busy = "Searching"
        self.run()

    def _set_terms(self, terms: Sequence[tuple[Term, bool]]) -> None:
        self.terms = tuple(terms)
        self.chips = [
            {"label": term_text(term), "plus": sign, "picture": not isinstance(term, str)}
            for term, sign in self.terms
        ]

    def _plus_minus(self) -> tuple[list[Term], list[Term]]:
        """Split into what is wanted and what is not; a text that starts with "-" is not wanted."""
        terms = list(self.terms)
        text = self.text.strip()
        if text:
            terms.append((text.removeprefix("-").strip(), False) if text.startswith("-") else (text, True))
        return [term for term, sign in terms if sign], [term for term, sign in terms if not sign]


def _code(term: Term) -> str:
    match term:
        case str():
            return repr(term)
        case Like(sample_id):
            return f"wb.like({sample_id!r})"
    return f"Path({str(term) if hasattr(term, 'parts') else 'picture.jpg'!r})"
