"""Files of many stills: their pages are images, in bounded memory, resumable, and each computed once."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.helpers.colour_documents import ColourDocuments, write_document
from tests.helpers.documents import tiff
from workbench.case.instances.model import ThingModel
from workbench.image_id import part_of
from workbench.ingest import IngestReport, embed_part, ingest, ingest_instances, writer
from workbench.ingest.examine import Failure
from workbench.media import stills
from workbench.media.decode import DecodedImage, ImageFacts
from workbench.media.metadata import Metadata
from workbench.media.pages import _TiffFiles
from workbench.store.case_folder import CaseFolder
from workbench.store.snapshot import Snapshot, read_snapshot
from workbench.testing import ColourEmbedder, write_photos
from workbench.testing.colours import PALETTE, ColourPatches
from workbench.testing.faces import SquareFaces

PAGES = [PALETTE[number % len(PALETTE)] for number in range(100)]

KILLED = """
import os, signal, sys
from pathlib import Path
from tests.helpers.colour_documents import ColourDocuments
from workbench.ingest import ingest, writer
from workbench.media import stills
from workbench.store.case_folder import CaseFolder
from workbench.testing import ColourEmbedder

class Killed(ColourEmbedder):
    left = int(sys.argv[2])

    def embed_images(self, batch):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed_images(batch)

writer.PART_IMAGES = 16
stills.register("document", ColourDocuments())
ingest(CaseFolder.create_or_open(Path(sys.argv[1]), None, None), Killed(batch_size=8), progress=False)
"""


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch) -> ColourDocuments:
    opener = ColourDocuments()
    monkeypatch.setitem(stills._registered, "document", opener)
    return opener


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Make a folder of a photo, a document of 100 pages, and another photo."""
    write_photos(tmp_path / "photos", {"a.png": "green", "z.png": "red"})
    write_document(tmp_path / "photos/doc.pdf", PAGES)
    return tmp_path / "photos"


@pytest.fixture(autouse=True)
def _no_threads_left() -> Iterator[None]:
    yield
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("examine")]


def run(folder: CaseFolder, embedder: ColourEmbedder | None = None, **options: Any) -> IngestReport:
    return ingest(folder, embedder or ColourEmbedder(), progress=False, **options)


def known(folder: CaseFolder) -> Snapshot:
    return read_snapshot(folder, ColourEmbedder().key)


def colours_match(found: Snapshot, path: str, colours: list[str]) -> bool:
    rows = (found.images["path"] == path).to_numpy()
    asked = ColourEmbedder().embed_texts(colours)
    return rows.sum() == len(colours) and bool(((found.vectors[rows] * asked).sum(axis=1) > 0.99).all())


def test_each_page_is_an_image_in_its_place(folder: CaseFolder, documents: ColourDocuments) -> None:
    report = run(folder)
    found = known(folder)

    assert (report.found, report.new, report.images, report.embedded) == (3, 3, 102, 102)
    assert "3 new (102 images)" in repr(report)
    assert found.images["path"].tolist() == ["a.png", *["doc.pdf"] * 100, "z.png"]
    parts = [part_of(one) for one in found.images["image_id"]]
    assert parts == ["", *(f"page={number}" for number in range(1, 101)), ""]
    assert colours_match(found, "doc.pdf", PAGES)
    assert documents.read == parts[1:-1]
    assert len(found.problems) == 0

    again = run(folder)
    assert (again.unchanged, again.embedded, again.new, again.images) == (3, 0, 0, 0)
    assert len(documents.read) == 100


def test_few_files_are_open_and_few_pages_in_memory(
    folder: CaseFolder, source: Path, documents: ColourDocuments
) -> None:
    for number in range(8):
        write_document(source / f"{number}.pdf", [*PAGES, PALETTE[number]])
    assert run(folder, ColourEmbedder(batch_size=64)).embedded == 8 * 101 + 102
    assert documents.most_open <= 2
    assert documents.most_alive <= 8
    assert documents.open_now == 0


def test_a_broken_page_is_a_problem_and_all_others_are_images(
    folder: CaseFolder, source: Path, documents: ColourDocuments
) -> None:
    write_document(source / "doc.pdf", ["red"] * 6 + ["broken"] + ["blue"] * 93)
    assert run(folder).embedded == 101
    found = known(folder)
    assert "page=7" not in [part_of(one) for one in found.images["image_id"]]
    assert colours_match(found, "doc.pdf", ["red"] * 6 + ["blue"] * 93)
    told = found.problems[["path", "step", "reason"]].to_numpy().tolist()
    assert told == [["doc.pdf", "decode page=7", "this page is broken"]]

    documents.read.clear()
    assert run(folder).unchanged == 3
    assert run(folder, retry=True).embedded == 0
    assert documents.read == []
    assert known(folder).problems["step"].tolist() == ["decode page=7"]


def test_a_page_that_can_be_read_now_is_taken_when_it_is_asked_for_again(
    folder: CaseFolder, source: Path, documents: ColourDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_document(source / "doc.pdf", ["red", "broken", "blue"])
    run(folder)
    read = DecodeBrokenAs("white")
    monkeypatch.setattr("tests.helpers.colour_documents._Document._page", read)
    assert run(folder).embedded == 0
    report = run(folder, retry=True)
    assert (report.embedded, read.asked) == (1, ["page=2"])
    found = known(folder)
    assert len(found.problems) == 0
    assert colours_match(found, "doc.pdf", ["red", "white", "blue"])


class DecodeBrokenAs:
    """Reads any page as one of a colour."""

    def __init__(self, colour: str) -> None:
        self.colour, self.asked = colour, list[str]()

    def __call__(self, part: str, _: str) -> DecodedImage:
        self.asked.append(part)
        image = Image.new("RGB", (48, 32), self.colour)
        return DecodedImage(image, ImageFacts(48, 32, "PDF", "RGB", Metadata()))


@pytest.mark.parametrize("pages", [["broken"], ["broken"] * 40, ["end"], []])
def test_a_document_that_gives_no_page_is_one_problem_of_the_file(
    folder: CaseFolder, source: Path, documents: ColourDocuments, pages: list[str]
) -> None:
    write_document(source / "doc.pdf", pages)
    assert run(folder).embedded == 2
    found = known(folder)
    assert found.images["path"].tolist() == ["a.png", "z.png"]
    assert found.problems[["path", "step"]].to_numpy().tolist() == [["doc.pdf", "decode"]]
    assert run(folder).unchanged == 3
    assert documents.open_now == 0


def test_what_comes_before_a_torn_end_is_kept(
    folder: CaseFolder, source: Path, documents: ColourDocuments
) -> None:
    write_document(source / "doc.pdf", ["red", "blue", "end", "white"])
    run(folder)
    found = known(folder)
    assert colours_match(found, "doc.pdf", ["red", "blue"])
    assert found.problems[["step", "reason"]].to_numpy().tolist() == [["decode", "the rest is torn off"]]


def test_of_very_many_broken_pages_some_are_told_and_the_others_counted(
    folder: CaseFolder, source: Path, documents: ColourDocuments
) -> None:
    write_document(source / "doc.pdf", ["red", *["broken"] * 99])
    run(folder)
    told = known(folder).problems
    assert len(told) == 51
    assert told["reason"].iloc[-1] == "49 more problems with pages or frames"


@pytest.mark.parametrize("batches", [2, 9])
def test_what_was_written_before_a_kill_is_not_computed_again(
    folder: CaseFolder, documents: ColourDocuments, batches: int
) -> None:
    made = subprocess.run([sys.executable, "-c", KILLED, str(folder.root), str(batches)], check=False)
    assert made.returncode == -signal.SIGKILL
    before = set(folder.vectors(ColourEmbedder().key).read(["sample_id"])["sample_id"].to_pylist())
    assert "doc.pdf" not in known(folder).images["path"].tolist()
    report = run(folder)
    assert report.embedded == 102 - len(before)
    assert not before or set(documents.read).isdisjoint(part_of(one) for one in before)
    ids = folder.vectors(ColourEmbedder().key).read(["sample_id"])["sample_id"].to_pylist()
    assert len(ids) == len(set(ids)) == 102
    assert colours_match(known(folder), "doc.pdf", PAGES)
    assert run(folder).unchanged == 3


class Interrupted(ColourEmbedder):
    """Embeds some batches; then somebody presses Ctrl-C."""

    def __init__(self, batches: int) -> None:
        super().__init__(batch_size=8)
        self.batches = batches

    def embed_images(self, batch):
        self.batches -= 1
        if self.batches < 0:
            raise KeyboardInterrupt
        return super().embed_images(batch)


def test_ctrl_c_lets_go_of_the_file_and_the_next_ingest_goes_on(
    folder: CaseFolder, documents: ColourDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PART_IMAGES", 16)
    embedded = 0
    for batches in (1, 4, 3):
        with pytest.raises(KeyboardInterrupt):
            run(folder, Interrupted(batches))
        assert documents.open_now == 0
        ids = folder.vectors(ColourEmbedder().key).read(["sample_id"])["sample_id"].to_pylist()
        assert len(ids) == len(set(ids)) == embedded + 8 * batches
        embedded = len(ids)
    assert run(folder).embedded == 102 - embedded
    assert colours_match(known(folder), "doc.pdf", PAGES)


def test_pages_of_two_files_with_the_same_bytes_are_computed_once(
    folder: CaseFolder, source: Path, documents: ColourDocuments
) -> None:
    (source / "copy.pdf").write_bytes((source / "doc.pdf").read_bytes())
    report = run(folder)
    assert (report.embedded, len(documents.read)) == (102, 100)
    found = known(folder).images
    assert found["paths"].tolist() == [["a.png"], *[["copy.pdf", "doc.pdf"]] * 100, ["z.png"]]

    (source / "third.pdf").write_bytes((source / "doc.pdf").read_bytes())
    assert (run(folder).renamed, len(documents.read)) == (1, 100)
    assert known(folder).images["paths"][1] == ["copy.pdf", "doc.pdf", "third.pdf"]
    assert run(folder).unchanged == 5


def test_a_document_with_fewer_pages_takes_the_place_of_the_old_one_and_one_can_go(
    folder: CaseFolder, source: Path, documents: ColourDocuments
) -> None:
    run(folder)
    write_document(source / "doc.pdf", ["blue", "white"])
    assert run(folder).embedded == 2
    assert colours_match(known(folder), "doc.pdf", ["blue", "white"])
    (source / "doc.pdf").unlink()
    assert run(folder).gone == 1
    assert known(folder).images["path"].tolist() == ["a.png", "z.png"]


def test_another_choice_of_pages_takes_the_place_of_the_old_one(
    folder: CaseFolder, documents: ColourDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder)
    second = ColourDocuments("every=2", every=2)
    monkeypatch.setitem(stills._registered, "document", second)
    assert run(folder).embedded == 0
    assert colours_match(known(folder), "doc.pdf", PAGES[::2])
    assert len(second.read) == 50
    assert run(folder).unchanged == 3

    monkeypatch.setitem(stills._registered, "document", documents)
    documents.read.clear()
    assert run(folder).embedded == 0
    assert colours_match(known(folder), "doc.pdf", PAGES)
    assert documents.read == []


def test_a_tiff_that_is_split_in_another_way_now_is_examined_again(
    folder: CaseFolder, source: Path, documents: ColourDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "scan.tif").write_bytes(tiff(["red", "blue"]))
    assert run(folder).embedded == 104
    assert colours_match(known(folder), "scan.tif", ["red", "blue"])
    assert run(folder).unchanged == 4
    monkeypatch.setitem(stills._registered, "pages", _TiffFiles("other"))
    report = run(folder)
    assert (report.unchanged, report.embedded, report.images) == (3, 0, 2)
    assert colours_match(known(folder), "scan.tif", ["red", "blue"])


def test_other_kinds_of_samples_are_looked_for_in_pages_too(
    folder: CaseFolder, documents: ColourDocuments
) -> None:
    run(folder)
    documents.read.clear()
    report = ingest(folder, ColourEmbedder(), faces=SquareFaces(), progress=False)
    assert (report.embedded, len(documents.read)) == (0, 100)
    assert ingest(folder, ColourEmbedder(), faces=SquareFaces(), progress=False).unchanged == 3


def test_candidates_are_looked_for_in_those_pages_that_are_asked_for(
    folder: CaseFolder, source: Path, documents: ColourDocuments
) -> None:
    run(folder)
    documents.read.clear()
    images = known(folder).images
    wanted = images.iloc[[0, 3, 7]]
    pairs = list(zip(wanted["image_id"], wanted["raw_path"], strict=True))
    report = ingest_instances(folder, pairs, ThingModel(ColourPatches()), progress=False)
    assert (report.looked, report.failed) == (3, 0)
    assert documents.read == ["page=3", "page=7"]

    write_document(source / "doc.pdf", ["red"])
    rest = list(zip(images["image_id"], images["raw_path"], strict=True))[:10]
    report = ingest_instances(folder, rest, ThingModel(ColourPatches()), progress=False)
    assert (report.looked, report.failed) == (7, 7)


def test_a_part_of_files_with_pages_has_a_row_a_page(source: Path, documents: ColourDocuments) -> None:
    write_document(source / "doc.pdf", ["red", "broken", "blue"])
    paths = [source / name for name in ("doc.pdf", "a.png", "doc.pdf")]
    found = embed_part(paths, ColourEmbedder())
    assert found.kept.tolist() == [0, 0, 1, 2, 2]
    assert [part_of(one) for one in found.ids] == ["page=1", "page=3", "", "page=1", "page=3"]
    assert [Failure(one.step, one.reason) for one in found.problems] == [
        Failure("decode page=2", "this page is broken")
    ] * 2
    asked = ColourEmbedder().embed_texts(["red", "blue", "green", "red", "blue"])
    assert (np.einsum("nd,nd->n", asked, found.vectors) > 0.99).all()


def test_a_file_that_is_written_meanwhile_is_a_problem(
    folder: CaseFolder, source: Path, documents: ColourDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = documents.open

    def changed(path: bytes, data: bytes | None) -> object:
        file = opened(path, data)
        write_document(source / "doc.pdf", ["red"])
        return file

    monkeypatch.setattr(documents, "open", changed)
    run(folder)
    found = known(folder)
    assert found.images["path"].tolist() == ["a.png", "z.png"]
    assert found.problems["step"].tolist() == ["read"]
    monkeypatch.undo()
    monkeypatch.setitem(stills._registered, "document", documents)
    assert run(folder).embedded == 1
    assert colours_match(known(folder), "doc.pdf", ["red"])
