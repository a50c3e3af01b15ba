"""The process that decodes large or suspicious images and documents, with limits that it puts on itself.

For each image or page: a line of JSON and the bytes come in, a line of JSON and RGB pixels go out.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image

from workbench.media.decode import DecodeError, decode_limited, packed
from workbench.media.pdf import Documents

_SPARE = 5  # seconds of processor time more than the wall-clock limit of the parent, should it be gone


def main() -> None:
    """Serve until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and ends us
    Image.MAX_IMAGE_PIXELS = None  # our own limits are checked
    asks, answers = sys.stdin.buffer, sys.stdout.buffer
    memory, documents = address_space(), Documents()
    while line := asks.readline():
        ask = json.loads(line)
        limit(memory, ask["memory"] - ask["bytes"], ask["seconds"])
        _serve(asks.read(ask["bytes"]), ask, documents, answers)


def _serve(data: bytes, ask: dict[str, Any], documents: Documents, answers: BinaryIO) -> None:
    try:
        if "document" in ask:
            said, pixels = documents.answer(ask, data)
        else:
            decoded = decode_limited(data, ask["min_side"], ask["min_long_side"])
            said, pixels = packed(decoded), decoded.image.tobytes()
    except DecodeError as error:
        said, pixels = {"reason": error.reason}, b""
    except MemoryError:
        said, pixels = {"reason": "too large: needs more memory than there is for one image"}, b""
        documents.close()
    answers.write(json.dumps(said).encode() + b"\n")
    answers.write(pixels)
    answers.flush()


def address_space() -> int:
    """Return the bytes of address space in use."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 2**30


def limit(used: int, more: int, seconds: int | None) -> None:
    """Let this process take ``more`` bytes than it has ``used``, and some seconds of processor time."""
    try:
        import resource
    except ImportError:  # Windows has none: the parent's clock is left
        return
    limits = {resource.RLIMIT_AS: used + max(more, 64 * 2**20)}
    if seconds is not None:
        spent = resource.getrusage(resource.RUSAGE_SELF)
        limits[resource.RLIMIT_CPU] = int(spent.ru_utime + spent.ru_stime) + seconds + _SPARE
    for kind, soft in limits.items():
        try:
            resource.setrlimit(kind, (soft, resource.getrlimit(kind)[1]))
        except (OSError, ValueError):
            continue


if __name__ == "__main__":
    main()
