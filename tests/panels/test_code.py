"""What ``to_code`` of a desk writes runs, whatever was clicked before, and repeats what is selected."""

from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO

import pytest
from PIL import Image

import workbench as wb
from tests.helpers.dated_photos import write_dated
from tests.helpers.panel_messages import browser
from workbench.testing import write_faces

COLOURS = [(250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0)]
TIMES = [datetime(9999, 12, 31, 23, 59, 59), datetime(1, 1, 2), datetime(2019, 5, 1, 12, 30), None]
PLACES = [(89.9, 179.9), (-33.5, 18.25), None, (0.0, 0.0)]


def png() -> bytes:
    data = BytesIO()
    Image.new("RGBA", (900, 40), (0, 0, 250, 128)).save(data, "PNG")
    return data.getvalue()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> wb.Case:
    """A case with photos of the years 1, 2019 and 9999, with places, faces, a tag and a saved selection."""
    root = tmp_path_factory.mktemp("code")
    for number, (colour, when, place) in enumerate(zip(COLOURS, TIMES, PLACES, strict=True)):
        write_dated(root / f"photos/it's {number}.jpg", colour, when, place)
    write_faces(root / "photos", {f"face {i}.png": [3 * (i % 2)] for i in range(6)} | {"once.png": [9]})
    case = wb.open(root / "photos", case=root / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)
    case.tag([0, 1], 'it\'s "quoted"')
    case.selections.save("two \\ of them", [0, 1])
    case.cluster_runs.run("dbscan", space="vectors", eps=0.4, min_samples=2, name="kept")
    return case


@pytest.fixture(scope="module")
def desks(case: wb.Case) -> Iterator[tuple[wb.Workspace, wb.Workspace]]:
    """Two desks of the case, without the seconds of UMAP."""
    plain = case.layout
    case.layout = lambda method="umap", **given: plain("pca") if method == "umap" else plain(method, **given)  # type: ignore[method-assign]
    pair = wb.Workspace(case), wb.Workspace(case)
    yield pair
    for desk in pair:
        desk.close()


def run_of(desk: wb.Workspace, name: str) -> None:
    desk.runs.unfolded = True
    desk.runs.run("dbscan", space="vectors", eps=0.4, min_samples=2, name=name)


def renamed(desk: wb.Workspace) -> None:
    run_of(desk, "old")
    desk.runs.colour("old")
    desk.runs.rename("old", "it's new")


def removed(desk: wb.Workspace) -> None:
    run_of(desk, "gone")
    desk.runs.colour("gone")
    desk.runs.remove("gone")


def forgotten(desk: wb.Workspace) -> None:
    desk.selection.rows = [2, 3]
    desk.selection_bar.save("short")
    desk.selection_bar.reopen("short")
    desk.selection_bar.remove("short")


def captions_without_rows(desk: wb.Workspace) -> None:
    desk.selection.rows = [1, 2]
    desk.study.captions(["it's red", 'a "blue" one'])
    desk.selection.clear()


def split_faces(desk: wb.Workspace) -> None:
    desk.show("faces")
    browser(desk.faces, "do", verb="look", identity=str(desk.faces.index.people["identity"].iloc[0]))
    browser(desk.faces, "do", verb="propose_split")


def faces(pane: str) -> Callable[[wb.Workspace], None]:
    def go(desk: wb.Workspace) -> None:
        desk.show("faces")
        browser(desk.faces, "do", verb="show", pane=pane)

    return go


def picture(desk: wb.Workspace) -> None:
    browser(desk.query, "picture", [png()], text="red")


def failed(desk: wb.Workspace) -> None:
    browser(desk.query, "run", text="red", k=5, least=0.0, unit="cosine")
    browser(desk.query, "run", text="face:nobody", k=5, least=0.0, unit="cosine")


def mixed(desk: wb.Workspace) -> None:
    desk.timeline.select("2019", "2020")
    desk.map.box(-9, -9, 0, 9, mode="add")
    desk.places.select_unplaced(mode="remove")


def wheel(desk: wb.Workspace) -> None:
    browser(desk.timeline, "unfold", on=True)
    for _ in range(12):
        browser(desk.timeline, "wheel", at=0.999, factor=0.4)
    browser(desk.timeline, "select", first=0, last=10_000, mode="replace")


def scored(desk: wb.Workspace) -> None:
    desk.query.ask("red")
    desk.map.colour("score")


def judged(desk: wb.Workspace) -> None:
    desk.query.k = 2
    desk.query.ask("red")
    desk.recall.start(10)
    for item in desk.recall.items:
        browser(desk.recall, "judge", row=item["row"], right=True)


def why_of_nothing(desk: wb.Workspace) -> None:
    browser(desk.why, "unfold", value=True)
    desk.why.wait(60)


STATES: dict[str, Callable[[wb.Workspace], object]] = {
    "new": lambda desk: None,
    "all of the timeline": lambda desk: desk.timeline.select("0001", "9999-12-31 23:59:59"),
    "zoomed to the year 9999": wheel,
    "the last decade": lambda desk: (
        desk.timeline.zoom("9990", "9999-12-31", bins="decade"),
        browser(desk.timeline, "select", first=0, last=5, mode="replace"),
    ),
    "selection by time zoomed": lambda desk: (
        desk.map.box(-9, -9, 9, 9),
        desk.timeline.zoom_to_selection(),
    ),
    "untimed": lambda desk: desk.timeline.select_untimed(),
    "unplaced": lambda desk: desk.places.select_unplaced(),
    "world": lambda desk: (desk.places.world(), desk.places.box(170, -90, -170, 90)),
    "one after another": mixed,
    "query": lambda desk: desk.query.ask('tag:"it\'s \\"quoted\\"" red'),
    "query that failed": failed,
    "picture": picture,
    "cleared": lambda desk: (desk.query.ask("red"), desk.query.clear()),
    "like the selection": lambda desk: (
        desk.selection.change([1, 2]),
        desk.query.ask("like:selection"),
        desk.selection.clear(),
    ),
    "score": scored,
    "tags": lambda desk: desk.map.colour("tags"),
    "fine": lambda desk: (setattr(desk.map, "level", 4), desk.map.hide([0])),
    "run renamed": renamed,
    "run removed": removed,
    "saved": lambda desk: desk.selection_bar.reopen("two \\ of them"),
    "saved and forgotten": forgotten,
    "saved, then another": lambda desk: (
        desk.selection_bar.reopen("two \\ of them"),
        desk.map.box(-9, -9, 9, 9),
    ),
    "captions": captions_without_rows,
    "recall": judged,
    "why of nothing": why_of_nothing,
    "second map": lambda desk: (desk.split("pca"), setattr(desk.second_map, "level", 0)),
    "united": lambda desk: (desk.split("pca"), desk.unite()),
    "faces": lambda desk: desk.show("faces"),
    "face of a person": split_faces,
    **{f"faces {pane}": faces(pane) for pane in ("alone", "aside", "review", "history", "selected")},
    "lasso of faces": lambda desk: (desk.show("faces"), desk.face_map.box(-9, -9, 9, 9)),
}


@pytest.mark.parametrize("state", STATES)
def test_the_code_of_a_desk_runs_and_selects_the_same(
    desks: tuple[wb.Workspace, wb.Workspace], state: str
) -> None:
    desk, other = desks
    for one in desks:
        one.selection.clear()
        one.selection.focus = None
    STATES[state](desk)
    code, forgotten = desk.to_code(), state == "saved and forgotten"
    other.update()  # a desk that was made before knows no run made since
    exec(code, {"desk": other})

    assert other.selection.rows.tolist() == ([] if forgotten else desk.selection.rows.tolist())
    assert other.selection.focus == desk.selection.focus
    assert other.tabs.side == desk.tabs.side
    assert (other.selection.hits is None) == (desk.selection.hits is None)
    assert "show('')" not in code


def test_the_code_of_a_new_desk_needs_no_case(case: wb.Case) -> None:
    assert "(case." not in wb.Workspace(case).to_code()
