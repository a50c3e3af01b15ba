"""The process that decodes large or suspicious images: reads them from stdin, puts limits on itself.

For each image: a line of JSON and the bytes come in, a line of JSON and RGB pixels go out.
"""

import json
import signal
import sys
from typing import BinaryIO

from PIL import Image

from workbench.media.decode import DecodeError, decode_limited, packed
from workbench.media.own_limits import limit, memory


def main() -> None:
    """Serve until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and ends us
    Image.MAX_IMAGE_PIXELS = None  # our own limits are checked
    asks, answers = sys.stdin.buffer, sys.stdout.buffer
    used = memory()
    while line := asks.readline():
        ask = json.loads(line)
        limit(used, ask["memory"] - ask["bytes"], ask["seconds"])
        _serve(asks.read(ask["bytes"]), ask, answers)


def _serve(data: bytes, ask: dict[str, int], answers: BinaryIO) -> None:
    try:
        decoded = decode_limited(data, ask["min_side"], ask["min_long_side"])
        said, pixels = packed(decoded), decoded.image.tobytes()
    except DecodeError as error:
        said, pixels = {"reason": error.reason}, b""
    except MemoryError:
        said, pixels = {"reason": "too large: needs more memory than there is for one image"}, b""
    answers.write(json.dumps(said).encode() + b"\n")
    answers.write(pixels)
    answers.flush()


if __name__ == "__main__":
    main()
