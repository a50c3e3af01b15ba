"""A disk that is full from some step of writing on, or read-only: clear errors, and nothing lost."""

import ctypes
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults import children, session


@dataclass(frozen=True)
class Full:
    """One try: since ``when`` nothing could be written, and what was ``wrong``, "" for nothing."""

    when: str
    ended: str
    wrong: str


def full_disks(folder: Path, every: int = 1, start: int = 1) -> Iterator[Full]:
    """Do the work of `session.work` on a disk that is full from a step of writing on: each ``every``-th one.

    It must end with an error of ours, leave no temporary file, keep what was finished, and go on once there
    is room.
    """
    source, steps_file = folder / "photos", folder / "steps"
    session.photos(source)
    session.work(folder / "whole", source)
    right, _ = session.answers(folder / "whole")
    children.run(_counting, steps_file, folder / "counted", source)
    for step in range(start, 1 + int(steps_file.read_text()), every):
        root = folder / "full"
        ended = children.run(children.at_step, step, True, children.fill_the_disk, session.work, root, source)
        yield Full(f"step {step}", ended, _wrong(ended, root, source, right))
        shutil.rmtree(root, ignore_errors=True)


def _counting(register: Path, root: Path, source: Path) -> None:
    count = children.at_step(0, False, children.die, session.work, root, source)
    register.write_text(str(count))


def _wrong(ended: str, root: Path, source: Path, right: Mapping[str, str]) -> str:
    try:
        if ended != "done" and "WorkbenchError" not in ended.partition(":")[0]:
            return f"no error of ours: {ended}"
        if left := session.left_over(root):
            return f"left over: {left}"
        return session.after_a_fault(root, source, right)
    except Exception as error:  # whatever it is, it is the finding
        return f"{type(error).__name__}: {error}"[:300]


def _share(root: Path) -> None:
    session.opened(root).share(root.with_name("shared"))


def _export(root: Path) -> None:
    session.opened(root).faces.export(root.with_name("exported"), min_faces=1)


def _vocabulary(root: Path) -> None:
    session.opened(root).vocabulary = ["another thing"]


def _name(root: Path) -> None:
    faces = session.opened(root).faces
    faces.name(str(faces.frame["identity"].iloc[1]), "Bea")


WRITES: Mapping[str, Callable[[Path], object]] = {
    "tag": lambda root: session.opened(root).tag([0], "new"),
    "untag": lambda root: session.opened(root).untag([0], f"{session.TAG} 0"),
    "vocabulary": _vocabulary,
    "selection": lambda root: session.opened(root).selections.save("other", [0]),
    "name": _name,
    "share": _share,
    "export": _export,
}
"""What is to be kept: each must end with an error of ours where it cannot be."""

ASKED: Mapping[str, Callable[[Path], object]] = {
    "layout": lambda root: session.opened(root).layout("pca", seed=5),
    "clusters": lambda root: session.opened(root).clusters(),
    "trust": lambda root: session.opened(root).trust("pca"),
    "search": lambda root: session.opened(root).search("a purple thing", probability=0.5),
    "describe": lambda root: session.opened(root).describe(0, vocabulary=["a lime thing"]),
    "separates": lambda root: session.opened(root).separates([0, 1], vocabulary=["a lime thing"]),
    "duplicates": lambda root: session.opened(root).study.duplicates(),
    "quality": lambda root: session.opened(root).study.quality(),
    "faces": lambda root: session.opened(root).faces.layout("pca"),
    "read-only tables": lambda root: session.opened(root).info(),
}
"""Questions whose answers are only kept in the cache: they are given all the same."""

NEEDS_ROOM = "quality"
"""A question for whose answer a folder for temporary files is needed."""


def refusals(folder: Path) -> Iterator[Full]:
    """Write and ask with a disk that is full, and where the case may not be written."""
    source, root = folder / "photos", folder / "case"
    session.photos(source)
    session.work(root, source)
    shutil.rmtree(root / "cache" / "layouts")
    before = session.tree(root)
    refused: list[tuple[str, Callable[[], None]]] = [("a full disk", children.fill_the_disk)]
    if os.getuid() or sys.platform == "linux":
        refused.append(("a read-only case", _give_up_power))
    for what, refuse in refused:
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222 if refuse is _give_up_power else path.stat().st_mode)
        for name in (*WRITES, *ASKED):
            ended = children.run(_refused, refuse, name, root)
            ours = "WorkbenchError" in ended.partition(":")[0]
            good = ended == "done" if name in ASKED else ours
            good |= name == NEEDS_ROOM and ours
            now = session.tree(root)
            changed = {path for path in before | now if before.get(path) != now.get(path)}
            changed -= {"work/writer.txt", "work/writer.lock"}
            wrong = "" if good else ended
            yield Full(f"{what}, {name}", ended, wrong or ", ".join(sorted(changed)))
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)


def _refused(refuse: Callable[[], None], name: str, root: Path) -> None:
    refuse()
    ({**WRITES, **ASKED})[name](root)


def _give_up_power() -> None:
    """Let modes count for root too: without its capabilities (see capabilities(7)) it is like any user."""
    if os.getuid() == 0:
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        if ctypes.CDLL(None, use_errno=True).capset(header, (ctypes.c_uint32 * 6)()):
            raise OSError(ctypes.get_errno(), "the capabilities of root cannot be given up")
