"""Regions of a case: searched as samples, shown with their images, and read."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import workbench as wb
from workbench.errors import ModelError, QueryError
from workbench.index import engines
from workbench.search import ranker as ranking
from workbench.testing import write_regions

PHOTOS = {
    "a.png": [("persons", "red"), ("objects", "blue")],
    "b.png": [],
    "c.png": [("text", "yellow"), ("text", "magenta"), ("persons", "blue")],
    "d.png": [("objects", "red"), ("objects", "orange")],
}
KINDS = ["persons", "objects", "text"]


@pytest.fixture
def case(tmp_path):
    write_regions(tmp_path / "photos", PHOTOS)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(regions=KINDS, progress=False)
    return case


def paths(hits):
    return hits.frame["path"].tolist()


def test_the_best_region_of_each_image_is_a_hit_with_its_box(case):
    hits = case.regions.search("red", kinds=["persons", "objects"])
    assert paths(hits)[:2] == ["a.png", "d.png"]
    assert len(hits) == hits.total == 3
    assert hits.boxes[:2].tolist() == [[10, 10, 40, 80], [10, 10, 60, 60]]
    assert hits.frame["kind"].tolist()[:2] == ["persons", "objects"]
    assert (np.diff(hits.scores) <= 0).all()


def test_hits_show_in_the_table_of_images_each_image_once(case):
    hits = case.regions.search("red", group=False)
    assert len(hits) == len(case.regions) == 7
    assert hits.images.frame["path"].tolist() == ["a.png", "d.png", "c.png"]
    assert hits.images.scores[0] == hits.scores[0]
    assert hits.images.table.equals(case.images[list(hits.images.table)])


def test_a_kind_leaves_out_the_others_and_k_counts_images(case):
    hits = case.regions.search("red", kinds=["objects"], k=1)
    assert (paths(hits), hits.total) == (["d.png"], 2)


def test_whole_images_are_searched_beside_their_regions(case):
    hits = case.regions.search("gray", kinds=["images", "objects"])
    assert hits.frame.loc[0, ["path", "kind"]].tolist() == ["b.png", "images"]
    assert len(hits) == len(case.images)


def test_a_region_is_an_example_like_an_image(case):
    frame = case.regions.frame
    person = frame.loc[frame["kind"] == "persons", "region_id"].iloc[0]
    hits = case.regions.search(wb.like(person), kinds=["persons"])
    assert (hits.ids[0], hits.scores[0]) == (person, pytest.approx(1))
    image = case.regions.search(wb.like(case.images["image_id"].iloc[0]), kinds=["images"])
    assert image.image_rows[0] == 0


def test_what_is_not_wanted_is_pushed_away(case):
    plain, without = case.regions.search("red"), case.regions.search("red", unlike="orange")
    frame = case.regions.frame
    orange = int(np.flatnonzero(frame["label"] == "orange")[0])
    rank = [
        case.regions.search("red", unlike=unlike, group=False).rows.tolist().index(orange)
        for unlike in ((), "orange")
    ]
    assert rank[0] < rank[1]
    assert paths(plain)[0] == paths(without)[0] == "a.png"


def test_text_is_found_with_its_box_and_in_the_query_box(case):
    hits = case.regions.find_text("yell")
    assert (paths(hits), hits.frame.loc[0, "text"]) == (["c.png"], "yellow")
    assert hits.boxes.tolist() == [[10, 10, 90, 30]]
    assert case.ask('text:"yel low"').frame["path"].tolist() == ["c.png"]
    assert case.search("blue", text="magenta").frame["path"].tolist() == ["c.png"]
    assert len(case.regions.find_text("green")) == 0


def test_a_search_over_regions_gives_each_image_once_with_the_box_of_its_best(case):
    for hits in (case.search("red", over=["persons", "objects"]), case.ask("red over:persons over:objects")):
        assert paths(hits)[:2] == ["a.png", "d.png"]
        assert hits.table.equals(case.images[list(hits.table)])
        assert hits.boxes[:2].tolist() == [[10, 10, 40, 80], [10, 10, 60, 60]]
        assert hits.query == "red over:persons over:objects"
        np.testing.assert_array_equal(
            hits.scores, case.regions.search("red", kinds=["persons", "objects"]).scores
        )
    assert paths(case.search("red", over="objects")) == ["d.png", "a.png"]


def test_whole_images_beside_regions_have_no_box(case):
    hits = case.search("gray", over=["images", "objects"])
    assert paths(hits)[0] == "b.png"
    assert np.isnan(hits.boxes[0]).all()
    assert hits.box(case.row("b.png")) is None
    assert not np.isnan(case.search("red", over=["images", "objects"], k=1).boxes).any()
    assert case.search("gray").boxes is None
    assert case.search("gray", over="images").query == "gray"


def test_limits_places_and_examples_count_over_regions_too(case):
    assert len(case.search("red", over="persons", k=1)) == 1
    assert paths(case.search("red", over="objects", within=[case.row("a.png")])) == ["a.png"]
    assert len(case.search("red", over="objects", threshold=0.95)) == 1
    assert len(case.search("red", over="persons", probability=1)) == 0
    assert paths(case.search(like="d.png", over="objects"))[0] == "d.png"
    hits = case.search("magenta", over="text", text="yellow")
    assert hits.boxes.tolist() == [[110, 10, 90, 30]]


def test_the_box_of_a_text_is_that_of_where_it_was_read(case):
    for hits in (case.ask('text:"yel low"'), case.search("blue", text="yellow")):
        assert paths(hits) == ["c.png"]
        assert hits.boxes.tolist() == [[10, 10, 90, 30]]
        assert hits.box(case.row("c.png")) == pytest.approx([10 / 260, 0.1, 90 / 260, 0.3])
        assert hits.box(case.row("a.png")) is None
        assert hits.frame.loc[0, ["x", "y", "box_width", "box_height"]].tolist() == [10, 10, 90, 30]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("over:persons", "Nothing to compare with persons"),
        ('over:persons text:"yellow"', "Nothing to compare with persons"),
        ("¿¡… over:persons", "no words"),
        ("red over:dogs", "persons, objects, text, images"),
        ("red -over:persons", "cannot be negated"),
        ("red over:persons^2", "cannot have a weight"),
    ],
)
def test_a_query_over_regions_that_means_nothing_says_so(case, query, message):
    with pytest.raises(QueryError, match=message):
        case.ask(query)


def test_what_was_not_looked_for_is_told_with_the_way_to_get_it(tmp_path):
    write_regions(tmp_path / "photos", PHOTOS)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    assert len(case.regions) == 0
    for ask in (lambda: case.regions.search("red"), lambda: case.regions.find_text("red")):
        with pytest.raises(QueryError, match=r"case\.ingest\(regions="):
            ask()
    case.ingest(regions=["persons"], progress=False)
    assert len(case.regions.search("red")) == 2
    with pytest.raises(QueryError, match="text"):
        case.regions.find_text("red")


def test_an_unknown_kind_is_told_which_are_known(case):
    with pytest.raises(QueryError, match="persons, objects, text, images"):
        case.regions.search("red", kinds=["dogs"])


def test_a_case_opened_again_knows_its_regions_without_a_model(case, monkeypatch):
    from workbench.case import embedders as region_models

    monkeypatch.setattr(region_models, "load_finder", lambda *_: pytest.fail("no model is needed"))
    again = wb.open(case=case.folder.root)
    assert len(again.regions.search("red")) == 3


def test_masks_and_crops_are_those_of_the_region(case):
    frame = case.regions.frame
    person = int(np.flatnonzero(frame["kind"] == "persons")[0])
    assert case.regions.mask(person).shape == (80, 40)
    assert case.regions.mask(int(np.flatnonzero(frame["kind"] == "objects")[0])) is None
    with Image.open(BytesIO(case.regions.crops([person])[0])) as crop:
        assert crop.size == (40, 80)
        assert np.allclose(np.asarray(crop)[40, 20], (255, 0, 0), atol=12)


def test_a_folder_without_any_region_answers_with_nothing(tmp_path):
    write_regions(tmp_path / "photos", {"a.png": [], "b.png": []})
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(regions=KINDS, progress=False)
    hits = case.regions.search("red")
    assert (len(hits), len(hits.images), len(hits.frame)) == (0, 0, 0)
    assert len(case.regions.find_text("red")) == 0
    assert len(case.regions.search("red", kinds=["images", *KINDS])) == 2


def test_an_ingest_of_an_unknown_kind_is_refused(tmp_path):
    write_regions(tmp_path / "photos", PHOTOS)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    with pytest.raises(ModelError, match="persons, objects, text"):
        case.ingest(regions=["dogs"], progress=False)


def test_a_notebook_shows_the_pictures_with_their_boxes(case):
    shown = case.regions.search("red")._repr_html_()
    assert shown.count("<figure>") == 3
    assert "left:7.69%;top:10.00%;width:30.77%;height:80.00%" in shown


def test_what_was_read_is_shown_as_text_and_never_as_html(case):
    case.regions.frame.loc[case.regions.frame["kind"] == "text", "text"] = "<script>alert(1)</script>"
    shown = case.regions.find_text("script")._repr_html_()
    assert "&lt;script&gt;alert" in shown
    assert "<script" not in shown


def test_the_regions_and_candidates_of_a_case_are_counted_without_a_model(case, monkeypatch):
    assert (case.info()["regions"], case.info()["candidates"]) == (7, 0)
    case.instances.ingest(progress=False)
    boxes = sum(len(case.instances.boxes(row)) for row in range(len(case.images)))
    again = wb.open(case=case.folder.root)
    monkeypatch.setattr(type(again.instances), "model", property(lambda _: pytest.fail("no model is needed")))
    assert (again.info()["regions"], again.info()["candidates"]) == (7, boxes)
    assert boxes >= 4


def test_words_that_no_vocabulary_knows_are_answered_over_regions(case):
    hits = case.search("xqzzt vlorp", over=KINDS)
    assert len(hits) == 3
    assert np.isfinite(hits.scores).all()
    assert np.isfinite(hits.boxes).all()


def test_five_hundred_areas_of_text_in_one_photo_are_one_hit_with_the_box_of_the_right_one(tmp_path):
    pixels = np.full((25 * 20 + 10, 20 * 50 + 10, 3), 128, np.uint8)
    for place in range(500):
        top, left = 10 + place // 20 * 20, 10 + place % 20 * 50
        pixels[top : top + 10, left : left + 40] = (0, 0, 255) if place == 321 else (255, 0, 0)
    (tmp_path / "photos").mkdir()
    Image.fromarray(pixels).save(tmp_path / "photos/page.png")
    Image.new("RGB", (16, 16), "gray").save(tmp_path / "photos/tiny.png")
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(regions=["text"], progress=False)
    expected = [[10 + 321 % 20 * 50, 10 + 321 // 20 * 20, 40, 10]]

    assert len(case.regions) == 500
    for hits in (case.ask('text:"blue"'), case.search("blue", over="text", k=1), case.ask('red text:"blue"')):
        assert paths(hits) == ["page.png"]
        assert hits.boxes.tolist() == expected
    assert len(case.regions.find_text("red", group=False)) == 499


def test_probabilities_of_regions_follow_the_vocabulary_that_now_stands(case):
    before = case.search("red", over="objects", k=None).probabilities
    case.vocabulary = ["red", "orange", "brown", "pink"]
    after = case.search("red", over="objects", k=None).probabilities
    reopened = wb.open(case=case.folder.root).search("red", over="objects", k=None).probabilities
    assert not np.allclose(before, after)
    assert np.array_equal(after, reopened)


def test_the_indexes_of_several_kinds_are_kept_beside_each_other(case, monkeypatch):
    pytest.importorskip("faiss")
    monkeypatch.setattr(engines, "LEAST", 1)
    monkeypatch.setattr(ranking, "LEAST_ASKED", 1)
    asked = ("persons", "objects", ["objects", "persons"], ["persons", "objects"])
    for _ in range(2):
        mine = wb.open(case=case.folder.root, index="faiss")
        for over in asked:
            mine.search("red", over=over, k=1)
            mine.regions.ranker(over)._engine  # noqa: B018 opens it, also where so few are searched exactly
    kept = sorted((case.folder.cache / "index" / "faiss").iterdir())
    made = [(folder / "index.faiss").stat().st_mtime_ns for folder in kept]
    again = wb.open(case=case.folder.root, index="faiss")
    for over in asked:
        opened = again.regions.ranker(over)._engine
        assert opened is not None
        assert len(opened) == len(again.regions.ranker(over))
    assert len(kept) == 3
    assert [(folder / "index.faiss").stat().st_mtime_ns for folder in kept] == made


def test_regions_need_a_record_of_tables_and_callables_alone():
    import pandas as pd

    from workbench.case.regions_api import Regions, RegionSource
    from workbench.samples.regions import read_regions
    from workbench.search.image_lookup import ImageLookup

    images = pd.DataFrame({"image_id": ["a"], "path": ["a.png"], "width": [9], "height": [9]})
    source = RegionSource(
        images=images,
        vectors=np.ones((1, 1), np.float32),
        lookup=ImageLookup(images),
        keys=dict,
        read=lambda keys: read_regions(None, keys, images),  # type: ignore[arg-type]
        embedder=lambda: pytest.fail("a model was loaded"),
        vocabulary_vectors=lambda: pytest.fail("phrases were embedded"),
        open_index=lambda name, ids, vectors: None,
        picture=lambda row: b"",
        thumbnails=lambda rows: [b"" for _ in rows],
    )
    assert len(Regions(source)) == 0
    with pytest.raises(QueryError, match="nobody looked for them"):
        Regions(source).find_text("yellow")
