"""A file that takes long, or for ever, keeps nobody waiting: what else there is is written down meanwhile."""

import io
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from workbench.ingest import embed_part
from workbench.ingest.pipeline import as_finished
from workbench.store.case_folder import CaseFolder
from workbench.store.snapshot import read_snapshot
from workbench.testing import ColourEmbedder, colour_folder

INGEST = """
import sys
from pathlib import Path
from workbench.ingest import ingest
from workbench.store.case_folder import CaseFolder
from workbench.testing import ColourEmbedder

ingest(CaseFolder.create_or_open(Path(sys.argv[1]), None, None), ColourEmbedder(), progress=False)
"""


@pytest.fixture
def slow(source: Path) -> Path:
    """Put a JPEG that takes minutes before all photos in the source: the same scan 180 times."""
    buffer = io.BytesIO()
    Image.new("RGB", (6_000, 6_000), "red").save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    last = data.rfind(b"\xff\xda")
    (source / "000-a.jpg").write_bytes(data[:last] + data[last:-2] * 180 + data[-2:])
    return source / "000-a.jpg"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_all_others_are_kept_while_a_file_takes_long(
    folder: CaseFolder, slow: Path, how: signal.Signals, embedder: ColourEmbedder
) -> None:
    process = subprocess.Popen([sys.executable, "-c", INGEST, str(folder.root)], stderr=subprocess.PIPE)
    while not folder.files.paths():
        assert process.poll() is None
    process.send_signal(how)
    process.communicate(timeout=5)

    assert slow.exists()
    assert len(read_snapshot(folder, embedder.key).images) == 12


def test_results_come_in_order_but_for_those_that_are_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.ingest.pipeline._PATIENCE", 0.01)
    asked = {1: threading.Event(), 4: threading.Event()}

    def work(number: int) -> str:
        if number in asked:
            assert asked[number].wait(20)
        return f"result {number}"

    found = as_finished(work, range(6), lambda: 6, workers=4)
    first = [next(found) for _ in range(5)]
    assert first == [*((number, f"result {number}") for number in (0, 2, 3, 5)), None]
    asked[4].set()
    assert next(found) == (4, "result 4")
    assert next(found) is None
    asked[1].set()
    assert [*found] == [(1, "result 1")]


def test_positions_hold_where_results_come_out_of_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.ingest.pipeline._PATIENCE", 0.0)
    paths = colour_folder(tmp_path, 30)
    embedder = ColourEmbedder(batch_size=4)
    found = embed_part(paths, embedder, workers=4)
    colours = [path.stem.split("-")[1] for path in paths]

    assert found.kept.tolist() == list(range(30))
    assert (embedder.embed_texts(colours) * found.vectors).sum(axis=1).min() > 0.99


@pytest.fixture(autouse=True)
def _no_threads_left() -> Iterator[None]:
    yield
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("work", "examine"))]
