"""Ingest a source into its case: scan, examine, embed and write what is new."""

import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tqdm.auto import tqdm

from workbench.ingest.embedder import Embedder
from workbench.ingest.examine import Models
from workbench.ingest.examined import Claims, Failure
from workbench.ingest.face_model import FaceModel
from workbench.ingest.pipeline import run
from workbench.ingest.plan import Plan, make_plan, read_known
from workbench.ingest.region_model import RegionModel
from workbench.ingest.writer import Writer
from workbench.media.scan import FoundFile, Problem, scan
from workbench.store.case_folder import CaseFolder
from workbench.store.snapshot import current_problems, latest_files

_VIDEO = Failure("video", "frames of videos are not read yet")


@dataclass(frozen=True)
class IngestReport:
    """What one ingest did. All but ``embedded``, ``faces``, ``regions`` and ``seconds`` count paths.

    ``found``: image files in the source. ``new``: contents never seen before. ``embedded``: vectors computed.
    ``renamed``: new paths of contents known already (moved, copied). ``unchanged``: not read again.
    ``gone``: paths no longer there. ``problems``: problems that now stand. ``skipped``: files of other kinds.
    ``faces``, ``regions``: those found in images that were not searched for them before.
    """

    found: int
    new: int
    embedded: int
    renamed: int
    unchanged: int
    gone: int
    problems: int
    skipped: int
    seconds: float
    faces: int = 0
    regions: int = 0


def ingest(
    folder: CaseFolder,
    embedder: Embedder,
    *,
    faces: FaceModel | None = None,
    regions: RegionModel | None = None,
    retry: bool = False,
    progress: bool = True,
) -> IngestReport:
    """Bring the case up to date with its source for one embedder key; only what is missing is computed.

    ``faces`` also finds faces, ``regions`` regions, in images that were not searched with their keys before;
    an image that needs several is decoded once. May be interrupted at any time (Ctrl-C, the kernel's stop, a
    crash) and run again; two processes may do so at once. ``retry`` tries broken files again. Raises
    :class:`SourceError` where the source cannot be listed, :class:`CaseError` where the case cannot be
    written; what fails for one file is a problem.
    """
    return _ingest(folder, Models.of(embedder, faces, regions), retry=retry, progress=progress)


def ingest_faces(
    folder: CaseFolder, faces: FaceModel, *, retry: bool = False, progress: bool = True
) -> IngestReport:
    """Find the faces of all images that were not searched with the key of ``faces``; embed no image.

    What is new in the source is noted too, with its thumbnail. Stops, repeats and raises like :func:`ingest`.
    """
    return _ingest(folder, Models.of(None, faces), retry=retry, progress=progress)


def _ingest(folder: CaseFolder, models: Models, *, retry: bool, progress: bool) -> IngestReport:
    started = time.monotonic()
    folder.clean()
    known = read_known(folder, models)
    plan = make_plan(scan(folder.source, skip=[folder.root]), known, retry=retry)
    writer = Writer(folder, models, known)
    _note(plan, writer)
    try:
        _work(folder, plan, models, Claims(known.needs), writer, progress=progress)
    finally:
        writer.flush()
    return IngestReport(
        found=plan.found,
        new=writer.new,
        embedded=writer.embedded,
        renamed=writer.renamed,
        unchanged=plan.unchanged,
        gone=len(plan.gone),
        problems=len(current_problems(folder, latest_files(folder))),
        skipped=plan.skipped,
        seconds=time.monotonic() - started,
        faces=writer.faces,
        regions=writer.regions,
    )


def _note(plan: Plan, writer: Writer) -> None:
    """Write down what the scan alone tells."""
    for item in plan.failed:
        if isinstance(item, Problem):
            writer.fail(FoundFile(item.raw_path, 0, 0, "other"), Failure(item.step, item.reason))
        else:
            writer.fail(item, _VIDEO)
    for raw_path in plan.gone:
        writer.lose(raw_path)


def _work(
    folder: CaseFolder, plan: Plan, models: Models, claims: Claims, writer: Writer, *, progress: bool
) -> None:
    paths = (os.fsencode(folder.file_path(file.raw_path)) for file in plan.work)
    files = iter(plan.work)
    with (
        _quiet_pillow(),
        tqdm(total=len(plan.work), desc="ingest", unit="image", disable=not progress) as bar,
    ):
        batches = run(paths, models, claims)
        try:
            for results in batches:
                for result, file in zip(results, files, strict=False):
                    writer.add(file, result)
                bar.set_postfix(problems=writer.failed, refresh=False)
                bar.update(len(results))
        finally:
            batches.close()


@contextmanager
def _quiet_pillow() -> Iterator[None]:
    """Keep Pillow's warnings about odd files out of the notebook: what matters becomes a problem."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="PIL")
        yield
