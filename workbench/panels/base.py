"""Panel: what every panel has. Messages, a busy line, and an error area that swallows nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import ipywidgets
import traitlets

from workbench.errors import QueryError, WorkbenchError

Answer = tuple[dict[str, Any], Sequence[bytes]]
Answering = Callable[..., Answer | None]

_METHOD = "_answer_"
RESERVED = "state"
"""What every panel answers: with its whole state."""

_STATIC = Path(__file__).with_name("static")


def script(panel: str) -> str:
    """Return the JavaScript module of a panel, one file that ``make js`` bundled from ``static/*.js``."""
    return (_STATIC / "dist" / f"{panel}.js").read_text("utf-8")


def style(*names: str) -> str:
    """Return the CSS of a panel after the shared one."""
    return "\n".join((_STATIC / f"{part}.css").read_text("utf-8") for part in ("common", *names))


def message_of(error: Exception) -> str:
    """Return what an error area says: our own errors tell what to do, others should not happen."""
    if isinstance(error, WorkbenchError):
        return str(error)
    return f"{type(error).__name__}: {error} Please report this if it happens again."


def close_widgets(*widgets: Any) -> None:
    """Close widgets and all that they hold, layouts and styles included: none of their comms stays open."""
    for widget in widgets:
        held = [value for value in widget._trait_values.values() if isinstance(value, ipywidgets.Widget)]
        children = [
            child for child in getattr(widget, "children", ()) if isinstance(child, ipywidgets.Widget)
        ]
        widget.close()
        close_widgets(*(one for one in (*held, *children) if one.comm is not None))


def _acting(action: Callable[..., object]) -> Callable[..., None]:
    """Return ``action`` without what it returns."""

    def act(**data: Any) -> None:
        action(**data)

    return act


class Panel(anywidget.AnyWidget):
    """Base of the panels.

    A browser asks ``{"ask": name, "id": number, ...}``. What answers is a method ``_answer_<name>``, or a
    callable in ``answers``, by name: it takes the other fields, and may return a dict and buffers, which go
    back under the same id. ``actions`` are callables that do what was clicked, by name; what they return is
    not sent. What fails is shown in ``error``; ``busy`` says what takes time. ``plots`` are the model ids of
    plotly's widgets that the panel listens to. Raises ValueError where two callables have one name.
    """

    error = traitlets.Unicode("").tag(sync=True)
    busy = traitlets.Unicode("").tag(sync=True)
    reached = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """The models that the browser must keep in touch with, however late it starts them: see widgets.js."""

    def __init__(
        self,
        *,
        answers: Mapping[str, Answering] | None = None,
        actions: Mapping[str, Callable[..., object]] | None = None,
        plots: Sequence[str] = (),
        **traits: Any,
    ) -> None:
        own = uuid4().hex
        self._answers = self._collect(answers or {}, actions or {})
        super().__init__(model_id=own, reached=[own, *plots], **traits)
        self.on_msg(self._receive)

    def _receive(self, _widget: object, content: dict[str, Any], buffers: Sequence[bytes]) -> None:
        """Answer one question of the browser; a failure becomes the text of ``error``."""
        if content["ask"] == RESERVED:
            self.send_state([name for name in self.keys if not name.startswith("_")])
            return
        data = {key: value for key, value in content.items() if key not in ("ask", "id")}
        if buffers:
            data["buffers"] = [bytes(buffer) for buffer in buffers]
        answer: Answer = ({}, ())
        with self.shown():
            if content["ask"] not in self._answers:
                what = f"This panel does not understand {str(content['ask'])[:40]!r}."
                raise QueryError(what, "Reload the page: it may be older than the kernel.")
            answer = self._answers[content["ask"]](**data) or answer
        self.send({"id": content.get("id"), **answer[0]}, list(answer[1]))

    def _collect(
        self,
        answers: Mapping[str, Callable[..., Answer | None]],
        actions: Mapping[str, Callable[..., object]],
    ) -> dict[str, Answering]:
        """Return what answers each question, the methods of the class included."""
        methods = [name for name in dir(type(self)) if name.startswith(_METHOD)]
        own = {name.removeprefix(_METHOD): getattr(self, name) for name in methods}
        names = [RESERVED, *own, *answers, *actions]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{type(self).__name__} answers {', '.join(twice)} in more than one way.")
        return {**own, **answers, **{name: _acting(action) for name, action in actions.items()}}

    @contextmanager
    def shown(self, doing: str = "") -> Iterator[None]:
        """Show ``doing`` while the block runs, and what it raises in the error area instead of nowhere."""
        self.busy, self.error = doing, ""
        try:
            yield
        except Exception as error:
            self.error = message_of(error)
        finally:
            self.busy = ""

    def close(self) -> None:
        """Close the panel and its layout."""
        close_widgets(self.layout)
        super().close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} panel>"
