"""The case: what an analyst does in Python, on pictures whose neighbours are known by eye."""

import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import workbench as wb
from workbench.case.open_case import OpenCase
from workbench.errors import CaseError, QueryError, WorkbenchError
from workbench.models.mini.config import digest_of
from workbench.models.mini.load import reads as mini_reads
from workbench.search.terms import readable
from workbench.store.sample_parts import remember_key
from workbench.testing import ColourEmbedder, colour_folder, write_photos


@pytest.fixture
def case(tmp_path: Path, source: Path) -> wb.Case:
    case = wb.open(source, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    return case


def best(hits: wb.Hits) -> str:
    return Path(hits.frame["path"][0]).stem


def test_words_find_the_picture(case: wb.Case) -> None:
    hits = case.search("something red", k=3)

    assert "red" in best(hits)
    assert len(hits) == 3
    assert (np.diff(hits.scores) <= 0).all()
    assert (np.diff(hits.probabilities) <= 0).all()
    assert ((hits.probabilities >= 0) & (hits.probabilities <= 1)).all()
    assert hits.total == len(case.images)
    assert hits.query == "something red"


def test_a_picture_finds_itself_as_file_as_image_and_as_sample(case: wb.Case, source: Path) -> None:
    row = next(row for row, path in enumerate(case.images["path"]) if "blue" in path)
    path = source / case.images["path"][row]

    for term in (path, Image.open(path), wb.like(case.images["image_id"][row])):
        assert case.search(term, k=1).rows.tolist() == [row]


def test_minus_takes_away_what_it_names(case: wb.Case) -> None:
    plain, without = case.search("magenta", k=None), case.search("magenta", unlike="red", k=None)
    place = {name: list(hits.frame["path"]) for name, hits in (("plain", plain), ("without", without))}
    red = next(path for path in case.images["path"] if "red" in path)

    assert place["without"].index(red) > place["plain"].index(red)
    assert without.query == "magenta -red"


def test_thresholds_cut_and_total_counts_what_passed(case: wb.Case) -> None:
    everything = case.search("red", k=None)
    cut = float(everything.scores[4])
    hits = case.search("red", k=2, threshold=cut)

    assert len(hits) == 2
    assert hits.total == int((everything.scores >= cut).sum())
    assert len(case.search("red", unlike="blue", threshold=1)) == 0


def test_least_probability_keeps_only_hits_that_reach_it(case: wb.Case) -> None:
    everything = case.search("red", k=None)
    least = float(everything.probabilities.max())
    hits = case.search("red", k=None, probability=least)

    assert hits.total == int((everything.probabilities >= least).sum())
    assert (hits.probabilities >= least).all()


@pytest.mark.parametrize("term", ["", "   ", 7, Path("nowhere.jpg"), wb.like("no such id")])
def test_a_term_that_cannot_be_understood_says_what_to_do(case: wb.Case, term: object) -> None:
    with pytest.raises(QueryError, match=r"(Type|Use|Give) "):
        case.search(term)  # type: ignore[arg-type]


def test_no_terms_at_all_is_an_empty_query(case: wb.Case) -> None:
    with pytest.raises(QueryError):
        case.search()


def test_layout_and_clusters_are_computed_once(case: wb.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    first, clusters = case.layout("pca"), case.clusters(min_cluster_size=2)
    monkeypatch.setattr("workbench.analysis.projection.project", pytest.fail)
    monkeypatch.setattr("workbench.analysis.clusters.cluster", pytest.fail)

    assert np.array_equal(case.layout("pca"), first)
    assert np.array_equal(case.clusters(min_cluster_size=2), clusters)
    assert first.shape == (len(case.images), 2)
    assert clusters.dtype == np.int32


def test_describe_uses_the_vocabulary_it_is_given(case: wb.Case) -> None:
    row = next(row for row, path in enumerate(case.images["path"]) if "green" in path)
    found = case.describe(row, k=2, vocabulary=["a red thing", "a green thing", "a blue thing"])

    assert found["phrase"][0] == "a green thing"
    assert len(found) == 2
    assert found["probability"].is_monotonic_decreasing


def test_an_edited_vocabulary_outlives_the_cache(case: wb.Case) -> None:
    case.vocabulary = ["red", "green"]
    shutil.rmtree(case.folder.cache)

    assert wb.open(case=case.folder.root).vocabulary == ["red", "green"]
    with pytest.raises(QueryError):
        case.vocabulary = []


def test_deleting_the_cache_loses_no_tag(case: wb.Case) -> None:
    """And ingest brings everything else back as it was."""
    ids, vectors = list(case.images["image_id"]), case.vectors.copy()
    case.tag([0, 3], "evidence")
    case.tag(ids[5], "evidence")
    case.untag(3, "evidence")
    shutil.rmtree(case.folder.cache)
    again = wb.open(case=case.folder.root)
    again.ingest(progress=False)

    assert set(again.tags["sample_id"]) == {ids[0], ids[5]}
    assert list(again.images["image_id"]) == ids
    assert np.array_equal(again.vectors, vectors)


def test_a_row_is_found_by_row_id_and_every_path(tmp_path: Path, source: Path) -> None:
    first = sorted(source.iterdir())[0]
    shutil.copy(first, source / "zz-copy.png")
    case = wb.open(source, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    row = case.row("zz-copy.png")

    assert row == case.row(first.name) == case.row(case.images["image_id"][row]) == case.row(row)
    assert list(case.images["paths"][row]) == [first.name, "zz-copy.png"]
    for nothing in ("nowhere.png", -1, len(case.images)):
        with pytest.raises(QueryError):
            case.row(nothing)


def test_the_picture_is_upright_and_falls_back_to_the_thumbnail(case: wb.Case, source: Path) -> None:
    assert case.picture(0)[:2] == b"\xff\xd8"
    shutil.rmtree(source)

    assert case.picture(0) == case.thumbnails([0])[0] != b""


def test_reopening_knows_the_images_without_loading_the_model(case: wb.Case) -> None:
    again = wb.open(case=case.folder.root)

    assert len(again.images) == len(case.images)
    assert not again._model.loaded


def test_the_model_is_loaded_once_however_many_ask_at_a_time(
    case: wb.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[object] = []

    def load(folder: object, precision: str) -> ColourEmbedder:
        time.sleep(0.05)
        loaded.append(ColourEmbedder())
        return loaded[-1]  # type: ignore[return-value]

    monkeypatch.setattr("workbench.case.embedders.load_embedder", load)
    again = wb.open(case=case.folder.root)
    threads = [again._model.warm(), again._model.warm()]
    again.search("red")
    for thread in threads:
        thread.join()

    assert len(loaded) == 1


def test_vectors_of_another_version_of_the_model_are_not_searched_by_words(case: wb.Case) -> None:
    """Numbers of two versions do not compare: say so instead of answering nonsense."""
    old = case.folder.vectors("colour-1")
    vectors = case.folder.cache / "samples" / "image"
    shutil.copytree(vectors / "colour-1", vectors / "colour-0")
    remember_key(case.folder.cache, "fake", "colour-0")
    again = wb.open(case=case.folder.root)

    assert len(again.images) == len(old.read(["sample_id"]))
    with pytest.raises(CaseError, match=r"case\.ingest\(\)"):
        again.search("red")


def test_a_case_of_an_earlier_mini_says_so_when_it_opens(tmp_path: Path) -> None:
    """Its vectors are of an earlier mini, and nothing but an ingest mixes in those of the new one."""
    (tmp_path / "photos").mkdir()
    made = wb.open(tmp_path / "photos", case=tmp_path / "case")
    remember_key(made.folder.cache, "mini", "mini-0123abcd-224-squeeze1-ov-f32")
    with pytest.warns(UserWarning, match=r"earlier mini .*case\.ingest\(\)"):
        wb.open(case=tmp_path / "case")

    remember_key(made.folder.cache, "mini", f"mini-{digest_of()}-224-squeeze1-ov-f32")
    wb.open(case=tmp_path / "case")  # a warning would be an error


def test_an_empty_case_answers_every_question(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    case = wb.open(tmp_path / "empty", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)

    assert len(case.images) == len(case.problems) == len(case.search("red")) == 0
    assert case.layout("pca").shape == (0, 2)
    assert case.info()["images"] == 0
    with pytest.raises(CaseError, match=r"case\.ingest\(\)"):
        wb.Workspace(case)


def test_examples_weights_and_places_are_given_in_python(case: wb.Case) -> None:
    rows = {path.split("-")[1].split(".")[0]: row for row, path in enumerate(case.images["path"])}
    ids = case.images["image_id"]
    some = [rows["red"], rows["blue"], rows["green"]]
    hits = case.search(wb.weigh("red", 2), like=[ids[rows["magenta"]]], unlike="blue", within=some, k=2)

    assert hits.rows[0] == rows["red"]
    assert set(hits.rows) < set(some)
    assert hits.total == 3
    assert hits.query == "red^2 like:004-magenta -blue within:selection"
    assert case.ask(hits.query, selection=some, k=2).rows.tolist() == hits.rows.tolist()
    assert (
        case.search(like=ids[some], k=None).rows[:3].tolist()
        == case.search(like=wb.like(ids[some]), k=3).rows.tolist()
    )


def test_what_is_unlike_is_an_image_where_it_names_one_and_words_otherwise(case: wb.Case) -> None:
    path = str(case.images["path"][3])

    assert case.search("red", unlike=path).query == "red -like:003-yellow"
    assert case.search("red", unlike="yellow").query == "red -yellow"
    with pytest.raises(QueryError, match="No image has the name"):
        case.search(like="yellow submarine")


def test_a_fixed_threshold_depends_on_the_kind_of_query(case: wb.Case) -> None:
    words, example = case.search("red", threshold="fixed"), case.search(like=0, threshold="fixed")
    everything = case.search("red", k=None).scores

    assert words.total == int((everything >= 0.25).sum()) > 0
    assert example.scores.min() >= 0.70


@pytest.mark.parametrize("text", ["word " * 2000, "!?", "\ufe0f", "🏽"])
def test_a_phrase_that_no_model_reads_is_refused(case: wb.Case, text: str) -> None:
    with pytest.raises(QueryError, match=r"(Type|Use) "):
        case.search(text)


def test_emoji_are_read_by_their_names() -> None:
    assert readable(" 🐈\u200d⬛ im Schnee ☕️") == "cat black large square im Schnee hot beverage"


def test_a_query_that_only_says_where_to_look_asks_for_more(case: wb.Case) -> None:
    assert case.search(within=[1, 2]).rows.tolist() == [1, 2]  # that is enough
    with pytest.raises(QueryError, match="Draw a lasso"):
        case.ask("red within:selection")
    with pytest.raises(QueryError, match="text in these photos"):
        case.search(text="ABC 12")
    with pytest.raises(QueryError, match="no faces"):
        case.search(face="Anna")


def test_an_ambiguous_name_tells_the_paths(tmp_path: Path) -> None:
    write_photos(tmp_path / "photos", {"a/one.png": "red", "b/one.png": "blue", "two.png": "green"})
    case = wb.open(tmp_path / "photos", case=tmp_path / "twins", model="fake")
    case.ingest(progress=False)

    with pytest.raises(QueryError, match=r"a/one\.png, b/one\.png"):
        case.ask("like:one")
    for row in range(3):
        assert case.lookup.named(case.lookup.name(row)) == row


def test_a_selection_is_described_and_told_apart_in_words(case: wb.Case) -> None:
    rows = {path.split("-")[1].split(".")[0]: row for row, path in enumerate(case.images["path"])}
    case.vocabulary = ["a red thing", "a blue thing", "a green thing", "a gray thing"]
    warm = [rows["red"], rows["orange"]]
    case.selections.save("warm", warm)

    assert case.describe(warm, k=1)["phrase"][0] == "a red thing"
    assert case.describe("warm", k=1)["phrase"][0] == "a red thing"
    assert case.separates("warm")["phrase"][0] == "a red thing"
    assert case.separates([rows["blue"]], warm, k=1)["phrase"][0] == "a blue thing"
    with pytest.raises(QueryError, match="Select some"):
        case.describe([])


def test_hits_say_how_unusual_they_are_and_how_many_chance_does_not_explain(tmp_path: Path) -> None:
    """Sixty grey photos and six red ones: all the red ones, and no grey one, are beyond chance."""
    colour_folder(tmp_path / "photos", 60, palette=["gray", "silver", "darkgray"])
    colour_folder(tmp_path / "photos" / "more", 6, palette=["red"])
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    case.vocabulary = ["gray", "white", "black", "silver", "dim gray", "a light gray thing"]
    hits = case.search("red", k=12)
    grey = [row for row, path in enumerate(case.images["path"]) if "more" not in path]
    against = case.search("red", k=12, background=grey)

    assert (np.diff(hits.unusual) >= 0).all()  # type: ignore[type-var]
    assert 4 < case.search("red", k=6).beyond <= 6
    assert against.unusual[:6].max() == pytest.approx(1 / 61)  # type: ignore[index]
    assert against.unusual[6:].min() > 1 / 61  # type: ignore[index]
    assert "unusual" in hits.frame
    assert len(case.search("red", within=grey, k=12).ranking) == 60
    with pytest.raises(QueryError, match="20 or more"):
        case.search("red", background=grey[:5])


def test_text_that_was_read_ranks_alone_and_filters_beside_words(
    case: wb.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Read:
        best = None

        def find_text(self, words: str) -> SimpleNamespace:
            assert words == "ABC 12"
            scores, boxes = np.array([1.0, 0.6], np.float32), np.ones((2, 4), np.float32)
            found = SimpleNamespace(rows=np.array([7, 2]), scores=scores, boxes=boxes)
            return SimpleNamespace(images=found)

    monkeypatch.setattr(OpenCase, "regions", Read())

    assert case.ask('text:"ABC 12"').rows.tolist() == [7, 2]
    assert case.ask('text:"ABC 12"').scores.tolist() == pytest.approx([1, 0.6])
    assert sorted(case.search("red", text="ABC 12").rows) == [2, 7]
    assert len(case.ask('red -text:"ABC 12"')) == len(case.images) - 2


def test_a_threshold_learnt_from_examples_finds_what_they_found(case: wb.Case) -> None:
    rows = {path.split("-")[1].split(".")[0]: row for row, path in enumerate(case.images["path"])}
    learnt = case.learn_threshold(
        {colour: [rows[colour]] for colour in ("red", "blue", "green", "yellow")}, on="score"
    )
    hits = case.search("magenta", k=None, threshold=learnt.value)

    assert rows["magenta"] in hits.rows
    assert len(hits) < 4
    assert learnt.recall == 1
    with pytest.raises(QueryError, match="score or probability"):
        case.learn_threshold({}, on="taste")  # type: ignore[arg-type]


def test_what_lies_beyond_the_hits_is_judged_for_recall(case: wb.Case) -> None:
    missed = case.missed(case.search("red", k=3), n=10)
    for row in missed.rows:
        missed.answer(int(row), "red" in case.images["path"][row])

    assert set(missed.rows[:1]).isdisjoint(case.search("red", k=3).rows)
    assert missed.estimate.judged == len(missed.rows)
    assert missed.estimate.recall[0] > 0.3
    with pytest.raises(QueryError, match="whole collection"):
        case.missed(case.search("red", k=None))


@pytest.mark.filterwarnings("ignore:.*inplace")
def test_changing_the_table_that_was_handed_out_changes_nothing_in_the_case(case: wb.Case) -> None:
    before = case.images.copy()

    case.images.sort_values("path", ascending=False, inplace=True, ignore_index=True)
    images = case.images
    images.loc[0, "path"] = "another.png"
    case.problems.drop(columns="reason", inplace=True)

    assert case.images.equals(before)
    assert case.search("red", k=1).frame["path"].item() == before["path"][case.search("red", k=1).rows[0]]
    assert "reason" in case.problems
    with pytest.raises(ValueError, match="read-only"):
        case.vectors[0] = 0


def test_what_was_found_before_a_refresh_keeps_its_rows(case: wb.Case, source: Path) -> None:
    study, hits = case.study, case.search("red", k=1)
    found = hits.frame["path"].item()
    write_photos(source, {"0-first.png": "red"})
    case.ingest(progress=False)

    assert len(case.images) == len(study.groups("folder")) + 1
    assert hits.frame["path"].item() == found
    assert case.study is not study


def test_what_a_read_only_case_cannot_keep_is_answered_all_the_same(
    case: wb.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("workbench.store.arrays.write_atomically", refused)
    monkeypatch.setattr("workbench.store.arrays.write_atomically", refused)

    assert case.layout("pca").shape == (len(case.images), 2)
    assert len(case.describe(0, vocabulary=["red", "blue"])) == 2
    assert list(case.study.duplicates().columns) == ["kind", "group", "row", "path"]
    assert case.why(0, "red").values.max() <= 1


def test_a_pinned_case_keeps_its_rows_while_the_case_grows(case: wb.Case, source: Path) -> None:
    pinned, told = case.pinned(), []

    class Listener:
        def tell(self) -> None:
            told.append(len(case.images))

    listener = Listener()
    case.on_refresh(listener.tell)
    before = pinned.images["path"].tolist()
    write_photos(source, {"0-first.png": "red"})
    case.ingest(progress=False)
    pinned.tag(0, "first")

    assert told == [len(before) + 1]
    assert case.images["path"][0] == "0-first.png"
    assert pinned.images["path"].tolist() == before
    assert case.tags["sample_id"].tolist() == [pinned.images["image_id"][0]]
    assert len(pinned.search("red", k=1).frame) == 1
    del listener
    case.refresh()
    assert len(told) == 1


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda case: wb.open("photos/"), "No case folder was given"),
        (lambda case: wb.open(5, case="x"), "must be the path of a folder"),  # type: ignore[arg-type]
        (lambda case: wb.open(case=""), "must be the path of a folder"),
        (lambda case: wb.open(case="x", model=5), "The model must be a text, not int"),  # type: ignore[arg-type]
        (lambda case: case.tag([0], 5), "A tag must be a text, not int"),
        (lambda case: case.tag([0], "  "), "A tag is empty"),
        (lambda case: setattr(case, "vocabulary", "a cat"), "must be a list of texts"),
        (lambda case: setattr(case, "vocabulary", [1]), "must be a text, not int"),
        (lambda case: setattr(case, "vocabulary", []), "The vocabulary is empty"),
    ],
)
def test_what_no_verb_understands_is_refused_in_plain_words(case: wb.Case, use, message: str) -> None:
    with pytest.raises(WorkbenchError, match=message):
        use(case)

    assert case.tags.empty
    assert not (case.folder.root / "work" / "vocabulary.txt").exists()


def test_probabilities_follow_the_vocabulary_that_now_stands(case: wb.Case) -> None:
    before = case.search("red", k=None).probabilities
    case.vocabulary = ["red", "orange", "brown", "pink"]
    after = case.search("red", k=None).probabilities
    reopened = wb.open(case=case.folder.root).search("red", k=None).probabilities

    assert not np.allclose(before, after)
    np.testing.assert_array_equal(after, reopened)


UNREAD = ["猫", "고양이", "แมว", "قطة", "a photo of 猫"]


@pytest.fixture
def unreading(case: wb.Case, monkeypatch: pytest.MonkeyPatch) -> wb.Case:
    """Return a case whose model reads no other script than Latin, as `mini` does."""
    monkeypatch.setattr(ColourEmbedder, "reads", staticmethod(mini_reads), raising=False)
    return case


@pytest.mark.parametrize("text", UNREAD)
@pytest.mark.parametrize(
    "use",
    [
        lambda case, text: case.search(text),
        lambda case, text: case.search(f"{text} + red"),
        lambda case, text: case.search("red", unlike=text),
        lambda case, text: case.ask(text),
        lambda case, text: case.ask(f"red -{text!r}"),
        lambda case, text: case.why(0, text),
        lambda case, text: case.why(0, "red", against=text),
        lambda case, text: case.describe(0, vocabulary=["red", text]),
        lambda case, text: setattr(case, "vocabulary", ["red", text]),
    ],
)
def test_what_the_model_cannot_read_is_never_answered(unreading: wb.Case, text: str, use) -> None:
    with pytest.raises(QueryError, match=r"cannot read .*\. Use English, or open the case with"):
        use(unreading, text)
    assert not (unreading.folder.root / "work" / "vocabulary.txt").exists()


def test_a_model_that_reads_all_is_asked_in_any_script(case: wb.Case) -> None:
    assert len(case.ask("猫")) == len(case.search("猫")) > 0
