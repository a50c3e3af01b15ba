"""The sky, as a new kind of sample: the upper third of an image. This file is all there is to it."""

import time
from collections.abc import Sequence

from PIL import Image

from workbench.media.crops import FoundRegion
from workbench.samples.kind import register
from workbench.samples.regions import box_kind

SECONDS = 0.0
"""How long looking takes, for a test that stops it."""
looked: list[tuple[int, int]] = []
"""The sizes of the images looked at."""


def find(image: Image.Image) -> Sequence[FoundRegion]:
    """Return the upper third of an upright image."""
    looked.append(image.size)
    time.sleep(SECONDS)
    return [FoundRegion("sky", (0, 0, image.width, image.height / 3), "sky", 1.0)]


SKY = register(box_kind("sky", "upper_third_1", find))
