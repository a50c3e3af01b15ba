"""Classifiers in ``work/classifiers``: JSON with what was learnt from what, safetensors with the weights."""

import hashlib
import json
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import CaseError
from workbench.spelling import lookup_form
from workbench.store.files import make_folder, new_file, read_json, write_atomically, write_json
from workbench.store.json_lines import signature

FORMAT = 1
_HEADER = "workbench.classifier"
MOST_BYTES = 64 << 20
"""A file to import that is larger is none of ours: a classifier has some hundred kilobytes."""

Weights = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class StoredClassifier:
    """One classifier without its weights.

    ``over`` is the kind of its samples and ``key`` the embedder key of their vectors (``dim`` numbers each).
    ``yes`` and ``no`` are the ids it learnt from; ``settings`` and ``figures`` are plain JSON.
    """

    name: str
    over: str
    key: str
    dim: int
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    when: str = ""
    who: str = ""


class ClassifierFiles:
    """The classifiers of a case, two files each; names that are cased or composed otherwise are one.

    A file that is damaged is left out with a warning: the labels it was trained on are elsewhere.
    """

    def __init__(self, work: Path) -> None:
        self._folder = work / "classifiers"

    def save(self, stored: StoredClassifier, weights: Weights) -> None:
        """Write a classifier in place of one of the same name; ``when`` and ``who`` are filled in.

        Raises DiskError.
        """
        data = _packed(weights, {})
        digest, stem = hashlib.sha256(data).hexdigest(), _stem(stored.name)
        path = self._folder / f"{stem}-{digest[:12]}.safetensors"
        make_folder(self._folder)
        write_atomically(path, data)
        signed = stored if stored.when else _signed(stored)
        facts = {"format": FORMAT, **asdict(signed), "weights": path.name, "weights_sha256": digest}
        write_json(self._folder / f"{stem}.json", facts)
        for old in self._folder.glob(f"{stem}-*.safetensors"):
            if old != path:
                old.unlink(missing_ok=True)

    def read(self) -> dict[str, StoredClassifier]:
        """Return the classifiers by name, the oldest first."""
        found = [stored for path in sorted(self._folder.glob("*.json")) if (stored := self._read(path))]
        return {stored.name: stored for stored in sorted(found, key=lambda stored: stored.when)}

    def version(self) -> tuple[tuple[str, int], ...]:
        """Return what changes whenever a classifier is saved, renamed or removed."""
        paths = sorted(self._folder.glob("*.json"))
        return tuple((path.name, path.stat().st_mtime_ns) for path in paths)

    def weights(self, name: str) -> dict[str, NDArray[np.float32]]:
        """Return the weights of a classifier; raises CaseError where they are missing or damaged."""
        try:
            facts = read_json(self._folder / f"{_stem(name)}.json")
            data = (self._folder / Path(str(facts["weights"])).name).read_bytes()
            if hashlib.sha256(data).hexdigest() != facts["weights_sha256"]:
                raise ValueError("its SHA-256 is another one")
            return _unpacked(data)[0]
        except (OSError, ValueError, KeyError) as error:
            raise CaseError(
                f"The weights of the classifier {name!r} cannot be read: {error}.",
                f"Train it again from its labels: case.learn({name!r}).",
            ) from error

    def remove(self, name: str) -> None:
        """Delete the files of a classifier."""
        stem = _stem(name)
        (self._folder / f"{stem}.json").unlink(missing_ok=True)
        for path in self._folder.glob(f"{stem}-*.safetensors"):
            path.unlink(missing_ok=True)

    def _read(self, path: Path) -> StoredClassifier | None:
        try:
            return _stored(read_json(path))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            warnings.warn(
                f"{path} is damaged and left out ({error}); `case.learn(name)` trains it again.",
                RuntimeWarning,
                stacklevel=4,
            )
            return None


def write_file(path: Path, stored: StoredClassifier, weights: Weights) -> None:
    """Write one file with a classifier and its weights, to be read by `read_file`. Raises DiskError."""
    facts = {"format": FORMAT, **asdict(stored)}
    with new_file(path) as temporary:
        temporary.write_bytes(_packed(weights, {_HEADER: json.dumps(facts)}))


def read_file(path: Path) -> tuple[StoredClassifier, dict[str, NDArray[np.float32]]]:
    """Return what `write_file` wrote; raises CaseError for any other file, which is never run."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError("it is too large for one")
        weights, header = _unpacked(path.read_bytes())
        return _stored(json.loads(header[_HEADER])), weights
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CaseError(
            f"{path} is no classifier: {error}.", "Use a file that `case.classifiers.export` has written."
        ) from error


def _signed(stored: StoredClassifier) -> StoredClassifier:
    now = signature()
    return replace(stored, when=now["when"], who=now["who"])


def _stem(name: str) -> str:
    """Return what the files of a classifier are called: its name may hold anything."""
    return hashlib.sha256(lookup_form(name).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _packed(weights: Weights, header: dict[str, str]) -> bytes:
    from safetensors.numpy import save

    arrays = {name: np.ascontiguousarray(array, np.float32) for name, array in weights.items()}
    return bytes(save(arrays, header or None))


def _unpacked(data: bytes) -> tuple[dict[str, NDArray[np.float32]], dict[str, str]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = load(data)
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length]).get("__metadata__") or {}
    return {name: np.asarray(array, np.float32) for name, array in arrays.items()}, header


def _stored(facts: Mapping[str, Any]) -> StoredClassifier:
    """Return a classifier from its JSON; raises KeyError, TypeError or ValueError for what is none."""
    if facts["format"] != FORMAT:
        raise ValueError(f"its format {facts['format']!r} is of another release")
    name, over, key, when, who = (facts[field] for field in ("name", "over", "key", "when", "who"))
    yes, no = tuple(facts["yes"]), tuple(facts["no"])
    if not all(isinstance(value, str) for value in (name, over, key, when, who, *yes, *no)):
        raise TypeError("a text was expected")
    if not lookup_form(name):
        raise ValueError("it has no name")
    datetime.fromisoformat(when)
    settings, figures = facts["settings"], facts["figures"]
    if not isinstance(settings, dict) or not _are_figures(figures):
        raise TypeError("settings and figures were expected")
    return StoredClassifier(name, over, key, int(facts["dim"]), yes, no, settings, figures, when, who)


def _are_figures(figures: Any) -> bool:
    """Say whether figures are counts, and numbers or null for each method that was tried."""
    counts = [figures[name] for name in ("yes", "no", "unlabelled")]
    numbers = [value for trial in figures["trials"] for name, value in trial.items() if name != "method"]
    methods = [trial["method"] for trial in figures["trials"]]
    return (
        bool(methods)
        and all(isinstance(method, str) for method in methods)
        and all(isinstance(count, int) for count in counts)
        and all(value is None or isinstance(value, int | float) for value in numbers)
    )
