"""The case on disk: parts, snapshots, thumbnails, arrays and tags."""

import json
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.errors import CaseError, SourceError
from workbench.ingest import ingest
from workbench.store import json_lines
from workbench.store import thumbnails as store_thumbnails
from workbench.store.arrays import ArrayCache
from workbench.store.case_folder import CaseFolder
from workbench.store.parts import DAMAGED, Parts
from workbench.store.schemas import FILES
from workbench.store.snapshot import read_snapshot
from workbench.store.tags import Tags
from workbench.store.thumbnails import ThumbnailReader
from workbench.testing import ColourEmbedder, colour_folder

NUMBERS = pa.schema([pa.field("n", pa.int64(), nullable=False)])


SLOW_INGEST = """
import sys, time
from pathlib import Path
from workbench.ingest import ingest, writer
from workbench.store.case_folder import CaseFolder
from workbench.testing import ColourEmbedder

class Slow(ColourEmbedder):
    def embed_images(self, batch):
        time.sleep(0.1)
        return super().embed_images(batch)

writer.PART_IMAGES = 4
ingest(CaseFolder.create_or_open(Path(sys.argv[1]), None, None), Slow(batch_size=4), progress=False)
"""


def numbers(*values: int) -> pa.Table:
    return pa.table({"n": pa.array(values, pa.int64())})


def append_many(folder: Path, start: int) -> None:
    for value in range(start, start + 20):
        Parts(folder, NUMBERS).append(numbers(value))


# Cases


def test_a_case_remembers_its_source_and_models(tmp_path: Path, source: Path) -> None:
    made = CaseFolder.create_or_open(tmp_path / "case", source, None)
    CaseFolder.create_or_open(tmp_path / "case", None, "other/model")
    opened = CaseFolder.create_or_open(tmp_path / "case", None, None)

    assert (made.model, opened.model, opened.models) == ("mini", "mini", ("mini", "other/model"))
    assert (opened.source, opened.created) == (source, made.created)
    assert json.loads((tmp_path / "case" / "case.json").read_bytes())["format"] == 2


def test_a_case_names_its_source_without_detours(tmp_path: Path, source: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "far" / "away").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "far" / "away")
    detour = CaseFolder.create_or_open(tmp_path / "a", tmp_path / "notebooks" / ".." / source.name, "fake")
    through_link = CaseFolder.create_or_open(tmp_path / "b", tmp_path / "link" / ".." / "away", "fake")
    assert detour.source == source
    assert through_link.source.samefile(tmp_path / "far" / "away")


def test_a_case_of_another_format_is_a_clear_error(tmp_path: Path, source: Path) -> None:
    CaseFolder.create_or_open(tmp_path / "case", source, None)
    path = tmp_path / "case" / "case.json"
    path.write_text(path.read_text().replace('"format": 2', '"format": 99'))
    with pytest.raises(CaseError, match=r"has format 99; .* reads format 2\. Use the version"):
        CaseFolder.create_or_open(tmp_path / "case", None, None)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"format": 1}', '{"format": 1, "source": "x", "models": 3}']
)
def test_a_damaged_case_json_is_a_clear_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "case.json").write_text(content)
    with pytest.raises(CaseError, match=r"cannot be read.*Restore it"):
        CaseFolder.create_or_open(tmp_path, None, None)


def test_a_case_that_is_not_there_needs_a_source(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="Give the folder of photos too"):
        CaseFolder.create_or_open(tmp_path / "case", None, None)


def test_a_case_may_follow_a_source_that_moved(tmp_path: Path, source: Path) -> None:
    CaseFolder.create_or_open(tmp_path / "case", source, None)
    moved = source.rename(source.with_name("moved"))
    CaseFolder.create_or_open(tmp_path / "case", moved, None)

    assert CaseFolder.create_or_open(tmp_path / "case", None, None).source == moved


def test_a_case_is_about_one_source(tmp_path: Path, source: Path) -> None:
    CaseFolder.create_or_open(tmp_path / "case", source, None)
    (tmp_path / "others").mkdir()
    with pytest.raises(CaseError, match=r"belongs to the source .*photos, not to .*others"):
        CaseFolder.create_or_open(tmp_path / "case", tmp_path / "others", None)
    source.rename(tmp_path / "away")
    with pytest.raises(SourceError):
        CaseFolder.create_or_open(tmp_path / "case", tmp_path / "nowhere", None)


def test_a_case_never_lies_over_its_source_or_other_files(tmp_path: Path, source: Path) -> None:
    with pytest.raises(CaseError, match="would contain its own source"):
        CaseFolder.create_or_open(source, source, None)
    (source / "cache").mkdir()
    with pytest.raises(CaseError, match="would contain its own source"):
        CaseFolder.create_or_open(source, source / "cache", None)
    with pytest.raises(CaseError, match="not empty and is not a case"):
        CaseFolder.create_or_open(source, tmp_path / "photos" / ".." / "photos" / "..", None)
    with pytest.raises(CaseError, match="is a file"):
        CaseFolder.create_or_open(source / "000-red.png", source, None)


def test_a_source_may_lie_in_its_case(tmp_path: Path, source: Path) -> None:
    folder = CaseFolder.create_or_open(tmp_path, source, None)

    assert ingest(folder, ColourEmbedder(), progress=False).found == 12


def test_an_embedder_key_cannot_leave_the_cache(folder: CaseFolder) -> None:
    vectors = folder.cache / "samples" / "image"

    for key in ("../../work", "..", "a/b", "", "C:\\x"):
        assert folder.vectors(key, 4).folder.parents[1] == vectors
        assert folder.vectors(key, 4).folder.resolve().is_relative_to(vectors.resolve())


# Parts


def test_parts_are_read_in_the_order_they_were_written(tmp_path: Path) -> None:
    parts = Parts(tmp_path, NUMBERS)
    for value in range(30):
        parts.append(numbers(value))

    assert parts.read()["n"].to_pylist() == list(range(30))


def test_a_clock_that_steps_back_changes_no_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = Parts(tmp_path, NUMBERS)
    parts.append(numbers(1))
    monkeypatch.setattr(time, "time_ns", lambda: 5)
    parts.append(numbers(2))

    assert parts.read()["n"].to_pylist() == [1, 2]


def test_parts_of_several_processes_never_meet(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=append_many, args=(tmp_path, 100 * i)) for i in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert sorted(Parts(tmp_path, NUMBERS).read()["n"].to_pylist()) == [
        100 * i + j for i in range(3) for j in range(20)
    ]


def test_a_part_that_was_not_finished_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = Parts(tmp_path, NUMBERS)

    def crash(*_: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr("workbench.store.files.commit", crash)
        with pytest.raises(RuntimeError):
            parts.append(numbers(1))
    left = list(tmp_path.iterdir())
    old = time.time() - 7200
    os.utime(left[0], (old, old))
    parts.clean()

    assert len(left) == 1
    assert parts.paths() == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["truncated", "bit", "empty", "no such column", "another type"])
def test_a_corrupt_part_is_one_warning_and_moved_aside_by_a_writer(tmp_path: Path, damage: str) -> None:
    parts = Parts(tmp_path, NUMBERS, compression="none")
    parts.append(numbers(1))
    bad = parts.append(numbers(*range(100)))
    parts.append(numbers(3))
    content = bytearray(bad.read_bytes())
    if damage == "bit":
        content[120] ^= 4
    bad.write_bytes({"truncated": bytes(content[:-9]), "bit": bytes(content), "empty": b""}.get(damage, b""))
    if damage == "no such column":
        pq.write_table(pa.table({"m": [1]}), bad)
    if damage == "another type":
        pq.write_table(pa.table({"n": ["2"]}), bad)
    with pytest.warns(RuntimeWarning, match="the next ingest computes it again") as caught:
        first = parts.read()

    assert first["n"].to_pylist() == parts.read()["n"].to_pylist() == [1, 3]
    assert len(caught) == 1
    assert bad.exists()
    assert parts.mend() == 1
    assert bad.with_name(bad.name + ".corrupt").exists()
    assert parts.read()["n"].to_pylist() == [1, 3]
    assert not (tmp_path / DAMAGED).exists()


def test_a_column_of_a_later_version_is_left_out_and_one_that_is_missing_is_null(tmp_path: Path) -> None:
    then = Parts(tmp_path, pa.schema([*NUMBERS, ("later", pa.string())]))
    Parts(tmp_path, NUMBERS).append(numbers(1))
    then.append(pa.table({"n": [2], "later": ["x"]}))

    assert then.read().to_pydict() == {"n": [1, 2], "later": [None, "x"]}
    assert Parts(tmp_path, NUMBERS).read().to_pydict() == {"n": [1, 2]}
    assert then.read(["later"]).to_pydict() == {"later": [None, "x"]}
    assert then.mend() == 0


def test_a_number_that_was_narrower_once_is_read(tmp_path: Path) -> None:
    Parts(tmp_path, pa.schema([("n", pa.int32())])).append(pa.table({"n": pa.array([1], pa.int32())}))

    assert Parts(tmp_path, NUMBERS).read().to_pydict() == {"n": [1]}


def test_what_the_system_refuses_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = Parts(tmp_path, NUMBERS)
    path = parts.append(numbers(1))
    for error in (
        OSError(24, "Too many open files"),
        pa.ArrowMemoryError("no memory"),
        PermissionError(13, ""),
    ):

        def refused(*_: object, error: Exception = error, **__: object) -> None:
            raise error

        with monkeypatch.context() as patched:
            patched.setattr("workbench.store.parts.pq.ParquetFile", refused)
            with pytest.raises(type(error)):
                parts.read()

    assert path.exists()
    assert parts.read()["n"].to_pylist() == [1]


def test_a_part_that_was_well_after_all_is_not_moved(tmp_path: Path) -> None:
    parts = Parts(tmp_path, NUMBERS)
    path = parts.append(numbers(1))
    (tmp_path / DAMAGED).write_text(f"{path.name}\nno-such-part\n../outside\n")

    assert parts.mend() == 0
    assert parts.read()["n"].to_pylist() == [1]
    assert not (tmp_path / DAMAGED).exists()


def test_a_flipped_dimension_in_one_footer_costs_no_other_part(folder: CaseFolder) -> None:
    """Whatever one part says of its vectors, the others are believed; the ingest makes that one again."""
    colours = ColourEmbedder(batch_size=4)
    ingest(folder, colours, progress=False)
    parts = folder.vectors("colour-1")
    whole = parts.read_part(parts.paths()[0])
    assert whole is not None
    ids = whole["sample_id"].to_pylist()
    flat = whole["vector"].combine_chunks().flatten()
    parts.paths()[0].unlink()
    for start in range(0, 12, 4):
        some = pa.FixedSizeListArray.from_arrays(flat[4 * start : 4 * start + 16], 4)
        folder.vectors("colour-1", 4).append(pa.table({"sample_id": ids[start : start + 4], "vector": some}))
    bad = parts.paths()[-1]
    other = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(20, np.float32)), 5)
    pq.write_table(pa.table({"sample_id": ids[8:], "vector": other}), bad)
    with pytest.warns(RuntimeWarning, match="corrupt and left out"):
        assert len(read_snapshot(folder, "colour-1").images) == 8
    assert len(parts.paths()) == 3


def test_a_reader_that_opens_while_another_process_ingests_loses_nothing(tmp_path: Path) -> None:
    """The reader opens from before the first part on; what it reads grows, and no part is ever left out."""
    colour_folder(tmp_path / "photos", 60)
    folder = CaseFolder.create_or_open(tmp_path / "case", tmp_path / "photos", None)
    with subprocess.Popen([sys.executable, "-c", SLOW_INGEST, str(folder.root)]) as process:
        counts = []
        while process.poll() is None:
            counts.append(len(read_snapshot(folder, "colour-1").images))
    counts.append(len(read_snapshot(folder, "colour-1").images))

    assert process.returncode == 0
    assert (counts[0], counts[-1]) == (0, 60)
    assert counts == sorted(counts)
    assert len(set(counts)) > 3
    assert not list(folder.cache.rglob("*.corrupt")) + list(folder.cache.rglob(DAMAGED))


def test_any_reader_of_parquet_reads_the_parts(folder: CaseFolder) -> None:
    ingest(folder, ColourEmbedder(), progress=False)
    vectors = pq.read_table(folder.vectors("colour-1").paths()[0])

    assert vectors.schema.field("vector").type == pa.list_(pa.float32(), 4)
    assert vectors.schema.metadata[b"workbench.format"] == b"1"
    assert pq.read_table(folder.files.folder).column_names == FILES.names


# Snapshots


def test_a_snapshot_of_an_unknown_key_is_empty(folder: CaseFolder) -> None:
    ingest(folder, ColourEmbedder(), progress=False)
    snapshot = read_snapshot(folder, "other")

    assert snapshot.images.empty
    assert {"image_id", "path", "paths", "width", "taken_at"} <= set(snapshot.images.columns)
    assert len(snapshot.vectors) == 0


def test_rows_are_sorted_by_first_path_whatever_the_order_of_writing(folder: CaseFolder) -> None:
    ingest(folder, ColourEmbedder(batch_size=5), progress=False)
    images = read_snapshot(folder, "colour-1").images

    assert images["path"].tolist() == sorted(images["path"])
    assert images.index.tolist() == list(range(12))
    assert str(images["mtime"].dt.tz) == "UTC"


# Thumbnails


def test_thumbnails_are_found_by_id_and_unknown_ids_left_out(folder: CaseFolder) -> None:
    ingest(folder, ColourEmbedder(), progress=False)
    ids = read_snapshot(folder, "colour-1").images["image_id"].tolist()
    reader = ThumbnailReader(folder.thumbnails)
    found = reader.get([ids[5], "f" * 64, ids[2], ids[5]])

    assert list(found) == [ids[5], ids[2]]
    assert all(jpeg.startswith(b"\xff\xd8\xff") for jpeg in found.values())
    assert ThumbnailReader(Parts(folder.root / "nothing", folder.thumbnails.schema)).get(ids) == {}


def test_thumbnails_of_a_later_ingest_are_found_by_the_same_reader(folder: CaseFolder, source: Path) -> None:
    reader = ThumbnailReader(folder.thumbnails)
    early = reader.get(["0" * 64])
    ingest(folder, ColourEmbedder(), progress=False)
    ids = read_snapshot(folder, "colour-1").images["image_id"].tolist()

    assert early == {}
    assert list(reader.get(ids)) == ids


def test_only_the_row_groups_asked_for_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = pa.schema([("image_id", pa.string()), ("jpeg", pa.binary())])
    parts = Parts(tmp_path, schema, row_group=64)
    ids = [f"{number:064x}" for number in range(300)]
    parts.append(pa.table({"image_id": ids, "jpeg": [b"%d" % number for number in range(300)]}, schema))
    read: list[list[int]] = []
    read_rows = Parts.read_rows
    monkeypatch.setattr(
        Parts, "read_rows", lambda s, p, groups, c: read.append(list(groups)) or read_rows(s, p, groups, c)
    )
    reader = ThumbnailReader(parts)
    found = reader.get([ids[70], ids[299], ids[65]])
    again = reader.get([ids[299]])

    assert found == {ids[70]: b"70", ids[299]: b"299", ids[65]: b"65"}
    assert again == {ids[299]: b"299"}
    assert read == [[1, 4]]


def test_thumbnails_kept_in_memory_are_bounded(folder: CaseFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_thumbnails, "_MAX_KEPT", 3)
    ingest(folder, ColourEmbedder(), progress=False)
    ids = read_snapshot(folder, "colour-1").images["image_id"].tolist()
    reader = ThumbnailReader(folder.thumbnails)

    assert len(reader.get(ids)) == 12
    assert len(reader._kept) == 3


# Arrays


@pytest.mark.parametrize(
    "array", [np.arange(6, dtype=np.float32).reshape(3, 2), np.array([-1, 0, 1], np.int32)]
)
def test_arrays_come_back_as_they_were(tmp_path: Path, array: np.ndarray) -> None:
    cache = ArrayCache(tmp_path / "layouts")
    cache.save({"method": "umap", "seed": 0}, ["a", "b", "c"], array)
    loaded = cache.load({"seed": 0, "method": "umap"}, ["a", "b", "c"])

    assert loaded is not None
    assert (loaded.dtype, loaded.tolist()) == (array.dtype, array.tolist())


def test_other_parameters_or_ids_are_a_miss(tmp_path: Path) -> None:
    cache = ArrayCache(tmp_path)
    cache.save({"seed": 1}, ["a", "b"], np.zeros(2))

    assert cache.load({"seed": "1"}, ["a", "b"]) is None
    assert cache.load({"seed": 1, "n": None}, ["a", "b"]) is None
    assert cache.load({"seed": 1}, ["b", "a"]) is None
    assert cache.load({"seed": 1}, ["a"]) is None


def test_a_corrupt_array_is_a_miss(tmp_path: Path) -> None:
    cache = ArrayCache(tmp_path)
    cache.save({}, ["a", "b"], np.zeros(2))
    path = next(tmp_path.iterdir())
    path.write_bytes(path.read_bytes()[:-20])

    assert cache.load({}, ["a", "b"]) is None


def test_an_array_of_another_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 rows for 1 ids"):
        ArrayCache(tmp_path).save({}, ["a"], np.zeros(2))


def test_an_array_of_no_samples(tmp_path: Path) -> None:
    cache = ArrayCache(tmp_path)
    cache.save({}, [], np.zeros((0, 2), np.float32))
    loaded = cache.load({}, [])

    assert loaded is not None
    assert loaded.shape == (0, 2)


# Tags


def test_tags_stand_until_they_are_removed(tmp_path: Path) -> None:
    tags = Tags(tmp_path / "work")
    tags.add("red car", ["a", "b"])
    tags.add("seen", ["b"])
    tags.remove("red car", ["a", "never tagged"])

    assert tags.read()[["sample_id", "tag"]].to_numpy().tolist() == [["b", "red car"], ["b", "seen"]]
    assert tags.read()["when"].dt.tz is not None
    assert len((tmp_path / "work" / "tags.jsonl").read_bytes().splitlines()) == 3


def test_no_tags_are_an_empty_table(tmp_path: Path) -> None:
    assert Tags(tmp_path).read().columns.tolist() == ["sample_id", "tag", "when", "who"]
    assert Tags(tmp_path).read().empty


@pytest.mark.parametrize("tag", ["<script>", 'quo"te', "two\nlines", "🦊", "\u2028", "\udcff"])
def test_any_text_can_be_a_tag(tmp_path: Path, tag: str) -> None:
    Tags(tmp_path).add(tag, ["a"])
    Tags(tmp_path).add("next", ["a"])

    assert len(Tags(tmp_path).read()) == 2
    assert tag == "\udcff" or Tags(tmp_path).read()["tag"][0] == tag


def test_a_torn_last_line_costs_only_itself(tmp_path: Path) -> None:
    tags = Tags(tmp_path)
    tags.add("one", ["a"])
    tags.add("two", ["b"])
    path = tmp_path / "tags.jsonl"
    path.write_bytes(path.read_bytes()[:-10])
    tags.add("three", ["c"])
    with pytest.warns(RuntimeWarning, match="line 2 is torn"):
        table = tags.read()

    assert table["tag"].tolist() == ["one", "three"]


def test_a_second_writer_is_told_who_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = "import sys; from pathlib import Path; from workbench.store.json_lines import JsonLines\n"
    holder += "with JsonLines(Path(sys.argv[1]) / 'tags.jsonl').one_writer():\n"
    holder += "    print('held', flush=True); sys.stdin.read()"
    Tags(tmp_path).add("one", ["a"])
    monkeypatch.setattr(json_lines, "WAIT", 0.05)
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(CaseError, match=rf"being written by .*process {process.pid}.*Try again"):
            Tags(tmp_path).add("two", ["a"])
        process.communicate("")
    Tags(tmp_path).add("three", ["a"])

    assert Tags(tmp_path).read()["tag"].tolist() == ["one", "three"]
