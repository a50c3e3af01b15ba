"""What the Video panel exports: a clip, the very frame that is seen, a table of ranges."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from workbench.errors import QueryError
from workbench.panels.base import Answer, Panel, message_of
from workbench.panels.video.feed import SEGMENT, Piece
from workbench.panels.video.view_model import OpenVideo
from workbench.panels.working import LatestJob
from workbench.search.ranges import RangeTable, range_table, timecode
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

LONGEST = 120.0
"""Seconds of the longest clip that is exported."""
KINDS = ("mp4", "webm")


@dataclass(frozen=True, eq=False)
class VideoSource:
    """What the panel gets of a case; a video is given by its file id.

    ``probe(file)`` tells ``duration``, ``fps`` and ``sound``; ``cut(file, start, end, **options)`` returns a
    clip (see ``media.clips.cut``); ``frame_at(file, t)`` a PIL image with ``info["t"]``; ``save_clip(file,
    start, end, path)`` writes a clip into a new file; ``new_file(path)`` refuses what may not be written;
    ``thumbnails(rows)`` JPEGs; ``people(file)`` the appearances in it, a row a range.
    """

    probe: Callable[[str], Any]
    cut: Callable[..., Piece]
    frame_at: "Callable[[str, float], Image]"
    save_clip: Callable[..., Path]
    new_file: Callable[[str | Path], Path]
    thumbnails: Callable[[Sequence[int]], list[bytes]]
    people: "Callable[[str], pd.DataFrame]"
    like: "Callable[[Image, str], None]" = lambda picture, name: None


class VideoExports(Panel):
    """A panel with an open video, from which it exports what lies at the time looked at or between the marks.

    ``video`` tells what is open ({} for none), ``at`` the time looked at, ``marks`` the in and out mark
    (seconds, -1 for none), ``curve`` what was found;
    ``working`` says what is being cut, ``trouble`` why that failed.
    """

    video = traitlets.Dict().tag(sync=True)
    at = traitlets.Float(0.0).tag(sync=True)
    marks = traitlets.List(traitlets.Float(), default_value=[-1.0, -1.0]).tag(sync=True)
    curve = traitlets.Dict().tag(sync=True)
    working = traitlets.Unicode("").tag(sync=True)
    trouble = traitlets.Unicode("").tag(sync=True)

    def __init__(self, selection: Selection, source: VideoSource, place: str, **given: Any) -> None:
        self.selection, self._source, self._place = selection, source, place
        self._open: OpenVideo | None = None
        self._exported = ""
        self._export = LatestJob()
        super().__init__(**given)

    def picture(self) -> "Image":
        """Return the very frame that is seen, decoded exactly, as a PIL image in full size."""
        return self._source.frame_at(self._need().file, self.at)

    def clip(self, format: str = "mp4") -> Piece:
        """Return the clip between the marks, or around the time looked at: ``clip.data`` are its bytes.

        Without marks it is the event at that time, else the ten seconds around it. Raises QueryError for more
        than 120 s.
        """
        start, end = self.span
        return self._source.cut(self._need().file, start, end, format=format, side=1280)

    def save_clip(self, path: str | Path) -> Path:
        """Write that clip as MP4 (or WebM, by the ending) into a new file; return its path."""
        start, end = self.span
        return self._source.save_clip(self._need().file, start, end, path)

    def save_frame(self, path: str | Path) -> Path:
        """Write the very frame that is seen as PNG or JPEG, by the ending, into a new file."""
        target = self._source.new_file(path)
        if target.suffix.lower() not in (".png", ".jpg", ".jpeg"):
            raise QueryError(f"Unknown kind of picture {target.suffix!r}.", "Use .png or .jpg.")
        self.picture().save(target, quality=92)
        return target

    def save_ranges(self, path: str | Path) -> Path:
        """Write `ranges` as CSV into a new file; formulas are disarmed."""
        target = self._source.new_file(path)
        with target.open("x", encoding="utf-8", newline="") as file:
            file.write(self.ranges.to_csv())
        return target

    @property
    def ranges(self) -> RangeTable:
        """The events of the current query in the open video: the rows of ``hits.ranges`` that are in it."""
        hits, video = self.selection.hits, self._open
        inside = [] if hits is None or video is None else hits.events
        found = [event for event in inside if video is not None and event.video == video.path]
        return range_table(found, self.selection.table)

    @property
    def span(self) -> tuple[float, float]:
        """What an exported clip goes from and to, seconds."""
        start, end = self.marks
        whole = float(self.video.get("duration") or self.at + SEGMENT)
        if start >= 0 or end >= 0:
            first = max(start, 0.0)
            return first, end if end > first else min(whole, first + LONGEST)
        for first, last, *_ in self.curve.get("ranges", ()):
            if first <= self.at < last:
                return float(first), min(float(last), float(first) + LONGEST)
        first = max(0.0, min(self.at, whole) - SEGMENT / 2)
        return first, max(min(whole, first + SEGMENT), first + 0.1)

    def _need(self) -> OpenVideo:
        if self._open is None:
            raise QueryError("No video is open.", "Click a frame of a video, or call desk.video.show(path).")
        return self._open

    def _see(self, at: float) -> None:
        """Note the time that the browser looks at."""
        if self._open is not None:
            self.at = max(0.0, float(at))

    def _answer_exact(self, at: float, kind: str) -> Answer:
        """Send the very frame at a time as a picture: PNG or JPEG."""
        self._see(at)
        picture, data = self.picture(), BytesIO()
        picture.save(data, "PNG" if kind == "png" else "JPEG", quality=92)
        self._exported = f"picture = {self._place}.picture()"
        name = self._name(timecode(float(picture.info["t"])), "png" if kind == "png" else "jpg")
        return {"name": name, "t": picture.info["t"], "size": list(picture.size)}, [data.getvalue()]

    def _answer_ranges(self) -> Answer:
        self._need()
        self._exported = f"ranges = {self._place}.ranges"
        return {"name": self._name("ranges", "csv")}, [self.ranges.to_csv().encode()]

    def _answer_clip(self, at: float, format: str) -> None:
        """Cut the clip on another thread; the browser gets it in a message of its own."""
        self._see(at)
        video, (start, end) = self._need(), self.span
        if end - start > LONGEST + 1e-6:
            raise QueryError(f"The clip of {end - start:.0f} s is too long.", "Mark 120 s or less.")
        self._exported = f"clip = {self._place}.clip()"
        kind = format if format in KINDS else "mp4"
        self.working, self.trouble = f"Cutting {end - start:.1f} s", ""

        def steps(going: Callable[[], bool]) -> Iterator[None]:
            try:
                made = self._source.cut(video.file, start, end, format=kind, side=1280, going=going)
            except Exception as error:
                if going():
                    self.trouble, self.working = message_of(error), ""
                return
            yield
            name = self._name(f"{timecode(start)[:-4]}-{timecode(end)[:-4]}", kind)
            self.send({"exported": {"name": name, "mime": made.mime}}, [made.data])
            self.working = ""

        self._export.run(steps)

    def _name(self, part: str, suffix: str) -> str:
        """Return what an exported file is called."""
        stem = self._need().path.rpartition("/")[2].rpartition(".")[0] or "video"
        return f"{stem}_{part}.{suffix}".replace(":", "-")
