"""Measures of quality give a number or none for any picture, and no warning."""

import io
import warnings

import numpy as np
from PIL import Image

from workbench.media.crops import thumbnail
from workbench.media.quality import ISSUES, examine, look_hashes


def test_odd_pictures_are_measured_without_a_warning() -> None:
    sizes = [(1, 1), (1, 256), (256, 1), (2, 3), (64, 64)]
    pictures = [Image.new("RGB", size, colour) for size in sizes for colour in ("black", "white", "red")]
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    jpegs = [*map(thumbnail, [*pictures, Image.fromarray(noise)]), b"", b"no picture"]
    grey = io.BytesIO()
    Image.new("L", (9, 9), 3).save(grey, "JPEG")
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        found, hashes = examine([*jpegs, grey.getvalue()]), look_hashes([*jpegs, grey.getvalue()])

    assert found.shape == (len(jpegs) + 1, 2 * len(ISSUES))
    assert np.isnan(found[len(pictures) + 1, : len(ISSUES)]).all()
    assert hashes[: len(pictures), 1].all()
