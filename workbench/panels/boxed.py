"""Boxed: a picture with the box that matched drawn into it, for readers without a browser that draws."""

from collections.abc import Sequence
from io import BytesIO

INK, SHADE = (255, 176, 0), (0, 0, 0)


def boxed(jpeg: bytes, box: Sequence[float] | None, side: int) -> bytes:
    """Return a JPEG of at most ``side`` pixels, with a box drawn: x, y, width, height as shares of its sides.

    A bright line in a dark one is seen on any photo.
    """
    from PIL import Image, ImageDraw

    with Image.open(BytesIO(jpeg)) as opened:
        picture: Image.Image = opened.convert("RGB")
    picture.thumbnail((side, side))
    if box is not None:
        width, height = picture.size
        left, top = box[0] * width, box[1] * height
        corners = (left, top, max(left + 1, left + box[2] * width), max(top + 1, top + box[3] * height))
        draw = ImageDraw.Draw(picture)
        draw.rectangle(corners, outline=SHADE, width=4)
        draw.rectangle(corners, outline=INK, width=2)
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=82, subsampling=0)  # or a thin line loses its colour
    return buffer.getvalue()
