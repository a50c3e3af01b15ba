"""Quality: dark, pale, blurred and empty pictures by CleanVision, and hashes of what a picture looks like."""

import tempfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.errors import required_by

BY_CLEANVISION = ("dark", "light", "low_information", "grayscale")
ISSUES = (*BY_CLEANVISION, "blurry")
"""What is scored; a score near 0 is bad, 1 is fine."""

GREYS = 32
"""Parts of a side that the greys of a picture are kept of: lines of text on a page still differ."""

EDGE = 60.0  # a thumbnail whose strongest edges are steeper is fully sharp
BLURRED = 0.25
"""Below this share of `EDGE` a picture is blurred: one of 119 sharp photos, and all of them when
blurred by a hundredth of their longer side."""


def examine(thumbnails: Iterable[bytes]) -> NDArray[np.float32]:
    """Return for each JPEG the scores of `ISSUES` [0, 1] and whether each is bad (0 or 1): (N, 10) float32.

    An empty or broken JPEG has scores of nan and no verdict. Blur is judged by the Laplacian, after
    Pech-Pacheco et al. 2000, but by its 99th percentile, because a sharp thing before a soft background is
    no blurred picture; CleanVision's own score calls strongly blurred photos sharp.
    """
    with tempfile.TemporaryDirectory() as folder:
        sharp = []
        for row, jpeg in enumerate(thumbnails):
            picture = _opened(jpeg)
            sharp.append(np.nan if picture is None else _sharpness(picture))
            if picture is not None:
                (Path(folder) / f"{row:09d}.jpg").write_bytes(jpeg)
        found = np.full((len(sharp), 2 * len(ISSUES)), np.nan, np.float32)
        found[:, len(ISSUES) :] = 0
        if not np.isnan(sharp).all():
            _judge(sorted(Path(folder).iterdir()), found)
    found[:, len(ISSUES) - 1] = sharp
    found[:, -1] = np.array(sharp) < BLURRED
    return found


def look_hashes(thumbnails: Iterable[bytes]) -> NDArray[np.int64]:
    """Return for each JPEG 64 bits of hash, 1 where there is one (else 0), colours and greys: (N, 136) int64.

    The next six numbers are 48 bytes: red, green and blue of four by four equal parts; the last 128 are 1,024
    bytes: the grey of `GREYS` by `GREYS` parts. Pictures that look alike have hashes that differ in few
    bits, and like colours and greys. Source: Zauner, "Implementation and
    benchmarking of perceptual image hash functions" (2010), the discrete cosine one, as in imagehash.
    """
    with required_by("Finding near-duplicates"):
        from imagehash import phash

    rows = []
    for jpeg in thumbnails:
        picture = _opened(jpeg)
        bits = np.zeros(64, bool)
        colours, greys = np.zeros(48, np.uint8), np.zeros(GREYS * GREYS, np.uint8)
        if picture is not None:
            bits = phash(picture).hash.ravel()
            colours = np.asarray(picture.convert("RGB").resize((4, 4), Image.Resampling.BOX)).ravel()
            greys = np.asarray(picture.convert("L").resize((GREYS, GREYS), Image.Resampling.BOX)).ravel()
        valid = np.array([picture is not None], np.int64)
        rows.append(
            np.concatenate(
                [np.packbits(bits).view(np.int64), valid, colours.view(np.int64), greys.view(np.int64)]
            )
        )
    return np.array(rows, np.int64).reshape(-1, 8 + GREYS * GREYS // 8)


def _sharpness(picture: Image.Image) -> float:
    """Return how steep the strongest edges are, in [0, 1]: the 99th percentile of the Laplacian."""
    grey = np.asarray(picture.convert("L"), np.float32)
    if min(grey.shape) < 3:
        return float("nan")
    beside = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return min(1.0, float(np.percentile(np.abs(4 * grey[1:-1, 1:-1] - beside), 99)) / EDGE)


def _opened(jpeg: bytes) -> Image.Image | None:
    try:
        picture = Image.open(BytesIO(jpeg))
        picture.load()
    except (OSError, ValueError, SyntaxError):
        return None
    return picture


def _judge(paths: list[Path], found: NDArray[np.float32]) -> None:
    """Fill the rows of ``found`` that the files are named after with what CleanVision says of them."""
    with required_by("Checking the quality of images"):
        from cleanvision import Imagelab

    asked: dict[str, dict[str, object]] = {name: {} for name in BY_CLEANVISION}
    lab = Imagelab(filepaths=[str(path) for path in paths], verbose=False)
    lab.find_issues(asked, n_jobs=1, verbose=False)
    rows = [int(Path(path).stem) for path in lab.issues.index]
    for column, name in enumerate(BY_CLEANVISION):
        found[rows, column] = lab.issues[f"{name}_score"]
        found[rows, len(ISSUES) + column] = lab.issues[f"is_{name}_issue"]
