"""ClassifierBook: the classifiers that a case has, kept under names, and what they say of its images."""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.case.arguments import checked, is_text, text
from workbench.case.classifiers.classifier import CUT, Classifier
from workbench.case.classifiers.sample_table import SampleTable, SampleTables
from workbench.case.collection import Collection
from workbench.errors import CaseError, QueryError
from workbench.learn.networks import from_weights
from workbench.search.grammar import BEING
from workbench.search.query_resolution import Seen
from workbench.spelling import lookup_form, spelled
from workbench.store.classifiers import ClassifierFiles, StoredClassifier, read_file, write_file
from workbench.store.json_lines import storable
from workbench.store.labels import Labels

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float32]

FIGURES = ("average_precision", "low", "high", "chance")
LONGEST = 120
"""Letters of a name at most."""


class ClassifierBook:
    """The classifiers of a case, in ``work/classifiers``; labels are lines of ``work/labels.jsonl``."""

    def __init__(self, collection: Collection, tables: SampleTables) -> None:
        self._collection, self._tables = collection, tables
        work = collection.folder.root / "work"
        self._files, self._labels = ClassifierFiles(work), Labels(work)
        self._opened: dict[str, tuple[StoredClassifier, Classifier]] = {}

    # -- what there is ---------------------------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """What the classifiers are called, the oldest first."""
        return list(self._files.read())

    def __getitem__(self, name: str) -> Classifier:
        """Return a classifier; raises QueryError for an unknown name, CaseError for other vectors."""
        stored = self._stored(name)
        kept = self._opened.get(stored.name)
        if kept is None or kept[0] != stored:
            table = self._fitting(stored)
            network = from_weights(self._files.weights(stored.name), stored.dim)
            kept = stored, Classifier(stored, table, network, self._collection.images["path"])
            self._opened[stored.name] = kept
        return kept[1]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and spelled(name, self._files.read()) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self._files.read())

    @property
    def kinds(self) -> list[str]:
        """The kinds of samples that can be learnt about here."""
        return self._tables.kinds

    def image_scores(self, name: str) -> Floats:
        """Return how sure a classifier is of each image (N,), NaN for one without such samples."""
        return self[name].image_scores

    @property
    def usable(self) -> list[str]:
        """The names of those that fit the vectors now open."""
        return [name for name, stored in self._files.read().items() if self._fits(stored)]

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a classifier: name, over, method, average_precision, low, high, yes, no, fits, ..."""
        import pandas as pd

        rows = []
        for name, stored in self._files.read().items():
            figures = stored.figures
            best = (figures.get("trials") or [{}])[0]
            rows.append(
                {
                    "name": name,
                    "over": stored.over,
                    "method": best.get("method", ""),
                    **{column: best.get(column) for column in FIGURES},
                    "yes": figures.get("yes", len(stored.yes)),
                    "no": figures.get("no", len(stored.no)),
                    "fits": self._fits(stored),
                    "when": stored.when,
                    "who": stored.who,
                }
            )
        columns = ["name", "over", "method", *FIGURES, "yes", "no", "fits", "when", "who"]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype(dict.fromkeys(FIGURES, float)).assign(
            when=pd.to_datetime(frame["when"], utc=True, format="ISO8601")
        )

    # -- keeping ---------------------------------------------------------------------------------------------

    @checked(name=is_text("weapon"), to=is_text("knife"))
    def rename(self, name: str, to: str) -> None:
        """Call a classifier otherwise, its labels too. Raises QueryError where the new name is taken."""
        stored, to = self._stored(name), tidy_name(to)
        if to == stored.name:
            return
        if lookup_form(to) != lookup_form(stored.name):
            self._refuse_taken(to, replace=False)
        weights = self._files.weights(stored.name)
        if self._labels.of(stored.name) is not None:
            self._labels.rename(stored.name, to)
        self._files.remove(stored.name)
        self._files.save(replace(stored, name=to), weights)

    @checked(name=is_text("weapon"))
    def remove(self, name: str) -> None:
        """Forget a classifier and its labels; the lines of these stay in the log."""
        labels = self._labels.of(name)
        if labels is None or name in self:
            self._files.remove(self._stored(name).name)
        if labels is not None:
            self._labels.remove(labels.name)

    @checked(name=is_text("weapon"))
    def export(self, name: str, path: str | Path) -> Path:
        """Write a classifier into one file, for another case with vectors of the same embedder.

        The ids of the images it learnt from stay here. Raises QueryError for an unknown name, CaseError where
        there is a file already.
        """
        stored = self._stored(name)
        target = _path(path)
        if target.exists():
            raise CaseError(f"{target} is there already.", "Choose another name: nothing is written over.")
        write_file(target, replace(stored, yes=(), no=()), self._files.weights(stored.name))
        return target

    def import_file(self, path: str | Path, name: str = "") -> Classifier:
        """Take a classifier from a file that `export` wrote, under its own or another ``name``.

        Raises CaseError for a file that is none, and for one of another embedder; QueryError for a name that
        is taken.
        """
        stored, weights = read_file(_path(path))
        stored = replace(stored, name=tidy_name(name or stored.name))
        self._fitting(stored, "Open this case with that model, or teach the classifier anew here.")
        from_weights(weights, stored.dim)  # refuses what is none
        self._refuse_taken(stored.name, replace=False)
        self._files.save(stored, weights)
        return self[stored.name]

    # -- for queries and maps --------------------------------------------------------------------------------

    def seen(self, asked: str) -> Seen:
        """Return what a classifier says of each image: "weapon", or "weapon>0.8" for another cut-off."""
        name, cut = asked, CUT
        if asked not in self and ">" in asked:
            name, _, least = asked.rpartition(">")
            name, cut = name.strip(), _cut(least.removeprefix("=").strip(), asked)
        return self[name].seen(cut)

    # -- inside ----------------------------------------------------------------------------------------------

    def _refuse_taken(self, name: str, replace: bool) -> None:
        taken = spelled(name, [*self._files.read(), *self._labels.read()])
        if taken is not None and not replace:
            raise QueryError(
                f"There is a classifier {taken!r} already.",
                f"Pass replace=True to learn it anew; case.learn({taken!r}) trains it on its labels.",
            )

    def _stored(self, name: str) -> StoredClassifier:
        known = self._files.read()
        kept = spelled(text(name, "The name of a classifier", "weapon"), known)
        if kept is None:
            there = ", ".join(map(repr, known)) or "none yet; make one with `case.learn(name, yes=...)`"
            others = ", ".join(f"is:{word}" for word in BEING)
            what = f"Classifiers of this case: {there}. A query also knows {others}."
            raise QueryError(f"No classifier is called {name!r}.", what)
        return known[kept]

    def _fits(self, stored: StoredClassifier) -> bool:
        try:
            return self._tables.table(stored.over).key == stored.key
        except QueryError:
            return False

    def _fitting(self, stored: StoredClassifier, do: str = "") -> SampleTable:
        """Return the samples that a classifier is for; raises CaseError where it is for other vectors."""
        table = self._tables.table(stored.over)
        if table.key != stored.key or table.vectors.shape[1] != stored.dim:
            raise CaseError(
                f"The classifier {stored.name!r} was trained on vectors of {stored.key!r}, and these are of "
                f"{table.key!r}.",
                do or f"Train it again on these: case.learn({stored.name!r}).",
            )
        return table

    def __repr__(self) -> str:
        return f"<Classifiers: {', '.join(self.names) or 'none'}>"


def tidy_name(name: Any) -> str:
    """Return a name with single blanks; raise QueryError for none, one that is too long or cannot be seen."""
    tidy = storable(" ".join(text(name, "The name of a classifier", "weapon").split()))
    if not any(letter.isalnum() or unicodedata.category(letter)[0] in "SP" for letter in tidy):
        raise QueryError(
            f"Invalid name of a classifier: {name!r}.", "Use a name that can be read, as 'weapon'."
        )
    if lookup_form(tidy) in BEING:
        raise QueryError(f"is:{tidy} means something else in a query.", "Give the classifier another name.")
    if len(tidy) > LONGEST:
        raise QueryError(
            f"The name of a classifier has {len(tidy)} letters: {LONGEST} at most.", "Use a shorter one."
        )
    return tidy


def _path(path: Any) -> Path:
    if not isinstance(path, str | Path) or not str(path).strip() or "\0" in str(path):
        raise CaseError(
            f"Invalid path of a classifier: {path!r}.", "Use the name of a file: 'weapon.safetensors'."
        )
    return Path(path).expanduser()


def _cut(least: str, asked: str) -> float:
    """Return the cut-off of a query such as "weapon>0.8"."""
    try:
        cut = float(least)
    except ValueError:
        cut = np.nan
    if not 0 <= cut <= 1:
        raise QueryError(
            f"Invalid cut-off in is:{asked}.", "Use a number from 0 to 1, such as is:weapon>0.8."
        )
    return cut
