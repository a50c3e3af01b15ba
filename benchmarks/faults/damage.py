"""Damage: each file of a case flipped, cut or deleted; the case must answer right, or say what is wrong."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults import session
from workbench.store import joined_cache

WAYS = ("flip", "cut", "empty", "delete", "zeros")
_LOCKS = {"writer.txt", "writer.lock", "keys.lock"}


@dataclass(frozen=True)
class Damaged:
    """One try: the ``file`` of the case, in which ``way``, and what came of it: right, named or a fault."""

    file: str
    way: str
    outcome: str

    @property
    def failed(self) -> bool:
        """Whether the case gave a wrong answer without a word, or an error that is not ours."""
        return self.outcome not in {"right", "named"}


def damage(folder: Path, flips: int, seed: int = 0, most: int = len(WAYS)) -> Iterator[Damaged]:
    """Make a case and damage its files one by one, each in ``most`` of the `WAYS`; ``flips`` bits of it."""
    worth, joined_cache.WORTH = joined_cache.WORTH, 1
    try:
        source, root, copy = folder / "photos", folder / "case", folder / "copy"
        session.photos(source)
        session.work(root, source)
        right, said = session.answers(root)
        if said:
            yield Damaged("", "none", f"warned of a whole case: {said[0]}")
        shutil.copytree(root, copy)
        chance = random.Random(seed)
        for path in sorted(path for path in root.rglob("*") if path.is_file() and path.name not in _LOCKS):
            for way in chance.sample(WAYS, most):
                for _ in range(flips if way == "flip" else 1):
                    detail = _apply(path, way, chance)
                    yield Damaged(str(path.relative_to(root)), detail, _outcome(root, right))
                    _restore(copy, root)
    finally:
        joined_cache.WORTH = worth


def _apply(path: Path, way: str, chance: random.Random) -> str:
    data = bytearray(path.read_bytes())
    if way == "delete" or not data:
        path.unlink()
        return "delete"
    at = chance.randrange(len(data))
    if way == "flip":
        bit = chance.randrange(8)
        data[at] ^= 1 << bit
        way = f"flip bit {8 * at + bit}"
    elif way == "zeros":
        data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    else:
        del data[at if way == "cut" else 0 :]
        way = f"{way} at {at}"
    path.write_bytes(data)
    return way


def _outcome(root: Path, right: dict[str, str]) -> str:
    try:
        told, said = session.answers(root)
    except Exception as error:  # what is not one of our errors is the finding
        return f"{type(error).__name__}: {error}"[:200]
    wrong = [name for name, answer in right.items() if told.get(name) != answer]
    clear = said or any(answer.startswith(session.CLEAR) for answer in told.values())
    return "right" if not wrong else "named" if clear else f"silently wrong: {', '.join(wrong)}"


def _restore(copy: Path, root: Path) -> None:
    """Bring the case back as it was: what a damage led to is removed, what it changed is written again."""
    there = {path.relative_to(root) for path in root.rglob("*") if path.is_file()}
    wanted = {path.relative_to(copy) for path in copy.rglob("*") if path.is_file()}
    for name in there - wanted:
        (root / name).unlink()
    for name in wanted:
        if name not in there or (root / name).read_bytes() != (copy / name).read_bytes():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(copy / name, root / name)
