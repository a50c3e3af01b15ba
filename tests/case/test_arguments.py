"""Every public argument is checked at the door: a wrong one is refused with what to pass instead."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from traitlets import TraitError

import workbench as wb
from workbench.case.arguments import checked, flag, is_a, is_text_or_texts, one_of, or_none, real, whole
from workbench.errors import QueryError, WorkbenchError
from workbench.testing import write_faces, write_regions

NEVER = {"object": object(), "bytes": b"x", "nan": float("nan"), "2-D": np.zeros((2, 2), int)}
"""What no argument takes."""
ODD: dict[str, Any] = {
    "None": None,
    "negative": -1,
    "inf": float("inf"),
    "too large": 10**30,
    "blank": " ",
    "text": "no such",
    "nothing": [],
    "texts": ["x"],
    "path": Path("no such"),
    "numpy": np.int64(-5),
    "bool": True,
    "mapping": {},
    "table": pd.DataFrame({"a": [1]}),
    "ragged": [[1], [1, 2]],
    "NUL": "a\0b",
}
"""What some take; the others must say so."""


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A case with faces, regions, candidates, a selection and a run, and what its methods give."""
    root = tmp_path_factory.mktemp("arguments")
    photos = root / "photos"
    write_faces(photos, {f"a/{n}.png": [0] for n in range(3)} | {f"b/{n}.png": [6] for n in range(2)})
    write_regions(photos / "r", {"p.png": [("persons", "red")], "t.png": [("text", "yellow")]})
    case = wb.open(photos, case=root / "case", model="fake", faces="fake")
    case.ingest(faces=True, regions=["persons", "text"], instances=True, progress=False)
    case.selections.save("kept", [0, 1])
    case.cluster_runs.run("dbscan", name="run", eps=0.5, space="vectors")
    identity = case.faces.identities["identity"][0]
    labels = np.zeros(len(case.images), np.int32)
    hits = case.search("red", k=3)
    return SimpleNamespace(root=root, photos=photos, case=case, identity=identity, labels=labels, hits=hits)


Call = Callable[[Any, Any], object]
CALLS: dict[str, Call] = {
    "row": lambda t, x: t.case.row(x),
    "thumbnails": lambda t, x: t.case.thumbnails(x),
    "picture": lambda t, x: t.case.picture(x),
    "layout": lambda t, x: t.case.layout(x),
    "layout seed": lambda t, x: t.case.layout("pca", seed=x),
    "layout n": lambda t, x: t.case.layout("umap", n_neighbors=x),
    "clusters": lambda t, x: t.case.clusters(x),
    "clusters mcs": lambda t, x: t.case.clusters(min_cluster_size=x),
    "cluster_names": lambda t, x: t.case.cluster_names(x),
    "trust": lambda t, x: t.case.trust(x),
    "phrase_vectors": lambda t, x: t.case.phrase_vectors(x),
    "vocabulary": lambda t, x: setattr(t.case, "vocabulary", x),
    "tag images": lambda t, x: t.case.tag(x, "t"),
    "tag tag": lambda t, x: t.case.tag([0], x),
    "untag": lambda t, x: t.case.untag([0], x),
    "untag images": lambda t, x: t.case.untag(x, "t"),
    "ingest regions": lambda t, x: t.case.ingest(regions=x, progress=False),
    "search": lambda t, x: t.case.search(x),
    "search like": lambda t, x: t.case.search(like=x),
    "search unlike": lambda t, x: t.case.search("red", unlike=x),
    "search face": lambda t, x: t.case.search(face=x),
    "search text": lambda t, x: t.case.search(text=x),
    "search within": lambda t, x: t.case.search("red", within=x),
    "search tag": lambda t, x: t.case.search("red", tag=x),
    "search taken": lambda t, x: t.case.search("red", taken=x),
    "search over": lambda t, x: t.case.search("red", over=x),
    "search k": lambda t, x: t.case.search("red", k=x),
    "search threshold": lambda t, x: t.case.search("red", threshold=x),
    "search probability": lambda t, x: t.case.search("red", probability=x),
    "search background": lambda t, x: t.case.search("red", background=x),
    "ask": lambda t, x: t.case.ask(x),
    "ask selection": lambda t, x: t.case.ask("red within:selection", selection=x),
    "ask pictures": lambda t, x: t.case.ask("red", pictures=x),
    "ask pictures value": lambda t, x: t.case.ask("like:p", pictures={"p": x}),
    "describe": lambda t, x: t.case.describe(x),
    "describe k": lambda t, x: t.case.describe(0, k=x),
    "describe voc": lambda t, x: t.case.describe(0, vocabulary=x),
    "separates a": lambda t, x: t.case.separates(x),
    "separates b": lambda t, x: t.case.separates([0], x),
    "separates k": lambda t, x: t.case.separates([0], k=x),
    "learn ex": lambda t, x: t.case.learn_threshold(x),
    "learn ex val": lambda t, x: t.case.learn_threshold({"red": x}),
    "learn prec": lambda t, x: t.case.learn_threshold({"red": [0]}, x),
    "learn on": lambda t, x: t.case.learn_threshold({"red": [0]}, on=x),
    "missed hits": lambda t, x: t.case.missed(x),
    "missed n": lambda t, x: t.case.missed(t.hits, x),
    "missed seed": lambda t, x: t.case.missed(t.hits, 10, x),
    "find_this": lambda t, x: t.case.find_this(x),
    "find_this box": lambda t, x: t.case.find_this(0, x),
    "find_this k": lambda t, x: t.case.find_this(0, k=x),
    "find_this sharpen": lambda t, x: t.case.find_this(0, sharpen=x),
    "find_people": lambda t, x: t.case.find_people(x),
    "find_people thr": lambda t, x: t.case.find_people(t.photos / "a/0.png", threshold=x),
    "share": lambda t, x: t.case.share(x),
    "share faces": lambda t, x: t.case.share(t.root / "sh", faces=x),
    "weigh": lambda t, x: wb.weigh("red", x),
    "weigh term": lambda t, x: t.case.search(wb.weigh(x, 2)),
    "like": lambda t, x: t.case.search(wb.like(x)),
    "faces.rows_of": lambda t, x: t.case.faces.rows_of(x),
    "faces.crops": lambda t, x: t.case.faces.crops(x),
    "faces.layout": lambda t, x: t.case.faces.layout(x),
    "faces.name id": lambda t, x: t.case.faces.name(x, "A"),
    "faces.name name": lambda t, x: t.case.faces.name(t.identity, x),
    "faces.merge": lambda t, x: t.case.faces.merge(x),
    "faces.propose": lambda t, x: t.case.faces.propose_split(x),
    "faces.split id": lambda t, x: t.case.faces.split(x, [0]),
    "faces.split rows": lambda t, x: t.case.faces.split(t.identity, x),
    "faces.move rows": lambda t, x: t.case.faces.move(x, t.identity),
    "faces.move id": lambda t, x: t.case.faces.move([0], x),
    "faces.move name": lambda t, x: t.case.faces.move([0], None, x),
    "faces.confirm": lambda t, x: t.case.faces.confirm([0], x),
    "faces.reject": lambda t, x: t.case.faces.reject(x, t.identity),
    "faces.reject id": lambda t, x: t.case.faces.reject([0], x),
    "faces.not_a_face": lambda t, x: t.case.faces.not_a_face(x),
    "faces.unknown": lambda t, x: t.case.faces.unknown(x),
    "faces.release": lambda t, x: t.case.faces.release(x),
    "faces.suggest": lambda t, x: t.case.faces.suggest(x),
    "faces.suggest k": lambda t, x: t.case.faces.suggest(t.identity, x),
    "faces.group": lambda t, x: t.case.faces.group(x),
    "faces.group thr": lambda t, x: t.case.faces.group(threshold=x),
    "faces.export": lambda t, x: t.case.faces.export(x, 1),
    "faces.export min": lambda t, x: t.case.faces.export(t.root / "ex1", x),
    "faces.export how": lambda t, x: t.case.faces.export(t.root / "ex2", 1, x),
    "regions.search": lambda t, x: t.case.regions.search(x),
    "regions.search unlike": lambda t, x: t.case.regions.search("red", unlike=x),
    "regions.search kinds": lambda t, x: t.case.regions.search("red", kinds=x),
    "regions.search k": lambda t, x: t.case.regions.search("red", k=x),
    "regions.search thr": lambda t, x: t.case.regions.search("red", threshold=x),
    "regions.ranker": lambda t, x: t.case.regions.ranker(x),
    "regions.find_text": lambda t, x: t.case.regions.find_text(x),
    "regions.find_text k": lambda t, x: t.case.regions.find_text("yellow", k=x),
    "regions.mask": lambda t, x: t.case.regions.mask(x),
    "regions.crops": lambda t, x: t.case.regions.crops(x),
    "instances.boxes": lambda t, x: t.case.instances.boxes(x),
    "instances.find_words": lambda t, x: t.case.instances.find_words(x),
    "instances.find_words k": lambda t, x: t.case.instances.find_words("red", x),
    "instances.similar": lambda t, x: t.case.instances.similar(x),
    "instances.similar k": lambda t, x: t.case.instances.similar(0, x),
    "instances.find kind": lambda t, x: t.case.instances.find(0, kind=x),
    "why image": lambda t, x: t.case.why(x, "red"),
    "why query": lambda t, x: t.case.why(0, x),
    "why method": lambda t, x: t.case.why(0, "red", method=x),
    "why against": lambda t, x: t.case.why(0, "red", against=x),
    "selections.save name": lambda t, x: t.case.selections.save(x, [0]),
    "selections.save rows": lambda t, x: t.case.selections.save("n", x),
    "selections.save query": lambda t, x: t.case.selections.save("n", [0], query=x),
    "selections.save parent": lambda t, x: t.case.selections.save("n", [0], parent=x),
    "selections.open": lambda t, x: t.case.selections.open(x),
    "selections.open into": lambda t, x: t.case.selections.open("kept", x),
    "selections.saved": lambda t, x: t.case.selections.saved(x),
    "selections.remove": lambda t, x: t.case.selections.remove(x),
    "study.groups": lambda t, x: t.case.study.groups(x),
    "study.likeness": lambda t, x: t.case.study.likeness(x),
    "study.likeness metric": lambda t, x: t.case.study.likeness("folder", x),
    "study.captions images": lambda t, x: t.case.study.captions(x, ["red"]),
    "study.captions": lambda t, x: t.case.study.captions([0], x),
    "study.captions metric": lambda t, x: t.case.study.captions([0], ["red"], x),
    "runs.run": lambda t, x: t.case.cluster_runs.run(x),
    "runs.run name": lambda t, x: t.case.cluster_runs.run("dbscan", name=x, eps=0.5),
    "runs.run eps": lambda t, x: t.case.cluster_runs.run("dbscan", eps=x),
    "runs.rename": lambda t, x: t.case.cluster_runs.rename(x, "y"),
    "runs.rename to": lambda t, x: t.case.cluster_runs.rename("run", x),
    "runs.remove": lambda t, x: t.case.cluster_runs.remove(x),
    "runs.labels": lambda t, x: t.case.cluster_runs.labels(x),
    "runs.compare": lambda t, x: t.case.cluster_runs.compare(x),
    "runs.repr": lambda t, x: t.case.cluster_runs.representatives(x, 0),
    "runs.repr cluster": lambda t, x: t.case.cluster_runs.representatives(t.labels, x),
    "runs.repr k": lambda t, x: t.case.cluster_runs.representatives(t.labels, 0, x),
    "runs.outliers": lambda t, x: t.case.cluster_runs.outliers(x, 0),
    "runs.outliers k": lambda t, x: t.case.cluster_runs.outliers(t.labels, 0, x),
    "runs.k_distances": lambda t, x: t.case.cluster_runs.k_distances(x),
    "runs.k_distances space": lambda t, x: t.case.cluster_runs.k_distances(5, x),
    "open source": lambda t, x: wb.open(x, case=t.root / "c2"),
    "open case": lambda t, x: wb.open(t.photos, case=x),
    "open model": lambda t, x: wb.open(case=t.root / "case", model=x),
    "open precision": lambda t, x: wb.open(case=t.root / "case", precision=x).search("red"),
    "open faces": lambda t, x: wb.open(case=t.root / "case", faces=x).faces,
    "open index": lambda t, x: wb.open(case=t.root / "case", index=x).search("red"),
    "Workspace": lambda t, x: wb.Workspace(x),
    "Selection": lambda t, x: wb.Selection(x),
    "selection.rows": lambda t, x: setattr(wb.Selection(t.case.images), "rows", x),
    "selection.focus": lambda t, x: setattr(wb.Selection(t.case.images), "focus", x),
    "selection.hits": lambda t, x: setattr(wb.Selection(t.case.images), "hits", x),
    "selection.change": lambda t, x: wb.Selection(t.case.images).change(x),
    "selection.mode": lambda t, x: wb.Selection(t.case.images).change([0], x),
    "selection.follow": lambda t, x: wb.Selection(t.case.images).follow(x, [0]),
    "selection.through": lambda t, x: wb.Selection(t.case.images).follow(wb.Selection(t.case.images), x),
    "selection.mark": lambda t, x: wb.Selection(t.case.images).mark(x, [0]),
    "hits.place": lambda t, x: t.hits.place(x),
    "hits.box": lambda t, x: t.hits.box(x),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_wrong_argument_is_refused_with_what_to_pass(
    there: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call
) -> None:
    monkeypatch.chdir(tmp_path)  # some take a path
    for value in NEVER.values():
        with pytest.raises((WorkbenchError, TraitError), match=r"\. [A-Z]|of a Selection instance"):
            call(there, value)
    for value in ODD.values():
        with suppress(WorkbenchError, TraitError):
            call(there, value)


def odd(value: Any) -> Any:
    """Return a value whose type is not looked at before it is passed."""
    return value


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda case: case.search("red", k=-1), r"Invalid k -1\. Use a whole number"),
        (lambda case: case.search("red", probability=2), r"Invalid probability 2\. Use a number from 0 to 1"),
        (lambda case: case.search("red", threshold=5), r"Invalid threshold 5\. Use a cosine from -1 to 1"),
        (lambda case: case.ask("red", probability=2), r"Invalid probability 2\. Use a number from 0 to 1"),
        (lambda case: case.regions.search("red", threshold=5), r"Invalid threshold 5\. Use a cosine"),
        (lambda case: case.find_people("x.jpg", threshold=5), r"Invalid threshold: 5\. Use a number from -1"),
        (lambda case: case.faces.group(threshold=float("nan")), r"Invalid threshold: nan\. Use a number"),
        (
            lambda case: case.find_this(0, sharpen=-1),
            r"Invalid sharpen: -1\. Use a whole number of 0 or more",
        ),
        (lambda case: case.why(0, "red").overlay(2), r"Invalid opacity: 2\. Use a number from 0 to 1"),
        (lambda case: case.describe(0, k=0), r"Invalid k: 0\. Use a whole number of 1 or more"),
        (lambda case: case.describe(0, vocabulary="a cat"), r"vocabulary must be a list of texts"),
        (
            lambda case: case.learn_threshold({"red": [0]}, 2),
            r"Invalid precision: 2\. Use a number from 0 to 1",
        ),
        (lambda case: case.clusters(7), r"Invalid level: 7\. Use a whole number from 0 to 4"),
        (lambda case: case.row(True), r"An image cannot be given by an object of type bool\. Use its row"),
        (lambda case: case.search("red", within=[[1], [1, 2]]), r"Rows must be whole numbers"),
        (lambda case: case.search("red", within=[99]), r"Use row numbers from 0 to 6"),
        (lambda case: case.search("red", tag=5), r"tag must be a text or a list of texts, not int"),
        (lambda case: case.ingest(retry="yes"), r"Invalid retry: 'yes'\. Use True or False"),
        (lambda case: wb.Workspace(odd("x")), r"A desk shows a case, not an object of type str\. Use wb"),
    ],
)
def test_an_error_names_the_argument_and_what_to_pass(
    there: SimpleNamespace, ask: Callable[[wb.Case], object], message: str
) -> None:
    with pytest.raises(WorkbenchError, match=message):
        ask(there.case)


def test_checks_give_what_they_took() -> None:
    assert whole()(np.int64(3), "k") == 3
    assert real(0, 1)(np.float32(0.5), "share") == 0.5
    assert flag(np.True_, "retry") is True
    assert one_of("a", "b")("b", "how") == "b"
    assert is_text_or_texts("x")(" a ", "tag") == "a"
    assert is_text_or_texts("x")(np.array(["a", "b"]), "tag") == ["a", "b"]
    assert or_none(whole())(None, "k") is None


def test_a_method_is_checked_by_the_names_of_its_arguments() -> None:
    @checked(k=whole(1), kind=is_a(str, "'a'"))
    def ask(k: int = 5, kind: str = "a", **others: int) -> tuple[int, str]:
        """Answer."""
        return k, kind

    assert (ask(), ask(2), ask(k=3, kind="b"), ask.__doc__) == ((5, "a"), (2, "a"), (3, "b"), "Answer.")
    for wrong in (0, True, 1.0, "1", None):
        with pytest.raises(
            QueryError, match=r"Invalid k: .*Use a whole number of 1 or more, for example k=20"
        ):
            ask(wrong)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match=r"kind must be str, not 5\. Use 'a'"):
        ask(kind=5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"ask\(\) takes"):
        ask(1, "a", 2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="no argument where"):
        checked(where=flag)(ask)
