"""Panel: what every panel has. Messages, a busy line, and an error area that swallows nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import traitlets

from workbench.errors import WorkbenchError

Answer = tuple[dict[str, Any], Sequence[bytes]]

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
    return f"{type(error).__name__}: {error} Please report this if it comes back."


class Panel(anywidget.AnyWidget):
    """Base of the panels.

    A browser asks ``{"ask": name, "id": number, ...}``; ``_answer_<name>`` returns a dict and buffers, which
    go back under the same id. What fails is shown in ``error``; ``busy`` says what takes time. ``plots`` are
    the model ids of plotly's widgets that the panel listens to.
    """

    error = traitlets.Unicode("").tag(sync=True)
    busy = traitlets.Unicode("").tag(sync=True)
    reached = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """The models that the browser must keep in touch with, however late it starts them: see widgets.js."""

    def __init__(self, *, plots: Sequence[str] = (), **traits: Any) -> None:
        own = uuid4().hex
        super().__init__(model_id=own, reached=[own, *plots], **traits)
        self.on_msg(self._receive)

    def _receive(self, _widget: object, content: dict[str, Any], buffers: Sequence[bytes]) -> None:
        """Answer one question of the browser; a failure becomes the text of ``error``."""
        if content["ask"] == "state":
            self.send_state([name for name in self.keys if not name.startswith("_")])
            return
        data = {key: value for key, value in content.items() if key not in ("ask", "id")}
        if buffers:
            data["buffers"] = [bytes(buffer) for buffer in buffers]
        answer: Answer = ({}, ())
        with self.shown():
            answer = getattr(self, f"_answer_{content['ask']}")(**data) or answer
        self.send({"id": content.get("id"), **answer[0]}, list(answer[1]))

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

    def __repr__(self) -> str:
        return f"<{type(self).__name__} panel>"
