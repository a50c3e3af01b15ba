"""Share: a case for a colleague, made of what is named here and in `store.extract`, and of nothing else."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from workbench.case.collection import load_vocabulary, save_vocabulary
from workbench.case.instances.model import key_name
from workbench.case.safe_output import new_folder
from workbench.errors import QueryError
from workbench.samples.kind import kind_named
from workbench.search.grammar import parse
from workbench.spelling import lookup_form, spelled
from workbench.store.case_folder import CaseFolder
from workbench.store.classifiers import ClassifierFiles, StoredClassifier
from workbench.store.extract import Extract
from workbench.store.files import writing
from workbench.store.identity_state import read_groups, write_groups
from workbench.store.json_lines import JsonLines
from workbench.store.labels import Labels
from workbench.store.sample_parts import known_key, remember_key
from workbench.store.selections import Saved, SavedSelections

OfFaces = Literal["none", "decisions", "all"]
REGIONS = ("persons", "objects", "text")
PAIRS = ("facenet", "sface")
GROUPINGS = "identities"
"""The folder of the cache that holds how faces were grouped last."""
DECISION = (
    "when",
    "who",
    "id",
    "op",
    "identity",
    "names",
    "put",
    "gone",
    "rejected",
    "confirmed",
    "grouping",
)
"""What is carried of a decision about faces."""


@dataclass(frozen=True)
class Shared:
    """What was made: its ``folder``, and how many tags, selections, ... stayed behind because of people.

    Those are selections that a question about faces made, or that were made from such a selection, and texts
    that hold a name somebody was ever given.
    """

    folder: Path
    left_out: Mapping[str, int]


def share_case(
    case: CaseFolder, folder: str | Path, *, faces: OfFaces = "none", classifiers: Sequence[str] = ()
) -> Shared:
    """Make a copy of a case in ``folder``, which must be new or empty; the photos are not copied.

    What goes in: the images that the source had when it was last read, with their paths in it, metadata,
    thumbnails and vectors; regions; candidates of instance search; problems; tags, selections, the vocabulary
    and the settings of clustering runs. Not: where the source lies on this computer, anything of images that
    are gone, what was taken back, and caches: layouts, clusters and heatmaps are computed again.
    ``faces``: "none" carries nothing of faces, "decisions" what people said about them, "all" also what
    models computed. ``classifiers``: names of those that go along, with their labels; one of faces needs
    "all". Raises CaseError, and QueryError for another word or name; nothing is then left in the folder.
    """
    if not isinstance(faces, str) or faces not in get_args(OfFaces):
        raise QueryError(f"Unknown value faces={faces!r}.", f"Use one of {', '.join(get_args(OfFaces))}.")
    named = _named_classifiers(case, classifiers, faces)
    root = new_folder(folder, (case.source, case.root))
    target = CaseFolder.without_source(root, case.models, case.created)
    try:
        with writing(root / "case.json"):
            sharing = _Sharing(case, target, faces)
            left_out = sharing.run()
            sharing.classifiers(named)
            sharing.finish()
            target.save()
    except BaseException:
        for path in root.iterdir():  # ours: the folder was empty
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
    return Shared(root, left_out)


class _Sharing:
    """Carries the named parts of one case to the folder ``target``."""

    def __init__(self, case: CaseFolder, target: CaseFolder, faces: OfFaces) -> None:
        self._case, self._target, self._faces = case, target, faces
        self._extract = Extract(case, target)
        self._left_out: Counter[str] = Counter()
        self._decided = list(self._lines("identities.jsonl").read(lambda line: isinstance(line["op"], str)))
        given = {str(name) for line in self._decided for name in line.get("names", {}).values()}
        self._names_somebody = _mentions(given if faces == "none" else ())

    def run(self) -> Mapping[str, int]:
        """Carry everything; return how much stayed behind because of people."""
        self._tables()
        self._tags()
        self._selections()
        self._vocabulary()
        self._runs()
        if self._faces != "none":
            self._decisions()
        return {what: count for what, count in self._left_out.items() if count}

    def classifiers(self, named: Iterable[StoredClassifier]) -> None:
        """Carry classifiers and their labels, without the ids of samples that are not carried."""
        source, target = (ClassifierFiles(case.root / "work") for case in (self._case, self._target))
        labels = Labels(self._case.root / "work").read()
        for stored in named:
            yes, no = (tuple(filter(self._extract.holds, ids)) for ids in (stored.yes, stored.no))
            target.save(replace(stored, yes=yes, no=no), source.weights(stored.name))
            if known := labels.get(spelled(stored.name, labels) or ""):
                said = {"over": known.over, "yes": known.yes, "no": known.no}
                said |= {word: list(filter(self._extract.holds, said[word])) for word in ("yes", "no")}
                self._write("labels.jsonl", stored.when, stored.who, op="set", name=stored.name, **said)

    def finish(self) -> None:
        """Remove what names this computer."""
        for name in ("writer.txt", "writer.lock"):
            (self._target.root / "work" / name).unlink(missing_ok=True)

    def _tables(self) -> None:
        self._extract.copy_images()
        for model in self._case.models:
            self._samples("image", model)
            for kind in REGIONS:
                self._samples(kind, f"regions:{kind}:{model}")
        self._samples("instance", key_name(self._case))
        pair = known_key(self._case.cache, "faces")
        if self._faces != "none" and pair:
            remember_key(self._target.cache, "faces", pair)
        if self._faces == "all":
            for name in sorted({pair or "", *PAIRS}):
                self._samples("face", f"faces:{name}")
            for path in (self._case.cache / GROUPINGS).glob("*.parquet"):
                held = {face: group for face, group in read_groups(path).items() if self._extract.holds(face)}
                write_groups(self._target.cache / GROUPINGS / path.name, held)

    def _samples(self, kind: str, name: str) -> None:
        """Carry the samples of the key that the case knows under ``name``."""
        key = known_key(self._case.cache, name)
        if key is not None:
            self._extract.copy_samples(kind_named(kind).table, key)
            remember_key(self._target.cache, name, key)

    def _tags(self) -> None:
        frame = self._case.tags.read()
        held = [":" not in one and self._extract.holds(one) for one in frame["sample_id"]]
        frame = frame[np.array(held, bool)]
        secret = {tag for tag in frame["tag"].unique() if self._names_somebody(tag)}
        self._left_out["tags"] = len(secret)
        groups: Any = frame.groupby(["tag", "when", "who"], sort=False)
        for (tag, when, who), rows in groups:
            if tag not in secret:
                ids = rows["sample_id"].tolist()
                self._write("tags.jsonl", when.isoformat(), who, op="add", tag=tag, ids=ids)

    def _selections(self) -> None:
        saved_here = SavedSelections(self._case.root / "work")
        ever = {saved.digest: saved for saved in saved_here.history()}
        digests: dict[str, str] = {}
        for saved in saved_here.read().values():
            if self._faces == "none" and self._is_about_people(saved, ever):
                self._left_out["selections"] += 1
                continue
            query = "" if self._names_somebody(saved.query) else saved.query
            ids = tuple(filter(self._extract.holds, saved.ids))
            mine = replace(saved, ids=ids, query=query, parent=digests.get(saved.parent, ""))
            digests[saved.digest] = mine.digest
            facts = {"query": query, "embedder": mine.embedder, "parent": mine.parent, "sha256": mine.digest}
            self._write(
                "selections.jsonl", mine.when, mine.who, op="save", name=mine.name, ids=list(ids), **facts
            )

    def _is_about_people(self, saved: Saved | None, ever: Mapping[str, Saved]) -> bool:
        """Say whether a selection, or what it was made from, comes from a question about faces."""
        while saved is not None:
            if self._names_somebody(saved.name) or _asks_for_faces(saved.query):
                return True
            saved = ever.get(saved.parent)
        return False

    def _vocabulary(self) -> None:
        work = self._case.root / "work"
        if (work / "vocabulary.txt").exists():
            phrases = load_vocabulary(work)
            carried = [phrase for phrase in phrases if not self._names_somebody(phrase)]
            self._left_out["phrases"] = len(phrases) - len(carried)
            if carried:
                save_vocabulary(self._target.root / "work", carried)

    def _runs(self) -> None:
        standing: dict[str, dict[str, Any]] = {}
        for line in self._lines("cluster_runs.jsonl").read(lambda line: isinstance(line["name"], str)):
            standing.pop(line["name"], None)
            if line["parameters"] is not None:
                standing[line["name"]] = line
        for name, line in standing.items():
            if self._names_somebody(name):
                self._left_out["runs"] += 1
            else:
                parameters = line["parameters"]
                self._write("cluster_runs.jsonl", line["when"], line["who"], name=name, parameters=parameters)

    def _decisions(self) -> None:
        for line in self._decided:
            carried = {field: self._with_faces_here(line[field]) for field in DECISION if field in line}
            if "put" in carried:
                carried["put"] = {
                    place: self._with_faces_here(faces) for place, faces in carried["put"].items()
                }
            self._write("identities.jsonl", carried.pop("when"), carried.pop("who"), **carried)

    def _with_faces_here(self, value: Any) -> Any:
        """Return a list without the faces of images that are not carried; identities and all else stay."""
        if isinstance(value, list):
            return [one for one in value if ":" not in one or self._extract.holds(one)]
        return value

    def _lines(self, name: str) -> JsonLines:
        return JsonLines(self._case.root / "work" / name)

    def _write(self, file: str, when: str, who: str, **facts: Any) -> None:
        """Write a line as it was said then, by whom it was said."""
        JsonLines(self._target.root / "work" / file).append({"when": when, "who": who, **facts})


def _named_classifiers(case: CaseFolder, names: Sequence[str], faces: OfFaces) -> list[StoredClassifier]:
    """Return the classifiers of some names; raises QueryError for one that is unknown or needs the faces."""
    known = ClassifierFiles(case.root / "work").read()
    found = []
    for name in [names] if isinstance(names, str) else names:
        kept = spelled(name, known)
        if kept is None:
            there = ", ".join(map(repr, known)) or "none"
            raise QueryError(f"No classifier is called {name!r}.", f"Classifiers of this case: {there}.")
        if known[kept].over == "face" and faces != "all":
            raise QueryError(
                f"The classifier {kept!r} was learnt from faces.",
                "Share it with faces='all', or leave it out.",
            )
        found.append(known[kept])
    return found


def _asks_for_faces(query: str) -> bool:
    try:
        return any(part.kind == "face" for part in parse(query))
    except QueryError:  # no text of the query box
        return "face:" in query


def _mentions(names: Iterable[str]) -> Callable[[str], bool]:
    """Return what says whether a text holds one of some names, as words of their own, however spelled."""
    forms = [re.escape(form) for name in names if (form := lookup_form(name))]
    if not forms:
        return lambda text: False
    pattern = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(forms)})(?![a-z0-9])")
    return lambda text: bool(pattern.search(lookup_form(text)))
