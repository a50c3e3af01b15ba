"""OpenVINO: the quickest way we measured to compute a network on a processor.

A torch module is exported once and kept beside the weights, so that later sessions load neither torch nor the
published files: half a second instead of ten. Which precision pays off is decided here too.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from workbench.errors import ModelError
from workbench.models import weights

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray


Precision = Literal["auto", "float32", "bfloat16"]
PRECISIONS = ("auto", "float32", "bfloat16")
SHORT = {"float32": "f32", "bfloat16": "bf16"}


def choose_precision(precision: str, *, vectors_too: bool = False) -> Literal["float32", "bfloat16"]:
    """Resolve "auto": bfloat16 where the processor multiplies matrices of it in hardware, else float32.

    Without such hardware bfloat16 is emulated and slower than float32. ``vectors_too``: units for vectors of
    bfloat16 are enough, because the model was measured to be quicker with them. The short forms of keys are
    understood too. Raises ModelError for an unknown word.
    """
    match precision:
        case "float32" | "f32":
            return "float32"
        case "bfloat16" | "bf16":
            return "bfloat16"
        case "auto":
            quick = has_bfloat16_tiles() or (vectors_too and has_bfloat16_vectors())
            return "bfloat16" if quick else "float32"
        case _:
            raise ModelError(f"Unknown precision {precision!r}.", f"Choose one of: {', '.join(PRECISIONS)}.")


_CPUINFO = Path("/proc/cpuinfo")


def has_bfloat16_tiles(cpuinfo: Path = _CPUINFO) -> bool:
    """Whether Linux reports AMX, units that multiply whole matrices of bfloat16."""
    return _has_flag("amx_bf16", cpuinfo)


def has_bfloat16_vectors(cpuinfo: Path = _CPUINFO) -> bool:
    """Whether Linux reports AVX512-BF16, units that multiply vectors of bfloat16."""
    return _has_flag("avx512_bf16", cpuinfo)


def _has_flag(flag: str, cpuinfo: Path) -> bool:
    try:
        return flag in cpuinfo.read_text(encoding="ascii", errors="replace")
    except OSError:
        return False


Runner = Callable[..., "NDArray[np.float32]"]
Chosen = Literal["float32", "bfloat16"]
Shape = Sequence[int]
"""Sizes of an input's axes; -1 for one that may be any length."""
Exported = tuple["torch.nn.Module", tuple["torch.Tensor", ...], Sequence[Shape]]
"""A module in evaluation mode, an example of its inputs, and the shapes it should take."""

_HINT = {"float32": "f32", "bfloat16": "bf16"}
_PARTS = (".bin", ".xml")
DIGESTS = ".sha256"
"""Suffix of the file beside an export that holds the SHA-256 of its parts."""
_CANNOT_KEEP = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}


def exported(name: str, make: Callable[[], Exported], precision: Chosen) -> Runner:
    """Return a runner of the module that ``make`` builds; it is built only where no whole export is found.

    name: file name of the export; it must change with anything that changes the numbers. An export is used
    only while the digests written beside it fit. Raises ModelError where there can be no folder of weights,
    and what ``make`` raises.
    """
    return converted(name, lambda: _convert(*make()), precision)


def converted(name: str, make: Callable[[], Any], precision: Chosen) -> Runner:
    """Return a runner of the OpenVINO model that ``make`` gives; it is kept by name like an export."""
    path = weights.cache_folder() / "exported" / f"{name}.xml"
    if _is_whole(path):
        with contextlib.suppress(RuntimeError):  # of a later OpenVINO: exported anew
            return runner(path, precision)
    print(f"Exporting {name} to OpenVINO (only once on this machine)", file=sys.stderr, flush=True)
    model = make()
    try:
        _save(path, model)
    except OSError as error:
        if error.errno not in _CANNOT_KEEP:
            raise ModelError(
                f"The exported model cannot be written to {path.parent}: {error.strerror}.",
                "Make the folder writable, or set the variable WORKBENCH_CACHE to another folder.",
            ) from error
        print(f"{name} is not kept: {path.parent}: {error.strerror}", file=sys.stderr, flush=True)
        return runner(model, precision)
    del model  # what runs reads the file, which takes less memory
    return runner(path, precision)


def runner(file: Any, precision: Chosen = "float32") -> Runner:
    """Load a network that OpenVINO reads (its own .xml, ONNX, a frozen TensorFlow graph) as a function.

    file: its path, or a model that is in memory.

    The function takes arrays, one for each input, and returns the first output as float32; it may be called
    from several threads, which then take turns. Raises RuntimeError where the file is missing or unreadable.
    """
    import openvino

    compiled = openvino.Core().compile_model(file, "CPU", {"INFERENCE_PRECISION_HINT": _HINT[precision]})
    turn = threading.Lock()

    def run(*inputs: NDArray[Any]) -> NDArray[np.float32]:
        with turn:
            return np.array(compiled(list(inputs))[0], np.float32)

    return run


def _convert(module: Any, example: tuple[Any, ...], shapes: Sequence[Shape]) -> Any:
    import openvino

    with _quiet():
        return openvino.convert_model(
            module, example_input=example, input=[openvino.PartialShape(list(shape)) for shape in shapes]
        )


def _save(path: Path, model: Any) -> None:
    """Write the export beside its place and move it there, so that no reader meets half a file.

    The digests come last: until they are there, the export counts as damaged. Raises OSError.
    """
    import openvino

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as workshop:
        part = Path(workshop) / path.name
        openvino.save_model(model, part, compress_to_fp16=False)
        digests = part.with_suffix(DIGESTS)
        digests.write_text("".join(_digest_lines(part)), encoding="utf-8")
        for suffix in (*_PARTS, DIGESTS):
            part.with_suffix(suffix).replace(path.with_suffix(suffix))


def _is_whole(path: Path) -> bool:
    """Whether an export lies here, byte for byte as it was written under this name.

    This finds damage and mixed-up files. Who can write the digests too can still replace an export.
    """
    try:
        return path.with_suffix(DIGESTS).read_bytes() == "".join(_digest_lines(path)).encode()
    except OSError:
        return False


def _digest_lines(path: Path) -> list[str]:
    """Return a line for each part of an export, as ``sha256sum`` writes and checks them."""
    parts = [path.with_suffix(suffix) for suffix in _PARTS]
    return [f"{weights.sha256_of(part)}  {part.name}\n" for part in parts]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Tracing warns of every branch it takes; the exports are compared with the modules in the tests."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
