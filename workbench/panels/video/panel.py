"""Video: plays the video of the frame in focus, with the score curve of the query and the people below it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from workbench.errors import QueryError
from workbench.image_id import file_id
from workbench.panels.base import Answer, Panel, message_of, script, style
from workbench.panels.static_html import sheet_html
from workbench.panels.video.feed import SEGMENT, Piece, SegmentFeed, Wanted, told
from workbench.panels.video.view_model import OpenVideo, curve, lanes, sentence
from workbench.panels.working import LatestJob
from workbench.search.ranges import RangeTable, frames_of, range_table, timecode
from workbench.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from PIL.Image import Image

LONGEST = 120.0
"""Seconds of the longest clip that is exported."""
KINDS = ("mp4", "webm")
STILLS = 12
"""Frames in the still picture of a saved notebook."""
MOST = 1000
"""Videos that the list in the panel offers; others are opened by a click on one of their frames."""


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


class Video(Panel):
    """The video whose frame is in focus, cut on demand for the browser.

    ``video`` tells what is open ({} for none), ``at`` the time looked at, ``marks`` the in and out mark
    (seconds, -1 for none), ``curve`` and ``people`` what is drawn below. Pieces of `SEGMENT` seconds are cut
    on a thread of their own as the browser asks for them.
    """

    _esm = script("video")
    _css = style("video")

    unfolded = traitlets.Bool(False).tag(sync=True)
    video = traitlets.Dict().tag(sync=True)
    at = traitlets.Float(0.0).tag(sync=True)
    marks = traitlets.List(traitlets.Float(), default_value=[-1.0, -1.0]).tag(sync=True)
    curve = traitlets.Dict().tag(sync=True)
    people = traitlets.List(traitlets.Dict()).tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    working = traitlets.Unicode("").tag(sync=True)
    trouble = traitlets.Unicode("").tag(sync=True)
    choices = traitlets.List().tag(sync=True)
    """File id and path of the videos that can be chosen, at most `MOST` of them."""

    def __init__(self, selection: Selection, source: VideoSource, place: str = "desk.video") -> None:
        self.selection, self._source, self._place = selection, source, place
        self._open: OpenVideo | None = None
        self._exported = ""
        self._feed = SegmentFeed(self._cut, self._give, self._fail)
        self._export = LatestJob()
        super().__init__(actions={"cancel": self.cancel})
        paths = selection.table["path"].to_numpy(object)
        named = sorted((str(paths[int(rows[0])]), file) for file, rows in self._rows.items())
        self.choices = [[file, path] for path, file in named[:MOST]]
        self.unfolded = bool(self._rows)
        self._follow()
        selection.observe(lambda _: self._follow(), "focus")
        selection.observe(lambda _: self._draw_curve(), "hits")

    @cached_property
    def _rows(self) -> dict[str, NDArray[np.int32]]:
        return frames_of(self.selection.table)

    # -- the same in Python ----------------------------------------------------------------------------------

    def show(self, video: int | str, at: float | None = None) -> None:
        """Open a video, by its path or a row or image id of one of its frames, at a time (seconds).

        Without ``at`` it opens at the frame given, else at the start. Raises QueryError for what is no video.
        """
        file, begun = self._found(video)
        self._take(OpenVideo.of(self.selection.table, file, self._rows[file]), begun if at is None else at)

    def seek(self, at: float) -> None:
        """Look at another time (seconds) of the open video."""
        self._need()
        if not 0 <= at < float("inf"):
            raise QueryError(f"Invalid time {at}.", "Use seconds from the start of the video.")
        self.at = min(float(at), float(self.video.get("duration") or at))

    def mark(self, start: float | None = None, end: float | None = None) -> None:
        """Set the in and the out mark (seconds); None takes a mark away."""
        self._need()
        first, last = (-1.0 if mark is None else float(mark) for mark in (start, end))
        if 0 <= last <= first:
            raise QueryError(
                f"The out mark {timecode(last)} is not after {timecode(first)}.", "Set the in mark first."
            )
        self.marks = [first, last]

    def focus(self) -> int:
        """Set the focus to the known frame nearest to the time looked at; return its row."""
        row = self._need().nearest(self.at)
        self.selection.focus = row
        return row

    def picture(self) -> "Image":
        """Return the very frame that is seen, decoded exactly, as a PIL image in full size."""
        return self._source.frame_at(self._need().file, self.at)

    def like_this(self) -> None:
        """Search for images like the very frame that is seen, which need not be one of the case."""
        video = self._need()
        with self.shown("Searching"):
            self._source.like(self.picture(), f"frame {timecode(self.at)} of {video.path.rpartition('/')[2]}")

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

    @property
    def frame(self) -> "pd.DataFrame":
        """The frames of the open video that are images: their rows of the table, with time, score and hit."""
        import pandas as pd

        video = self._open
        if video is None:
            return pd.DataFrame(columns=["row", "time", "timecode", "score", "hit", "image_id"])
        found = self.curve or {"scores": [None] * len(video.rows), "hits": []}
        return pd.DataFrame(
            {
                "row": video.rows,
                "time": video.times,
                "timecode": [timecode(t) for t in video.times],
                "score": np.array([np.nan if score is None else score for score in found["scores"]]),
                "hit": np.isin(np.arange(len(video.rows)), found["hits"]),
                "image_id": self.selection.table["image_id"].to_numpy(object)[video.rows],
            }
        )

    def to_code(self) -> str:
        """Return Python that opens the same video at the same time, with the same marks and last export."""
        if self._open is None:
            return ""
        lines = [f"{self._place}.show({self._open.path!r}, at={round(self.at, 3)})"]
        if self.marks != [-1.0, -1.0]:
            first, last = (None if mark < 0 else round(mark, 3) for mark in self.marks)
            lines.append(f"{self._place}.mark({first}, {last})")
        return "\n".join([*lines, *([self._exported] if self._exported else [])])

    def refresh(self) -> None:
        """Show anew who is seen in the open video, as after a decision about faces."""
        video = self._open
        if video is not None and "duration" in self.video:
            self.people = lanes(self._source.people(video.file))
            self.text = sentence(video, self.curve, self.people)

    def cancel(self) -> None:
        """End what is cut."""
        self._feed.stop()
        self._export.stop()
        self.working = ""

    def wait(self, seconds: float | None = None) -> None:
        """Wait until what is being cut or exported is done."""
        self._feed.wait(seconds)
        self._export.wait(seconds)

    def close(self) -> None:
        """Close the panel and end what it cuts."""
        self.cancel()
        super().close()

    def still(self) -> str:
        """Return the chosen frames as HTML with pictures inside, for a saved notebook; "" for none."""
        video = self._open
        if video is None or not self.unfolded:
            return ""
        some = video.rows[np.linspace(0, len(video.rows) - 1, min(STILLS, len(video.rows))).astype(int)]
        times = [timecode(video.time(int(row)))[:-4] for row in some]
        pictures = zip(times, self._source.thumbnails(some.tolist()), strict=True)
        return sheet_html("Video", self.text, list(pictures))

    # -- following the focus and the query -------------------------------------------------------------------

    def _found(self, video: int | str) -> tuple[str, float]:
        """Return the file id of a video and the time of the frame that names it, 0 for the video itself."""
        table = self.selection.table
        if isinstance(video, str) and "#t=" not in video:
            for file, rows in self._rows.items():
                if video == file or video in map(str, table["paths"].iloc[int(rows[0])]):
                    return file, 0.0
            raise QueryError(f"No video {video!r} in this case.", "Use a path of `case.videos.frame`.")
        row = self.selection.row(video) if isinstance(video, str) else int(video)
        file = file_id(str(table["image_id"].iloc[row])) if 0 <= row < len(table) else ""
        if file not in self._rows:
            raise QueryError(f"Row {row} is no frame of a video.", "Use a row of `case.videos.rows(path)`.")
        return file, OpenVideo.of(table, file, self._rows[file]).time(row)

    def _follow(self) -> None:
        """Open the video of the frame in focus; a photo in focus leaves the video open that was."""
        row = self.selection.focus
        if (
            row is None
            or (file := file_id(str(self.selection.table["image_id"].iloc[row]))) not in self._rows
        ):
            return
        opened = OpenVideo.of(self.selection.table, file, self._rows[file])
        self._take(opened, opened.time(row))

    def _take(self, opened: OpenVideo, at: float) -> None:
        if self._open is None or self._open.file != opened.file:
            self._feed.stop()
            self._open, self._exported = opened, ""
            self.error = self.trouble = ""
            with self.hold_sync():
                self.marks, self.people = [-1.0, -1.0], []
                self.video = {"file": opened.file, "path": opened.path, "times": opened.times.tolist()}
                self.at = at
                self._draw_curve()
        else:
            self.at = at

    def _draw_curve(self) -> None:
        if self._open is not None:
            self.curve = curve(self._open, self.selection.hits)
            self.text = sentence(self._open, self.curve, self.people)

    def _need(self) -> OpenVideo:
        if self._open is None:
            raise QueryError("No video is open.", "Click a frame of a video, or call desk.video.show(path).")
        return self._open

    # -- what the browser asks -------------------------------------------------------------------------------

    def _answer_choose(self, file: str) -> None:
        self.show(file)

    def _answer_still(self, at: float) -> Answer:
        """Send the thumbnail of the known frame nearest to a time, to be seen until the video plays."""
        return {}, self._source.thumbnails([self._need().nearest(at)])

    def _answer_unfold(self, on: bool) -> None:
        self.unfolded = on

    def _answer_open(self, file: str) -> Answer | None:
        """Tell how long the open video is, and who is seen in it."""
        video = self._open
        if video is None or video.file != file:
            return None
        found = self._source.probe(file)
        facts = {"duration": found.duration, "fps": found.fps, "sound": found.sound}
        facts |= {"width": found.width, "height": found.height, "codec": found.codec}
        self.video = {**self.video, **facts, "segment": SEGMENT}
        self.refresh()
        return {}, ()

    def _answer_want(self, file: str, numbers: list[int], format: str) -> None:
        if self._open is None or self._open.file != file or format not in KINDS:
            return
        last = int(self.video.get("duration", 0.0) / SEGMENT)
        self._feed.want([Wanted(file, n, format) for n in numbers if 0 <= n <= last])

    def _answer_seen(self, at: float) -> None:
        """Note the time that the browser looks at, which it knows already."""
        if self._open is not None:
            with self.hold_trait_notifications():
                self.set_trait("at", max(0.0, float(at)))

    def _answer_mark(self, start: float, end: float) -> None:
        self.mark(None if start < 0 else start, None if end < 0 else end)

    def _answer_focus(self, at: float) -> None:
        self._answer_seen(at)
        self.focus()

    def _answer_exact(self, at: float, kind: str) -> Answer:
        """Send the very frame at a time as a picture: PNG or JPEG."""
        from io import BytesIO

        self._answer_seen(at)
        picture, data = self.picture(), BytesIO()
        picture.save(data, "PNG" if kind == "png" else "JPEG", quality=92)
        self._exported = f"picture = {self._place}.picture()"
        name = self._name(timecode(float(picture.info["t"])), "png" if kind == "png" else "jpg")
        return {"name": name, "t": picture.info["t"], "size": list(picture.size)}, [data.getvalue()]

    def _answer_like(self, at: float) -> None:
        self._answer_seen(at)
        self.like_this()

    def _answer_ranges(self) -> Answer:
        self._need()
        self._exported = f"ranges = {self._place}.ranges"
        return {"name": self._name("ranges", "csv")}, [self.ranges.to_csv().encode()]

    def _answer_sheet(self, start: int, count: int) -> Answer:
        """Send a page of the contact sheet: the chosen frames with their times."""
        video = self._need()
        rows = video.rows[start : start + count].tolist()
        times = video.times[start : start + count].tolist()
        items = [{"row": row, "t": t} for row, t in zip(rows, times, strict=True)]
        return {"items": items, "total": len(video.rows)}, self._source.thumbnails(rows)

    def _answer_clip(self, at: float, format: str) -> None:
        """Cut the clip on another thread; the browser gets it in a message of its own."""
        self._answer_seen(at)
        video, (start, end) = self._need(), self.span
        if end - start > LONGEST + 1e-6:
            raise QueryError(f"The clip of {end - start:.0f} s is too long.", "Mark 120 s or less.")
        self._exported = f"clip = {self._place}.clip()"
        kind = format if format in KINDS else "mp4"
        self.working, self.trouble = f"Cutting {end - start:.1f} s", ""

        def steps(going: Callable[[], bool]) -> "Iterator[None]":
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

    # -- pieces for the player -------------------------------------------------------------------------------

    def _cut(self, one: Wanted, going: Callable[[], bool]) -> Piece:
        start = one.number * SEGMENT
        end = min(start + SEGMENT, float(self.video.get("duration") or start + SEGMENT))
        options = {"format": one.format, "side": 640, "stream": True, "going": going}
        return self._source.cut(one.video, start, max(end, start + 0.05), **options)

    def _give(self, one: Wanted, piece: Piece) -> None:
        self.send(told(one, piece), [piece.data])

    def _fail(self, one: Wanted, error: Exception) -> None:
        self.send({"segment": {"video": one.video, "number": one.number, "reason": message_of(error)}})
