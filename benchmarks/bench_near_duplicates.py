"""Measure near duplicates: ``python -m benchmarks.bench_near_duplicates FOLDER [--photos 200]``.

Photos of FOLDER are saved again, made smaller, cut, mirrored and so on; the share of each kind of copy that
is found as a near duplicate of its photo is printed, and the groups that are found among the photos
themselves, to be looked at. ``--many`` random hashes are compared for the time.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from workbench.analysis.near_duplicates import look_alikes
from workbench.media.quality import GREYS, look_hashes

Picture = Image.Image
ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


def cut(picture: Picture, share: float) -> Picture:
    """Return a picture without a share of its width and height at each side."""
    x, y = (round(share * side) for side in picture.size)
    return picture.crop((x, y, picture.width - x, picture.height - y))


def saved(picture: Picture, quality: int) -> Picture:
    """Return what a JPEG of that quality shows."""
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


CHANGES: dict[str, Callable[[Picture], Picture]] = {
    "saved at quality 30": lambda picture: saved(picture, 30),
    "half the size": lambda picture: picture.resize(
        (max(1, picture.width // 2), max(1, picture.height // 2))
    ),
    "cut by 1 % at each side": lambda picture: cut(picture, 0.01),
    "cut by 2 % at each side": lambda picture: cut(picture, 0.02),
    "10 % lighter": lambda picture: picture.point(lambda value: min(255, int(1.1 * value))),
    "mirrored (another picture)": ImageOps.mirror,
    "turned by 90 degrees (another picture)": lambda picture: picture.rotate(90, expand=True),
}


def main() -> None:
    """Print the shares, the groups and the time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--many", type=int, default=100_000)
    given = parser.parse_args()
    paths = sorted(path for path in given.folder.rglob("*") if path.suffix.lower() in ENDINGS)
    some = [paths[at] for at in np.random.default_rng(0).permutation(len(paths))[: given.photos]]
    pictures = [Image.open(path).convert("RGB") for path in some]
    for what, change in CHANGES.items():
        pairs = [grouped([thumbnail(one), thumbnail(change(one))])[0] >= 0 for one in pictures]
        print(f"{what}: {np.mean(pairs):.1%} of {len(pairs)} found")
    groups = grouped([thumbnail(Image.open(path).convert("RGB")) for path in paths])
    print(f"\n{groups.max() + 1} groups among {len(paths)} photos:")
    for group in range(groups.max() + 1):
        print(
            "  ",
            ", ".join(str(paths[row].relative_to(given.folder)) for row in np.flatnonzero(groups == group)),
        )
    random = np.random.default_rng(0)
    hashes = random.integers(0, 2**63, given.many, np.uint64)
    greys = random.integers(0, 256, (given.many, GREYS * GREYS), np.uint8)
    began = time.perf_counter()
    look_alikes(hashes, np.ones(given.many, bool), greys[:, :48], greys)
    print(f"\n{given.many:,} hashes compared in {time.perf_counter() - began:.1f} s")


def thumbnail(picture: Picture) -> bytes:
    """Return a JPEG of at most 256 px, as a case keeps it."""
    picture, buffer = picture.copy(), BytesIO()
    picture.thumbnail((256, 256))
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def grouped(jpegs: Sequence[bytes]) -> NDArray[np.int32]:
    """Return the group of each JPEG (N,), -1 for none."""
    found = look_hashes(jpegs)
    split = (found[:, :1].view(np.uint64).ravel(), found[:, 1] > 0)
    return look_alikes(
        *split,
        np.ascontiguousarray(found[:, 2:8]).view(np.uint8),
        np.ascontiguousarray(found[:, 8:]).view(np.uint8),
    )


if __name__ == "__main__":
    main()
