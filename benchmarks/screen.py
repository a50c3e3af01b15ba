"""Screen: what a browser shows of a plot, looked at picture after picture."""

import time
from base64 import b64decode
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import CDPSession

STILL = 2.0
"""Seconds without a change after which a plot has come to rest."""

CHANGED = 0.2
"""Mean difference of a pixel's channels, of 255, from which two pictures differ; a tooltip is less."""

INK = 0.05
"""Share of the pixels in the middle that differ from the corner where points are drawn; a message is less."""


class Screen:
    """The part of a page that a plot fills: ``box`` is x, y, width and height in CSS pixels."""

    def __init__(self, session: CDPSession, box: dict[str, float]) -> None:
        self.box, self._session = box, session
        self._taken: list[float] = []

    @property
    def seconds(self) -> float:
        """The median time that a picture took."""
        return float(np.median(self._taken))

    def picture(self) -> NDArray[np.int16]:
        """Return the pixels now shown, (H, W, 3)."""
        began = time.time()
        clip = {**self.box, "scale": 1}
        data = self._session.send("Page.captureScreenshot", {"format": "png", "clip": clip})["data"]
        self._taken.append(time.time() - began)
        return np.asarray(Image.open(BytesIO(b64decode(data))).convert("RGB"), np.int16)

    def painted(self, patience: float) -> float:
        """Return when points were first seen. Raises TimeoutError where none come."""
        end = time.time() + patience
        while time.time() < end:
            pixels = self.picture()
            seen = time.time()
            middle = pixels[len(pixels) // 4 : -len(pixels) // 4]
            if (np.abs(middle - pixels[2, 2]).max(axis=2) > 24).mean() > INK:
                return seen
        raise TimeoutError(f"no points were drawn within {patience:.0f} s")

    def still(self, patience: float) -> float:
        """Return when the picture changed for the last time. Raises TimeoutError where it never rests."""
        last, changed = self.picture(), time.time()
        end = changed + patience
        while time.time() < end:
            pixels = self.picture()
            now = time.time()
            if np.abs(pixels - last).mean() > CHANGED:
                last, changed = pixels, now
            elif now - changed > STILL:
                return changed
        raise TimeoutError(f"the picture did not come to rest within {patience:.0f} s")
