"""The desk as a static picture and a contact sheet, for a saved notebook that is read without a kernel."""

import re
from base64 import b64encode
from collections.abc import Sequence
from html import escape as escaped
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from workbench.selection import Rows

WIDTH, HEIGHT, SCALE = 560, 420, 2
MOST_POINTS = 20_000
BOX_LINE, BOX_EDGE = (255, 176, 0), (0, 0, 0)

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and those that turn the direction of the text beside them; `visible` of ``dom.js``."""


def visible(text: str) -> str:
    """Return a text with what cannot be seen of it, or would reorder the text around it, written out."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def escape(text: str) -> str:
    """Return a text for HTML, also between quotes: markup is escaped, and what cannot be seen written out."""
    return escaped(visible(text))


def still_html(
    points: NDArray[np.float32],
    labels: NDArray[np.int32],
    colours: Sequence[str],
    selected: Rows,
    hits: Rows | Sequence[int],
    thumbnails: Sequence[tuple[str, bytes]],
    title: str,
    above: str = "",
) -> str:
    """Return HTML with the map as PNG and ``thumbnails`` (name, JPEG) as a contact sheet; names are escaped.

    ``points`` (N, 2), ``labels`` (N,) from -1, ``colours`` from label -1 on; ``above`` is HTML of ours. Works
    where scripts and style sheets are stripped, because everything is inline.
    """
    picture = data_url("png", map_png(points, labels, colours, selected, hits))
    sheet = "".join(
        f'<img src="{data_url("jpeg", jpeg)}" alt="{escape(name)}" title="{escape(name)}" '
        'style="width:88px;height:66px;object-fit:cover;margin:2px;border-radius:4px">'
        for name, jpeg in thumbnails
    )
    note = f"{escape(title)}. Static picture: run this cell for the interactive desk."
    return (
        f'<div class="wb-still"><p><em>{note}</em></p>{above}<table style="width:100%"><tr>'
        f'<td style="vertical-align:top"><img src="{picture}" width="{WIDTH}" alt="Map"></td>'
        f'<td style="vertical-align:top;text-align:left">{sheet}</td></tr></table></div>'
    )


def map_png(
    points: NDArray[np.float32],
    labels: NDArray[np.int32],
    colours: Sequence[str],
    selected: Rows,
    hits: Rows | Sequence[int],
) -> bytes:
    """Return the map as a transparent PNG, two pixels a CSS pixel; hits are red crosses."""
    image = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE))
    draw = ImageDraw.Draw(image)
    places = _places(points)
    chosen = set(map(int, selected))
    for row in range(0, len(points), max(1, len(points) // MOST_POINTS)):
        x, y = places[row]
        faint = "38" if chosen and row not in chosen else "ff"
        draw.ellipse((x - 6, y - 6, x + 6, y + 6), fill=colours[int(labels[row]) + 1] + faint)
    for row in hits:
        x, y = places[int(row)]
        for sign in (1, -1):
            draw.line((x - 9, y - 9 * sign, x + 9, y + 9 * sign), fill="#e5383b", width=4)
    return png(image)


def picture_html(title: str, text: str, image: Image.Image, scale: int, alt: str) -> str:
    """Return a picture under its title and an escaped sentence; ``scale`` is its pixels a CSS pixel."""
    return (
        f'<div class="wb-still"><p><strong>{title}</strong> {escape(text)}</p>'
        f'<img src="{data_url("png", png(image))}" width="{image.width // scale}" alt="{alt}"></div>'
    )


def png(image: Image.Image) -> bytes:
    """Return a picture as PNG."""
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _places(points: NDArray[np.float32]) -> NDArray[np.float64]:
    """Scale points (N, 2) into the picture, upwards like the map."""
    low = points.min(axis=0) if len(points) else np.zeros(2)
    span = np.maximum(points.max(axis=0) - low, 1e-9) if len(points) else np.ones(2)
    unit = (points - low) / span
    unit[:, 1] = 1 - unit[:, 1]
    return np.asarray(20 + unit * (np.array([WIDTH, HEIGHT]) * SCALE - 40), np.float64)


def data_url(kind: str, data: bytes) -> str:
    """Return an address that holds the picture itself; ``kind`` is jpeg or png."""
    return f"data:image/{kind};base64,{b64encode(data).decode('ascii')}"


def boxed(jpeg: bytes, box: Sequence[float] | None, side: int) -> bytes:
    """Return a JPEG of at most ``side`` pixels, with a box drawn: x, y, width, height as shares of its sides.

    A bright line in a dark one is seen on any photo.
    """
    with Image.open(BytesIO(jpeg)) as opened:
        picture: Image.Image = opened.convert("RGB")
    picture.thumbnail((side, side))
    if box is not None:
        width, height = picture.size
        left, top = box[0] * width, box[1] * height
        corners = (left, top, max(left + 1, left + box[2] * width), max(top + 1, top + box[3] * height))
        draw = ImageDraw.Draw(picture)
        draw.rectangle(corners, outline=BOX_EDGE, width=4)
        draw.rectangle(corners, outline=BOX_LINE, width=2)
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=82, subsampling=0)  # or a thin line loses its colour
    return buffer.getvalue()


def sheet_html(title: str, text: str, pictures: Sequence[tuple[str, bytes]]) -> str:
    """Return JPEGs with a label below each, under a title and a sentence; texts are escaped."""
    shown = "".join(
        f'<td style="padding:2px;text-align:left"><img src="{data_url("jpeg", jpeg)}" alt="{escape(label)}" '
        f'style="width:128px;border-radius:4px"><br>{escape(label)}</td>'
        + ("</tr><tr>" if place % 6 == 5 else "")
        for place, (label, jpeg) in enumerate(pictures)
    )
    head = f"<p><strong>{title}</strong> {escape(text)}</p>"
    return f'<div class="wb-still">{head}<table><tr>{shown}</tr></table></div>'
