"""SegmentFeed: cuts the pieces of a video that a browser wants next, one after another, on a thread."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

SEGMENT = 10.0
"""Seconds of one piece."""
KEPT_BYTES = 64 * 2**20
"""Bytes of pieces kept in memory, the last used ones."""


class Piece(Protocol):
    """A piece of a video as a browser plays it: see ``media.clips.Clip``."""

    @property
    def data(self) -> bytes:
        """The bytes of the piece."""
        ...

    @property
    def mime(self) -> str:
        """What a browser is asked about, codecs included."""
        ...

    @property
    def start(self) -> float:
        """Where it begins, seconds of the video."""
        ...

    @property
    def end(self) -> float:
        """Where it ends, seconds of the video."""
        ...

    @property
    def times(self) -> list[float]:
        """When its frames begin, seconds of the video."""
        ...


@dataclass(frozen=True)
class Wanted:
    """One piece: the video, its number from 0 on, and the format."""

    video: str
    number: int
    format: str


class SegmentFeed:
    """Cuts what is wanted, the most wanted first.

    ``cut(wanted, going)`` returns a piece; it may end early, by any error, once ``going()`` is False.
    ``give(wanted, piece)`` is told of each on the thread, ``fail(wanted, error)`` of what could not be cut.
    """

    def __init__(
        self,
        cut: Callable[[Wanted, Callable[[], bool]], Piece],
        give: Callable[[Wanted, Piece], None],
        fail: Callable[[Wanted, Exception], None],
    ) -> None:
        self._cut, self._give, self._fail = cut, give, fail
        self._state = threading.Condition()
        self._wanted: list[Wanted] = []
        self._now: Wanted | None = None
        self._kept: OrderedDict[Wanted, Piece] = OrderedDict()
        self._thread: threading.Thread | None = None

    def want(self, wanted: list[Wanted]) -> None:
        """Replace what is wanted; what is being cut and not wanted any more is ended."""
        with self._state:
            self._wanted = [one for one in dict.fromkeys(wanted) if one != self._now]
            if self._now is not None and self._now not in wanted:
                self._now = None
            if self._wanted and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="workbench-video", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Want nothing any more."""
        self.want([])

    def wait(self, seconds: float | None = None) -> None:
        """Wait until all that is wanted was cut."""
        if (thread := self._thread) is not None:
            thread.join(seconds)

    def _run(self) -> None:
        while (one := self._next()) is not None:
            try:
                piece = self._kept.get(one) or self._cut(one, lambda one=one: self._now is one)  # type: ignore[misc]
            except Exception as error:
                if self._done(one):
                    self._fail(one, error)
                continue
            self._keep(one, piece)
            if self._done(one):
                self._give(one, piece)

    def _next(self) -> Wanted | None:
        """Return what is wanted most; None, and no thread any more, where nothing is."""
        with self._state:
            self._now = self._wanted.pop(0) if self._wanted else None
            if self._now is None:
                self._thread = None
            return self._now

    def _done(self, one: Wanted) -> bool:
        """Say whether somebody still waits for what was cut."""
        with self._state:
            waited, self._now = self._now is one, None
            return waited

    def _keep(self, one: Wanted, piece: Piece) -> None:
        self._kept[one] = piece
        self._kept.move_to_end(one)
        while len(self._kept) > 1 and sum(len(other.data) for other in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)


def told(one: Wanted, piece: Piece) -> dict[str, Any]:
    """Return what a browser is told of a piece, besides its bytes."""
    facts = {"start": piece.start, "end": piece.end, "mime": piece.mime, "times": piece.times}
    return {"segment": {"video": one.video, "number": one.number, **facts}}
