"""How the command line prints: safe for a terminal, or JSON and CSV for programs."""

import json
import math
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
        known = frame.astype(object).where(frame.notna(), None)  # JSON has no NaN
        print(json.dumps(known.to_dict(orient="records"), indent=2))
    elif arguments.csv:
        from workbench.case.safe_output import safe_table

        print(safe_table(frame).to_csv(index=False), end="")
    return bool(arguments.json or arguments.csv)


def print_hits(frame: "pd.DataFrame") -> None:
    """Print a line a hit: score, probability where it is known, path, and where in the image."""
    for score, likely, path, _, *box in frame.to_numpy().tolist():
        known = "" if math.isnan(likely) else f"{likely:.1%}"
        where = "  at {:.0f},{:.0f} {:.0f}x{:.0f}".format(*box) if box and not math.isnan(box[0]) else ""
        print(f"{score:6.3f} {known:>6}  {printable(str(path))}{where}")


def say(text: str) -> None:
    """Print to stderr, for the person: what is no result."""
    print(text, file=sys.stderr)
