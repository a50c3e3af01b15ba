"""The Video panel in a real JupyterLab: it plays, jumps by the curve, steps, and exports."""

import csv
import io
from pathlib import Path

import av
import pytest

from tests.helpers import jupyterlab as lab
from tests.helpers.made_videos import case_of

pytestmark = lab.MARKS

SHOTS = [("red", 6), ("blue", 12), ("green", 9)]
SHOW = """import workbench as wb
case = wb.open(case='case')
case.layout = lambda method="umap", **given: type(case).layout(case, "pca")
desk = wb.Workspace(case)
desk.video"""
ASK = "desk.query.ask('blue'); desk.selection.focus = desk.selection.hits.events[0].best"
PROBE = """import json
print(json.dumps({"at": desk.video.at, "marks": desk.video.marks, "focus": desk.selection.focus,
    "t": desk.case.images["image_id"][desk.selection.focus].partition("#t=")[2],
    "error": desk.video.error + desk.video.trouble, "code": desk.video.to_code()}))"""
OVERFLOW = """[...document.querySelectorAll('.wb-video, .wb-video-body, .wb-video-tools')]
    .map(node => [node.className, node.scrollWidth - node.clientWidth])"""
SEEN = "document.querySelector('.wb-video video')"
COLOUR = f"""() => {{
    const video = {SEEN}, pixels = new OffscreenCanvas(1, 1).getContext('2d');
    pixels.drawImage(video, 0, 0, 1, 1);
    return [...pixels.getImageData(0, 0, 1, 1).data].slice(0, 3);
}}"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    case_of(root, {"v/clip.mp4": SHOTS}, sound=True)
    return root


def test_a_video_plays_jumps_steps_and_is_exported(root: Path, address: str) -> None:
    lab.write_notebook(root / "video.ipynb", [SHOW, ASK, PROBE])
    with lab.chromium() as browser, lab.browser_page(browser, 1280, 1400) as page:
        notebook = lab.Notebook(page, address, "video.ipynb")
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        notebook.run(0)
        page.wait_for_selector(".wb-video-none")
        empty = page.locator(".wb-video-none").inner_text()
        notebook.run(1)
        there = f"{SEEN}.readyState >= 2 && document.querySelector('.wb-video-loading').hidden"
        page.wait_for_function(there)
        page.locator(".wb-video-stage").scroll_into_view_if_needed()
        first = page.evaluate(COLOUR), page.locator(".wb-video-time").inner_text()

        page.locator(".wb-video-stage").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.querySelector('.wb-video-time').innerText.startsWith('0:00:06.200')")
        page.keyboard.press("i")
        page.keyboard.press("l")
        page.wait_for_function(f"{SEEN}.currentTime > 7 && !{SEEN}.paused")
        page.keyboard.press("k")
        page.wait_for_function(f"{SEEN}.paused")
        page.keyboard.press("o")
        page.wait_for_selector(".wb-video-marks i")

        page.locator(".wb-video-ticks").scroll_into_view_if_needed()
        plot = page.locator(".wb-video-plot").bounding_box()
        assert plot is not None
        page.mouse.click(plot["x"] + plot["width"] * 22 / 27, plot["y"] + 20)
        page.wait_for_function(f"{SEEN}.currentTime > 21.5 && !{SEEN}.seeking && {there}")
        page.wait_for_timeout(300)
        jumped = page.evaluate(COLOUR)
        page.get_by_role("button", name="Focus here").click()
        page.wait_for_timeout(500)
        state = notebook.state(2)

        with page.expect_download() as clip:
            page.get_by_role("button", name="Clip", exact=True).click()
        with page.expect_download() as table:
            page.get_by_role("button", name="CSV", exact=True).click()
        page.get_by_role("button", name="Contact sheet").click()
        page.wait_for_selector(".wb-video-frame img")
        frames = page.locator(".wb-video-frame").count()
        notebook.screenshot("video-light")
        notebook.theme("dark")
        page.set_viewport_size({"width": 450, "height": 1400})
        page.wait_for_timeout(800)
        page.locator(".wb-video").screenshot(path=lab.ARTIFACTS / "video-narrow-dark.png")
        over = page.evaluate(OVERFLOW)
        notebook.theme("light")
        exported = Path(clip.value.path()).read_bytes()
        written = Path(table.value.path()).read_text()

    assert empty.startswith("No video in focus: click a frame of a video")
    assert first[0][2] > 200
    assert first[1] == "0:00:06.000 / 0:27"
    assert jumped[1] > 90
    assert max(jumped[0], jumped[2]) < 40
    assert state["error"] == ""
    assert float(state["t"]) == pytest.approx(22, abs=0.6)
    assert state["marks"][0] == 6.2
    with av.open(io.BytesIO(exported)) as video:
        assert video.streams.video[0].codec_context.name == "h264"
        assert video.duration / 1e6 == pytest.approx(state["marks"][1] - 6.2, abs=0.15)
    assert next(csv.DictReader(io.StringIO(written)))["start_timecode"] == "0:00:06.000"
    assert frames == 27
    assert all(url.startswith((address, "blob:", "data:")) for url in requests)
    assert [(what, by) for what, by in over if by > 1] == []
