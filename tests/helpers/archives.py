"""Archives of photos of one colour, made by the libraries that write each kind."""

import bz2
import gzip
import io
import lzma
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

COLOURS = {"red": (255, 0, 0), "blue": (0, 0, 255), "green": (0, 128, 0), "orange": (255, 165, 0)}


def photo(colour: Any, size: tuple[int, int] = (40, 30)) -> bytes:
    """Return a PNG of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def colour(data: bytes) -> tuple[int, ...]:
    """Return the colour of the middle of a picture, (3,) from 0 to 255."""
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    return tuple(int(part) for part in pixels[len(pixels) // 2, pixels.shape[1] // 2])


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP archive of some files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6)), data, method)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes], mtime: int = 1_600_000_000) -> bytes:
    """Return a plain TAR archive of some files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), mtime
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def seven_zipped(files: Mapping[str, bytes], password: str | None = None, **options: Any) -> bytes:
    """Return a solid 7z archive of some files."""
    import py7zr

    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", password=password, **options) as archive:
        for name, data in files.items():
            archive.writestr(data, name)
    return buffer.getvalue()


MAKE = {
    "a.zip": zipped,
    "stored.zip": lambda files: zipped(files, zipfile.ZIP_STORED),
    "bz2.zip": lambda files: zipped(files, zipfile.ZIP_BZIP2),
    "lzma.zip": lambda files: zipped(files, zipfile.ZIP_LZMA),
    "a.tar": tarred,
    "a.tar.gz": lambda files: gzip.compress(tarred(files)),
    "a.tgz": lambda files: gzip.compress(tarred(files)),
    "a.tar.bz2": lambda files: bz2.compress(tarred(files)),
    "a.tar.xz": lambda files: lzma.compress(tarred(files)),
    "a.tar.zst": lambda files: zstd.compress(tarred(files)),
    "a.7z": seven_zipped,
}
"""File name -> what makes an archive of files (name -> bytes) that is called so."""


def place(path: Path, name: str) -> bytes:
    """Return where `workbench.media.read` reads a file of an archive."""
    return str(path).encode() + b"\0" + name.encode()
