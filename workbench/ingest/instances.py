"""Looking for candidates: the loop over the images of a case that nobody has looked at with this model."""

import os
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm.auto import tqdm

from workbench.errors import CaseError
from workbench.ingest.ordered_pool import in_order
from workbench.media.decode import DecodeError, read_image
from workbench.media.read import ReadError, read_bytes
from workbench.store.case_folder import CaseFolder
from workbench.store.instances import Candidates, append, instance_parts, looked_at

PART_IMAGES = 256
PART_SECONDS = 60.0
_WORKERS = 2  # the network takes turns; what comes before and after it does not


class InstanceModel(Protocol):
    """Says where things may be in a picture, and what they look like."""

    @property
    def key(self) -> str:
        """What names everything that changes the numbers."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def decode_side(self) -> int:
        """Shorter side, in pixels, that decoding must keep."""
        ...

    def candidates(self, image: Image.Image) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
        """Return boxes (R, 4), as fractions, and vectors (R, dim); called on several threads at once."""
        ...


@dataclass(frozen=True)
class InstanceReport:
    """What one run did: images ``looked`` at, ``candidates`` found, images that ``failed``, ``seconds``."""

    looked: int
    candidates: int
    failed: int
    seconds: float


def ingest_instances(
    folder: CaseFolder,
    images: Sequence[tuple[str, bytes]],
    model: InstanceModel,
    *,
    retry: bool = False,
    progress: bool = True,
) -> InstanceReport:
    """Look at those of ``images`` (image id, raw path) that were not looked at with the key of ``model``.

    May be stopped at any time and run again: what was finished is kept. A file that cannot be read is noted
    with its reason and tried again with ``retry``. Raises CaseError where the case cannot be written.
    """
    started, parts = time.monotonic(), instance_parts(folder, model.key)
    parts.clean()
    known = looked_at(parts, failed_too=not retry)
    work = [(image_id, path) for image_id, path in images if image_id not in known]
    writer = _Writer(folder, model)
    with tqdm(total=len(work), desc="instances", unit="image", disable=not progress) as bar:
        found = in_order(
            partial(_examine, folder, model), work, lambda: 2 * _WORKERS, workers=_WORKERS, name="instances"
        )
        try:
            with closing(found):
                for candidates in found:
                    writer.add(candidates)
                    bar.update()
        finally:
            writer.flush()
    return InstanceReport(writer.looked, writer.candidates, writer.failed, time.monotonic() - started)


def _examine(folder: CaseFolder, model: InstanceModel, work: tuple[str, bytes]) -> Candidates:
    image_id, raw_path = work
    path = os.fsencode(folder.file_path(raw_path))
    try:
        picture = read_image(read_bytes(path), min_side=model.decode_side).image
        boxes, vectors = model.candidates(picture)
    except DecodeError as error:
        return _nothing(image_id, model, error.reason)
    except (ReadError, ValueError, OSError, RuntimeError) as error:
        return _nothing(image_id, model, str(error)[:200] or type(error).__name__)
    return Candidates(image_id, boxes, vectors)


def _nothing(image_id: str, model: InstanceModel, reason: str) -> Candidates:
    return Candidates(image_id, np.zeros((0, 4), np.float32), np.zeros((0, model.dim), np.int8), reason)


class _Writer:
    """Gathers candidates and writes them as parts."""

    def __init__(self, folder: CaseFolder, model: InstanceModel) -> None:
        self._folder, self._parts = folder, instance_parts(folder, model.key)
        self._rows: list[Candidates] = []
        self._flushed = time.monotonic()
        self.looked = self.candidates = self.failed = 0

    def add(self, found: Candidates) -> None:
        self.looked += 1
        self.candidates += len(found.boxes)
        self.failed += found.reason is not None
        self._rows.append(found)
        if len(self._rows) >= PART_IMAGES or time.monotonic() - self._flushed > PART_SECONDS:
            self.flush()

    def flush(self) -> None:
        try:
            append(self._parts, self._rows)
        except OSError as error:
            raise CaseError(
                f"The case {self._folder.root} cannot be written: {error.strerror or error}.",
                "Free some space or check that you may write there, then ingest again.",
            ) from error
        self._rows, self._flushed = [], time.monotonic()
