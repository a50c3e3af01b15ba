"""Several processes at one case: two ingests, a reader and a writer, two taggers, two who decide on faces."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults import children, session

NUMBER = 10
"""How often each of two processes does what it does."""


@dataclass(frozen=True)
class Pair:
    """Two processes, and what was ``wrong`` in the end, "" for nothing."""

    what: str
    wrong: str


def pairs(folder: Path, times: int = 1) -> Iterator[Pair]:
    """Let each pair work at once, ``times`` times on a new case."""
    source = folder / "photos"
    session.photos(source, 24)
    for number in range(times):
        for what, (one, two, check) in PAIRS.items():
            root = folder / f"{what} {number}"
            if one is not _ingest:
                session.work(root, source)
            session.opened(root, source)
            processes = [children.started(do, root, str(who)) for who, do in enumerate((one, two))]
            ended = [children.result(*process) for process in processes]
            bad = [how for how in ended if how != "done"]
            yield Pair(what, bad[0] if bad else check(root, folder))


def _ingest(root: Path, _: str) -> None:
    session.opened(root).ingest(progress=False)


def _read(root: Path, _: str) -> None:
    """Read again and again; a reader may see less than all, and is never told of damage."""
    seen = 0
    for _again in range(NUMBER):
        told, said = session.answers(root)
        if said:
            raise AssertionError(said[0])
        count = len(session.opened(root).images)
        if count < seen or any(text.startswith("ValueError") for text in told.values()):
            raise AssertionError(f"{count} images after {seen}")
        seen = count


def _tag(root: Path, who: str) -> None:
    case = session.opened(root)
    for number in range(NUMBER):
        case.tag([number], f"{who} {number}")


def _decide(root: Path, who: str) -> None:
    case = session.opened(root)
    for number in range(NUMBER):
        identity = case.faces.frame["identity"].iloc[int(who)]
        case.faces.name(identity, f"{who} {number}")


def _same_as_alone(root: Path, folder: Path) -> str:
    alone = folder / "alone"
    session.opened(alone, folder / "photos").ingest(progress=False)
    one, two = session.answers(alone)[0], session.answers(root)
    asked = ("images", "vectors", "problems", "thumbnails")
    different = [name for name in asked if one[name] != two[0][name]]
    return f"other answers: {different}" if different else (two[1] or [""])[0]


def _all_tags(root: Path, _: Path) -> str:
    found = set(session.opened(root).tags["tag"])
    lost = {f"{who} {number}" for who in range(2) for number in range(NUMBER)} - found
    return f"lost: {sorted(lost)}" if lost else (session.answers(root)[1] or [""])[0]


def _all_decisions(root: Path, _: Path) -> str:
    lines = (root / "work" / "identities.jsonl").read_text("utf-8").splitlines()
    said = (session.answers(root)[1] or [""])[0]
    return said if len(lines) == 1 + 2 * NUMBER else f"{len(lines)} lines"


Check = Callable[[Path, Path], str]
Act = Callable[[Path, str], None]
PAIRS: Mapping[str, tuple[Act, Act, Check]] = {
    "two ingests": (_ingest, _ingest, _same_as_alone),
    "a writer and a reader": (_ingest, _read, _same_as_alone),
    "two taggers": (_tag, _tag, _all_tags),
    "two who decide": (_decide, _decide, _all_decisions),
}
