"""Ingest a source into its case: scan, examine, embed and write what is new."""

import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tqdm.auto import tqdm

from workbench.embedding.embedder import Embedder
from workbench.embedding.examine import Claims, Failure
from workbench.embedding.pipeline import run
from workbench.embedding.plan import Plan, make_plan, read_known
from workbench.embedding.writer import Writer
from workbench.media.scan import FoundFile, Problem, scan
from workbench.store.case_folder import CaseFolder
from workbench.store.snapshot import current_problems, latest_files

_VIDEO = Failure("video", "frames of videos are not read yet")


@dataclass(frozen=True)
class IngestReport:
    """What one ingest did. All but ``embedded`` and ``seconds`` count paths.

    ``found``: image files in the source. ``new``: contents never seen before. ``embedded``: vectors computed.
    ``renamed``: new paths of contents known already (moved, copied). ``unchanged``: not read again.
    ``gone``: paths no longer there. ``problems``: problems that now stand. ``skipped``: files of other kinds.
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


def ingest(
    folder: CaseFolder, embedder: Embedder, *, retry: bool = False, progress: bool = True
) -> IngestReport:
    """Bring the case up to date with its source for one embedder key; only what is missing is computed.

    May be interrupted at any time (Ctrl-C, the kernel's stop, a crash) and run again; two processes may do
    so at once. ``retry`` tries broken files again. Raises :class:`SourceError` where the source cannot be
    listed, :class:`CaseError` where the case cannot be written; what fails for one file is a problem.
    """
    started = time.monotonic()
    folder.clean()
    known = read_known(folder, embedder)
    plan = make_plan(scan(folder.source, skip=[folder.root]), known, retry=retry)
    writer = Writer(folder, embedder, known)
    _note(plan, writer)
    try:
        _work(folder, plan, embedder, Claims(known.pictured, known.vectored), writer, progress=progress)
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
    folder: CaseFolder, plan: Plan, embedder: Embedder, claims: Claims, writer: Writer, *, progress: bool
) -> None:
    paths = (os.fsencode(folder.file_path(file.raw_path)) for file in plan.work)
    files = iter(plan.work)
    with (
        _quiet_pillow(),
        tqdm(total=len(plan.work), desc="ingest", unit="image", disable=not progress) as bar,
    ):
        batches = run(paths, embedder, claims)
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
