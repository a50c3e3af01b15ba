"""A process of its own, with limits on memory and time, for images that may take much of both.

It is started when first needed and kept. It gets bytes and gives back JSON and pixels, nothing that is run.
"""

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

MAX_MEMORY = 2**30
"""Bytes that decoding one image may take, its file included. Not enforced where there is no RLIMIT_AS."""
MAX_SECONDS = 20.0
"""Wall-clock seconds that decoding one image may take."""

_MAX_REPLY = 65_536  # bytes of JSON


class SandboxError(Exception):
    """The image took too much, or its decoder crashed; ``str(error)`` is the reason for the problems."""


class CrashError(SandboxError):
    """The process ended by itself before it answered, as a decoder does that runs out of memory."""


class StoppedError(Exception):
    """:func:`stop` was called while an image was being decoded or waited for its turn; it is no problem."""


class _Sandbox:
    """The process, one image at a time; threads that bring another wait for their turn."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._state = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        self._stops = 0

    def ask(self, request: Mapping[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        stops = self._stops
        with self._turn:
            process = self._started(stops)
            late = threading.Event()
            timer = threading.Timer(MAX_SECONDS, _expire, (process, late))
            timer.daemon = True
            timer.start()
            try:
                return _asked(process, request, data)
            except (OSError, ValueError, EOFError) as error:  # it ended before it answered
                self._end(process)
                if self._stops != stops:
                    raise StoppedError from None
                if late.is_set():
                    raise SandboxError(f"takes more than {MAX_SECONDS:.0f} s to decode") from None
                raise CrashError(f"its decoder crashed (exit status {process.returncode})") from error
            except BaseException:  # an interrupt: what it would answer belongs to nobody
                self._end(process)
                raise
            finally:
                timer.cancel()

    @property
    def runs(self) -> bool:
        process = self._process
        return process is not None and process.poll() is None and self._owner == os.getpid()

    def stop(self) -> None:
        with self._state:
            self._stops += 1
            process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            process.wait()
            if self._turn.acquire(blocking=False):  # else who waits for an answer closes the pipes
                close_pipes(process)
                self._turn.release()

    def _started(self, stops: int) -> subprocess.Popen[bytes]:
        """Return the running process, or a new one; a fork of ours does not share its parent's."""
        with self._state:
            if self._stops != stops:
                raise StoppedError
            if self._process is None or self._process.poll() is not None or self._owner != os.getpid():
                self._process, self._owner = start("workbench.media.decode_child"), os.getpid()
            return self._process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        close_pipes(process)
        with self._state:
            if self._process is process:
                self._process = None


def close_pipes(process: subprocess.Popen[bytes]) -> None:
    """Close the pipes to a process that has ended."""
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):  # what was not yet written has no reader any more
            if pipe is not None:
                pipe.close()


def _expire(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def start(module: str, *arguments: str, files: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Start a module of ours as a process that has some open files; raises :class:`SandboxError`."""
    package = str(Path(__file__).parents[2])
    paths = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        return subprocess.Popen(  # noqa: S603 our own modules
            # -P: nothing is imported from the folder we happen to be in, which may be one of strange files.
            [sys.executable, "-P", "-W", "ignore", "-m", module, *arguments],
            pass_fds=files,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
    except OSError as error:
        raise SandboxError(f"no process can be started to decode it: {error.strerror}") from error


def _asked(
    process: subprocess.Popen[bytes], request: Mapping[str, Any], data: bytes
) -> tuple[dict[str, Any], bytes]:
    """Send a request and return the answer; raises OSError, ValueError or EOFError where there is none."""
    if process.stdin is None or process.stdout is None:
        raise EOFError
    ask = {**request, "bytes": len(data), "memory": MAX_MEMORY, "seconds": int(MAX_SECONDS)}
    process.stdin.write(json.dumps(ask).encode() + b"\n")
    process.stdin.write(data)
    process.stdin.flush()
    said = json.loads(process.stdout.readline(_MAX_REPLY))
    length = 3 * said["size"][0] * said["size"][1] if "size" in said else 0
    pixels = process.stdout.read(length)
    if len(pixels) != length:
        raise EOFError
    return said, pixels


_sandbox = _Sandbox()


def decode(data: bytes, min_side: int, min_long_side: int) -> tuple[dict[str, Any], bytes]:
    """Return what the process says of an image, and its RGB pixels (empty where it says ``reason``).

    Raises :class:`SandboxError` where it takes too much or crashes, :class:`StoppedError` after :func:`stop`.
    """
    return ask({"min_side": min_side, "min_long_side": min_long_side}, data)


def ask(request: Mapping[str, Any], data: bytes = b"") -> tuple[dict[str, Any], bytes]:
    """Return what the process says to a request, with the pixels of its answer; raises as `decode`."""
    return _sandbox.ask(request, data)


def runs() -> bool:
    """Say whether the process is there, and may hold something."""
    return _sandbox.runs


def stop() -> None:
    """End all processes at once, from any thread: who waits for one gets :class:`StoppedError`."""
    _sandbox.stop()
    for end in list(_on_stop):
        end()


_on_stop: set[Callable[[], object]] = set()


def on_stop(end: Callable[[], object]) -> None:
    """Have :func:`stop` call ``end`` too, until :func:`not_on_stop`."""
    _on_stop.add(end)


def not_on_stop(end: Callable[[], object]) -> None:
    """Take back what :func:`on_stop` was told."""
    _on_stop.discard(end)


atexit.register(stop)
