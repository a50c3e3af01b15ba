"""Mutated pictures: whatever bytes a file has, it costs one problem at most, and no process."""

import io
import random
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.faults import children, session
from workbench.ingest.examine import Claims, Needs, examine
from workbench.ingest.run import _quiet_pillow

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "ICO", "PPM")
AT_ONCE = 50
"""Files that one process looks at."""
MEMORY = 2**30
"""Bytes more than at its start that a process may take, of which one file is to blame."""
SECONDS = 30
"""Seconds of processor time that one file may take, before the system ends the process."""


@dataclass(frozen=True)
class Mutated:
    """Some files one process looked at: how many became pictures and problems, and what was ``wrong``."""

    files: int
    pictures: int
    problems: int
    wrong: str


def mutated(folder: Path, count: int, seed: int = 0) -> Iterator[Mutated]:
    """Write ``count`` mutated files and look at each, in processes with limits; files stay as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    seeds = _seeds(chance)
    for start in range(0, count, AT_ONCE):
        some = folder / f"{start:06d}"
        some.mkdir()
        for number in range(start, min(start + AT_ONCE, count)):
            name, data = seeds[number % len(seeds)]
            (some / f"{number:06d}.{name.lower()}").write_bytes(_mutate(bytearray(data), chance))
        before, register = session.tree(some), folder / f"{start:06d}.txt"
        ended = children.run(_look, some, register)
        told = register.read_text().split("\n")[:-1] if register.exists() else []
        wrong = "" if ended == "done" else f"{ended}, at {told[-1] if told else 'the first'}"
        if session.tree(some) != before:
            wrong = "the files have changed"
        kinds = [line.partition(" ")[0] for line in told]
        yield Mutated(len(before), kinds.count("picture"), kinds.count("problem"), wrong)


class _Pictures:
    """Wants the picture of each file."""

    def needs_of_file(self, file_id: str, stills: str | None) -> Needs:
        return Needs(picture=True)

    def needs(self, image_id: str, stills: str | None) -> Needs:
        return Needs(picture=True)

    def parts(self, file_id: str) -> None:
        return None


def _look(folder: Path, register: Path) -> None:
    """Look at each file as an ingest does, and write down what came of it."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    claims = Claims(_Pictures(), {})
    with register.open("w") as told, _quiet_pillow():
        for path in sorted(folder.iterdir()):
            spent = resource.getrusage(resource.RUSAGE_SELF).ru_utime
            limit = int(spent) + SECONDS
            resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
            told.write(f"looking {path.name}\n")
            told.flush()
            [found] = examine(str(path).encode(), claims, []).results
            told.write(f"{'problem' if found.failure else 'picture'} {path.name}\n")


def _seeds(chance: random.Random) -> list[tuple[str, bytes]]:
    """Return pictures in each format, small and not quite so small."""
    pixels = np.random.default_rng(chance.randrange(2**32))
    seeds = []
    for side in (16, 64):
        picture = Image.fromarray(pixels.integers(0, 255, (side, side, 3)).astype(np.uint8))
        for name in FORMATS:
            buffer = io.BytesIO()
            picture.save(buffer, name)
            seeds.append((name, buffer.getvalue()))
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0132] = 6, "maker", "2020:02:03 04:05:06"
    Image.new("RGB", (40, 30), "red").save(buffer, "JPEG", exif=exif, progressive=True)
    return [*seeds, ("JPEG", buffer.getvalue())]


def _mutate(data: bytearray, chance: random.Random) -> bytes:
    """Change bytes, cut, repeat or exchange pieces: one to four times, the beginning more often."""
    for _ in range(chance.randint(1, 4)):
        end = min(len(data), 64) if chance.random() < 0.5 else len(data)
        at, length = chance.randrange(max(end, 1)), chance.randint(1, 16)
        way = chance.choice(("byte", "bit", "cut", "repeat", "ones", "remove"))
        if way == "byte":
            data[at : at + 1] = bytes([chance.randrange(256)])
        elif way == "bit" and data:
            data[at] ^= 1 << chance.randrange(8)
        elif way == "cut":
            del data[at + 8 :]
        elif way == "repeat":
            data[at:at] = data[at : at + length] * chance.randint(1, 50)
        elif way == "ones":
            data[at : at + length] = b"\xff" * length
        else:
            del data[at : at + length]
    return bytes(data)
