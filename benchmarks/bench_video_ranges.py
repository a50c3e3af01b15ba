"""Measure how well hits in videos are merged into ranges of time.

    python -m benchmarks.bench_video_ranges FOLDER [--photos 96]

FOLDER holds ``captions.csv`` (file, caption_1, ...) and the photos it names, such as those of Flickr8k. They
become the shots of made videos, twelve a video, each 3 to 12 s long: a slow pan and zoom over the photo,
joined by cuts or dissolves. A query is the first caption of a photo; right is the range of its shot, with a
temporal intersection over union of 0.5 or more. ``mini`` searches the frames of all videos: those chosen by
change (a cut, or enough difference to the last one; at least one every ten seconds and at most one a second),
or one a second. Found is what reaches a probability of 0.5; where nothing does, the best event.
"""

import argparse
import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from benchmarks.table import Row, show
from workbench.analysis.captions import default_vocabulary
from workbench.analysis.time_ranges import TimeRange, ends, time_ranges
from workbench.image_id import make
from workbench.ingest import Embedder
from workbench.models import load
from workbench.search.ranges import frames_of, times_of
from workbench.search.ranker import Ranked, Ranker
from workbench.search.request import Limits

SHOTS = 12
LENGTHS = (3.0, 12.0)
DISSOLVE = 0.8  # seconds; every third cut is one
LOOKED = 0.2  # seconds between two frames that may be chosen
LEAST, MOST = 1.0, 10.0
CHANGE = 0.05  # mean difference of 32 x 32 grey cells, [0, 1], from which on a frame is another one
RIGHT = 0.5
FOUND = 0.5
BATCH = 32

Truth = tuple[int, float, float]
Found = list[tuple[int, float, float]]


@dataclass(frozen=True)
class Frames:
    """Frames of videos as a case holds them, ready to be searched; ``lengths`` (V,) in seconds."""

    images: pd.DataFrame
    ranker: Ranker
    lengths: list[float]


def main() -> None:
    options = arguments()
    photos, captions = read(options.folder, options.photos)
    model = load("mini")
    videos = [
        made(photos[start : start + SHOTS], seed) for seed, start in enumerate(range(0, len(photos), SHOTS))
    ]
    truth = [(number, start, end) for number, video in enumerate(videos) for start, end in video.shots]
    queries = embedded(model, captions)
    phrases = embedded(model, default_vocabulary())
    chosen = frames(model, videos, [video.chosen() for video in videos], phrases)
    second = frames(model, videos, [np.arange(0, video.length, 1.0) for video in videos], phrases)
    print(show(list(rows(chosen, second, queries, truth))))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=96)
    return parser.parse_args()


def read(folder: Path, count: int) -> tuple[list[Image.Image], list[str]]:
    """Return photos and the first caption of each, spread over the table."""
    with (folder / "captions.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    some = table[:: max(1, len(table) // count)][: count // SHOTS * SHOTS]
    return [Image.open(folder / row["file"]).convert("RGB") for row in some], [
        row["caption_1"] for row in some
    ]


@dataclass(frozen=True)
class Made:
    """A video: photos as shots, ``shots`` their start and end, ``moves`` (S, 2) where the camera goes."""

    photos: Sequence[Image.Image]
    shots: list[tuple[float, float]]
    moves: NDArray[np.float64]

    @property
    def length(self) -> float:
        """Seconds."""
        return self.shots[-1][1]

    def at(self, t: float) -> Image.Image:
        """Return what is seen at a time: a shot, or two of them where one dissolves into the next."""
        place = min(int(np.searchsorted([end for _, end in self.shots], t, "right")), len(self.shots) - 1)
        seen = self._shot(place, t)
        left = self.shots[place][1] - t
        if left < DISSOLVE and place + 1 < len(self.shots) and place % 3 == 2:
            return Image.blend(self._shot(place + 1, t), seen, left / DISSOLVE)
        return seen

    def _shot(self, place: int, t: float) -> Image.Image:
        photo, (start, end) = self.photos[place], self.shots[place]
        done = float(np.clip((t - start) / (end - start), 0, 1))
        size = np.array(photo.size) * (0.95 - 0.25 * done)
        left, top = (np.array(photo.size) - size) * (0.5 + self.moves[place] * (done - 0.5))
        return photo.resize((224, 224), Image.Resampling.BILINEAR, (left, top, left + size[0], top + size[1]))

    def chosen(self) -> NDArray[np.float64]:
        """Return the times of the frames chosen by change."""
        kept: list[float] = []
        last: NDArray[np.float64] | None = None
        for t in np.arange(0, self.length, LOOKED):
            cells = np.asarray(self.at(float(t)).convert("L").resize((32, 32)), np.float64) / 255
            since = t - kept[-1] if kept else np.inf
            changed = last is None or np.abs(cells - last).mean() >= CHANGE
            if since >= MOST - 1e-9 or (since >= LEAST - 1e-9 and changed):
                kept.append(float(t))
                last = cells
        return np.array(kept)


def made(photos: Sequence[Image.Image], seed: int) -> Made:
    chance = np.random.default_rng(seed)
    bounds = np.concatenate([[0.0], np.cumsum(chance.uniform(*LENGTHS, len(photos)))])
    shots = list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))
    return Made(photos, shots, chance.uniform(-0.9, 0.9, (len(photos), 2)))


def embedded(model: Embedder, texts: Sequence[str]) -> NDArray[np.float32]:
    return np.concatenate([model.embed_texts(texts[i : i + BATCH]) for i in range(0, len(texts), BATCH)])


def frames(
    model: Embedder,
    videos: Sequence[Made],
    times: Sequence[NDArray[np.float64]],
    phrases: NDArray[np.float32],
) -> Frames:
    """Embed the frames of videos at some times."""
    moments = [(number, float(t)) for number, some in enumerate(times) for t in some]
    vectors = []
    for start in range(0, len(moments), BATCH):
        batch = [model.prepare(videos[number].at(t)) for number, t in moments[start : start + BATCH]]
        vectors.append(model.embed_images(np.stack(batch)))
    ids = [make(f"{number:064x}", t=t) for number, t in moments]
    images = pd.DataFrame({"image_id": ids, "path": [f"{number}.mp4" for number, _ in moments]})
    ranker = Ranker(images, np.concatenate(vectors), phrases=lambda: phrases)
    return Frames(images, ranker, [video.length for video in videos])


def rows(
    chosen: Frames, second: Frames, queries: NDArray[np.float32], truth: Sequence[Truth]
) -> Iterator[Row]:
    yield Row(
        "videos, shots and queries, seconds",
        f"{len(chosen.lengths)}, {len(truth)}, {sum(chosen.lengths):.0f}",
    )
    yield Row("frames: by change, one a second", f"{len(chosen.images)}, {len(second.images)}")
    for name, some in (("frames by change", chosen), ("one a second", second)):
        ranked = [some.ranker.rank(query, True, Limits(50)) for query in queries]
        yield measured(f"{name}, merged", [merged(some, one) for one in ranked], truth)
        yield measured(f"{name}, not merged", [alone(some, one) for one in ranked], truth)
        for rise in (0.5, 0.9):
            yield measured(f"{name}, rise {rise}", [merged(some, one, rise=rise) for one in ranked], truth)
        for dips in (0, 2):
            yield measured(f"{name}, dips {dips}", [merged(some, one, dips=dips) for one in ranked], truth)


def merged(some: Frames, ranked: Ranked, **settings: float) -> Found:
    return ranges(
        some,
        ranked,
        lambda times, fit, hit, length: time_ranges(times, fit, hit, duration=length, **settings),
    )


def alone(some: Frames, ranked: Ranked) -> Found:
    def each(
        times: NDArray[np.float64], fit: NDArray[np.float64], hit: NDArray[np.bool_], length: float
    ) -> list[TimeRange]:
        until = ends(times, length)
        return [TimeRange(times[i], until[i], np.array([i]), int(i)) for i in np.flatnonzero(hit)]

    return ranges(some, ranked, each)


def ranges(some: Frames, ranked: Ranked, merge: Callable[..., list[TimeRange]]) -> Found:
    """Return the ranges found: video, start, end; the best first."""
    sure = {int(row): chance for row, chance in zip(ranked.rows, ranked.chances, strict=True)}
    hits = [row for row, chance in sure.items() if chance >= FOUND] or [int(ranked.rows[0])]
    everywhere = ranked.everywhere()
    found = []
    for number, frame_rows in frames_of(some.images, np.array(hits)).items():
        video = int(number, 16)
        for one in merge(
            times_of(some.images, frame_rows),
            everywhere[frame_rows].astype(np.float64),
            np.isin(frame_rows, hits),
            some.lengths[video],
        ):
            found.append((float(everywhere[frame_rows[one.best]]), (video, one.start, one.end)))
    return [place for _, place in sorted(found, key=lambda pair: -pair[0])]


def measured(what: str, found: Sequence[Found], truth: Sequence[Truth]) -> Row:
    right = [[overlap(one, true) >= RIGHT for one in some] for some, true in zip(found, truth, strict=True)]
    recall = np.mean([any(some) for some in right])
    first = np.mean([some[0] for some in right])
    precision = sum(map(sum, right)) / sum(map(len, right))
    ious = [max(overlap(one, true) for one in some) for some, true in zip(found, truth, strict=True)]
    shown = f"recall {recall:.2f}, precision {precision:.2f}, best event right {first:.2f}, "
    shown += f"mean IoU {np.mean(ious):.2f}"
    return Row(what, shown)


def overlap(a: Truth, b: Truth) -> float:
    """Return the temporal intersection over union of two ranges."""
    shared = max(0.0, min(a[2], b[2]) - max(a[1], b[1])) if a[0] == b[0] else 0.0
    return shared / max((a[2] - a[1]) + (b[2] - b[1]) - shared, 1e-9)


if __name__ == "__main__":
    main()
