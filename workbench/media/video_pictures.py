"""From a decoded frame to what is shown: deinterlaced, 8-bit sRGB, upright, with square pixels."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from workbench.media.colour import to_srgb

if TYPE_CHECKING:
    from av.filter import Graph
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Matrix = NDArray[np.int32]

_WIDEST_PIXEL = 10  # a pixel stated to be wider or higher than this is taken for square
_HIGH = 576  # lines of a picture above which a matrix that is not stated is taken for BT.709, as players do
# Numbers of matrices, primaries and transfer functions are those of ITU-T H.273.
_MATRICES = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}  # to those of libswscale: SWS_CS_ITU709, FCC, ...
_PQ = 16
_HDR = {_PQ, 18}  # PQ and HLG
_WHITE = 203.0  # cd/m2
_KNEE = 0.8  # light above which it is squeezed, 1 being white
_GAMMA = 2.2  # of wide primaries without PQ or HLG: greys stay as they are
_NODES = 33
_P3 = np.array([[1.2249, -0.2247, 0.0], [-0.0421, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]])
_TO_BT709 = {
    9: np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]),
    11: _P3,
    12: _P3,
}  # by primaries: from linear BT.2020 (ITU-R BT.2087) and P3 to linear BT.709
_LIMITED, _FULL = 1, 2


class Pictures:
    """Makes pictures of the frames of one stream, whose pixels may be wider than high."""

    def __init__(self, stream: "VideoStream") -> None:
        from av.video.reformatter import VideoReformatter

        self._scaler, self._shrinker = VideoReformatter(), VideoReformatter()
        self.aspect = pixel_aspect(stream)

    def picture(self, frame: "VideoFrame") -> Image.Image:
        """Return a frame upright, with square pixels, as RGB in sRGB; what is clear lies on a ground."""
        image = self._convert(frame)
        if self.aspect != 1:
            size = (max(1, round(image.width * self.aspect)), image.height)
            image = image.resize(size, Image.Resampling.BICUBIC)
        image = upright(image, display_matrix(frame))
        return to_srgb(image, []) if image.mode == "RGBA" else image

    def small(self, frame: "VideoFrame", size: tuple[int, int]) -> NDArray[np.uint8]:
        """Return the RGB pixels (h, w, 3) of a frame shrunk to ``size`` (w, h), as stored: for comparing."""
        small = self._shrinker.reformat(
            frame,
            *size,
            format="rgb24",
            interpolation="AREA",
            src_colorspace=_matrix(frame),
            src_color_range=_range(frame),
            dst_color_range=_FULL,
            threads=1,
        )
        return np.asarray(small.to_ndarray(), np.uint8)

    def _convert(self, frame: "VideoFrame") -> Image.Image:
        """Return the stored pixels as sRGB."""
        alpha = any(component.is_alpha for component in frame.format.components)
        scaled = self._scaler.reformat(
            frame,
            format="rgba" if alpha else "rgb24",
            interpolation="BICUBIC",
            src_colorspace=_matrix(frame),
            src_color_range=_range(frame),
            dst_color_range=_FULL,
            threads=1,
        )
        image = Image.fromarray(scaled.to_ndarray())
        wide = frame.color_primaries if frame.color_primaries in _TO_BT709 else 0
        if frame.color_trc in _HDR or wide:
            return image.filter(_to_srgb(frame.color_trc if frame.color_trc in _HDR else 0, wide))
        return image


@lru_cache(maxsize=8)
def _to_srgb(transfer: int, primaries: int) -> ImageFilter.Color3DLUT:
    """Return what maps the signals of PQ or HLG, or of wide primaries, to sRGB.

    Curves and the rendering of HLG for a screen of 1,000 cd/m2: ITU-R BT.2100. The white of a page is at 203
    cd/m2 (ITU-R BT.2408), what is brighter is squeezed into what is left above. libswscale can do this
    too, but takes seconds to begin.
    """
    steps = np.linspace(0, 1, _NODES)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    signal = np.stack([red, green, blue], axis=-1)
    if transfer == _PQ:
        root = signal ** (32 / 2523)
        light = (np.maximum(root - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * root)) ** (16384 / 2610)
        light *= 10_000 / _WHITE
    elif transfer:
        scene = np.where(
            signal <= 0.5, signal**2 / 3, (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12
        )
        luma = scene @ np.array([0.2627, 0.6780, 0.0593])
        light = 1_000 / _WHITE * scene * np.maximum(luma, 1e-9)[..., None] ** 0.2
    else:
        light = signal**_GAMMA
    light = np.maximum(light @ _TO_BT709[primaries].T, 0) if primaries else light
    if not transfer:
        table = np.minimum(light, 1) ** (1 / _GAMMA)
    else:
        over = 1 - np.exp(-np.maximum(light - _KNEE, 0) / (1 - _KNEE))
        light = np.where(light > _KNEE, _KNEE + (1 - _KNEE) * over, light)
        table = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return ImageFilter.Color3DLUT(_NODES, table.astype(np.float32).ravel())


def _matrix(frame: "VideoFrame") -> int:
    return _MATRICES.get(frame.colorspace, 1 if frame.height > _HIGH else 5)


def _range(frame: "VideoFrame") -> int:
    if frame.format.name.startswith("yuvj") or frame.format.is_rgb:
        return _FULL
    return _FULL if frame.color_range == _FULL else _LIMITED


def pixel_aspect(stream: "VideoStream") -> float:
    """Return how wide a pixel is for its height; 1 where that is not stated, or makes no sense."""
    stated: Fraction | None = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    if not stated or not 1 / _WIDEST_PIXEL <= stated <= _WIDEST_PIXEL:
        return 1.0
    return float(stated)


def display_matrix(frame: "VideoFrame") -> Matrix | None:
    """Return the upper left of the matrix that turns a frame upright, (2, 2) of its signs; None for none."""
    from av.sidedata.sidedata import Type

    found: Any = frame.side_data  # its types say that it holds texts
    data = found.get(Type.DISPLAYMATRIX)
    numbers = np.frombuffer(bytes(data), np.int32) if data is not None else np.empty(0, np.int32)
    if numbers.size < 9:
        return None
    corner = numbers.reshape(-1)[:9].reshape(3, 3)[:2, :2].astype(np.int64)
    largest = np.abs(corner).max()
    turned = bool(largest) and abs(corner[0, 1]) > abs(corner[0, 0])
    kept = np.array([[0, 1], [1, 0]] if turned else [[1, 0], [0, 1]])
    signs: Matrix = (np.where(corner < 0, -1, 1) * kept).astype(np.int32)
    return signs if largest else None


def is_turned(matrix: Matrix | None) -> bool:
    """Tell whether a matrix swaps width and height."""
    return matrix is not None and not matrix[0, 0]


def upright(image: Image.Image, matrix: Matrix | None) -> Image.Image:
    """Turn and mirror a picture: a point (x, y) of it goes to (x, y) times the matrix."""
    if matrix is None:
        return image
    if is_turned(matrix):
        image = image.transpose(Image.Transpose.TRANSPOSE)
        across, down = matrix[1, 0], matrix[0, 1]
    else:
        across, down = matrix[0, 0], matrix[1, 1]
    if across < 0:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return image.transpose(Image.Transpose.FLIP_TOP_BOTTOM) if down < 0 else image


def deinterlaced(frames: "Iterable[VideoFrame]", stream: "VideoStream") -> "Iterator[VideoFrame]":
    """Yield the same frames at the same times, those flagged as interlaced with their lines put together.

    Nothing is filtered before the first that is flagged. Filter: bwdif (Bob Weaver, after Weston 3 field).
    """
    graph: Graph | None = None
    shape: tuple[int, int, str] | None = None
    for frame in frames:
        if graph is None and not frame.interlaced_frame:
            yield frame
            continue
        if shape != (frame.width, frame.height, frame.format.name):
            if graph is not None:
                yield from _rest(graph)
            stream.codec_context.skip_frame = "DEFAULT"  # the fields of the frames around it are needed
            graph, shape = _graph(frame, stream), (frame.width, frame.height, frame.format.name)
        if graph is not None:
            graph.vpush(frame)
            yield from _ready(graph)
    if graph is not None:
        yield from _rest(graph)


def _graph(frame: "VideoFrame", stream: "VideoStream") -> "Graph":
    from av.filter import Graph

    graph = Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=stream.time_base
    )
    graph.link_nodes(source, graph.add("bwdif", "mode=send_frame:deint=interlaced"), graph.add("buffersink"))
    graph.configure()
    return graph


def _ready(graph: "Graph") -> "Iterator[VideoFrame]":
    import av

    while True:
        try:
            yield graph.vpull()
        except (av.BlockingIOError, av.EOFError):
            return


def _rest(graph: "Graph") -> "Iterator[VideoFrame]":
    graph.vpush(None)
    yield from _ready(graph)
