"""Video: plays the video of the frame in focus, with the score curve of the query and the people below it."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import traitlets
from numpy.typing import NDArray

from workbench.errors import QueryError
from workbench.image_id import file_id
from workbench.panels.base import Answer, message_of, script, style
from workbench.panels.static_html import sheet_html
from workbench.panels.video.exports import KINDS, VideoExports, VideoSource
from workbench.panels.video.feed import SEGMENT, Piece, SegmentFeed, Wanted, told
from workbench.panels.video.view_model import OpenVideo, curve, lanes, sentence
from workbench.search.ranges import frames_of, timecode
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

STILLS = 12
"""Frames in the still picture of a saved notebook."""
MOST = 1000
"""Videos that the list in the panel offers; others are opened by a click on one of their frames."""


class Video(VideoExports):
    """The video whose frame is in focus, cut on demand for the browser.

    ``curve`` and ``people`` are drawn below it. Pieces of `SEGMENT` seconds are cut on a thread of their own
    as the browser asks for them.
    """

    _esm = script("video")
    _css = style("video")

    unfolded = traitlets.Bool(False).tag(sync=True)
    people = traitlets.List(traitlets.Dict()).tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    choices: traitlets.List[list[str]] = traitlets.List().tag(sync=True)
    """File id and path of the videos that can be chosen, at most `MOST` of them."""

    def __init__(self, selection: Selection, source: VideoSource, place: str = "desk.video") -> None:
        self._feed = SegmentFeed(self._cut, self._give, self._fail)
        super().__init__(selection, source, place, actions={"cancel": self.cancel})
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

    def like_this(self) -> None:
        """Search for images like the very frame that is seen, which need not be one of the case."""
        video = self._need()
        with self.shown("Searching"):
            self._source.like(self.picture(), f"frame {timecode(self.at)} of {video.path.rpartition('/')[2]}")

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

    def _answer_mark(self, start: float, end: float) -> None:
        self.mark(None if start < 0 else start, None if end < 0 else end)

    def _answer_focus(self, at: float) -> None:
        self._see(at)
        self.focus()

    def _answer_like(self, at: float) -> None:
        self._see(at)
        self.like_this()

    def _answer_sheet(self, start: int, count: int) -> Answer:
        """Send a page of the contact sheet: the chosen frames with their times."""
        video = self._need()
        rows = video.rows[start : start + count].tolist()
        times = video.times[start : start + count].tolist()
        items = [{"row": row, "t": t} for row, t in zip(rows, times, strict=True)]
        return {"items": items, "total": len(video.rows)}, self._source.thumbnails(rows)

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
