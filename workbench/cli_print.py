"""How the command line prints: safe for a terminal, or JSON and CSV for programs."""

import json
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def printable(text: str) -> str:
    r"""Return ``text`` safe for a terminal: control characters and undecodable bytes become ``\x1b``."""
    return "".join(map(_printable, text))


def _printable(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode()


def print_for_programs(frame: "pd.DataFrame", arguments: Namespace) -> bool:
    """Print JSON or CSV where the arguments ask for it; return whether they did."""
    if arguments.json:
        print(json.dumps(frame.to_dict(orient="records"), indent=2))
    elif arguments.csv:
        print(frame.to_csv(index=False), end="")
    return bool(arguments.json or arguments.csv)


def say(text: str) -> None:
    """Print to stderr, for the person: what is no result."""
    print(text, file=sys.stderr)
