"""Words: what the timeline says about the times of images."""

from workbench.analysis.time_bins import Moments, Times, Unit, name


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
        f"None of {images:,} images has a time: their files hold no EXIF date "
        "(DateTimeOriginal or DateTimeDigitized). The date of a file is not taken for it."
    )
