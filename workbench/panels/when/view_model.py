"""What the timeline shows: sentences about the times of images, and a still picture."""

from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw

from workbench.analysis.time_bins import Moments, Times, Unit, name, ticks
from workbench.panels.static_html import picture_html

WIDTH, HEIGHT, SCALE = 860, 130, 2
FOOT = 18
LAYERS = (("images", "#9aa0a6", 0.0), ("selected", "#1976d2", 0.0), ("hits", "#e5383b", 0.25))
"""What is drawn, the lowest first, with its colour and how much narrower a bar is on each side."""


def still_html(edges: Moments, unit: Unit, counts: Mapping[str, Any], text: str) -> str:
    """Return the bars between ``edges`` (B + 1,) as HTML with a picture inside; ``counts``: three (B,)."""
    image = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE))
    draw = ImageDraw.Draw(image)
    step = image.width / (len(edges) - 1)
    floor = image.height - FOOT * SCALE
    top = max(int(counts["images"].max()), 1)
    for layer, colour, gap in LAYERS:
        for i in counts[layer].nonzero()[0]:
            high = max(3, floor * counts[layer][i] / top)
            left, right = (i + gap) * step, (i + 1 - gap) * step
            draw.rectangle((left, floor - high, max(right - 2, left + 1), floor), colour)
    for i, label in ticks(edges[:-1], unit):
        draw.text((i * step, floor + 6), label, "#80868b", font_size=11 * SCALE)
    return picture_html("When", text, image, SCALE, "Timeline")


def sentence(times: Times, edges: Moments, unit: Unit) -> str:
    """Say how many images have a time, and what is shown of them in which bins."""
    first, last = times.span
    shown = int(times.counts(edges).sum())
    text = f"{len(times):,} of {len(times.values):,} images have a time"
    if shown < len(times):
        text += f", {shown:,} of them in this span"
    ends = {name(first, "day"): None, name(last, "day"): None}
    return f"{text}, {' to '.join(ends)}. One bar is a {unit}."


def no_times(images: int) -> str:
    """Say that nothing can be drawn, and why."""
    return (
        f"None of {images:,} images has a time: there is no EXIF date in their files "
        "(DateTimeOriginal or DateTimeDigitized). File dates are not used."
    )
