"""Open what holds a video, with none of what would read other files, and pick the video to read."""

import io
import os
from typing import TYPE_CHECKING, Any

from workbench.media.limits import LimitError, check_size

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

# What holds its pictures itself. No playlist, which would open other files and addresses (hls, dash, concat).
_CONTAINERS = (
    "aac,ac3,amr,apng,asf,av1,avi,dv,flac,flv,gif,h263,h264,hevc,ivf,live_flv,m4v,matroska,mjpeg,mov,mp3,mp4,"
    "mpeg,mpegts,mpegvideo,mxf,nsv,nut,obu,ogg,rm,swf,vc1,wav,webm,wtv,yuv4mpegpipe"
)
_LARGE = 9_000_000  # pixels of a frame of which few are decoded at once: each takes 14 to 70 MB


class VideoError(Exception):
    """The file gives no video; ``str(error)`` is the reason for the problems table."""


class PositionedFile(io.RawIOBase):
    """A file read through a descriptor that others may share: it keeps its own position, and never writes."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor, self._at = descriptor, 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position and return it."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at}.get(whence)
        self._at = (os.fstat(self._descriptor).st_size if start is None else start) + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most 1 MB where no ``size`` is given."""
        data = os.pread(self._descriptor, size if size >= 0 else 2**20, self._at)
        self._at += len(data)
        return data


def open_container(file: Any) -> "tuple[InputContainer, VideoStream]":
    """Open a readable and seekable binary file from its start; return it and the video to read.

    Raises :class:`VideoError` for one without a video.
    """
    import av

    file.seek(0)
    try:
        container = av.open(
            file,
            mode="r",
            options={"format_whitelist": _CONTAINERS, "protocol_whitelist": "none"},
            metadata_errors="replace",
        )
    except (av.FFmpegError, ValueError) as error:
        raise VideoError(_why_not_opened(error)) from None
    container.flags |= 1  # gen_pts: times that are missing are worked out
    return container, _picked(container)


def moving(container: "InputContainer") -> "list[VideoStream]":
    """Return the streams that are videos, not the covers of songs or previews."""
    from av.stream import Disposition

    still = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    return [stream for stream in container.streams.video if not stream.disposition & still]


def _picked(container: "InputContainer") -> "VideoStream":
    """Return the video to read: the default one, else the one with most pixels; set it up for decoding."""
    from av.stream import Disposition

    streams = moving(container)
    if not streams:
        others = len(container.streams)
        raise VideoError("no video in it: only sound" if others else "no video in it")
    known = [stream for stream in streams if stream.codec_context is not None]
    if not known:
        raise VideoError("its codec is not known, so that no frame can be decoded")
    default = Disposition.default
    best = max(known, key=lambda one: (bool(one.disposition & default), one.width * one.height))
    try:
        check_size(best.width, best.height, best.width * best.height)
    except LimitError as error:
        raise VideoError(str(error)) from None
    if not best.width or not best.height:
        raise VideoError("broken or truncated: it does not say how large its frames are")
    best.thread_type = "AUTO"
    best.thread_count = 2 if best.width * best.height > _LARGE else 0
    return best


def _why_not_opened(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "truncated: the file ends before its first frame"
    text = " ".join((getattr(error, "strerror", None) or str(error)).split())
    return f"not a video, broken or truncated: {text}"[:200]
