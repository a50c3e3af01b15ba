"""Teaching: a session of questions about single samples, whose answers are kept and train a classifier."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch, nobody
from workbench.case.classifiers.classifier import Classifier
from workbench.case.classifiers.sample_table import FACE, SampleTable
from workbench.errors import ModelError, QueryError
from workbench.learn.precision import Precision
from workbench.learn.questions import Point, Question, advice, agreement, first_questions, next_questions
from workbench.store.labels import Labels, LabelSet

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float32]

ASKED = 8
"""Questions that are asked at once, where nobody asks for another number."""
COMPARED = 2_000
"""Samples on which a classifier is compared with the one before."""


class Teaching:
    """Questions about the samples of ``table`` for the classifier ``name``; each answer is kept at once.

    ``train(labels, watch=...)`` trains and keeps it; ``text_vector(name)`` gives the vector of its name, to
    begin with. ``curve`` is how good it was after each training of this session.
    """

    def __init__(
        self,
        name: str,
        table: SampleTable,
        labels: Labels,
        train: Callable[..., Classifier],
        text_vector: Callable[[str], Floats],
    ) -> None:
        self.name, self.table = name, table
        self._labels, self._train, self._text_vector = labels, train, text_vector
        self.classifier: Classifier | None = None
        self.curve: list[Point] = []
        self._undo: list[tuple[int, bool | None, bool]] = []
        self._guess: Floats | None = None
        self._guessed = False

    # -- questions and answers -------------------------------------------------------------------------------

    def questions(self, count: int = ASKED) -> list[Question]:
        """Return rows of ``table`` to judge: the most uncertain and the most surprising, none answered yet.

        Before the first training: those that are most like the name of the classifier, and others.
        """
        answered, yes = self._rows(self.labels.answers), self._rows(self.labels.yes)
        if self.classifier is None:
            return first_questions(self.table.vectors, self._guesses(), answered, count)
        return next_questions(self.table.vectors, self.classifier.scores, yes, answered, count)

    def answer(self, answers: Mapping[int, bool | None]) -> None:
        """Say of rows that they show it, that they do not, or (None) that nobody can tell; kept at once.

        Raises QueryError for a row that does not exist, CaseError where the case cannot be written.
        """
        ids, before = self.table.ids, self.labels.answers
        for row, said in answers.items():
            if not isinstance(row, int | np.integer) or not 0 <= row < len(ids):
                raise QueryError(f"Row {row} does not exist.", f"Use 0 to {len(ids) - 1}.")
            if said is not None and not isinstance(said, bool | np.bool_):
                raise QueryError(f"Invalid answer {said!r}.", "Use True, False or None.")
        given = {int(row): None if said is None else bool(said) for row, said in answers.items()}
        for said in (True, False, None):
            rows = [row for row, answer in given.items() if answer is said]
            if rows:
                self._labels.answer(self.name, self.table.over, said, [str(ids[row]) for row in rows])
                self._undo += [(row, before.get(str(ids[row])), str(ids[row]) in before) for row in rows]

    def undo(self) -> int | None:
        """Take the last answer of this session back; return its row, None where there is none."""
        if not self._undo:
            return None
        row, before, there = self._undo.pop()
        sample_id = str(self.table.ids[row])
        if there:
            self._labels.answer(self.name, self.table.over, before, [sample_id])
        else:
            self._labels.forget(self.name, self.table.over, [sample_id])
        return row

    @property
    def can_undo(self) -> bool:
        """Whether an answer of this session can be taken back."""
        return bool(self._undo)

    @property
    def labels(self) -> LabelSet:
        """The answers that stand."""
        return self._labels.of(self.name) or LabelSet(self.name, self.table.over)

    @property
    def counts(self) -> tuple[int, int]:
        """How many samples of this case are labelled yes, and how many no."""
        labels = self.labels
        return len(self._rows(labels.yes)), len(self._rows(labels.no))

    # -- what is shown ---------------------------------------------------------------------------------------

    @property
    def over(self) -> str:
        """The kind of the samples."""
        return self.table.over

    def pictures(self, rows: Sequence[int]) -> list[bytes]:
        """Return a JPEG of each sample."""
        return self.table.pictures([int(row) for row in rows])

    def image_rows(self, rows: Sequence[int]) -> list[int]:
        """Return the row of the image that each sample lies in."""
        found: list[int] = self.table.image_row[np.asarray(rows, np.intp)].tolist()
        return found

    def samples_in(self, images: Sequence[int]) -> list[int]:
        """Return the rows of the samples in some images."""
        found: list[int] = np.flatnonzero(
            np.isin(self.table.image_row, np.asarray(images, np.int64))
        ).tolist()
        return found

    # -- training --------------------------------------------------------------------------------------------

    def train(self, watch: Watch = nobody, method: str = "logistic") -> Classifier:
        """Train on all answers, keep the classifier and add a point to ``curve``.

        ``method`` as for `Case.learn`; the logistic probe alone is many times as quick as comparing both.
        Raises QueryError where the answers are too few. ``watch`` is told the share done, and may end it.
        """
        labels, before = self.labels, self.classifier
        trained = self._train(labels, method, watch=watch)
        figures = trained.figures.iloc[0]
        precision = Precision(*(float(figures[c]) for c in ("average_precision", "low", "high", "chance")))
        sample = slice(None, None, max(1, len(self.table) // COMPARED))
        same = agreement(before.scores[sample], trained.scores[sample]) if before else float("nan")
        yes, no = self.counts
        if self.curve and self.curve[-1].answers == yes + no:
            self.curve.pop()
        self.curve.append(Point(yes + no, precision, same))
        self.classifier = trained
        return trained

    @property
    def advice(self) -> tuple[str, bool]:
        """What to do next, in a sentence, and whether that is to stop."""
        return advice(self.curve, *self.counts)

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a training: answers, average_precision, low, high, chance, same (kappa with before)."""
        import pandas as pd

        rows = [(point.answers, *point.precision, point.same) for point in self.curve]
        return pd.DataFrame(rows, columns=["answers", "average_precision", "low", "high", "chance", "same"])

    # -- inside ----------------------------------------------------------------------------------------------

    def _rows(self, ids: Sequence[str] | Mapping[str, object]) -> NDArray[np.intp]:
        return self.table.rows_here(list(ids))

    def _guesses(self) -> Floats | None:
        """Return how like its name each sample is; None where the model cannot read it."""
        if not self._guessed:
            self._guessed = True
            if self.table.over != FACE:
                try:
                    self._guess = np.asarray(self.table.vectors @ self._text_vector(self.name), np.float32)
                except (QueryError, ModelError):
                    self._guess = None
        return self._guess

    def __repr__(self) -> str:
        yes, no = self.counts
        return f"<Teaching {self.name!r} over {self.table.over}: {yes} yes, {no} no>"
