"""Workspace: one Case on the desk. Map, query, gallery and details, linked by one Selection."""

from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np

from workbench.errors import CaseError
from workbench.panels.details import Details
from workbench.panels.gallery import Gallery
from workbench.panels.map import Map
from workbench.panels.map_figure import colour
from workbench.panels.query import Query
from workbench.panels.shell import Shell
from workbench.panels.still import still_html
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

    from workbench.case import Case


class Workspace(ipywidgets.VBox):
    """The desk: show it as the last line of a cell.

    ``desk.selection`` is what all panels share: read ``desk.selection.frame``, or set ``rows`` and ``focus``
    from Python and every panel follows. Raises CaseError for a case without images.
    """

    panels: tuple[Any, ...] = ()

    def __init__(self, case: "Case") -> None:
        if not len(case.images):
            raise CaseError(
                "This case holds no images yet.", "Run `case.ingest()` first, and look at `case.problems`."
            )
        self.case = case
        case.warm()
        self.selection = Selection(case.images)
        labels = case.clusters()
        self.query = Query(
            self.selection, case.search, lambda sample_id: case.thumbnails([case.row(sample_id)])[0]
        )
        self.map = Map(self.selection, case.layout, labels, case.cluster_names(labels), case.thumbnails)
        self.gallery = Gallery(self.selection, case.thumbnails, self._like)
        self.details = Details(
            self.selection,
            case.picture,
            self._facts,
            lambda row, phrases: case.describe(row, vocabulary=phrases),
            case.vocabulary,
            on_like=self._like,
            on_tag=case.tag,
        )
        self.details.observe(lambda change: setattr(case, "vocabulary", change["new"]), "vocabulary")
        self.panels = (self.query, self.map, self.gallery, self.details)
        super().__init__([Shell(), self.query, ipywidgets.HBox([self.map, self.gallery]), self.details])
        self.children[2].add_class("wb-middle")
        self.add_class("wb-desk")

    def _like(self, row: int, add: bool) -> None:
        self.query.like(str(self.case.images["image_id"].iloc[row]), add)

    def _facts(self, row: int) -> list[tuple[str, str]]:
        """Return what is known of an image as pairs of name and text; what is unknown is left out."""
        image = self.case.images.iloc[row]
        cluster = int(self.map.labels[row])
        tags = self.case.tags
        facts = [
            ("Taken", _text(image.get("taken_at"))),
            ("Camera", _text(image.get("camera"))),
            ("Size", f"{image['width']} x {image['height']} px"),
            ("File", f"{image['format']}, {image['size'] / 1e6:.2f} MB"),
            ("Place", _place(image.get("lat"), image.get("lon"))),
            ("Cluster", self.map.names[cluster] if cluster >= 0 else "none"),
            ("Tags", ", ".join(sorted(set(tags["tag"][tags["sample_id"] == image["image_id"]])))),
            ("Paths", "\n".join(map(str, image["paths"])) if len(image["paths"]) > 1 else ""),
            ("Image id", str(image["image_id"])[:16]),
        ]
        return [(name, text) for name, text in facts if text]

    @property
    def frame(self) -> "pd.DataFrame":
        """What is selected, as a DataFrame: the same as ``desk.selection.frame``."""
        return self.selection.frame

    def to_code(self) -> str:
        """Return a cell that repeats what was clicked: question, lasso, gallery and focus."""
        return "\n".join(panel.to_code() for panel in self.panels)

    def close(self) -> None:
        """Close every panel, and free what the browser holds."""
        for panel in self.panels:
            panel.close()
        super().close()

    def __repr__(self) -> str:
        return f"<Workspace of {len(self.case.images):,} images: {self.selection!r}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Show the widget, and before it a still picture for readers without a kernel."""
        from IPython.display import HTML, display

        display(HTML(self.still()))  # type: ignore[no-untyped-call]
        return super()._repr_mimebundle_(**options)

    def still(self) -> str:
        """Return the desk as HTML with pictures inside: what a saved notebook shows without a kernel."""
        rows = self.gallery.rows[:24]
        colours = [colour(label) for label in range(-1, len(self.map.names))]
        return still_html(
            self.map.points,
            np.asarray(self.map.labels),
            colours,
            self.selection.rows,
            [] if self.selection.hits is None else self.selection.hits.rows,
            [
                (str(self.case.images["path"].iloc[row]), jpeg)
                for row, jpeg in zip(rows, self.case.thumbnails(rows), strict=True)
            ],
            f"{len(self.case.images):,} images of {self.case.folder.source.name}",
        )


def _text(value: object) -> str:
    return "" if value is None or str(value) in ("nan", "NaT", "None", "<NA>") else str(value)


def _place(lat: Any, lon: Any) -> str:
    return f"{lat:.5f}, {lon:.5f}" if _text(lat) and _text(lon) else ""
