"""Which frames of a video become images: chosen by change, or one every so many seconds.

Choosing looks at a frame five times a second, shrunk to 32 x 18 pixels, so that it costs less than decoding.
"""

from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Small = NDArray[np.uint8]
Even = NDArray[np.int16]
Plain = Literal["", "blank", "slate"]
"""What an image without a scene is: of one colour or of stripes; a title or another drawing that stands."""

SIZE = (32, 18)
"""Width and height that frames are compared at."""
LOOK = 0.2
"""Seconds between two frames that are looked at."""
MOST = 10.0
"""Seconds after which a frame is chosen in any case, unless it is blank."""

_CHANGE = 0.16  # how far a frame is from the last chosen one, 0 to 1, before another is chosen
_CUT = 0.3  # two frames in a row that differ by more belong to two scenes
_CALM = 0.03  # two frames in a row that differ by less show a scene that stands
_SAME = 0.01  # and by less than this, the same drawing
_PATIENCE = 1.2  # seconds that a frame is sought for in which less moves
_LEAST = 0.4  # seconds between two chosen frames
_BURST = 2.0  # frames that may be chosen at once where few were before: else one a second
_CHANGED_SHARE = 0.04  # the share of a frame that has to change: a person at some distance
_BLANK = 6.0  # greatest mean difference, in greys, from the mean of a frame of one colour
_STRIPES = 2.5  # the same of the rows of test bars from each other
_DRAWN = 0.7  # the share of a drawing that is of one colour
_FEW = 12  # pixels of a frame that make letters
_MOST_SLATES = 64
_CONTRAST, _MOST_GAIN = 56.0, 4.0  # standard deviation of greys that frames are brought to before comparing

Held = TypeVar("Held")


@dataclass(frozen=True, slots=True)
class Chosen(Generic[Held]):
    """A frame that was chosen: its time in seconds, what was held for it, whether it shows no scene."""

    t: float
    held: Held
    plain: Plain


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """Where a frame lies: seconds from the start, seconds and frames a second of its video, None if unknown.

    ``plain``: "blank" for a frame of one colour or of test bars, "slate" for a title that stands, else "".
    """

    t: float
    duration: float | None
    fps: float | None
    plain: str = ""


class Chooser(Protocol[Held]):
    """Takes frames in the order of time and says which to keep, some of them later."""

    def look(self, t: float, small: Small, held: Held) -> list[Chosen[Held]]:
        """Take the frame at ``t``, shrunk; return those chosen now."""
        ...

    def due(self, t: float) -> bool:
        """Tell whether the frame at ``t`` is to be looked at; shrinking others is not worth it."""
        ...

    def finish(self) -> list[Chosen[Held]]:
        """Return what is still to be chosen when the video has ended."""
        ...


def choice_key(frames: "str | float") -> str:
    """Return what names a choice: "change", or a number of seconds; part of the key of what was examined."""
    return "change-1" if frames == "change" else f"every-{float(frames):g}-1"


def frames_of(key: str | None) -> "str | float | None":
    """Return the choice that a key of `choice_key` names, of any release; None for another key."""
    name, _, rest = (key or "").partition("-")
    if name == "change":
        return "change"
    try:
        return float(rest.rpartition("-")[0]) if name == "every" else None
    except ValueError:
        return None


def chooser(key: str, after: float | None = None) -> "Chooser[Held]":
    """Return what chooses by a key of `choice_key`; ``after``: the time of the last frame chosen before."""
    if key == "change-1":
        return ByChange(after)
    return AtIntervals(float(frames_of(key) or 1.0), after)


@dataclass
class AtIntervals(Generic[Held]):
    """Chooses the first frame in each stretch of ``every`` seconds, blank ones too."""

    every: float
    after: float | None = None

    def due(self, t: float) -> bool:
        """Tell whether a frame lies in another stretch than the last chosen one."""
        return self.after is None or int(t / self.every + 1e-6) > int(self.after / self.every + 1e-6)

    def look(self, t: float, small: Small, held: Held) -> list[Chosen[Held]]:
        """Choose the frame if it is due."""
        if not self.due(t):
            return []
        self.after = t
        return [Chosen(t, held, plain(small))]

    def finish(self) -> list[Chosen[Held]]:
        """Return nothing: no frame waits."""
        return []


@dataclass
class _Candidate(Generic[Held]):
    """A frame that waits since ``since``: how much moves in it, and whether a cut lies right before it."""

    t: float
    small: Small
    held: Held
    moves: float
    cut: bool
    since: float


@dataclass
class ByChange(Generic[Held]):
    """Chooses where a scene begins and where enough of it has changed, one every ten seconds at least.

    A frame that moves waits a moment for one that stands, so that blends and blurs are not chosen where there
    is better. Blank frames are chosen only if there is nothing else, a drawing that stands once. At most
    about one a second is chosen: a second of rest earns one frame, two are saved up.
    """

    after: float | None = None
    _kept: Even | None = None
    _before: tuple[Small, Even] | None = None
    _next: float = -1.0
    _saved: float = _BURST
    _counted: float = 0.0
    _waiting: "_Candidate[Held] | None" = None
    _blank: "Chosen[Held] | None" = None
    _slates: list[Small] = field(default_factory=list)

    def due(self, t: float) -> bool:
        """Tell whether enough time has passed since the last look."""
        return t >= self._next

    def look(self, t: float, small: Small, held: Held) -> list[Chosen[Held]]:
        """Take the frame at ``t`` (seconds) and return what is chosen now: it, an earlier one, or nothing."""
        self._next = t + LOOK - 1e-3
        now, before, self._before = even(small), self._before, None
        self._before = (small, now)
        if self.after is not None and self._kept is None:  # going on after an interruption
            self._kept, self._counted = now, t
            return []
        moves = 1.0 if before is None else motion(small, before[0])
        cut = before is None or difference(now, before[1]) > _CUT
        self._saved = min(_BURST, self._saved + max(0.0, t - self._counted))
        self._counted = t
        chosen = self._release() if cut else []
        if plain(small) == "blank":
            self._blank = self._blank or Chosen(t, held, "blank")
            self._waiting = None
        elif self._wanted(t, now):
            self._wait(_Candidate(t, small, held, moves, cut, since=t))
            if moves < _CALM or (self._waiting and t - self._waiting.since >= _PATIENCE):
                chosen += self._release()
        else:  # what had changed is as it was
            self._waiting = None
        return chosen

    def finish(self) -> list[Chosen[Held]]:
        """Return the frame that waits; a blank one where nothing else was chosen."""
        chosen = self._release()
        if not chosen and self.after is None and self._blank:
            return [self._blank]
        return chosen

    def _wanted(self, t: float, now: Even) -> bool:
        if self.after is None or self._kept is None:
            return True
        if t - self.after < _LEAST:
            return False
        return t - self.after >= MOST or difference(now, self._kept) > _CHANGE

    def _wait(self, candidate: "_Candidate[Held]") -> None:
        """Let a frame wait, or leave the one that waits if less moves in it."""
        waiting = self._waiting
        if waiting is None:
            self._waiting = candidate
        elif candidate.moves <= waiting.moves:
            candidate.since = waiting.since
            self._waiting = candidate

    def _release(self) -> list[Chosen[Held]]:
        """Choose the frame that waits, if one may be chosen now.

        It is left out where it lies between two cuts: then it is one of a fast fade, or of a flash.
        """
        waiting = self._waiting
        if waiting is None or (self._saved < 1 and self.after is not None):
            return []
        self._waiting = None
        if waiting.cut and waiting.moves >= _CALM and self.after is not None:
            return []
        kind: Plain = ""
        if waiting.moves < _CALM and plain(waiting.small) == "slate":
            if any(motion(waiting.small, slate) < _SAME for slate in self._slates):
                return []
            kind = "slate"
            self._slates = [*self._slates, waiting.small][-_MOST_SLATES:]
        self._saved -= 1
        self.after, self._kept = waiting.t, even(waiting.small)
        return [Chosen(waiting.t, waiting.held, kind)]


def even(small: Small) -> Even:
    """Return a small frame with a contrast and brightness that all have, int16 (3, 18, 32).

    A fade, a cloud before the sun and a camera that adjusts itself then change little. The contrast is
    raised four times at most.
    """
    pixels = small.astype(np.float32)
    centred = pixels - pixels.mean()
    gain = min(_MOST_GAIN, _CONTRAST / max(1.0, float(centred.std())))
    return np.ascontiguousarray(np.moveaxis((centred * gain).astype(np.int16), 2, 0))


def difference(one: Even, other: Even) -> float:
    """Return from 0 to 1 how far two frames of `even` differ where they differ most.

    That is the mean over the ``_CHANGED_SHARE`` of the pixels that changed most, so that a person who walks
    into a wide view counts. Each pixel is compared with the nine around its place in the other frame, and
    the least difference counts: a camera held by hand moves by less than that between two frames.
    """
    around = np.pad(other, ((0, 0), (1, 1), (1, 1)), mode="edge")
    height, width = one.shape[1:]
    least, apart = np.full((height, width), 255, np.int16), np.empty_like(one)
    for y in range(3):
        for x in range(3):
            np.subtract(one, around[:, y : y + height, x : x + width], out=apart)
            np.minimum(least, np.abs(apart, out=apart).max(axis=0), out=least)
    return _most(least)


def motion(one: Small, other: Small) -> float:
    """Return from 0 to 1 how much moves, brightens or darkens between two small frames, where most does."""
    return _most(np.abs(one.astype(np.int16) - other).max(axis=2))


def _most(apart: NDArray[np.int16]) -> float:
    count = max(1, round(_CHANGED_SHARE * apart.size))
    return float(np.partition(apart.ravel(), -count)[-count:].mean()) / 255


def plain(small: Small) -> Plain:
    """Tell a small frame (18, 32, 3) of one colour, or of test bars, and one that is mostly of one colour."""
    pixels = small.astype(np.float32)
    middle = pixels[2:-2, 2:-2]
    apart = np.abs(middle - middle.mean(axis=(0, 1))).mean(axis=2)
    if apart.mean() < _BLANK and np.sort(apart, axis=None)[-_FEW:].mean() < 3 * _BLANK:
        return "blank"
    upper = pixels[2 : len(pixels) * 6 // 10]
    if np.abs(upper - upper.mean(axis=0)).mean() < _STRIPES:
        return "blank"
    colours = (small // 16).astype(np.int32) @ np.array([256, 16, 1])
    most = np.bincount(colours.ravel()).max() / colours.size
    return "slate" if most >= _DRAWN else ""
