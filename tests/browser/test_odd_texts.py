"""Texts of every kind in every panel and in still pictures, and every button of a desk of three widths."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.ExifTags import Base
from playwright.sync_api import Browser, Page

import workbench as wb
from tests.helpers import jupyterlab as lab
from tests.helpers.dated_photos import write_dated
from workbench.testing import write_faces

pytestmark = lab.MARKS

MARKUP = "<img src=x id=evil onerror=window.ran=1>"
TURNED = "\u202egpj.exe\u2066 \x07bell"
ODD = f"{TURNED} {MARKUP} <script id=evil>window.ran=1</script> <a id=evil href='javascript:window.ran=1'>"
NAMES = [
    "<img src=x id=evil onerror=window.ran=1>",
    "=HYPERLINK(1)",
    f"\u202egpj.exe\u2066 {MARKUP}",
    "\x07bell\x9b",
    "javascript:window.ran=1",
    '"><svg id=evil onload=window.ran=1>',
    "שלום עולם",
]
SEEN = "\\u202e"  # how a character that turns the text is shown

SHOW = """import workbench as wb
desk = wb.Workspace(wb.open(case='case', model='fake', faces='fake'))
desk"""
FILL = f"""odd = {ODD!r}
desk.selection.rows = [0, 1, 2]
desk.selection_bar.save(odd)
desk.runs.unfolded = desk.timeline.unfolded = desk.places.unfolded = True
desk.runs.run('dbscan', space='vectors', eps=0.5, min_samples=2, name=odd)
desk.runs.colour(desk.case.cluster_runs.names[-1])
desk.study.captions([odd, 'a dog'])
desk.selection.focus = 2
desk.query.ask('"' + odd.replace('"', '') + '" -like:' + desk.case.images['image_id'][1])
desk.why.ask(method='occlusion')
desk.selection_bar.separate()
person = desk.case.faces.identities['identity'][0]
desk.faces.name(person, odd)
print(1)"""
SIDES = """desk.show('{side}')
desk.faces.show('{pane}') if '{pane}' else desk.faces.look(desk.case.faces.identities['identity'][0])
print(1)"""
CELLS = [
    SHOW,
    FILL,
    "desk.layout.width = '330px'\nprint(1)",
    "desk.layout.width = '800px'\nprint(1)",
    "desk.layout.width = '1400px'\nprint(1)",
    "from pathlib import Path\nPath('still.html').write_text(desk.still())\nprint(1)",
]
OPEN_ALL = """() => {
    for (const fold of document.querySelectorAll('.wb-desk details')) fold.open = true;
    for (const fold of document.querySelectorAll('.wb-desk [aria-expanded=false]')) fold.click();
}"""
HARM = """() => ({
    ran: window.ran ?? 0,
    made: document.querySelectorAll('#evil, .wb-desk script, .wb-still script').length,
    links: [...document.querySelectorAll('a, form, iframe, object')].filter((node) =>
        /^javascript:/i.test(node.href ?? node.action ?? node.src ?? '')).length,
})"""
UNSEEN = r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
RAW = (
    """(root) => {
    const bad = /UNSEEN/, found = [];
    for (const top of document.querySelectorAll(root)) {
        const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) if (bad.test(walker.currentNode.data) &&
            !['TEXTAREA', 'STYLE'].includes(walker.currentNode.parentElement.tagName))
            found.push(walker.currentNode.parentElement.className + ': ' + walker.currentNode.data);
        for (const node of top.querySelectorAll('*'))
            for (const name of ['title', 'alt', 'aria-label', 'placeholder'])
                if (bad.test(node.getAttribute(name) ?? '')) found.push(node.className + ' ' + name);
    }
    return found;
}"""
).replace("UNSEEN", UNSEEN)
TEXTS = """(panel) => [...document.querySelectorAll(panel)].map((node) => node.textContent +
    [...node.querySelectorAll('[title], [alt], option')].map((one) => one.title + one.alt + one.textContent))
    .join()"""
CUT_OFF = """() => {
    const desk = document.querySelector('.wb-desk').getBoundingClientRect(), out = [];
    for (const node of document.querySelectorAll(
        '.wb-desk :is(button, select, input, textarea, summary, [role=tab])')) {
        const box = node.getBoundingClientRect();
        if (!box.width || !node.checkVisibility({visibilityProperty: true})) continue;
        if (node.closest('.wb-strip, .wb-judge, .wb-suggested')) continue;  // strips of pictures are scrolled
        if (box.left < desk.left - 1 || box.right > desk.right + 1 || box.width > desk.width)
            out.push([node.closest('.wb-panel').className, node.textContent || node.ariaLabel || node.name,
                Math.round(box.left - desk.left), Math.round(box.right - desk.right)]);
    }
    return out;
}"""
COVERED = """() => [...document.querySelectorAll('.wb-desk .wb-panel')].flatMap((panel) => {
    const nodes = [...panel.querySelectorAll('button')].filter((node) =>
        node.checkVisibility({visibilityProperty: true}) && node.getBoundingClientRect().width &&
        !node.closest('.wb-boxes, .wb-tile, .wb-person, .wb-face, .wb-scroll'));
    const boxes = nodes.map((node) => node.getBoundingClientRect());
    return boxes.flatMap((a, i) => boxes.slice(i + 1).flatMap((b, j) =>
        a.left < b.right - 2 && b.left < a.right - 2 && a.top < b.bottom - 2 && b.top < a.bottom - 2
            ? [[panel.className, nodes[i].textContent, nodes[i + 1 + j].textContent]] : []));
})"""
"""Buttons of a panel that lie over one another."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case whose file names, cameras, tags, phrases and selections are markup, formulas and controls."""
    root = tmp_path_factory.mktemp("root")
    for number, name in enumerate(NAMES):
        path = root / "photos" / f"{number} {name}.jpg"
        place = (52.0 + number, 13.0) if number % 2 else None
        write_dated(path, (30 * number, 250 - 30 * number, 90), datetime(2019, 1 + number, 2), place)
        with Image.open(path) as photo:
            exif = photo.getexif()
            exif[Base.Model] = f"Camera {MARKUP}"
            photo.save(path, exif=exif)
    write_faces(root / "photos", {f"{MARKUP}{i}.png": [3 * (i % 2)] for i in range(6)})
    (root / "photos" / f"{TURNED} {MARKUP}.svg").write_bytes(b"<svg/>")
    (root / "photos" / f"{TURNED} {MARKUP}.jpg").write_bytes(b"\xff\xd8\xff torn")
    case = wb.open(root / "photos", case=root / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)
    case.tag([0, 1, 2], ODD)
    case.vocabulary = [ODD, "something red", "something green"]
    lab.prepare(case)
    cells = [*CELLS, *(SIDES.format(side=side, pane=pane) for side, pane in PANES)]
    lab.write_notebook(root / "odd.ipynb", cells)
    return root


PANES = [("faces", ""), ("faces", "review"), ("faces", "history"), ("images", "alone")]
PANELS = [
    "query",
    "shelf",
    "mapbar",
    "gallery",
    "details",
    "why",
    "things",
    "runs",
    "study",
    "left-out",
    "facespanel",
]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with lab.browser_page(browser, 1640, 1300) as page:  # wide enough for the widest desk
        yield page


@pytest.fixture(scope="module")
def desk(page: Page, address: str) -> lab.Notebook:
    notebook = lab.Notebook(page, address, "odd.ipynb")
    notebook.show_desk()
    notebook.run(1)
    page.evaluate(OPEN_ALL)
    page.wait_for_function("document.querySelector('.wb-why-body').dataset.version")
    page.wait_for_function("document.querySelector('.wb-phrase')")
    page.wait_for_function("document.querySelector('.wb-runs tr[data-run]')")
    page.wait_for_function("document.querySelector('.wb-left-out td')")
    return notebook


def look(desk: lab.Notebook, name: str) -> None:
    """Keep a picture of the whole desk, however high."""
    desk.page.set_viewport_size({"width": 1640, "height": 8000})
    desk.page.locator(".wb-desk").screenshot(path=lab.ARTIFACTS / f"{name}.png")
    desk.page.set_viewport_size({"width": 1640, "height": 1300})


def check_texts(page: Page, root: str) -> None:
    assert page.evaluate(HARM) == {"ran": 0, "made": 0, "links": 0}
    assert page.evaluate(RAW, root) == []


def test_no_text_of_a_file_or_person_becomes_markup_or_turns_what_is_beside_it(desk: lab.Notebook) -> None:
    page = desk.page
    shown = {name: page.evaluate(TEXTS, f".wb-{name}") for name in PANELS}
    for name in PANELS[:-1]:
        assert "window.ran" in shown[name], name
        assert SEEN in shown[name], name
    check_texts(page, ".wb-desk")
    for pane in range(len(PANES) - 1):
        desk.run(len(CELLS) + pane)
        page.wait_for_timeout(300)
        check_texts(page, ".wb-desk")
        assert SEEN in page.evaluate(TEXTS, ".wb-facespanel")
    desk.run(len(CELLS) + len(PANES) - 1)


def test_still_pictures_hold_the_same_texts_and_no_markup(
    desk: lab.Notebook, browser: Browser, root: Path
) -> None:
    desk.run(5)
    with lab.browser_page(browser, 900, 900) as page:
        page.set_content((root / "still.html").read_text("utf-8"))
        check_texts(page, "body")
        texts: Any = page.evaluate(TEXTS, ".wb-still")
        page.screenshot(path=lab.ARTIFACTS / "odd-still.png", full_page=True)

    assert "window.ran" in texts
    assert SEEN in texts


@pytest.mark.parametrize(("cell", "width"), [(2, 330), (3, 800), (4, 1400)])
def test_every_button_lies_on_the_desk(desk: lab.Notebook, cell: int, width: int) -> None:
    page = desk.page
    desk.run(cell)
    page.wait_for_function(f"Math.abs(document.querySelector('.wb-desk').clientWidth - {width}) < 12")
    page.wait_for_timeout(600)
    look(desk, f"width-{width}-images")
    cut, covered = page.evaluate(CUT_OFF), page.evaluate(COVERED)
    for number, (side, pane) in enumerate(PANES[:-1]):
        desk.run(len(CELLS) + number)
        page.wait_for_timeout(300)
        look(desk, f"width-{width}-{side}-{pane or 'person'}")
        cut += page.evaluate(CUT_OFF)
        covered += page.evaluate(COVERED)
    desk.run(len(CELLS) + len(PANES) - 1)

    assert cut == []
    assert covered == []
