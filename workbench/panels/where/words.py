"""Words: what the panel of places says about the positions of images."""

from workbench.panels.where.geo_points import Placed


def sentence(placed: Placed) -> str:
    """Say how many images have a place, and how many of those may have none in truth."""
    text = f"{len(placed):,} of {len(placed.lat):,} images have a place."
    if placed.at_zero:
        text += (
            f" {placed.at_zero:,} of them {'lies' if placed.at_zero == 1 else 'lie'} at exactly 0° N, 0° E, "
            "which some cameras write when they know no place."
        )
    return text


def no_places(images: int) -> str:
    """Say that nothing can be drawn, and why."""
    return f"None of {images:,} images has a place: their files hold no GPS position (EXIF)."


def degrees(lat: float, lon: float) -> str:
    """Write a position as people do."""
    return f"{abs(lat):.4f}° {'S' if lat < 0 else 'N'}, {abs(lon):.4f}° {'W' if lon < 0 else 'E'}"
