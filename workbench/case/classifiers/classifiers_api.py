"""Classifiers: how a case learns to tell things apart, from examples or from answers to questions."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch, nobody, part
from workbench.case.classifiers.book import FIGURES, ClassifierBook, tidy_name
from workbench.case.classifiers.classifier import Classifier
from workbench.case.classifiers.examples import Examples
from workbench.case.classifiers.sample_table import SampleTables, normal_kind
from workbench.case.collection import Collection
from workbench.errors import QueryError
from workbench.learn.training import Trained, check, train
from workbench.spelling import lookup_form
from workbench.store.classifiers import StoredClassifier
from workbench.store.labels import LabelSet

if TYPE_CHECKING:
    from workbench.case.classifiers.teaching import Teaching

Floats = NDArray[np.float32]

MOST_CLASSES = 200
"""Classes that are trained at once; more are rather groups to be found: see `case.cluster_runs`."""
PATIENCE = 3.0
"""Seconds before a progress bar is shown."""


class Classifiers(ClassifierBook):
    """The classifiers of a case, and how more are learnt: ``case.classifiers["weapon"]``.

    ``saved(name)`` gives the rows of saved selections, ``text_vector(text)`` the vector of a text.
    """

    def __init__(
        self,
        collection: Collection,
        tables: SampleTables,
        saved: Callable[[str], NDArray[np.integer]],
        text_vector: Callable[[str], Floats],
    ) -> None:
        super().__init__(collection, tables)
        self._saved, self._text_vector = saved, text_vector

    # -- learning --------------------------------------------------------------------------------------------

    def learn(
        self,
        name: str,
        yes: Any = None,
        no: Any = None,
        *,
        over: str = "image",
        replace: bool = False,
        method: str = "best",
        unlabelled: bool | None = None,
        seed: int = 0,
        watch: Watch | None = None,
    ) -> Classifier:
        """Train one classifier and keep it; see `Case.learn`."""
        name, kind = tidy_name(name), normal_kind(over)
        known = self._labels.of(name)
        if yes is None and no is None:
            if known is None:
                raise QueryError(
                    f"Nobody said yet what {name!r} is.",
                    f"Give examples, as in case.learn({name!r}, yes=rows), or answer questions on the desk.",
                )
            name, kind, labels = known.name, known.over, known
        else:
            self._refuse_taken(name, replace)
            labels = self._examples(name, kind, yes, no)
        with self._watched(watch, f"Learning {name}") as told:
            return self._train(labels, method, unlabelled, seed, told, write=labels is not known)

    def learn_all(
        self, classes: Mapping[str, Any], *, over: str, replace: bool, watch: Watch | None, **settings: Any
    ) -> "dict[str, Classifier]":
        """Train a classifier for each class; see `Case.learn`."""
        if not classes:
            raise QueryError("No classes were given.", "Pass for example {'cat': rows, 'dog': other_rows}.")
        if len(classes) > MOST_CLASSES:
            raise QueryError(
                f"{len(classes):,} classes at once are too many: {MOST_CLASSES} at most.",
                "Learn the classes you need; groups that nobody named are found by `case.cluster_runs`.",
            )
        names = [tidy_name(name) for name in classes]
        if len({lookup_form(name) for name in names}) < len(names):
            raise QueryError("Two classes have the same name.", "Give each a name of its own.")
        for name in names:
            self._refuse_taken(name, replace)
        kind = normal_kind(over)
        finder = self._finder(kind)
        rows = {
            name: finder.rows(given, f"{name!r}") for name, given in zip(names, classes.values(), strict=True)
        }
        sets = [self._one_of(name, kind, rows) for name in names]
        found = {}
        with self._watched(watch, f"Learning {len(names)} classes") as told:
            for place, labels in enumerate(sets):
                step = part(told, place / len(names), (place + 1) / len(names))
                found[labels.name] = self._train(labels, watch=step, write=True, **settings)
        return found

    def _one_of(self, name: str, kind: str, rows: Mapping[str, NDArray[np.intp]]) -> LabelSet:
        """Return the labels of one of several classes; raises QueryError where it cannot be learnt."""
        others = [some for other, some in rows.items() if other != name]
        no = np.setdiff1d(np.concatenate(others), rows[name]) if others else np.empty(0, np.intp)
        table = self._tables.table(kind)
        try:
            check(table.vectors, rows[name], no)
        except QueryError as error:
            raise QueryError(f"{name!r} cannot be learnt.", str(error)) from error
        right, wrong = (dict.fromkeys(table.ids[some].tolist()) for some in (rows[name], no))
        return LabelSet(name, kind, dict.fromkeys(right, True) | dict.fromkeys(wrong, False))

    def teach(self, name: str, over: str = "image") -> "Teaching":
        """Return a session of questions that teach a classifier by their answers; see `Teaching`.

        A classifier of this name is taught on. Raises QueryError for a name or kind that cannot be.
        """
        from workbench.case.classifiers.teaching import Teaching

        name, kind = tidy_name(name), normal_kind(over)
        known = self._labels.of(name)
        if known is not None:
            name, kind = known.name, known.over
        elif name in self:
            raise QueryError(
                f"The classifier {name!r} came without its examples.", "Give the new one another name."
            )
        return Teaching(name, self._tables.table(kind), self._labels, self._train, self._text_vector)

    # -- inside ----------------------------------------------------------------------------------------------

    def _train(
        self,
        labels: LabelSet,
        method: str = "best",
        unlabelled: bool | None = None,
        seed: int = 0,
        watch: Watch = nobody,
        *,
        write: bool = False,
    ) -> Classifier:
        """Train on labels and keep what was learnt; ``write`` keeps the labels too."""
        table = self._tables.table(labels.over)
        yes, no = (table.rows_here(ids) for ids in (labels.yes, labels.no))
        trained = train(table.vectors, yes, no, unlabelled=unlabelled, method=method, seed=seed, watch=watch)
        if write:
            self._labels.replace(labels.name, labels.over, labels.yes, labels.no)
        stored = StoredClassifier(
            labels.name,
            labels.over,
            table.key,
            table.vectors.shape[1],
            tuple(labels.yes),
            tuple(labels.no),
            {"method": method, "seed": seed, "unlabelled": unlabelled},
            _figures(trained),
        )
        self._files.save(stored, trained.network.weights())
        return self[labels.name]

    def _examples(self, name: str, kind: str, yes: Any, no: Any) -> LabelSet:
        """Return what was given as labels; raises QueryError for what cannot be understood."""
        finder, table = self._finder(kind), self._tables.table(kind)
        if yes is None:
            raise QueryError("There are only examples of no.", "Give examples of yes too: yes=...")
        right = finder.rows(yes, "yes")
        wrong = np.empty(0, np.intp) if no is None else finder.rows(no, "no")
        both = np.intersect1d(right, wrong)
        if len(both):
            some = ", ".join(self._collection.lookup.shown(int(table.image_row[row])) for row in both[:3])
            raise QueryError(
                f"{len(both):,} of the examples are both yes and no: {some}.",
                "Take them out of one of the two.",
            )
        ids = table.ids
        return LabelSet(
            name, kind, dict.fromkeys(ids[right].tolist(), True) | dict.fromkeys(ids[wrong].tolist(), False)
        )

    def _finder(self, kind: str) -> Examples:
        return Examples(self._collection, self._tables.table(kind), self._saved)

    @contextmanager
    def _watched(self, watch: Watch | None, doing: str) -> Iterator[Watch]:
        """Give the watcher, or one that shows a progress bar once training has taken some seconds."""
        if watch is not None:
            yield watch
            return
        from tqdm.auto import tqdm

        with tqdm(total=100, desc=doing, unit="%", leave=False, delay=PATIENCE) as bar:
            yield lambda share: bar.update(max(0, round(100 * share) - bar.n))


def _figures(trained: Trained) -> dict[str, Any]:
    """Return the figures of a training as JSON; what is not known is null."""
    trials = [
        {
            "method": trial.method,
            **{
                name: round(float(value), 4) if np.isfinite(value) else None
                for name, value in (*zip(FIGURES, trial.precision, strict=True), ("least", trial.least))
            },
        }
        for trial in trained.trials
    ]
    counts = {"yes": trained.yes, "no": trained.no, "unlabelled": trained.unlabelled}
    return {"trials": trials, **counts}
