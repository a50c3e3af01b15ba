"""Candidates of instance search for images that a case has: the same loop, without a scan of the source."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from workbench.image_id import file_id, part_of
from workbench.ingest.examine import Claims, Examined, Needs
from workbench.ingest.run import prepared, results_of
from workbench.ingest.writer import PART_SECONDS, SampleWriter, written
from workbench.media.stills import openers
from workbench.samples.instances import INSTANCE, not_looked_at
from workbench.samples.kind import Found, finders
from workbench.samples.models import InstanceModel, Models
from workbench.store.case_folder import CaseFolder


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

    The source is not scanned. May be stopped at any time and run again: what was finished is kept. An image
    that cannot be read, or whose file is another one now, is noted with its reason and tried again with
    ``retry``. Raises CaseError where the case cannot be written.
    """
    started, some = time.monotonic(), finders(Models(instances=model), [INSTANCE.name])
    parts = prepared(folder, some)[INSTANCE.name]
    finished = parts.finished(failed_too=not retry)
    wanted = _Candidates((one, path) for one, path in images if one not in finished)
    claims = Claims(wanted, openers())
    writer, flushed = SampleWriter(parts), time.monotonic()
    try:
        with closing(results_of(folder, wanted.paths, some, claims, "instances", progress)) as results:
            for result in results:
                for image_id, found in wanted.found(result, model.dim):
                    writer.add(image_id, found)
                if writer.full or time.monotonic() - flushed > PART_SECONDS:
                    with written(folder):
                        writer.flush()
                    flushed = time.monotonic()
    finally:
        with written(folder):
            writer.flush()
    return InstanceReport(writer.images, writer.count, writer.failed, time.monotonic() - started)


class _Candidates:
    """Wants candidates of some images, each given with the raw path of its file."""

    def __init__(self, images: Iterable[tuple[str, bytes]]) -> None:
        self._left: dict[bytes, dict[str, None]] = {}  # by path, in the order of the images
        self._of_file: dict[str, list[str]] = {}
        for image_id, path in images:
            self._left.setdefault(path, {})[image_id] = None
            self._of_file.setdefault(file_id(image_id), []).append(image_id)
        self._all = {image_id for images in self._left.values() for image_id in images}
        self.paths = list(self._left)

    def needs_of_file(self, file_id: str, stills: str | None) -> Needs:
        return Needs(kinds=frozenset([INSTANCE.name] if file_id in self._of_file else []))

    def needs(self, image_id: str, stills: str | None) -> Needs:
        return Needs(kinds=frozenset([INSTANCE.name] if image_id in self._all else []))

    def parts(self, file_id: str) -> list[str]:
        return [part_of(image_id) for image_id in self._of_file.get(file_id, ())]

    def found(self, result: Examined, dim: int) -> Iterator[tuple[str, Found]]:
        """Yield what is to be written for the images of a path; for those that no result was of, why."""
        left = self._left[self.paths[result.place]]
        if result.image_id in left and INSTANCE.name in result.found:
            del left[result.image_id]
            yield result.image_id, result.found[INSTANCE.name]
        elif result.image_id in left and not result.last:
            del left[result.image_id]
            yield result.image_id, not_looked_at(dim, next(iter(result.warnings)).reason)
        if not result.last:
            return
        reason = result.failure.reason if result.failure else "the file has changed since it was ingested"
        for image_id in left:
            if result.failure or result.image_id != file_id(image_id) or result.stills is not None:
                yield image_id, not_looked_at(dim, reason)
