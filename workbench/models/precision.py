"""Which number format the image tower computes in."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Precision = Literal["auto", "float32", "bfloat16"]
PRECISIONS = ("auto", "float32", "bfloat16")
SHORT = {"float32": "f32", "bfloat16": "bf16"}


def choose(precision: str) -> Literal["float32", "bfloat16"]:
    """Resolve "auto": bfloat16 where the processor multiplies matrices of it in hardware, else float32.

    Without such hardware bfloat16 is emulated and slower than float32. The short forms of keys are understood
    too. Raises ModelError for an unknown word.
    """
    match precision:
        case "float32" | "f32":
            return "float32"
        case "bfloat16" | "bf16":
            return "bfloat16"
        case "auto":
            return "bfloat16" if has_bfloat16_tiles() else "float32"
        case _:
            from workbench.errors import ModelError

            raise ModelError(f"Unknown precision {precision!r}.", f"Choose one of: {', '.join(PRECISIONS)}.")


def has_bfloat16_tiles(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether Linux reports AMX, the only matrix unit for bfloat16 whose gain we have measured."""
    try:
        return "amx_bf16" in cpuinfo.read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
