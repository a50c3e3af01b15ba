"""A cache of heatmaps: small arrays and what is known of them, found by the question they answer."""

import hashlib
import io
import json
import urllib.parse
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.store.parts import FORMAT, write_atomically

Question: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class Kept:
    """An entry: arrays by name, and facts that JSON can hold."""

    arrays: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any]


class HeatmapCache:
    """One .npz file for each question (image, target, method, ...); a corrupt one is a miss.

    ``cache`` is the cache of a case, ``key`` the embedder key of the model that is explained. The files hold
    plain arrays and a JSON text, and are read without pickle.
    """

    def __init__(self, cache: Path, key: str) -> None:
        self._folder = cache / "heatmaps" / urllib.parse.quote(key, safe="")

    def load(self, question: Question) -> Kept | None:
        """Return what is kept for exactly this question, or None."""
        try:
            with np.load(self._path(question), allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            about = json.loads(arrays.pop("about").tobytes())
            if about["format"] == FORMAT and about["question"] == dict(question):
                return Kept(arrays, about["facts"])
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            pass
        return None

    def save(self, question: Question, kept: Kept) -> None:
        """Keep an entry, in place of an earlier one for the same question."""
        about = json.dumps({"format": FORMAT, "question": dict(question), "facts": dict(kept.facts)})
        buffer, path = io.BytesIO(), self._path(question)
        arrays: dict[str, Any] = {**kept.arrays, "about": np.frombuffer(about.encode(), np.uint8)}
        np.savez_compressed(buffer, **arrays)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, buffer.getvalue())

    def _path(self, question: Question) -> Path:
        text = json.dumps(dict(question), sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).hexdigest()
        return self._folder / digest[:2] / f"{digest[:32]}.npz"
