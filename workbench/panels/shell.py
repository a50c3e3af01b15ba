"""Shell: the desk's own style sheet, and what hides the still picture while the widgets live."""

from workbench.panels.base import Panel, script, style


class Shell(Panel):
    """An empty panel that carries the layout of the desk."""

    _esm = script("shell")
    _css = style("shell")
