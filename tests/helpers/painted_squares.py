"""Pictures that each hold one square: the same thing at other places."""

from pathlib import Path

from PIL import Image, ImageDraw

SIDE = 60
SQUARES = {"a.png": (40, 30), "b.png": (200, 120), "c.png": (100, 10)}


def paint(folder: Path) -> None:
    """Paint grey pictures of 320 x 240 pixels, each with a red square, and one with a blue one."""
    folder.mkdir()
    for number, (name, (x, y)) in enumerate((*SQUARES.items(), ("other.png", (40, 30)))):
        image = Image.new("RGB", (320, 240), (120 + number, 120, 120))
        colour = "blue" if name == "other.png" else "red"
        ImageDraw.Draw(image).rectangle((x, y, x + SIDE - 1, y + SIDE - 1), fill=colour)
        image.save(folder / name)
    Image.new("RGB", (16, 16), "gray").save(folder / "tiny.png")
    Image.new("RGB", (1000, 20), "white").save(folder / "long.png")
