"""Make videos of photos, and know what they show when: what choosing frames and searching is measured on.

``make_video(path, photos, "cuts")`` writes a file and returns its shots. Nothing is random but by ``seed``.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Shot:
    """What is seen from ``start`` to ``end`` (seconds): the photo ``photo``; None for none.

    ``what``: "photo", "black", "noise", "title" or "blend" (two photos at once, of which this is neither).
    """

    start: float
    end: float
    photo: Path | None
    what: str = "photo"


@dataclass(frozen=True)
class _Scene:
    """One stretch of a video: ``draw(share)`` gives its pixels (h, w, 3), with ``share`` from 0 to 1."""

    seconds: float
    photo: Path | None
    draw: Callable[[float], Pixels]
    what: str = "photo"


KINDS = ("slides", "cuts", "pans", "fades", "black", "noise", "over_motion", "parked")


def make_video(
    path: Path,
    photos: Sequence[Path],
    kind: str,
    *,
    seconds: float = 3.0,
    size: tuple[int, int] = (640, 360),
    fps: int = 25,
    codec: str = "libx264",
    gop: int = 50,
    seed: int = 0,
) -> list[Shot]:
    """Write a video of one of ``KINDS``, each photo for some ``seconds``; return its shots, without gaps.

    slides: each photo unmoved, cut to the next. cuts: each slowly zoomed, for half to one and a half times
    ``seconds``. pans: the camera moves over each by hand. fades: each blends into the next for a second.
    black: fades to black between photos, and a title at the start. noise: a second of noise between photos.
    over_motion: each photo is a quarter of the picture, on a moving ground. parked: the first photo for all
    of the time with the noise of a sensor, and every other photo is driven through it once.
    """
    rng = np.random.default_rng(seed)
    scenes = list(_SCENES[kind](photos, seconds, size, rng))
    return write_scenes(path, scenes, fps=fps, codec=codec, gop=gop)


def write_scenes(
    path: Path, scenes: Sequence[_Scene], *, fps: int = 25, codec: str = "libx264", gop: int = 50
) -> list[Shot]:
    """Write scenes one after the other and return the shots."""
    import av

    shots, number, at = [], 0, 0.0
    with av.open(str(path), "w") as container:
        first = scenes[0].draw(0.0)
        stream = container.add_stream(codec, rate=fps)
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.gop_size = gop
        stream.time_base = Fraction(1, fps)
        if codec == "libx264":
            stream.options = {"preset": "veryfast", "crf": "23"}
        for scene in scenes:
            count = max(1, round(scene.seconds * fps))
            for index in range(count):
                frame = av.VideoFrame.from_ndarray(scene.draw(index / count), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, fps)
                container.mux(stream.encode(frame))
                number += 1
            shots.append(Shot(at, number / fps, scene.photo, scene.what))
            at = number / fps
        container.mux(stream.encode())
    return shots


def open_photo(path: Path, size: tuple[int, int]) -> Image.Image:
    """Return a photo that fills ``size`` (width, height) in pixels, cut at its edges."""
    with Image.open(path) as image:
        return ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), size)


def _still(image: Image.Image) -> Callable[[float], Pixels]:
    pixels = np.asarray(image)
    return lambda share: pixels


def _view(large: Image.Image, size: tuple[int, int], x: float, y: float, zoom: float) -> Pixels:
    """Return a part of ``large``: its middle at (x, y) in fractions, 1 / ``zoom`` of its width."""
    width, height = large.width / zoom, large.height / zoom
    left = min(max(x * large.width - width / 2, 0), large.width - width)
    top = min(max(y * large.height - height / 2, 0), large.height - height)
    box = (left, top, left + width, top + height)
    return np.asarray(large.resize(size, Image.Resampling.BILINEAR, box=box))


def _slides(
    photos: Sequence[Path], seconds: float, size: tuple[int, int], rng: np.random.Generator
) -> Iterator[_Scene]:
    for photo in photos:
        yield _Scene(seconds, photo, _still(open_photo(photo, size)))


def _cuts(
    photos: Sequence[Path], seconds: float, size: tuple[int, int], rng: np.random.Generator
) -> Iterator[_Scene]:
    for photo in photos:
        image, inwards = open_photo(photo, size), bool(rng.integers(2))
        yield _Scene(seconds * rng.uniform(0.5, 1.5), photo, _zoomed(image, size, inwards))


def _zoomed(image: Image.Image, size: tuple[int, int], inwards: bool) -> Callable[[float], Pixels]:
    return lambda share: _view(image, size, 0.5, 0.5, 1.0 + 0.2 * (share if inwards else 1 - share))


def _pans(
    photos: Sequence[Path], seconds: float, size: tuple[int, int], rng: np.random.Generator
) -> Iterator[_Scene]:
    for photo in photos:
        image, phase = open_photo(photo, (size[0] * 3 // 2, size[1] * 3 // 2)), rng.uniform(0, 6)
        yield _Scene(seconds, photo, _by_hand(image, size, phase))


def _by_hand(image: Image.Image, size: tuple[int, int], phase: float) -> Callable[[float], Pixels]:
    def draw(share: float) -> Pixels:
        shake = 0.006 * math.sin(40 * share + phase)
        return _view(image, size, 0.33 + 0.34 * share + shake, 0.5 + 0.1 * math.sin(6 * share + phase), 1.5)

    return draw


def _fades(
    photos: Sequence[Path], seconds: float, size: tuple[int, int], rng: np.random.Generator
) -> Iterator[_Scene]:
    images = [open_photo(photo, size) for photo in photos]
    for number, photo in enumerate(photos):
        yield _Scene(max(0.5, seconds - 1), photo, _still(images[number]))
        if number + 1 < len(photos):
            yield _Scene(1.0, None, _blend(images[number], images[number + 1]), "blend")


def _blend(one: Image.Image, other: Image.Image) -> Callable[[float], Pixels]:
    return lambda share: np.asarray(Image.blend(one, other, share))


def _black(
    photos: Sequence[Path], seconds: float, size: tuple[int, int], rng: np.random.Generator
) -> Iterator[_Scene]:
    black = Image.new("RGB", size)
    yield _Scene(1.0, None, _still(black), "black")
    yield _Scene(2.0, None, _still(title("A film", size)), "title")
    for photo in photos:
        image = open_photo(photo, size)
        yield _Scene(0.5, None, _blend(black, image), "blend")
        yield _Scene(seconds, photo, _still(image))
        yield _Scene(0.5, None, _blend(image, black), "blend")
        yield _Scene(1.0, None, _still(black), "black")


def title(text: str, size: tuple[int, int]) -> Image.Image:
    """Return white letters on black."""
    image = Image.new("RGB", size)
    where = (size[0] / 2, size[1] / 2)
    ImageDraw.Draw(image).text(where, text, fill="white", anchor="mm", font_size=size[1] / 6)
    return image


def _noise(
    photos: Sequence[Path], seconds: float, size: tuple[int, int], rng: np.random.Generator
) -> Iterator[_Scene]:
    def draw(share: float) -> Pixels:
        return rng.integers(0, 256, (size[1], size[0], 3), np.uint8)

    for photo in photos:
        yield _Scene(seconds, photo, _still(open_photo(photo, size)))
        yield _Scene(1.0, None, draw, "noise")


def _over_motion(
    photos: Sequence[Path], seconds: float, size: tuple[int, int], rng: np.random.Generator
) -> Iterator[_Scene]:
    ground = open_photo(photos[0], (size[0] * 2, size[1] * 2))
    for number, photo in enumerate(photos[1:]):
        inset = open_photo(photo, (size[0] // 2, size[1] // 2))
        yield _Scene(seconds, photo, _inset(ground, inset, size, number))


def _inset(
    ground: Image.Image, inset: Image.Image, size: tuple[int, int], number: int
) -> Callable[[float], Pixels]:
    def draw(share: float) -> Pixels:
        turn = 2 * (number + share)
        pixels = _view(ground, size, 0.5 + 0.25 * math.sin(turn), 0.5 + 0.25 * math.cos(turn), 2.0).copy()
        top, left = size[1] // 4, size[0] // 4
        pixels[top : top + inset.height, left : left + inset.width] = np.asarray(inset)
        return pixels

    return draw


def _parked(
    photos: Sequence[Path], seconds: float, size: tuple[int, int], rng: np.random.Generator
) -> Iterator[_Scene]:
    ground = np.asarray(open_photo(photos[0], size), np.int16)
    yield _Scene(10 * seconds, photos[0], _watched(ground, None, rng))
    for photo in photos[1:]:
        passing = np.asarray(open_photo(photo, (size[0] // 4, size[1] // 4)), np.int16)
        yield _Scene(seconds, photo, _watched(ground, passing, rng))
        yield _Scene(10 * seconds, photos[0], _watched(ground, None, rng))


def _watched(
    ground: NDArray[np.int16], passing: NDArray[np.int16] | None, rng: np.random.Generator
) -> Callable[[float], Pixels]:
    def draw(share: float) -> Pixels:
        scene = ground.copy()
        if passing is not None:
            height, width = passing.shape[:2]
            left, top = round(share * (ground.shape[1] - width)), ground.shape[0] - height
            scene[top:, left : left + width] = passing
        noise = rng.integers(-4, 5, (*ground.shape[:2], 1), np.int16)
        return np.clip(scene + noise, 0, 255).astype(np.uint8)

    return draw


_SCENES = {
    "slides": _slides,
    "cuts": _cuts,
    "pans": _pans,
    "fades": _fades,
    "black": _black,
    "noise": _noise,
    "over_motion": _over_motion,
    "parked": _parked,
}
