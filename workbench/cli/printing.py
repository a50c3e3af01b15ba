"""How the command line prints: safe for a terminal, or JSON and CSV for programs."""

import contextlib
import io
import json
import math
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def open_pipes() -> Iterator[None]:
    """Let what is printed inside pass through any pipe, terminal or file.

    Letters that its encoding lacks become backslash escapes, and output that was closed takes what comes.
    Raises WorkbenchError where it cannot be written, as on a full disk; a reader that has seen enough, such
    as `head`, ends the program's output and is no error.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller: `>&-`
            setattr(sys, name, io.StringIO())
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        _silence(sys.stdout)
        what = f"{error.filename or 'The output'} cannot be read or written: {error.strerror or error}."
        raise WorkbenchError(what, "Check the permission and the free space.") from error


def _silence(stream: TextIO) -> None:
    """Send what a stream still holds nowhere, so that closing it at the end raises nothing."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def printable(text: str) -> str:
    r"""Return ``text`` safe for a terminal: control characters and undecodable bytes become ``\x1b``."""
    return "".join(map(_printable, text))


def _printable(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode()


def print_for_programs(frame: "pd.DataFrame", arguments: Namespace) -> bool:
    """Print JSON or CSV where the arguments ask for it; return whether they did."""
    if arguments.json:
        known = frame.astype(object).where(frame.notna(), None)  # JSON has no NaN
        print(json.dumps(known.to_dict(orient="records"), indent=2))
    elif arguments.csv:
        from workbench.csv_cells import safe_table

        print(safe_table(frame).to_csv(index=False), end="")
    return bool(arguments.json or arguments.csv)


def print_hits(frame: "pd.DataFrame") -> None:
    """Print a line a hit: score, probability where it is known, path, and where in the image."""
    for score, likely, path, _, *box in frame.to_numpy().tolist():
        known = "" if math.isnan(likely) else f"{likely:.1%}"
        where = "  at {:.0f},{:.0f} {:.0f}x{:.0f}".format(*box) if box and not math.isnan(box[0]) else ""
        print(f"{score:6.3f} {known:>6}  {printable(str(path))}{where}")


def say(text: str) -> None:
    """Print to stderr, for the person: what is no result; where that is gone, nobody is told."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        _silence(sys.stderr)
