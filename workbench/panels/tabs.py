"""What frames the desk: its style sheet, and the tabs that choose which side of it is shown."""

from collections.abc import Mapping

import traitlets

from workbench.panels.base import Panel, script, style


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
