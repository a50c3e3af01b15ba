"""Classifier: one of the classifiers of a case, and what it says of every sample now there."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.case.classifiers.sample_table import SampleTable
from workbench.learn.networks import Network
from workbench.search.query_resolution import Seen
from workbench.store.classifiers import StoredClassifier

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float32]

CUT = 0.5
"""How sure a classifier must be to say yes, where a query does not say otherwise: ``is:weapon>0.8``."""


class Classifier:
    """One classifier of a case as it is now open; made by `Case.learn` or taken from ``case.classifiers``."""

    def __init__(
        self, stored: StoredClassifier, table: SampleTable, network: Network, paths: "pd.Series[str]"
    ) -> None:
        self._stored, self._table, self._network, self._paths = stored, table, network, paths

    @property
    def name(self) -> str:
        """What it is called: ``is:NAME`` in a query."""
        return self._stored.name

    @property
    def over(self) -> str:
        """The kind of the samples it judges: "image", "face", "persons", ..."""
        return self._stored.over

    @property
    def key(self) -> str:
        """The embedder key of the vectors it was trained on."""
        return self._stored.key

    @property
    def yes(self) -> list[str]:
        """The ids it learnt from as examples of yes; those of an imported one stayed behind."""
        return list(self._stored.yes)

    @property
    def no(self) -> list[str]:
        """The ids it learnt from as examples of no."""
        return list(self._stored.no)

    @property
    def settings(self) -> dict[str, Any]:
        """How it was trained."""
        return dict(self._stored.settings)

    @property
    def figures(self) -> "pd.DataFrame":
        """One row a method, the one kept first: method, average_precision, low, high, chance, least, kept.

        Average precision [0, 1] on examples held back by cross-validation, with a 95 % interval. What is
        unlabelled counts as yes there by its probability, in ``least`` as no. NaN with too few examples.
        """
        import pandas as pd

        columns = ["method", "average_precision", "low", "high", "chance", "least"]
        trials = self._stored.figures.get("trials", [])
        rows = [[trial.get(column) for column in columns] for trial in trials]
        frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))
        return frame.assign(kept=[place == 0 for place in range(len(frame))])

    @cached_property
    def scores(self) -> Floats:
        """How sure it is of yes, [0, 1], of each sample (S,); from 0.5 on it says yes."""
        return self._network.probabilities(self._table.vectors)

    @cached_property
    def image_scores(self) -> Floats:
        """The highest score in each image (N,); NaN for one without such samples."""
        best, _ = self._table.best(self.scores)
        return np.where(np.isfinite(best), best, np.float32(np.nan))

    def seen(self, cut: float = CUT) -> Seen:
        """Return what it says of each image by its surest sample; yes from ``cut`` [0, 1] on."""
        table = self._table
        scores, samples = table.best(self.scores)
        boxes = None
        if table.boxes is not None:
            boxes = np.where((samples >= 0)[:, None], table.boxes[samples], np.float32(np.nan))
        return Seen(scores, np.where(np.isfinite(scores), scores, np.float32(0)), scores >= cut, boxes)

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a sample, the surest yes first: row, id, score, label (True, False, None), path."""
        import pandas as pd

        order = np.argsort(-self.scores, kind="stable")
        labels = dict.fromkeys(self._stored.yes, True) | dict.fromkeys(self._stored.no, False)
        ids = self._table.ids[order]
        return pd.DataFrame(
            {
                "row": order.astype(np.int32),
                "id": ids,
                "score": self.scores[order],
                "label": pd.Series([labels.get(str(one)) for one in ids], dtype=object),
                "path": self._paths.to_numpy(object)[self._table.image_row[order]],
            }
        )

    @property
    def summary(self) -> str:
        """Say in a line what it is, from how many examples, and how good."""
        best = self._stored.figures.get("trials", [{}])[0]
        value = best.get("average_precision")
        good = "too few examples for a figure"
        if value is not None:
            good = f"average precision {value:.2f} ({best['low']:.2f} to {best['high']:.2f})"
        counts = self._stored.figures
        what = f"{counts.get('yes', 0):,} yes, {counts.get('no', 0):,} no"
        return f"{self.name}: {best.get('method', 'unknown')} over {self.over}, {what}; {good}"

    def __len__(self) -> int:
        return len(self._table)

    def __repr__(self) -> str:
        return f"<Classifier {self.summary}>"
