"""Workspace: one Case on the desk. Images share one Selection, faces another, and images follow faces."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from workbench.errors import CaseError
from workbench.panels.base import Panel, close_widgets, script, style
from workbench.panels.map.panel import Map
from workbench.panels.static_html import visible
from workbench.selection import Selection
from workbench.workspace.context import DeskContext
from workbench.workspace.maps import SECOND
from workbench.workspace.panel_table import TABLE, PanelEntry
from workbench.workspace.static_html import desk_still

if TYPE_CHECKING:
    import pandas as pd

    from workbench.case import Case


class Tabs(Panel):
    """A row of tabs; ``side`` is the name of the one chosen.

    ``sides`` gives a name and the words on its tab.
    """

    _esm = script("tabs")
    _css = style("tabs")

    sides = traitlets.Dict().tag(sync=True)
    side = traitlets.Unicode("").tag(sync=True)

    def __init__(self, sides: Mapping[str, str]) -> None:
        super().__init__(sides=dict(sides), side=next(iter(sides)))

    def _answer_choose(self, name: str) -> None:
        self.side = name

    def to_code(self) -> str:
        """Return Python that shows the same side."""
        return f"desk.show({self.side!r})"


class Shell(Panel):
    """An empty panel with the style sheet of the desk; it hides the still picture while the widgets live."""

    _esm = script("shell")
    _css = style("shell")


class Notice(ipywidgets.HBox):
    """Hidden while the desk shows the case as it is; its button calls ``update``.

    ``missing`` is the folder of the photos where it is empty or not there, else "".
    """

    missing = ""

    def __init__(self, update: Callable[[], None]) -> None:
        self._text, self._button = ipywidgets.Label(), ipywidgets.Button(description="Update the desk")
        self._button.on_click(lambda _button: update())
        super().__init__([self._text, self._button])
        self.add_class("wb-notice")
        self.tell(0, 0)

    @property
    def text(self) -> str:
        """What the line says, "" while it is hidden."""
        return str(self._text.value)

    def tell(self, new: int, gone: int) -> None:
        """Say how many images are new and how many are gone; hide the line where there is nothing to say."""
        counts = [f"{count:,} {word}" for count, word in ((new, "new"), (gone, "removed")) if count]
        said = f"The case has changed: {' and '.join(counts)} images. " if counts else ""
        said += "This desk still shows the images it was made with. " if counts else ""
        if self.missing:
            said += "The folder of the photos is empty or not there: connect its disk or share. "
            said += "Pictures are shown small until then."
        self._text.value = said.strip()
        self._text.tooltip = visible(self.missing)  # not in the text, of which a Label typesets formulas
        self._button.layout.display = "" if counts else "none"
        self.layout.display = "" if said else "none"


SOON = 20_000
"""Up to so many faces are grouped when the desk is made; more when somebody first looks at them."""

FACE_CLASSES = {"above": "wb-faceside", "middle": "wb-facemap", "below": "wb-faceside"}
"""Class of the place that a panel of the faces is put into when it is made."""


def source_there(source: Path) -> bool:
    """Return whether the folder of the photos can be read and holds anything."""
    try:
        with os.scandir(source) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def _advice(source: Path) -> str:
    if source_there(source):
        return "Run `case.ingest()` first, and look at `case.problems`."
    return f"{source} is empty or not there: connect its disk or share, then run `case.ingest()`."


class Workspace(ipywidgets.VBox):
    """The desk: show it as the last line of a cell.

    ``desk.selection`` is what all panels share: read ``desk.selection.frame``, or set ``rows`` and ``focus``
    from Python and every panel follows. Each panel of ``table`` is an attribute by its name: ``desk.query``,
    ``desk.map``, ``desk.gallery``, ``desk.details``, ... Where the case has faces, ``desk.faces``,
    ``desk.face_map`` and ``desk.face_selection`` are a second side of the desk; its images follow the faces
    selected there.

    A desk shows the case as it is when the desk is made: its rows mean the same images whatever is ingested
    later. Where the case has changed it says so, and `update` takes the changes over. Raises CaseError for a
    case without images.
    """

    _still: Any = None  # where the still picture is displayed, once it is

    def __init__(self, case: "Case", *, table: Sequence[PanelEntry] = TABLE) -> None:
        if not hasattr(case, "images"):
            what = f"A desk shows a case, not an object of type {type(case).__name__}."
            raise CaseError(what, "Use wb.Workspace(wb.open('photos/', case='cases/mine')).")
        if not len(case.images):
            raise CaseError("This case holds no images yet.", _advice(case.folder.source))
        self.case = case
        case.warm()
        self._table = {entry.name: entry for entry in table}
        super().__init__([])
        self.add_class("wb-desk")
        self._notice = Notice(self.update)
        self._build()
        self._notice.missing = self._missing()
        self._notice.tell(0, 0)
        case.on_refresh(self._compare)

    def _build(self) -> None:
        """Make the panels of the case as it is now."""
        case = self.case.pinned()
        self._made: dict[str, Any] = {}
        self._places: dict[str, ipywidgets.VBox] = {}
        self._context = DeskContext(case, self.panel, self.show)
        self.selection = self._context.selection
        for entry in self._table.values():
            if not entry.lazy:
                self.panel(entry.name)
        self.tabs = Tabs({"images": f"Images {len(case.images):,}", "faces": f"Faces {len(case.faces):,}"})
        self.tabs.observe(lambda change: self._turn(change["new"]), "side")
        self._shell, self._middle = Shell(), ipywidgets.HBox(self._placed("middle"))
        self._middle.add_class("wb-middle")
        tabs = [self.tabs] if len(case.faces) else []
        above = [self._shell, self._notice, *tabs, *self._placed("above")]
        self.children = [*above, self._middle, *self._placed("below")]
        self._context.maps.beside.changed = self._put_beside
        if 0 < len(case.faces) <= SOON:
            self.panel("faces")  # made now, so that the faces of the image in focus have names

    # -- a case that changes ---------------------------------------------------------------------------------

    def _compare(self) -> None:
        """Say what has changed in the case since the desk was made; a closed one reads nothing."""
        if self.comm is None:
            return
        shown, now = (set(case.images["image_id"]) for case in (self._context.case, self.case))
        self._notice.missing = self._missing()
        self._notice.tell(len(now - shown), len(shown - now))

    def update(self) -> None:
        """Show the case as it is now; what is selected and looked at stays, as far as it is still there.

        The panels and ``desk.selection`` are made anew.
        """
        ids, focus = self.selection.ids, self.selection.focus
        looked_at = None if focus is None else self.selection.table["image_id"].iloc[focus]
        self._close_panels()
        self._build()
        lookup = self._context.case.lookup
        self.selection.rows = [lookup.row(image_id) for image_id in ids if lookup.knows(image_id)]
        if looked_at is not None and lookup.knows(looked_at):
            self.selection.focus = lookup.row(looked_at)
        self._notice.missing = self._missing()
        self._notice.tell(0, 0)

    def _missing(self) -> str:
        """Return the folder of the photos where it is empty or not there, else ""."""
        source = self.case.folder.source
        return "" if source_there(source) else str(source)

    # -- the panels ------------------------------------------------------------------------------------------

    def panel(self, name: str) -> Any:
        """Return a panel by its name, made now if it is not there yet. Raises KeyError for another name."""
        if name not in self._made:
            self._made[name] = self._table[name].make(self._context)
        return self._made[name]

    @property
    def panels(self) -> tuple[Any, ...]:
        """The panels that were made, in the order of the table; then the tabs where there are two sides."""
        made = [self._made[name] for name in self._table if name in self._made]
        return (*made, self.tabs) if self._context.has_face_panels else tuple(made)

    def __getattr__(self, name: str) -> Any:
        """Return a panel of the desk by its name."""
        if name in self.__dict__.get("_table", ()):
            return self.panel(name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self._table]

    def _placed(self, place: str) -> list[ipywidgets.Widget]:
        """Return what lies at a place: first the places of the faces, then the panels of the images."""
        here = [entry for entry in self._table.values() if entry.place == place]
        for entry in here:
            if entry.lazy:
                self._places[entry.name] = ipywidgets.VBox([])
                self._places[entry.name].add_class(FACE_CLASSES[place])
        empty = [self._places[entry.name] for entry in here if entry.lazy]
        return [*empty, *(self.panel(entry.name) for entry in here if not entry.lazy)]

    # -- the two sides ---------------------------------------------------------------------------------------

    @property
    def face_selection(self) -> Selection:
        """What is selected among the faces; the images follow it."""
        return self._context.face_panels.selection

    def show(self, side: str) -> None:
        """Show a side of the desk: ``images`` or ``faces``. Raises CaseError where the case has no faces."""
        if not len(self._context.case.faces):
            raise CaseError("This desk shows no faces.", "Run `case.ingest_faces()`, then `desk.update()`.")
        if side not in self.tabs.sides:
            raise CaseError(
                f"There is no side {side!r} on this desk.", f"Use {' or '.join(self.tabs.sides)}."
            )
        self.tabs.side = side

    def _turn(self, side: str) -> None:
        if side == "faces":
            for name, place in self._places.items():
                self.tabs.busy = self._table[name].doing
                place.children = [self.panel(name)]
            self.tabs.busy = ""
            self.add_class("wb-on-faces")
        else:
            self.remove_class("wb-on-faces")
        if self._still is not None:
            from IPython.display import HTML

            self._still.update(HTML(self.still()))  # type: ignore[no-untyped-call]

    # -- the second map --------------------------------------------------------------------------------------

    @property
    def second_map(self) -> Map | None:
        """The map beside the first, once `split` has opened it."""
        return self._context.maps.beside.map

    def split(self, method: str = SECOND, **settings: Any) -> Map:
        """Open a second map beside the first, and return it: the same selection in another layout.

        ``method`` and ``settings`` are those of ``desk.map.show``; its colours are its own too.
        """
        return self._context.maps.beside.split(method, **settings)

    def unite(self) -> None:
        """Close the second map."""
        self._context.maps.beside.unite()

    def _put_beside(self, split: bool) -> None:
        (self.add_class if split else self.remove_class)("wb-split")

    # -- the desk as a whole ---------------------------------------------------------------------------------

    @property
    def frame(self) -> "pd.DataFrame":
        """What is selected, as a DataFrame: the same as ``desk.selection.frame``."""
        return self.selection.frame

    def to_code(self) -> str:
        """Return a cell that repeats what was clicked: question, lasso, gallery, faces and focus.

        It needs ``desk``, and nothing else.
        """
        asking = [name for name, entry in self._table.items() if entry.asks and name in self._made]
        first = [self._made[name] for name in asking]
        panels = (*first, *(panel for panel in self.panels if panel not in first))
        lines = [code for panel in panels if (code := panel.to_code())]
        if any("(case." in line for line in lines):
            lines.insert(0, "case = desk.case")
        return "\n".join(lines)

    def close(self) -> None:
        """Close every panel and all else that the desk made: nothing of it stays open in the browser."""
        if "_made" in self.__dict__:  # not where the case could not be shown
            self._close_panels()
            close_widgets(self._notice, self.layout)
        super().close()

    def _close_panels(self) -> None:
        for panel in self._made.values():
            panel.close()
        close_widgets(self.tabs, self._shell, self._middle, *self._places.values())

    def __repr__(self) -> str:
        return f"<Workspace of {len(self.selection.table):,} images: {self.selection!r}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Show the widget, and before it a still picture for readers without a kernel."""
        from IPython.display import HTML, display

        self._still = display(HTML(self.still()), display_id=True)  # type: ignore[no-untyped-call]
        return super()._repr_mimebundle_(**options)

    def still(self) -> str:
        """Return the side shown as HTML with pictures inside: a saved notebook without a kernel shows it."""
        people = self.tabs.side == "faces"
        drawn = self.face_map if people else self.map
        above = self._context.face_panels.still() if people else ""
        desk = desk_still(drawn, self._context.case, self.gallery.rows.tolist(), above)
        return desk + "".join(self.panel(name).still() for name, entry in self._table.items() if entry.still)
