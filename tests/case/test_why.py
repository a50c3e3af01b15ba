"""Why an image matched, asked of a case: every kind of query, what is kept, what is said."""

import json

import numpy as np
import pytest
from PIL import Image, ImageColor

import workbench as wb
from workbench.case.collection import Pictures
from workbench.errors import CaseError, QueryError, WorkbenchError
from workbench.models.relevance import Explainer
from workbench.testing import ColourEmbedder


@pytest.fixture
def case(tmp_path):
    """A case with a photo that is red in its lower right corner, and photos of one colour."""
    (tmp_path / "photos").mkdir()
    corner = Image.new("RGB", (160, 120), "black")
    corner.paste("red", (80, 60, 160, 120))
    corner.save(tmp_path / "photos/corner.png")
    for name in ("red", "blue", "gray"):
        Image.new("RGB", (60, 40), name).save(tmp_path / f"photos/{name}.png")
    Image.new("RGB", (16, 16), "green").save(tmp_path / "photos/tiny.png")
    Image.effect_noise((3000, 60), 80).save(tmp_path / "photos/panorama.png")
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    return case


@pytest.fixture
def counted(monkeypatch):
    """Count the maps that are computed, and not found."""
    made, make = [], Explainer.heatmap

    def heatmap(self, *given, **named):
        made.append(named["method"])
        return make(self, *given, **named)

    monkeypatch.setattr(Explainer, "heatmap", heatmap)
    return made


def middle(values):
    """Return where the weight of a map lies, as shares of height and width."""
    down, across = np.indices(values.shape)
    return (down * values).sum() / values.sum() / values.shape[0], (
        (across * values).sum() / values.sum() / values.shape[1]
    )


def test_a_map_lies_where_the_colour_asked_for_is(case):
    heatmap = case.why("corner.png", "a red thing")
    down, across = middle(heatmap.values)
    assert down > 0.55
    assert across > 0.55
    assert heatmap.values.max() == 1
    assert (heatmap.path, heatmap.query, heatmap.method) == ("corner.png", "a red thing", "occlusion")
    assert heatmap.score == pytest.approx(case.vectors[heatmap.row] @ case.ask("a red thing").vector)


def test_rather_than_changes_what_is_explained(case):
    row = case.row("corner.png")
    heatmap = case.why(row, "red", against="black")
    red, black = (case.ask(colour).vector for colour in ("red", "black"))
    assert heatmap.lead == pytest.approx(case.vectors[row] @ (red - black), abs=0.01)
    assert heatmap.against == "black"


def test_a_query_may_be_text_an_example_an_id_a_picture_a_group_or_hits(case):
    red = case.images["image_id"].iloc[case.row("red.png")]
    hits = case.search("red")
    queries = ["red", wb.like(red), red, "like:red", Image.new("RGB", (9, 9), "red"), wb.like([red]), hits]
    for query in [*queries, case.folder.source / "red.png", "red -blue"]:
        down, across = middle(case.why("corner.png", query).values)
        assert (down > 0.5, across > 0.5) == (True, True), query


def test_words_share_out_the_match_and_an_example_has_none(case):
    words = dict(case.why("corner.png", "a red thing").words)
    assert max(words, key=words.get) == "red"  # type: ignore[arg-type]
    assert case.why("corner.png", "like:red").words == []
    assert case.why("corner.png", "a red thing").frame.columns.tolist() == ["word", "relevance"]


def test_a_map_is_computed_once_and_found_again_by_another_session(case, counted):
    first = case.why("corner.png", "red")
    again = wb.open(case=case.folder.root, model="fake").why("corner.png", "red")
    assert counted == ["occlusion"]
    np.testing.assert_array_equal(first.values, again.values)
    assert again.words == first.words


def test_a_kept_map_needs_no_model_to_explain_it(case, monkeypatch):
    case.why("corner.png", "red")
    monkeypatch.setattr("workbench.models.relevance.Explainer", None)
    assert wb.open(case=case.folder.root, model="fake").why("corner.png", "red").method == "occlusion"


def test_another_question_is_another_map(case, counted):
    case.why("corner.png", "red")
    case.why("corner.png", "blue")
    case.why("corner.png", "red", against="blue")
    case.why("red.png", "red")
    case.why("corner.png", "red", method="occlusion")
    assert len(counted) == 4


def test_deleting_or_breaking_the_cache_is_safe(case, counted):
    before = case.why("corner.png", "red").values
    kept = list((case.folder.cache / "heatmaps").rglob("*.npz"))
    for path in kept:
        path.write_bytes(b"PK no longer")
    np.testing.assert_array_equal(case.why("corner.png", "red").values, before)
    for path in kept:
        path.unlink()
    np.testing.assert_array_equal(case.why("corner.png", "red").values, before)
    assert len(counted) == 3


def test_a_verdict_is_kept_with_its_map(case, monkeypatch):
    verdict = case.why("corner.png", "red").verdict
    assert "chance" in verdict
    monkeypatch.setattr(ColourEmbedder, "embed_images", None)
    assert wb.open(case=case.folder.root, model="fake").why("corner.png", "red").verdict == verdict


def test_a_verdict_can_be_stopped_and_asked_for_again(case):
    heatmap = case.why("corner.png", "red")
    answers = iter([True, True, False])
    assert heatmap.verdict_while(lambda: next(answers)) == ""
    assert next(answers, None) is None
    assert heatmap.verdict_while(lambda: True) == heatmap.verdict != ""


def test_a_map_of_one_colour_is_no_better_than_chance_and_says_so(case):
    assert "No better than chance" in case.why("gray.png", "red").verdict
    assert "No better than chance" in case.why("gray.png", "red")._repr_html_()


@pytest.mark.parametrize("name", ["gray.png", "tiny.png", "panorama.png"])
def test_odd_images_get_a_map_a_picture_and_a_verdict(case, name):
    heatmap = case.why(name, "a red thing")
    image = Image.open(case.folder.source / name)
    assert np.isfinite(heatmap.values).all()
    assert heatmap.overlay().size[0] / heatmap.overlay().size[1] == pytest.approx(
        image.width / image.height, rel=0.05
    )
    assert heatmap.verdict


def test_a_map_lies_upright_on_a_rotated_photo(tmp_path):
    upright = Image.new("RGB", (160, 120), "black")
    upright.paste("red", (80, 0, 160, 60))
    turned, exif = upright.transpose(Image.Transpose.ROTATE_90), Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "photos").mkdir()
    turned.save(tmp_path / "photos/turned.jpg", exif=exif, quality=95)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    heatmap = case.why(0, "red")
    down, across = middle(heatmap.values)
    assert heatmap.overlay().size == (160, 120)
    assert down < 0.5 < across


def test_a_heatmap_is_saved_as_the_picture_it_shows(case, tmp_path):
    heatmap = case.why("corner.png", "red")
    path = heatmap.save(tmp_path / "why.png", opacity=0.5)
    np.testing.assert_array_equal(np.asarray(Image.open(path)), np.asarray(heatmap.overlay(0.5)))
    assert path.read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(WorkbenchError, match=r"\.png"):
        heatmap.save(tmp_path / "nowhere/why.png")
    with pytest.raises(WorkbenchError, match=r"\.png"):
        heatmap.save(tmp_path / "why.nothing")


def test_the_layer_is_a_transparent_png(case):
    heatmap = case.why("corner.png", "red")
    assert heatmap.layer()[:4] == b"\x89PNG"
    assert heatmap.blocks == 0
    with pytest.raises(QueryError, match="no maps of single blocks"):
        heatmap.layer(0)


def test_names_of_files_and_queries_are_escaped(tmp_path):
    (tmp_path / "photos").mkdir()
    Image.new("RGB", (20, 20), "red").save(tmp_path / "photos/<b>&.png")
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    html = case.why(0, "a <script> red")._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("query", "message"),
    [("", "empty"), ("   ", "empty"), ("like:nobody", "No image has the name"), ("¿¡…", "no words")],
)
def test_a_query_that_says_nothing_is_told_so(case, query, message):
    with pytest.raises(QueryError, match=message):
        case.why("corner.png", query)


def test_what_has_no_vector_has_no_map(case):
    hits = case.search("red")
    nobody = type(hits)(hits.rows, hits.scores, hits.probabilities, hits.table, "face:Ann")
    with pytest.raises(QueryError, match="neither words nor an example"):
        case.why("corner.png", nobody)


def test_unknown_images_and_methods_are_told(case):
    with pytest.raises(QueryError, match="No image"):
        case.why("nowhere.png", "red")
    with pytest.raises(QueryError, match=r"'magic'.*occlusion"):
        case.why("corner.png", "red", method="magic")
    assert case.why.methods == ("occlusion",)


def test_without_the_source_the_thumbnail_is_explained(case):
    (case.folder.source / "corner.png").unlink()
    down, across = middle(case.why("corner.png", "red").values)
    assert (down > 0.5, across > 0.5) == (True, True)


def test_without_source_and_thumbnail_it_is_said_what_to_do(case, monkeypatch):
    monkeypatch.setattr(Pictures, "large", lambda self, row: b"")
    with pytest.raises(CaseError, match=r"can no longer be read.*source"):
        case.why("corner.png", "red")


def test_the_verdict_tells_what_is_there_from_what_is_not(case, monkeypatch):
    """The image is black and red: among the names of all colours black fits it and white does not."""
    monkeypatch.setattr("workbench.case.heatmaps_api.default_vocabulary", lambda: sorted(ImageColor.colormap))
    black, white = (case.why("corner.png", colour) for colour in ("black", "white"))
    assert white.check.presence < 0.1 < black.check.presence
    for heatmap in (black, white):
        there = heatmap.check.presence >= 0.5
        assert heatmap.verdict.startswith("Better" if there else "No better"), heatmap.query


def test_of_an_example_the_verdict_says_only_what_the_map_can(case):
    assert case.why("corner.png", "like:red").check.presence is None
    assert "probably" not in case.why("corner.png", "like:red").verdict


def test_a_verdict_kept_by_an_earlier_release_is_worked_out_anew(case):
    heatmap = case.why("corner.png", "red")
    before = heatmap.check
    for path in (case.folder.cache / "heatmaps").rglob("*.npz"):
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        about = json.loads(arrays["about"].tobytes())
        if about["facts"].get("check"):
            del about["facts"]["check"]["presence"]
            arrays["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
            np.savez(path, **arrays)
    again = wb.open(case=case.folder.root, model="fake").why("corner.png", "red").check
    assert again.presence == before.presence is not None
