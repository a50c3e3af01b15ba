"""Ingest a source into its case: scan, examine, embed and write what is new."""

import time
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Unpack

from filelock import FileLock

from workbench.ingest.archive_listings import read_listings, scan_source, watched, write_listings
from workbench.ingest.examine import Claims, Examined, Failure
from workbench.ingest.known import Known, read_known, sample_parts
from workbench.ingest.pipeline import run
from workbench.ingest.plan import Plan, Reading, check_gone, make_plan
from workbench.ingest.sidecars import read_sidecars
from workbench.ingest.writer import Writer, write_skipped, written
from workbench.media.archives.opened import kept_open
from workbench.media.frame_choice import frames_of
from workbench.media.scan import FoundFile, Problem, display
from workbench.media.stills import Openers, openers
from workbench.media.video_stills import with_videos
from workbench.samples.face import FACE
from workbench.samples.image import IMAGE
from workbench.samples.instances import INSTANCE
from workbench.samples.kind import Finder, finders
from workbench.samples.models import Embedder, FaceModel, InstanceModel, Models, RegionModel
from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import SampleParts
from workbench.store.snapshot import current_problems, latest_files
from workbench.store.source_reading import PathCount, count_paths, note_scan, remember, remembered


@dataclass(frozen=True, repr=False)
class IngestReport:
    """What one ingest did. All but ``images``, ``embedded``, ``samples`` and ``seconds`` count paths.

    ``found``: files in the source that are read: photos, documents. ``new``: contents never seen before.
    ``images``: those in what is new, a photo is one, a page of a document another. ``embedded``: vectors
    computed.
    ``renamed``: new paths of contents known already (moved, copied). ``unchanged``: not read again.
    ``gone``: paths no longer there, which ``gone="keep"`` leaves in the case. ``problems``: problems that now
    stand. ``skipped``: files that are not read, see `Case.skipped`.
    ``count``: all paths found, by what became of them; see `PathCount`.
    ``edited``: paths of the same picture in other bytes, where tags or decisions are left with the old ones.
    ``samples``: of each other kind those found in images that were not searched for it before; of these
    ``faces``, ``candidates`` (of instance search) and ``regions``, all other kinds together.
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
    samples: Mapping[str, int] = field(default_factory=dict)
    edited: int = 0
    count: PathCount = field(default_factory=PathCount)
    images: int = 0

    @property
    def faces(self) -> int:
        """The number of faces found."""
        return self.samples.get(FACE.name, 0)

    @property
    def candidates(self) -> int:
        """The number of candidates of instance search found."""
        return self.samples.get(INSTANCE.name, 0)

    @property
    def regions(self) -> int:
        """The number of samples found of all other kinds."""
        return sum(self.samples.values()) - self.faces - self.candidates

    def __repr__(self) -> str:
        done = ("found", "new", "embedded", "renamed", "unchanged", "gone")
        counts = [f"{getattr(self, name):,} {name}" for name in done]
        if self.images != self.new:
            counts[1] += f" ({self.images:,} images)"
        counts += [f"{count:,} {kind}" for kind, count in self.samples.items()]
        looked_at = ("problems", "skipped", "edited")
        counts += [
            f"{getattr(self, name):,} {name} (case.{name})" for name in looked_at if getattr(self, name)
        ]
        return f"<IngestReport: {', '.join(counts)}; {self.seconds:.1f} s; {self.count}>"


def ingest(
    folder: CaseFolder,
    embedder: Embedder,
    *,
    faces: FaceModel | None = None,
    regions: RegionModel | None = None,
    instances: InstanceModel | None = None,
    kinds: Collection[str] = (),
    progress: bool = True,
    **reading: Unpack[Reading],
) -> IngestReport:
    """Bring the case up to date with its source for one embedder key; only what is missing is computed.

    ``faces`` also finds faces, ``regions`` regions, ``instances`` candidates, and ``kinds`` names registered
    kinds of samples that need no model but the embedder; each only in images that were not searched with
    its key before. An image that needs several is decoded once. May be interrupted at any time (Ctrl-C, the
    kernel's stop, a crash) and run again; two processes may do so at once. ``reading``: how the source
    is read, see :class:`Reading`. Raises :class:`SourceError` where the source cannot be listed, or most of
    what was known is not there, :class:`CaseError` where the case cannot be written; what fails for one file
    is a problem.
    """
    models = Models(embedder, faces, regions, instances)
    names = [IMAGE.name, *([FACE.name] if faces else []), *(regions.keys if regions else ())]
    names += [INSTANCE.name] if instances else []
    names += [kind for kind in kinds if kind not in names]
    return _ingest(folder, finders(models, names), reading, progress=progress)


def ingest_faces(
    folder: CaseFolder, faces: FaceModel, *, progress: bool = True, **reading: Unpack[Reading]
) -> IngestReport:
    """Find the faces of all images that were not searched with the key of ``faces``; embed no image.

    What is new in the source is noted too, with its thumbnail. Stops, repeats and raises like :func:`ingest`.
    """
    return _ingest(folder, finders(Models(faces=faces), [FACE.name]), reading, progress=progress)


def prepared(folder: CaseFolder, some: Sequence[Finder]) -> dict[str, SampleParts]:
    """Return the tables of what is looked for, with damaged parts moved aside."""
    parts = sample_parts(folder, some)
    _prepare(folder, parts)
    return parts


def _prepare(folder: CaseFolder, parts: Mapping[str, SampleParts]) -> None:
    """Move damaged parts aside: one process at a time, so that no two judge the same part."""
    with FileLock(folder.root / ".mend.lock", mode=0o600):
        folder.prepare()
        for one in parts.values():
            one.prepare()


def _ingest(folder: CaseFolder, some: Sequence[Finder], reading: Reading, *, progress: bool) -> IngestReport:
    started, retry = time.monotonic(), reading.get("retry", False)
    with written(folder):
        parts = prepared(folder, some)
        known = read_known(folder, parts, retry=retry, metadata=reading.get("metadata", False))
        _prepare(folder, parts)  # what was found damaged just now
    reads = remembered(folder).with_changes(reading)
    listings, opened_by = read_listings(folder), _openers(known, reading)
    with closing(watched(scan_source(folder, reads, listings), progress)) as found:
        plan = make_plan(found, known, opened_by, retry=retry, rehash=reading.get("rehash", False))
    gone = reading.get("gone")
    if gone is None:
        check_gone(plan, known, folder.source)
    remember(folder, reads)
    writer = Writer(folder, parts, known)
    _note(plan, writer, [] if gone == "keep" else plan.gone)
    with kept_open():
        unread = read_sidecars(folder, plan.skipped, writer, gone=gone != "keep", retry=retry)
    plan.skipped = [file for file in plan.skipped if file.raw_path not in unread]
    write_skipped(folder, plan.skipped)
    with written(folder):
        write_listings(folder, listings)
        note_scan(folder, plan.paths, plan.archives, len(plan.gone) if gone == "keep" else 0)
    try:
        paths = [file.raw_path for file in plan.work]
        claims = Claims(known, opened_by)
        told = partial(_progress, plan, writer)
        with closing(results_of(folder, paths, some, claims, "ingest", progress, writer, told)) as results:
            for result in results:
                writer.add(plan.work[result.place], result)
    finally:
        writer.flush()
    files = latest_files(folder)
    counts = {kind: one.count for kind, one in writer.samples.items()}
    return IngestReport(
        found=plan.found,
        new=writer.new,
        images=writer.images,
        embedded=counts.pop(IMAGE.name, 0),
        renamed=writer.renamed,
        unchanged=plan.unchanged,
        gone=len(plan.gone),
        problems=len(current_problems(folder, files)),
        skipped=len(plan.skipped),
        seconds=time.monotonic() - started,
        samples=counts,
        count=count_paths(folder, files),
    )


def _openers(known: Known, reading: Reading) -> Openers:
    """Return what opens files of many stills; without a word on ``frames``, as in the ingest before."""
    if not reading.get("videos", True):
        return with_videos(openers(), None)
    frames = reading.get("frames")
    if frames is None:
        choices = Counter(frames_of(file.stills) for file in known.files.values() if file.status == "ok")
        frames = next((choice for choice, _ in choices.most_common() if choice is not None), "change")
    return with_videos(openers(), frames)


def _progress(plan: Plan, writer: Writer) -> str:
    """Return what became of the paths so far; they add up to those found."""
    problems = writer.failed + plan.known_problems + plan.unchanged_problems
    read = plan.unchanged - plan.unchanged_problems + writer.read
    left_alone = Counter(str(file.skipped) for file in plan.skipped)
    return str(PathCount(plan.paths, read, plan.archives, problems, left_alone))


def _note(plan: Plan, writer: Writer, gone: Iterable[bytes]) -> None:
    """Write down what the scan alone tells."""
    for item in plan.failed:
        if isinstance(item, Problem):
            writer.fail(FoundFile(item.raw_path, 0, 0, "other"), Failure(item.step, item.reason))
        else:
            writer.fail(item, Failure("video" if item.kind == "video" else "read", item.reason))
    for raw_path in gone:
        writer.lose(raw_path)


def _place(folder: CaseFolder, raw_path: bytes) -> bytes:
    """Return where a file lies; b"", which cannot be read, for a path that leads out of the source."""
    try:
        return folder.place(raw_path)
    except PermissionError:
        return b""


def results_of(
    folder: CaseFolder,
    raw_paths: Sequence[bytes],
    some: Sequence[Finder],
    claims: Claims,
    title: str,
    progress: bool,
    writer: Writer | None = None,
    told: Callable[[], str] = str,
) -> Generator[Examined, None, None]:
    """Yield what the loop makes of each path, with a progress bar; ``told()`` says what is besides it."""
    from tqdm.auto import tqdm  # opening a case does not need it

    paths = (_place(folder, raw_path) for raw_path in raw_paths)
    with (
        _quiet_pillow(),
        kept_open(),
        # miniters: it moves within a long video too, where no file ends
        tqdm(total=len(raw_paths), desc=title, unit="file", miniters=0, disable=not progress) as bar,
        closing(run(paths, some, claims)) as batches,
    ):
        for results in batches:
            yield from results
            if writer and not results:
                writer.flush()  # only files that take long are left: nothing else waits for them
            bar.set_postfix_str(", ".join(filter(None, (told(), _far(results, raw_paths)))), refresh=False)
            bar.update(sum(result.last for result in results))
        bar.set_postfix_str(told())


def _far(results: Sequence[Examined], raw_paths: Sequence[bytes]) -> str:
    """Return how far the last video among some results is, by its name; "" where none goes on."""
    for result in reversed(results):
        frame = result.facts.frame if result.facts else None
        if frame and frame.duration and not result.last:
            name = display(raw_paths[result.place]).rpartition("/")[2]
            name = "".join(letter if letter.isprintable() else "?" for letter in name)
            return f"{name} {min(1.0, frame.t / frame.duration):.0%}"
    return ""


@contextmanager
def _quiet_pillow() -> Iterator[None]:
    """Keep Pillow's warnings about odd files out of the notebook: what matters becomes a problem."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="PIL")
        yield
