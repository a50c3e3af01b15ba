"""Measure the choice of frames and its speed, on videos made from photos and on given ones.

    python benchmarks/bench_video.py PHOTOS [--videos FOLDER] [--model mini|fake] [--minutes 2]

For each kind of video: frames an hour, the bytes of their thumbnails, processor seconds to choose them in an
hour of video, the share of shots with a chosen frame (recall), redundant frames, and the same for one a
second. Then decoding against a bare PyAV loop over the same frames, through the process and in this one,
embedding, and a whole ingest: images and seconds an hour. Videos of ``--videos`` are repeated until they last
``--minutes``; nothing is known of their shots. It takes some minutes.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np

import workbench as wb
from benchmarks.made_videos import KINDS, Shot, make_video
from workbench.case.embedders import load_embedder
from workbench.media.crops import SIDE, thumbnail
from workbench.media.decode import DecodeError
from workbench.media.frame_choice import SIZE, ByChange
from workbench.media.video import Video, probe
from workbench.media.video_container import PositionedFile
from workbench.media.video_decoding import Decoder

_PHOTOS = {".jpg", ".jpeg", ".png"}
_ROUNDS = 3
_SIDE = 314  # the shorter side that ingest asks for with the default model


@dataclass(frozen=True)
class Choice:
    """The times of chosen frames, the bytes of their thumbnails, and processor seconds, of both processes."""

    times: list[float]
    size: int
    seconds: float


def main() -> None:
    options = arguments()
    photos = sorted(path for path in options.photos.rglob("*") if path.suffix.lower() in _PHOTOS)
    step = max(1, len(photos) // options.shots)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        print(
            "kind            minutes  frames/h  MB/h   s/h  recall redundant | each second: recall redundant"
        )
        for kind in options.kinds:
            path = folder / f"{kind}.mp4"
            # A parked camera is long, and as slow as those that are.
            few, fps = (options.shots // 2, 10) if kind == "parked" else (options.shots, 25)
            shots = make_video(path, photos[::step][:few], kind, fps=fps)
            row(kind, path, shots)
        for given in sorted(options.videos.iterdir()) if options.videos else ():
            if given.suffix.lower() in {".mp4", ".mov", ".avi", ".mkv", ".webm"}:
                row(given.stem[:15], repeated(given, folder / f"long-{given.stem}.mkv", options.minutes), [])
        compare(folder / f"{'cuts' if 'cuts' in options.kinds else options.kinds[0]}.mp4")
        whole(folder, options.model)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--videos", type=Path)
    parser.add_argument("--model", default="mini")
    parser.add_argument("--kinds", nargs="*", default=KINDS, choices=KINDS)
    parser.add_argument("--shots", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=2.0)
    return parser.parse_args()


def choose(path: Path, choice: str) -> Choice:
    """Choose frames as an ingest does, and make their thumbnails."""
    times, size, started = [], 0, spent()
    with closing(Video(path, "choose", choice=choice)) as video:
        try:
            for frame in video.frames():
                size += len(thumbnail(frame.read(_SIDE).reduced(SIDE)))
                times.append(frame.t)
        except DecodeError as error:
            print(f"  {path.name}: {error.reason}", file=sys.stderr)
    return Choice(times, size, spent() - started)


def spent() -> float:
    """Return the seconds of processor time of this process and of those that it waited for."""
    return sum(os.times()[:4])


def row(name: str, path: Path, shots: list[Shot]) -> None:
    hours = (probe(path).duration or 1) / 3600
    by_change = choose(path, "change-1")
    told = (
        f"{name:15} {60 * hours:7.1f} {len(by_change.times) / hours:9.0f} {by_change.size / hours / 1e6:5.1f}"
        f" {by_change.seconds / hours:5.0f}"
    )
    if shots:
        told += "  {:6.0%} {:10.0%}".format(*judge(by_change.times, shots))
        told += " |             {:6.0%} {:10.0%}".format(*judge(choose(path, "every-1-1").times, shots))
    print(told, flush=True)


def judge(times: list[float], shots: list[Shot]) -> tuple[float, float]:
    """Return the share of shots of a photo that have a frame, and of frames that are redundant.

    A frame is redundant that shows no photo, or one of which its shot has a frame already.
    """
    there = [shot for shot in shots if shot.photo is not None]
    seen = sum(any(shot.start <= t < shot.end for t in times) for shot in there)
    return seen / max(1, len(there)), 1 - seen / max(1, len(times))


def repeated(path: Path, made: Path, minutes: float) -> Path:
    """Write the packets of a video again and again until it lasts so long; nothing is encoded anew."""
    import av

    begin, unit, stream = 0, Fraction(0), None  # the file that is written has units of its own
    with av.open(str(made), "w") as output:
        while stream is None or begin * unit < minutes * 60:
            with av.open(str(path)) as source:
                video = source.streams.video[0]
                unit, end = video.time_base or Fraction(1, 1000), begin
                if stream is None:
                    stream = output.add_stream_from_template(video)
                for packet in source.demux(video):
                    shown = packet.dts if packet.pts is None else packet.pts
                    if shown is None:
                        continue
                    packet.pts = begin + shown - (video.start_time or 0)
                    packet.dts = None  # Matroska needs the times of showing alone
                    end = max(end, packet.pts + (packet.duration or 1))
                    packet.stream = stream
                    output.mux(packet)
                begin = end
    return made


def bare(path: Path) -> Iterator[object]:
    """Decode all frames to RGB with PyAV alone."""
    import av

    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def here(path: Path) -> Iterator[object]:
    """Decode all frames to pictures in this process."""
    decoder = Decoder(PositionedFile(os.open(path, os.O_RDONLY)))
    for _, frame in decoder.frames():
        yield decoder.picture(frame)


def there(path: Path) -> Iterator[object]:
    """Decode all frames to pictures in a process with limits."""
    with closing(Video(path, "all", start=0.0)) as video:
        for frame in video.frames():
            yield frame.read()


def decoded(path: Path, *, cheaply: bool, looking: bool) -> Iterator[object]:
    """Decode frames and make no pictures; ``looking``: choose among them."""
    decoder, choice = Decoder(PositionedFile(os.open(path, os.O_RDONLY))), ByChange[None]()
    for t, frame in decoder.frames(cheaply=cheaply):
        if looking and choice.due(t):
            choice.look(t, decoder.small(frame, SIZE), None)
        yield frame


def compare(path: Path) -> None:
    """Print what choosing costs beside decoding, and the process beside this one, on the same frames."""
    rows = {
        "bare PyAV loop, RGB": bare(path),
        "decoder in this process, RGB": here(path),
        "decoder in its own process, RGB": there(path),
        "decode all, no RGB": decoded(path, cheaply=False, looking=False),
        "decode what others need": decoded(path, cheaply=True, looking=False),
        "the same, and choose": decoded(path, cheaply=True, looking=True),
    }
    print(f"\n{path.name}: frames a second of the clock and of the processor, against the bare loop")
    bare_rate = 0.0
    for name, frames in rows.items():
        started, before = time.monotonic(), spent()
        count = sum(1 for _ in frames)
        clock, processor = count / (time.monotonic() - started), count / (spent() - before)
        bare_rate = bare_rate or processor
        print(f"{name:34} {clock:7.0f} {processor:7.0f} {processor / bare_rate:7.0%}  {count} frames")


def whole(folder: Path, model: str) -> None:
    """Print how fast chosen frames are embedded, and how long an ingest of all the videos takes."""
    from workbench.testing import register

    register()
    videos = [path for path in folder.iterdir() if path.suffix in {".mp4", ".mkv"}]
    hours = sum(probe(path).duration or 0 for path in videos) / 3600
    with tempfile.TemporaryDirectory() as case_folder:
        case = wb.open(folder, case=case_folder, model=model)
        embed(case, videos[0])
        started, before = time.monotonic(), spent()
        report = case.ingest(progress=False)
        clock, processor = time.monotonic() - started, spent() - before
    print(
        f"ingest of {60 * hours:.1f} minutes of video: {report.images / hours:.0f} images an hour,"
        f" {clock / hours:.0f} s of the clock and {processor / hours:.0f} s of the processor an hour"
    )


def embed(case: wb.Case, path: Path) -> None:
    """Print how many frames the model of a case embeds; it is loaded, and a batch embedded, before."""
    embedder = load_embedder(case.folder)
    with closing(Video(path, "all", start=0.0)) as video:
        pictures = [frame.read(_SIDE).image for frame in islice(video.frames(), embedder.batch_size)]
    batch = np.stack([embedder.prepare(picture) for picture in pictures])
    embedder.embed_images(batch)
    started, before = time.monotonic(), spent()
    for _ in range(_ROUNDS):
        embedder.embed_images(np.stack([embedder.prepare(picture) for picture in pictures]))
    count = _ROUNDS * len(pictures)
    clock, processor = count / (time.monotonic() - started), count / (spent() - before)
    print(f"\nembedding ({embedder.key}): {clock:.1f} frames a second, {processor:.1f} of the processor")


if __name__ == "__main__":
    main()
