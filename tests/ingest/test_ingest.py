"""Invariants of the loop: what an ingest computes, keeps and never touches."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workbench.errors import CaseError
from workbench.ingest import IngestReport, embed_part, ingest
from workbench.store.case_folder import CaseFolder
from workbench.store.snapshot import Snapshot, read_snapshot
from workbench.testing import ColourEmbedder, colour_folder, write_photos

SLOW_INGEST = """
import sys, time
from pathlib import Path
from workbench.ingest import ingest, writer
from workbench.store.case_folder import CaseFolder
from workbench.testing import ColourEmbedder

class Slow(ColourEmbedder):
    def embed_images(self, batch):
        time.sleep(float(sys.argv[2]))
        return super().embed_images(batch)

writer.PART_IMAGES = 8
folder = CaseFolder.create_or_open(Path(sys.argv[1]), None, None)
print(ingest(folder, Slow(batch_size=4), progress=False).embedded)
"""


def run(folder: CaseFolder, embedder: ColourEmbedder, **options: Any) -> IngestReport:
    return ingest(folder, embedder, progress=False, **options)


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    """Return time of change and digest of every file below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in files
    }


def same(one: Snapshot, other: Snapshot) -> bool:
    ids = one.images["image_id"].tolist() == other.images["image_id"].tolist()
    return ids and one.vectors.tobytes() == other.vectors.tobytes()


def start_slow(case: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SLOW_INGEST, str(case), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_parts(folder: CaseFolder, count: int, process: subprocess.Popen[str]) -> None:
    while len(folder.files.paths()) < count:
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.005)


def test_every_image_gets_its_own_colour_as_vector(folder: CaseFolder, embedder: ColourEmbedder) -> None:
    report = run(folder, embedder)
    snapshot = read_snapshot(folder, embedder.key)
    colours = [path.split("-")[1].removesuffix(".png") for path in snapshot.images["path"]]

    assert (report.found, report.new, report.embedded, report.problems) == (12, 12, 12, 0)
    assert snapshot.vectors.dtype == np.float32
    assert (embedder.embed_texts(colours) * snapshot.vectors).sum(axis=1).min() > 0.99


def test_image_id_is_the_sha256_of_the_bytes(
    folder: CaseFolder, source: Path, embedder: ColourEmbedder
) -> None:
    run(folder, embedder)
    images = read_snapshot(folder, embedder.key).images

    for path, image_id in zip(images["path"], images["image_id"], strict=True):
        assert hashlib.sha256((source / path).read_bytes()).hexdigest() == image_id


def test_a_second_ingest_reads_and_embeds_nothing(
    folder: CaseFolder, embedder: ColourEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, embedder)
    before = tree(folder.cache)
    monkeypatch.setattr("workbench.media.stills.read_bytes", lambda path: pytest.fail(f"read {path!r}"))
    report = run(folder, embedder)

    assert (report.unchanged, report.embedded, embedder.embedded) == (12, 0, 12)
    assert tree(folder.cache) == before


def test_a_rename_embeds_and_decodes_nothing(
    folder: CaseFolder, source: Path, embedder: ColourEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, embedder)
    before = read_snapshot(folder, embedder.key)
    (source / "sub").mkdir()
    (source / "000-red.png").rename(source / "sub" / "zebra.png")
    monkeypatch.setattr("workbench.ingest.examine.read_image", lambda *_, **__: pytest.fail("decoded"))
    report = run(folder, embedder)
    after = read_snapshot(folder, embedder.key)

    assert (report.renamed, report.gone, report.embedded, embedder.embedded) == (1, 1, 0, 12)
    assert set(after.images["image_id"]) == set(before.images["image_id"])
    assert after.images["path"].tolist()[-1] == "sub/zebra.png"


def test_a_rename_keeps_the_vector_of_its_bytes(
    folder: CaseFolder, source: Path, embedder: ColourEmbedder
) -> None:
    run(folder, embedder)
    (source / "000-red.png").rename(source / "zebra.png")
    run(folder, embedder)
    after = read_snapshot(folder, embedder.key)

    assert after.vectors[-1] @ embedder.embed_texts(["red"])[0] > 0.99


def test_copies_are_one_image_with_two_paths(
    folder: CaseFolder, source: Path, embedder: ColourEmbedder
) -> None:
    shutil.copy(source / "003-yellow.png", source / "copy.png")
    report = run(folder, embedder)
    images = read_snapshot(folder, embedder.key).images.set_index("path")

    assert (report.new, report.renamed, report.embedded) == (12, 1, 12)
    assert images.loc["003-yellow.png", "paths"] == ["003-yellow.png", "copy.png"]
    assert "copy.png" not in images.index


def test_changed_bytes_are_a_new_image(folder: CaseFolder, source: Path, embedder: ColourEmbedder) -> None:
    run(folder, embedder)
    write_photos(source, {"000-red.png": "blue"}, size=(50, 50))
    report = run(folder, embedder)
    snapshot = read_snapshot(folder, embedder.key)

    assert (report.new, report.embedded, report.unchanged) == (1, 1, 11)
    assert snapshot.vectors[0] @ embedder.embed_texts(["blue"])[0] > 0.99
    assert len(snapshot.images) == 12


def test_a_gone_file_leaves_the_table_and_comes_back_without_embedding(
    folder: CaseFolder, source: Path, tmp_path: Path, embedder: ColourEmbedder
) -> None:
    run(folder, embedder)
    (source / "000-red.png").rename(tmp_path / "away.png")
    gone = run(folder, embedder)
    without = read_snapshot(folder, embedder.key)
    (tmp_path / "away.png").rename(source / "000-red.png")
    back = run(folder, embedder)

    assert (gone.gone, len(without.images)) == (1, 11)
    assert (back.embedded, len(read_snapshot(folder, embedder.key).images)) == (0, 12)


def test_a_broken_file_shifts_no_row(folder: CaseFolder, source: Path, embedder: ColourEmbedder) -> None:
    whole = (source / "005-cyan.png").read_bytes()
    (source / "004b-broken.png").write_bytes(whole[: len(whole) // 2])
    run(folder, embedder)
    snapshot = read_snapshot(folder, embedder.key)
    colours = [path.split("-")[1].removesuffix(".png") for path in snapshot.images["path"]]

    assert (embedder.embed_texts(colours) * snapshot.vectors).sum(axis=1).min() > 0.99
    assert snapshot.problems["path"].tolist() == ["004b-broken.png"]


def test_a_broken_file_is_not_tried_again_unless_asked(
    folder: CaseFolder, source: Path, embedder: ColourEmbedder
) -> None:
    (source / "bad.jpg").write_bytes(b"no image")
    run(folder, embedder)
    first = read_snapshot(folder, embedder.key).problems
    again = run(folder, embedder)
    retried = run(folder, embedder, retry=True)
    last = read_snapshot(folder, embedder.key).problems

    assert (again.unchanged, again.problems) == (13, 1)
    assert (retried.unchanged, retried.problems) == (12, 1)
    assert first.equals(last)


def test_a_problem_ends_when_the_file_is_well_or_gone(
    folder: CaseFolder, source: Path, embedder: ColourEmbedder
) -> None:
    (source / "a.jpg").write_bytes(b"no image")
    (source / "b.jpg").write_bytes(b"no image either")
    before = run(folder, embedder)
    write_photos(source, {"a.jpg": "red"})
    (source / "b.jpg").unlink()
    after = run(folder, embedder)

    assert (before.problems, after.problems) == (2, 0)
    assert read_snapshot(folder, embedder.key).problems.empty


def test_copies_of_a_broken_file_are_all_problems(
    folder: CaseFolder, source: Path, embedder: ColourEmbedder
) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (source / name).write_bytes(b"no image")
    report = run(folder, embedder)

    assert report.problems == 3
    assert read_snapshot(folder, embedder.key).problems["path"].tolist() == ["a.jpg", "b.jpg", "c.jpg"]


def test_another_embedder_key_touches_no_old_file(folder: CaseFolder, embedder: ColourEmbedder) -> None:
    run(folder, embedder)
    before = tree(folder.cache)
    report = run(folder, ColourEmbedder(key="colour/2"))
    after = tree(folder.cache)
    added = set(after) - set(before)

    assert report.embedded == 12
    assert {name: after[name] for name in before} == before
    assert {Path(name).parent.as_posix() for name in added} == {"samples/image/colour%2F2/vectors"}


def test_two_models_lie_side_by_side(folder: CaseFolder, embedder: ColourEmbedder) -> None:
    other = ColourEmbedder(key="colour/2")
    run(folder, embedder)
    run(folder, other)

    assert same(read_snapshot(folder, embedder.key), read_snapshot(folder, other.key))
    assert run(folder, embedder).embedded == run(folder, other).embedded == 0


def test_kill_and_resume_equals_one_run(tmp_path: Path, embedder: ColourEmbedder) -> None:
    source = tmp_path / "photos"
    colour_folder(source, 60)
    whole = CaseFolder.create_or_open(tmp_path / "whole", source, None)
    killed = CaseFolder.create_or_open(tmp_path / "killed", source, None)
    run(whole, embedder)
    process = start_slow(killed.root, 0.05)
    wait_for_parts(killed, 2, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = len(read_snapshot(killed, embedder.key).images)
    report = run(killed, embedder)

    assert process.returncode == -signal.SIGKILL
    assert 16 <= kept < 60
    assert report.embedded <= 60 - kept
    assert same(read_snapshot(killed, embedder.key), read_snapshot(whole, embedder.key))


@pytest.mark.parametrize("missing", ["files", "problems", "images", "thumbnails"])
def test_a_crash_between_any_two_parts_is_mended(
    folder: CaseFolder, source: Path, embedder: ColourEmbedder, missing: str
) -> None:
    """Parts are written as vectors, thumbnails, images, problems, files: drop the end from one of them on."""
    (source / "bad.jpg").write_bytes(b"no image")
    run(folder, embedder)
    whole = read_snapshot(folder, embedder.key)
    order = ["thumbnails", "images", "problems", "files"]
    for name in order[order.index(missing) :]:
        shutil.rmtree(folder.cache / name)
    report = run(folder, embedder)

    assert report.embedded == 0
    assert report.problems == 1
    assert same(read_snapshot(folder, embedder.key), whole)


def test_interrupt_keeps_what_is_finished(tmp_path: Path) -> None:
    class Interrupted(ColourEmbedder):
        def embed_images(self, batch: np.ndarray) -> np.ndarray:
            if self.embedded >= 16:
                raise KeyboardInterrupt
            return super().embed_images(batch)

    colour_folder(tmp_path / "photos", 40)
    folder = CaseFolder.create_or_open(tmp_path / "case", tmp_path / "photos", None)
    with pytest.raises(KeyboardInterrupt):
        run(folder, Interrupted())
    kept = len(read_snapshot(folder, "colour-1").images)
    rest = ColourEmbedder()

    assert kept == 16
    assert run(folder, rest).embedded == rest.embedded == 24


def test_an_interrupt_signal_ends_the_process_with_all_finished_work_kept(tmp_path: Path) -> None:
    colour_folder(tmp_path / "photos", 60)
    folder = CaseFolder.create_or_open(tmp_path / "case", tmp_path / "photos", None)
    process = start_slow(folder.root, 0.05)
    wait_for_parts(folder, 2, process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    kept = len(read_snapshot(folder, "colour-1").images)

    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert 16 <= kept < 60
    assert run(folder, ColourEmbedder()).embedded == 60 - kept


def test_two_processes_may_ingest_the_same_case(tmp_path: Path, embedder: ColourEmbedder) -> None:
    colour_folder(tmp_path / "photos", 40)
    folder = CaseFolder.create_or_open(tmp_path / "case", tmp_path / "photos", None)
    alone = CaseFolder.create_or_open(tmp_path / "alone", tmp_path / "photos", None)
    processes = [start_slow(folder.root, 0.02) for _ in range(2)]
    errors = [process.communicate(timeout=60)[1] for process in processes]
    run(alone, embedder)

    assert errors == ["", ""]
    assert same(read_snapshot(folder, embedder.key), read_snapshot(alone, embedder.key))
    assert run(folder, embedder).unchanged == 40


def test_ids_not_rows_are_on_disk(folder: CaseFolder, source: Path, embedder: ColourEmbedder) -> None:
    """A file that sorts first moves every row; no vector, thumbnail or picture on disk changes for it."""
    run(folder, embedder)
    before, parts = read_snapshot(folder, embedder.key), tree(folder.cache)
    write_photos(source, {"!first.png": "white"})
    run(folder, embedder)
    after = read_snapshot(folder, embedder.key)

    assert {name: tree(folder.cache)[name] for name in parts} == parts
    assert after.images["image_id"].tolist()[1:] == before.images["image_id"].tolist()
    assert np.array_equal(after.vectors[1:], before.vectors)


def test_the_source_is_never_written(folder: CaseFolder, source: Path, embedder: ColourEmbedder) -> None:
    before = tree(source)
    run(folder, embedder)
    write_photos(folder.root.parent, {"later.png": "red"})
    run(folder, embedder, retry=True)

    assert tree(source) == before


def test_a_read_only_source_is_enough(folder: CaseFolder, source: Path, embedder: ColourEmbedder) -> None:
    for path in source.iterdir():
        path.chmod(0o444)
    source.chmod(0o555)
    try:
        report = run(folder, embedder)
    finally:
        source.chmod(0o755)

    assert (report.embedded, report.problems) == (12, 0)


def test_deleting_the_cache_loses_no_tag_and_ingest_rebuilds_the_rest(
    folder: CaseFolder, embedder: ColourEmbedder
) -> None:
    run(folder, embedder)
    before = read_snapshot(folder, embedder.key)
    folder.tags.add("seen", before.images["image_id"].tolist()[:3])
    shutil.rmtree(folder.cache)
    empty = read_snapshot(folder, embedder.key)
    run(folder, embedder)

    assert empty.images.empty
    assert empty.vectors.shape[0] == 0
    assert same(read_snapshot(folder, embedder.key), before)
    assert folder.tags.read()["sample_id"].tolist() == before.images["image_id"].tolist()[:3]


def test_a_corrupt_part_is_one_warning_and_computed_again(
    folder: CaseFolder, embedder: ColourEmbedder
) -> None:
    run(folder, embedder)
    before = read_snapshot(folder, embedder.key)
    part = folder.vectors(embedder.key).paths()[0]
    part.write_bytes(part.read_bytes()[:-100])
    with pytest.warns(RuntimeWarning, match="corrupt and left out") as caught:
        damaged = read_snapshot(folder, embedder.key)
    assert part.exists()  # a reader moves nothing
    report = run(folder, embedder)

    assert len(caught) == 1
    assert damaged.images.empty
    assert part.with_name(part.name + ".corrupt").exists()
    assert (report.embedded, report.new) == (12, 0)
    assert same(read_snapshot(folder, embedder.key), before)


def test_a_flipped_bit_in_a_vector_is_no_vector(folder: CaseFolder, embedder: ColourEmbedder) -> None:
    """The ids of the part can still be read; its numbers must not be believed."""
    run(folder, embedder)
    before = read_snapshot(folder, embedder.key)
    part = folder.vectors(embedder.key).paths()[0]
    content = bytearray(part.read_bytes())
    content[content.find(before.vectors[5].tobytes()) + 3] ^= 1
    part.write_bytes(content)
    with pytest.warns(RuntimeWarning, match="corrupt"):
        damaged = read_snapshot(folder, embedder.key)
    run(folder, embedder)

    assert len(damaged.images) == len(damaged.vectors) == 0
    assert same(read_snapshot(folder, embedder.key), before)


def test_a_case_inside_its_source_is_not_scanned(source: Path, embedder: ColourEmbedder) -> None:
    folder = CaseFolder.create_or_open(source / "case", source, None)
    write_photos(folder.root / "work", {"mine.png": "red"})
    report = run(folder, embedder)

    assert (report.found, report.skipped) == (12, 0)


def test_another_dimension_under_the_same_key_is_refused(
    folder: CaseFolder, embedder: ColourEmbedder
) -> None:
    run(folder, embedder)
    other = ColourEmbedder()
    other.dim = 7  # type: ignore[misc]
    with pytest.raises(CaseError, match="give this embedder another key"):
        run(folder, other)


def test_a_full_disk_says_what_to_do(
    folder: CaseFolder, embedder: ColourEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.store.parts.pq.write_table", full)
    with pytest.raises(CaseError, match=r"No space left on device\. Free some space"):
        run(folder, embedder)


def test_an_embedder_that_cannot_take_an_image_loses_only_that_vector(
    folder: CaseFolder, source: Path
) -> None:
    class NoSquares(ColourEmbedder):
        def prepare(self, image: Image.Image) -> np.ndarray:
            if image.width == image.height:
                raise ValueError("squares do not fit")
            return super().prepare(image)

    write_photos(source, {"square.png": "red"}, size=(20, 20))
    report = run(folder, NoSquares())
    problems = read_snapshot(folder, "colour-1").problems

    assert (report.embedded, report.problems) == (12, 1)
    assert problems[["path", "step"]].to_numpy().tolist() == [["square.png", "prepare"]]
    assert run(folder, ColourEmbedder(key="other")).embedded == 13


def test_embed_part_keeps_positions_and_embeds_equal_bytes_once(
    source: Path, embedder: ColourEmbedder
) -> None:
    paths = sorted(source.iterdir())
    shutil.copy(paths[2], source / "copy.png")
    (source / "bad.jpg").write_bytes(b"no image")
    asked = [paths[0], source / "bad.jpg", source / "missing.png", paths[2], source / "copy.png"]
    part = embed_part(asked, embedder)

    assert part.kept.tolist() == [0, 3, 4]
    assert part.ids[1] == part.ids[2] == hashlib.sha256(paths[2].read_bytes()).hexdigest()
    assert (part.vectors.shape, embedder.embedded) == ((3, 4), 2)
    assert [(os.fsdecode(p.raw_path), p.step) for p in part.problems] == [
        (str(source / "bad.jpg"), "decode"),
        (str(source / "missing.png"), "read"),
    ]


def test_at_most_two_batches_are_in_flight(source: Path) -> None:
    class Watching(ColourEmbedder):
        most = 0

        def embed_images(self, batch: np.ndarray) -> np.ndarray:
            self.most = max(self.most, len(self.prepared) - 1 - self.embedded)  # 1: the probe
            return super().embed_images(batch)

    colour_folder(source, 100)
    embedder = Watching(batch_size=4)
    embed_part(sorted(source.iterdir()), embedder, workers=4)

    assert 4 <= embedder.most <= 2 * 4
