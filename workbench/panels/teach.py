"""Teach: questions about single images, answered by keys, from which a classifier learns."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import traitlets

from workbench.analysis.rows import Mode
from workbench.errors import QueryError
from workbench.panels.base import Answer, script, style
from workbench.panels.teaching_session import Book, Session
from workbench.panels.working import WorkingPanel
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

ASKED = 8
"""Questions that are asked at once."""
LEAST_YES = 2
"""Examples of yes without which no training is tried."""


class Teach(WorkingPanel):
    """A fold-out that costs nothing until it is opened.

    ``book`` holds the classifiers; ``colour(name)`` colours the map by one, ``gone(name, now)`` is told of
    one that is called otherwise ``now``, or forgotten (""), ``learnt(name)`` of one that was trained.
    Training runs on another thread and can be cancelled; answers are kept at once.
    """

    _esm = script("teach")
    _css = style("working", "teach")

    unfolded = traitlets.Bool(False).tag(sync=True)
    kinds = traitlets.List(traitlets.Unicode(), ["image"]).tag(sync=True)
    known = traitlets.List(traitlets.Dict()).tag(sync=True)
    name = traitlets.Unicode("").tag(sync=True)
    over = traitlets.Unicode("image").tag(sync=True)
    items = traitlets.List(traitlets.Dict()).tag(sync=True)
    curve = traitlets.List(traitlets.Dict()).tag(sync=True)
    counts = traitlets.Dict().tag(sync=True)
    advice = traitlets.Unicode("").tag(sync=True)
    enough = traitlets.Bool(False).tag(sync=True)
    undoable = traitlets.Bool(False).tag(sync=True)
    ready = traitlets.Bool(False).tag(sync=True)
    selected = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        selection: Selection,
        book: Book,
        colour: Callable[[str], None],
        gone: Callable[[str, str], None] = lambda name, now: None,
        learnt: Callable[[str], None] = lambda name: None,
    ) -> None:
        self.selection, self._book = selection, book
        self._colour, self._gone, self._learnt = colour, gone, learnt
        self.session: Session | None = None
        self._code: list[str] = []
        super().__init__(
            actions={
                "stop": self.stop,
                "colour": self.colour,
                "select": self.select,
                "examples": self.learn_selected,
                "rename": self.rename,
                "remove": self.remove,
            }
        )
        selection.observe(lambda _: setattr(self, "selected", len(selection)), "rows")

    # -- the same in Python ----------------------------------------------------------------------------------

    def begin(self, name: str, over: str = "image") -> None:
        """Ask about a classifier: go on with one of this name, or begin one over a kind of samples."""
        self.cancel()
        session = self._book.teach(name, over)
        self.session, self.unfolded = session, True
        self.name, self.over, self.curve, self.items = session.name, session.over, [], []
        self._code = [f"desk.teach.begin({session.name!r}{'' if over == 'image' else f', {over!r}'})"]
        self._list()
        self.ask()

    def ask(self, count: int = ASKED) -> None:
        """Show the next questions: what is most uncertain and most surprising, answered ones never again."""
        session = self._started()
        asked = session.questions(count)
        images = session.image_rows([int(row) for row, _, _ in asked])
        names = [self.selection.title(int(image)) for image in images]
        self.items = [
            {
                "row": int(row),
                "image": int(image),
                "name": name,
                "why": str(why),
                "probability": None if np.isnan(probability) else round(float(probability), 3),
                "answer": "",
            }
            for (row, why, probability), image, name in zip(asked, images, names, strict=True)
        ]
        self._show()

    def answer(self, answers: Mapping[int, bool | None]) -> None:
        """Say of samples (rows) whether they show it; None: nobody can tell. Kept at once in the case."""
        self._started().answer(answers)
        given = {int(row): None if said is None else bool(said) for row, said in answers.items()}
        self._code.append(f"desk.teach.answer({given!r})")
        words = {True: "yes", False: "no", None: "skip"}
        self.items = [
            {**item, "answer": words[given[item["row"]]]} if item["row"] in given else item
            for item in self.items
        ]
        self._show()

    def undo(self) -> int | None:
        """Take the last answer back, ask about it again, and return its row; None where there is none."""
        row = self._started().undo()
        if row is not None:
            self._code.append("desk.teach.undo()")
            self.items = [{**item, "answer": ""} if item["row"] == row else item for item in self.items]
        self._show()
        return row

    def train(self) -> None:
        """Train on all answers, keep the classifier, and ask about what it is unsure of now."""
        self.cancel()
        self._started().train(lambda share: None)
        self._trained()

    def compute(self) -> None:
        """Do the same on another thread; ``cancel()`` ends it, ``wait()`` waits for it."""
        session = self._started()
        self.start(f"Learning {session.name}", session.train, lambda _: self._trained())

    def learn_selected(self, answer: bool = True) -> None:
        """Take what is selected on the desk as examples of yes, or of no, and train."""
        session = self._started()
        rows = session.samples_in(self.selection.rows.tolist())
        if not rows:
            raise QueryError("Nothing is selected.", "Select images on the map or in the gallery first.")
        self.answer(dict.fromkeys(rows, answer))
        self._next()

    def stop(self) -> None:
        """Ask no more; the classifier and its answers stay in the case."""
        self.cancel()
        self.session, self.items, self.curve, self.name = None, [], [], ""
        self._code = []
        self._show()

    def colour(self, name: str = "") -> None:
        """Colour the map by the scores of a classifier, by default the one being taught."""
        self._colour(name or self.name)

    def select(self, name: str = "", cut: float = 0.5, mode: Mode = "replace") -> None:
        """Select the images of which a classifier is surer than ``cut`` [0, 1]."""
        name = name or self.name
        scores = self._book.image_scores(name)
        code = f"desk.teach.select({name!r}, {cut!r}, {mode!r})"
        self.selection.change(np.flatnonzero(np.nan_to_num(scores, nan=-1.0) >= cut), mode, code)

    def rename(self, name: str, to: str) -> None:
        """Call a classifier otherwise."""
        self._book.rename(name, to)
        now = " ".join(to.split())
        self._gone(name, now)
        if self.name == name:
            self.begin(now, self.over)
        else:
            self._list()

    def remove(self, name: str) -> None:
        """Forget a classifier and its answers."""
        self._book.remove(name)
        self._gone(name, "")
        if self.name == name:
            self.stop()
        self._list()

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a training of the classifier being taught, else one row a classifier."""
        return self._book.frame if self.session is None else self.session.frame

    def to_code(self) -> str:
        """Return Python that gives the same answers again; "" where nothing is taught or selected here."""
        lines = list(self._code)
        if self.session is not None and self.curve:
            lines.append("desk.teach.train()")
        if made := self.selection.code("desk.teach"):
            lines.append(made)
        return "\n".join(lines)

    # -- what the browser asks -------------------------------------------------------------------------------

    def _answer_unfold(self, unfolded: bool) -> None:
        self.unfolded = unfolded
        if unfolded:
            self._list()

    def _answer_begin(self, name: str, over: str) -> None:
        self.begin(name, over)
        if self._trainable():
            self.compute()

    def _answer_judge(self, row: int, answer: str) -> None:
        words = {"yes": True, "no": False, "skip": None}
        if answer not in words:
            raise QueryError(f"Invalid answer {answer[:20]!r}.", "Use yes, no or skip.")
        self.answer({row: words[answer]})
        if all(item["answer"] for item in self.items):
            self._next()

    def _answer_undo(self) -> None:
        self.undo()

    def _answer_train(self) -> None:
        self._next()

    def _answer_focus(self, image: int) -> None:
        self.selection.focus = image

    def _answer_pictures(self, rows: list[int]) -> Answer:
        return {"rows": rows}, self._started().pictures(rows)

    # -- inside ----------------------------------------------------------------------------------------------

    def _next(self) -> None:
        """Train on what was answered, on another thread, and ask on; without enough of yes just ask on."""
        if self._trainable():
            self.compute()
        else:
            self.ask()

    def _trainable(self) -> bool:
        return self._started().counts[0] >= LEAST_YES

    def _trained(self) -> None:
        session = self._started()
        self._learnt(session.name)
        self._list()
        self.ask()

    def _started(self) -> Session:
        if self.session is None:
            raise QueryError("Nothing is taught yet.", "Use `begin(name)` with the name of a classifier.")
        return self.session

    def _list(self) -> None:
        """Show which classifiers and kinds of samples there are."""
        self.kinds = self._book.kinds
        frame = self._book.frame
        self.known = [
            {
                "name": str(row["name"]),
                "over": str(row["over"]),
                "value": _number(row["average_precision"]),
                "yes": int(row["yes"]),
                "no": int(row["no"]),
                "fits": bool(row["fits"]),
            }
            for row in frame.to_dict("records")
        ]

    def _show(self) -> None:
        session = self.session
        if session is None:
            self.counts, self.advice, self.enough, self.undoable, self.ready = {}, "", False, False, False
            return
        yes, no = session.counts
        self.counts = {"yes": yes, "no": no}
        self.advice, self.enough = session.advice
        self.undoable = session.can_undo
        self.ready = bool(session.curve)
        self.curve = [
            {
                "answers": int(point.answers),
                **{
                    part: _number(getattr(point.precision, part))
                    for part in ("value", "low", "high", "chance")
                },
            }
            for point in session.curve
        ]


def _number(value: float) -> float | None:
    """Return a figure for the browser, where NaN is null."""
    return None if np.isnan(value) else round(float(value), 4)
