"""Notice: a line at the top of the desk that says what has changed in the case since the desk was made."""

from collections.abc import Callable

import ipywidgets


class Notice(ipywidgets.HBox):
    """Hidden while the desk shows the case as it is; its button calls ``update``."""

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
        """Say how many images are new and how many are gone; hide the line where neither."""
        counts = [f"{count:,} {word}" for count, word in ((new, "new"), (gone, "removed")) if count]
        what = f"The case has changed: {' and '.join(counts)} images. " if counts else ""
        self._text.value = what and f"{what}This desk still shows the images it was made with."
        self.layout.display = "" if counts else "none"
