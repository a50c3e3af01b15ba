"""From a decoded frame to what is shown: deinterlaced, 8-bit sRGB, upright, with square pixels."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.media.colour import to_srgb

if TYPE_CHECKING:
    from av.filter import Graph
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Matrix = NDArray[np.int32]

_WIDEST_PIXEL = 10  # a pixel stated to be wider or higher than this is taken for square
_HIGH = 576  # lines of a picture above which a matrix that is not stated is taken for BT.709, as players do
# Numbers of matrices, primaries and transfer functions are those of ITU-T H.273.
_MATRICES = {
    1: "ITU709", 4: "FCC", 5: "ITU601", 6: "ITU601", 7: "SMPTE240M", 9: "BT2020", 10: "BT2020",
}  # fmt: skip
_BT709, _SRGB, _UNSTATED = 1, 13, 2
_WIDE = {9, 11, 12}  # primaries of BT.2020 and P3
_HDR = {16, 18}  # transfer functions PQ and HLG
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
        return small.to_ndarray()

    def _convert(self, frame: "VideoFrame") -> Image.Image:
        """Return the stored pixels as sRGB: libswscale maps PQ and HLG so that 203 cd/m2 become white."""
        import av

        alpha = any(component.is_alpha for component in frame.format.components)
        wanted = "rgba" if alpha else "rgb24"
        if frame.color_trc in _HDR or frame.color_primaries in _WIDE:
            if frame.color_trc in {0, _UNSTATED}:
                frame.color_trc = _BT709
            target = {"dst_color_trc": _SRGB if frame.color_trc in _HDR else frame.color_trc}
            target["dst_color_primaries"] = _BT709
            try:
                return self._scaled(frame, wanted, **target)
            except (av.FFmpegError, ValueError):  # a transfer function that it does not know
                pass
        return self._scaled(frame, wanted)

    def _scaled(self, frame: "VideoFrame", wanted: str, **target: int) -> Image.Image:
        scaled = self._scaler.reformat(
            frame,
            format=wanted,
            interpolation="BICUBIC",
            src_colorspace=_matrix(frame),
            src_color_range=_range(frame),
            dst_color_range=_FULL,
            threads=1,
            **target,
        )
        return Image.fromarray(scaled.to_ndarray())


def _matrix(frame: "VideoFrame") -> str:
    return _MATRICES.get(frame.colorspace, "ITU709" if frame.height > _HIGH else "ITU601")


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

    data = frame.side_data.get(Type.DISPLAYMATRIX)
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
    """Turn and mirror a picture as `display_matrix` says: a point (x, y) of it goes to (x, y) times the matrix."""
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
