"""Videos of a case: which there are, clips and single frames of them, contact sheets."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from workbench.case.arguments import checked, one_of, or_none, real, whole
from workbench.case.safe_output import new_file
from workbench.errors import QueryError
from workbench.image_id import file_id
from workbench.media import clips
from workbench.media.decode import DecodeError
from workbench.media.decoded import DecodedImage
from workbench.media.read import ReadError, open_file, size_and_time
from workbench.search.image_lookup import ImageLookup
from workbench.search.ranges import frames_of, timecode, times_of
from workbench.store.case_folder import CaseFolder
from workbench.store.snapshot import latest_files

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

    from workbench.media.clips import Clip, Format, Probe

COLUMNS = ["video", "file_id", "frames", "first", "last"]
MOST = 120
"""Frames on a contact sheet where nobody asks for more: as many, at equal distances."""
GAP, LINE = 8, 16
"""Pixels between the frames of a contact sheet, and of the line with the time below each."""


class Videos:
    """The videos of a case whose frames are among its images.

    A video is given by its path, or by a frame of it: a row or an image id. Verbs raise QueryError for what
    is no video of the case, for a time that is not in it, and where the file cannot be read or is another one
    than at the last ingest.
    """

    def __init__(
        self,
        folder: CaseFolder,
        images: "pd.DataFrame",
        lookup: ImageLookup,
        thumbnails: Callable[[Sequence[int]], list[bytes]],
    ) -> None:
        self._folder, self._images, self._lookup, self._thumbnails = folder, images, lookup, thumbnails
        self._probes: dict[str, Probe] = {}

    @cached_property
    def _rows(self) -> dict[str, NDArray[np.int32]]:
        """The rows of the frames of each video in time order, by file id."""
        return frames_of(self._images)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a video: video (path), file_id, frames (how many are images), first and last (seconds)."""
        import pandas as pd

        paths = self._images["path"].to_numpy(object)
        rows = []
        for file, some in self._rows.items():
            times = times_of(self._images, some)
            rows.append((paths[some[0]], file, len(some), float(times[0]), float(times[-1])))
        return pd.DataFrame(sorted(rows), columns=COLUMNS)

    def rows(self, video: int | str) -> NDArray[np.int32]:
        """Return the rows of the images that are frames of a video, in time order (F,)."""
        return self._rows[self.file(video)].copy()

    def times(self, video: int | str) -> NDArray[np.float64]:
        """Return when those frames are, seconds from the start of the video (F,)."""
        return times_of(self._images, self._rows[self.file(video)])

    def file(self, video: int | str) -> str:
        """Return the file id of a video; raise QueryError for what is none."""
        if isinstance(video, str) and video in self._rows:
            return video
        if isinstance(video, str) and (file := self._named.get(video)):
            return file
        row = self._lookup.row(video)
        file = file_id(self._lookup.ids[row])
        if file not in self._rows:
            what = f"{self._lookup.shown(row)} is no video, and no frame of one."
            raise QueryError(what, "Use a path of `case.videos.frame`.")
        return file

    @cached_property
    def _named(self) -> dict[str, str]:
        paths = self._images["paths"].to_numpy(object)
        return {str(path): file for file, rows in self._rows.items() for path in paths[rows[0]]}

    def probe(self, video: int | str) -> "Probe":
        """Return what a video is: duration (seconds), width, height (pixels, upright), fps, sound, codec."""
        file = self.file(video)
        if file not in self._probes:
            self._probes[file] = self._try(file, clips.probe)
        return self._probes[file]

    @checked(
        start=real(0, example=12.0),
        end=real(0, example=19.5),
        format=one_of("mp4", "webm"),
        side=whole(16, 4096, 640),
    )
    def clip(
        self, video: int | str, start: float, end: float, *, format: "Format" = "mp4", side: int = 1280
    ) -> "Clip":
        """Return a part of a video as a file of its own: ``clip.data`` are its bytes, ``clip.mime`` its kind.

        From ``start`` to ``end`` seconds, at most 120, exact to the frame; H.264 and AAC, or VP8 and Opus for
        "webm"; its longer side has at most ``side`` pixels.
        """
        return self.cut(self.file(video), start, end, format=format, side=side)

    def cut(self, file: str, start: float, end: float, **options: Any) -> "Clip":
        """Return a clip of the video with this file id; ``options`` are those of ``media.clips.cut``."""
        self._check_time(start)
        if not start < end:
            raise QueryError(f"The clip from {start} to {end} s is empty.", "Pass the earlier time first.")
        if end - start > clips.LONGEST + 1e-6:
            what = f"A clip of {end - start:.0f} s is too long."
            raise QueryError(what, f"Ask for {clips.LONGEST:.0f} s or less.")
        made: Clip = self._try(file, lambda source: clips.cut(source, start, end, **options))
        return made

    @checked(start=real(0, example=12.0), end=real(0, example=19.5), side=whole(16, 4096, 640))
    def save_clip(
        self, video: int | str, start: float, end: float, path: str | Path, *, side: int = 1280
    ) -> Path:
        """Write a clip as MP4 into a new file, or as WebM where ``path`` ends so; return its path.

        Nothing is written over, and nothing into the source or the case. Raises CaseError or QueryError.
        """
        target = self.new_file(path)
        format: Format = "webm" if target.suffix.lower() == ".webm" else "mp4"
        data = self.clip(video, start, end, format=format, side=side).data
        with target.open("xb") as file:
            file.write(data)
        return target

    def new_file(self, path: str | Path) -> Path:
        """Return where a new file may be written; raise CaseError for one that is there, or in the source."""
        return new_file(path, (self._folder.source, self._folder.root))

    @checked(t=real(0, example=12.04))
    def frame_at(self, video: int | str, t: float) -> "Image":
        """Return the very frame seen at ``t`` seconds as a PIL image: upright, in full size.

        Its ``info["t"]`` says when that frame begins.
        """
        from workbench.media.video import frame_at

        self._check_time(t)
        seen: DecodedImage = self._try(self.file(video), lambda source: frame_at(source, t))
        picture = seen.image
        picture.info["t"] = seen.facts.frame.t if seen.facts.frame else t
        return picture

    @checked(columns=whole(1, 24, 6), width=whole(100, 8000, 1200), most=or_none(whole(1, 5000, 120)))
    def contact_sheet(
        self, video: int | str, *, columns: int = 6, width: int = 1200, most: int | None = MOST
    ) -> "Image":
        """Return the chosen frames of a video with their times in one PIL picture of ``width`` pixels.

        Of more than ``most`` frames as many are shown, at equal distances; None shows all.
        """
        rows = self._rows[self.file(video)]
        if most is not None and len(rows) > most:
            rows = rows[np.linspace(0, len(rows) - 1, most).round().astype(int)]
        labels = [timecode(t) for t in times_of(self._images, rows)]
        return sheet(self._thumbnails(rows.tolist()), labels, columns, width)

    def _check_time(self, t: float) -> None:
        if not 0 <= t < float("inf"):
            raise QueryError(f"Invalid time {t}.", "Use seconds from the start of the video.")

    def _try(self, file: str, work: Callable[[BinaryIO], Any]) -> Any:
        """Do something with the first path of a video that still has it; raise QueryError with the reason."""
        name = str(self._images["path"].iloc[int(self._rows[file][0])])
        why = "the file is not the one that was ingested"
        for place in self._places(file):
            try:
                with open_file(place) as source:
                    return work(source)
            except (clips.ClipError, ReadError) as error:
                why = str(error)
            except DecodeError as error:
                why = error.reason
        raise QueryError(f"{name}: {why}.", "Look at the file, and ingest again where it has changed.")

    def _places(self, file: str) -> Iterator[bytes]:
        """Yield where a video lies, as far as size and time of change are those of the last ingest."""
        for raw_path, size, mtime in self._files.get(file, ()):
            try:
                place = self._folder.place(raw_path)
                if size_and_time(place) == (size, mtime):
                    yield place
            except (OSError, ReadError):
                continue

    @cached_property
    def _files(self) -> dict[str, list[tuple[bytes, int, int]]]:
        files = latest_files(self._folder)
        files = files[(files["status"] == "ok") & files["image_id"].isin(list(self._rows))]
        found: dict[str, list[tuple[bytes, int, int]]] = {}
        columns = (files[name] for name in ("image_id", "raw_path", "size", "mtime_ns"))
        for file, raw_path, size, mtime in zip(*columns, strict=True):
            found.setdefault(str(file), []).append((raw_path, int(size), int(mtime)))
        return found

    def __repr__(self) -> str:
        return f"<{len(self)} videos, {sum(map(len, self._rows.values())):,} frames of them>"


def sheet(jpegs: Iterable[bytes], labels: Sequence[str], columns: int, width: int) -> "Image":
    """Return pictures in a grid with a line of text below each, as one PIL picture of ``width`` pixels."""
    from PIL import Image, ImageDraw, ImageOps

    pictures = [Image.open(BytesIO(jpeg)).convert("RGB") if jpeg else None for jpeg in jpegs]
    columns = max(1, min(columns, len(labels)))
    side = max(8, (width - GAP * (columns + 1)) // columns)
    shapes = [picture.height / picture.width for picture in pictures if picture]
    tall = max(8, round(side * (float(np.median(shapes)) if shapes else 0.75)))
    lines = -(-len(labels) // columns)
    page = Image.new("RGB", (width, GAP + lines * (tall + LINE + GAP)), "#ffffff")
    draw = ImageDraw.Draw(page)
    for place, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        x, y = GAP + place % columns * (side + GAP), GAP + place // columns * (tall + LINE + GAP)
        draw.rectangle((x, y, x + side - 1, y + tall - 1), "#e6e6e6")
        if picture is not None:
            shown = ImageOps.contain(picture, (side, tall))
            page.paste(shown, (x + (side - shown.width) // 2, y + (tall - shown.height) // 2))
        draw.text((x, y + tall + 1), label, "#444444", font_size=12)
    return page
