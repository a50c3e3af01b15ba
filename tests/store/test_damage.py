"""Damage to single files: what people made is named and kept twice, caches are made again."""

import errno
import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import workbench as wb
from workbench.errors import CaseError, DiskError
from workbench.ingest import embed_part, ingest
from workbench.models import registry
from workbench.store.files import new_file, read_json, write_atomically, write_json
from workbench.store.joined_cache import checksum
from workbench.store.json_lines import JsonLines, mend
from workbench.store.parts import Parts
from workbench.store.sample_parts import known_key, remember_key
from workbench.store.snapshot import read_snapshot
from workbench.store.tags import Tags
from workbench.store.vocabulary import Vocabulary
from workbench.testing import ColourEmbedder, colour_folder
from workbench.vectors import are_unit_rows

NUMBERS = pa.schema([pa.field("n", pa.int64(), nullable=False)])


def flip(path: Path, at: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(data)


@pytest.fixture
def tags(tmp_path):
    tags = Tags(tmp_path)
    for number in range(4):
        tags.add(f"tag {number}", [f"image {number}"])
    return tags


def read(tags):
    """Return the tags that stand, and what was said of the others."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = tags.read()["tag"].tolist()
    return found, [str(one.message) for one in caught]


# Logs


def test_a_log_and_its_copy_are_the_same_and_a_line_tells_of_the_one_before(tags, tmp_path):
    lines = (tmp_path / "tags.jsonl").read_bytes().splitlines()
    records = [json.loads(line) for line in lines]

    assert (tmp_path / "tags.jsonl.bak").read_bytes() == (tmp_path / "tags.jsonl").read_bytes()
    assert len({record["prev_sha256"] for record in records}) == 4
    assert read(tags) == ([f"tag {number}" for number in range(4)], [])


@pytest.mark.parametrize("line", range(4))
@pytest.mark.parametrize("share", [0.2, 0.5, 0.97])
def test_a_flipped_bit_of_a_line_is_named_the_rest_stands_and_mending_brings_it_back(
    tags, tmp_path, line, share
):
    path = tmp_path / "tags.jsonl"
    starts = [0, *(at + 1 for at, byte in enumerate(path.read_bytes()) if byte == 10)]
    flip(path, int(starts[line] + share * (starts[line + 1] - starts[line] - 1)))
    damaged = path.read_bytes()
    found, said = read(tags)
    whole = [f"tag {number}" for number in range(4)]

    assert found in (whole, [tag for tag in whole if tag != f"tag {line}"])
    assert len(said) >= 1
    assert f"{path} line {line + 1} is" in said[0]
    assert "tags.jsonl.bak" in said[0]
    assert mend(tmp_path) == ({} if found == whole else {"tags.jsonl": 1})
    assert read(tags) == (whole, [])
    assert (tmp_path / "tags.jsonl.damaged-1").read_bytes() == damaged


def test_a_digest_says_which_was_expected(tags, tmp_path):
    path = tmp_path / "tags.jsonl"
    path.write_bytes(path.read_bytes().replace(b"tag 2", b"tag 7"))
    told = json.loads(path.read_bytes().splitlines()[2])["line_sha256"]

    assert any(f"{told[:12]} was expected" in one for one in read(tags)[1])


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_a_line_that_was_removed_is_noticed_also_the_last(tags, tmp_path, lost):
    path = tmp_path / "tags.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:lost] + lines[lost + 1 :]))

    assert len(read(tags)[1]) == 1
    assert JsonLines(path).mend() == 1
    assert read(tags) == ([f"tag {number}" for number in range(4)], [])


def test_a_log_that_was_deleted_comes_back_from_its_copy_with_what_was_written_since(tags, tmp_path):
    (tmp_path / "tags.jsonl").unlink()
    assert "lacks 4 of its lines" in read(tags)[1][0]
    tags.add("later", ["image 9"])

    assert mend(tmp_path) == {"tags.jsonl": 4}
    assert read(tags) == ([*(f"tag {number}" for number in range(4)), "later"], [])


def test_a_copy_keeps_the_good_lines_while_a_damaged_log_is_written_on(tags, tmp_path):
    path = tmp_path / "tags.jsonl"
    path.write_bytes(path.read_bytes().replace(b"tag 1", b"tag 9"))
    tags.add("later", ["image 9"])
    tags.add("last", ["image 9"])

    assert "tag 1" not in read(tags)[0]
    assert mend(tmp_path) == {"tags.jsonl": 1}
    assert read(tags) == ([*(f"tag {number}" for number in range(4)), "later", "last"], [])


def test_lines_of_older_releases_are_read_and_vouched_for_from_the_next_line_on(tags, tmp_path):
    path = tmp_path / "tags.jsonl"
    old = [json.loads(line) for line in path.read_bytes().splitlines()]
    plain = [{name: fact for name, fact in one.items() if "sha256" not in name} for one in old]
    path.write_text("".join(json.dumps(one) + "\n" for one in plain))
    path.with_name("tags.jsonl.bak").unlink()
    assert read(tags) == ([f"tag {number}" for number in range(4)], [])
    tags.add("new", ["image 9"])
    assert read(tags) == ([*(f"tag {number}" for number in range(4)), "new"], [])
    path.write_bytes(path.read_bytes().replace(b"tag 1", b"tag 8"))

    assert "has changed since" in read(tags)[1][0]


def test_a_case_mends_its_logs(tmp_path):
    colour_folder(tmp_path / "photos", 3)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    case.tag([0], "red")
    path = case.folder.root / "work" / "tags.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"red"', b'"rad"'))
    with pytest.warns(RuntimeWarning, match=r"line 1 is torn or unknown and left out: its SHA-256"):
        assert case.tags.empty

    assert case.mend() == {"tags.jsonl": 1}
    assert case.tags["tag"].tolist() == ["red"]


# The vocabulary


def test_a_vocabulary_that_was_changed_by_hand_holds_and_the_lines_are_named(tmp_path):
    vocabulary = Vocabulary(tmp_path)
    vocabulary.write(["a cat", "a dog", "a boat"])
    assert vocabulary.read() == ["a cat", "a dog", "a boat"]
    (tmp_path / "vocabulary.txt").write_text("a cat\na hog\na boat\na car\n")
    with pytest.warns(RuntimeWarning, match="line 2 has 'a hog' where 'a dog' was; line 4 has 'a car'"):
        assert vocabulary.read() == ["a cat", "a hog", "a boat", "a car"]
    assert vocabulary.read() == ["a cat", "a hog", "a boat", "a car"]  # said once
    vocabulary.write(vocabulary.read())
    (tmp_path / "vocabulary.txt").touch()

    assert vocabulary.read() == ["a cat", "a hog", "a boat", "a car"]


@pytest.mark.parametrize("way", ["deleted", "emptied", "torn"])
def test_a_vocabulary_that_is_lost_is_the_one_assigned_last(tmp_path, way):
    vocabulary = Vocabulary(tmp_path)
    vocabulary.write(["a cat", "a dog"])
    path = tmp_path / "vocabulary.txt"
    if way == "deleted":
        path.unlink()
    else:
        path.write_bytes(b"" if way == "emptied" else b"a cat\na \xffdog")
    with pytest.warns(RuntimeWarning, match="what was assigned"):
        found = vocabulary.read()

    assert found == (["a cat"] if way == "torn" else ["a cat", "a dog"])


# Parts, keys and the joined cache


@pytest.mark.parametrize("compression", ["none", "zstd"])
def test_each_flipped_bit_of_a_part_is_found(tmp_path, compression, monkeypatch):
    """Each eighth byte: pages and their heads, the footer and what follows it."""
    monkeypatch.setattr(Parts, "report", lambda *_: None)
    parts = Parts(tmp_path, NUMBERS, compression=compression)
    path = parts.append(pa.table({"n": list(range(300))}))
    for at in range(4, path.stat().st_size, 8):
        flip(path, at, at // 8 % 8)
        assert parts.read_part(path) is None, at
        flip(path, at, at // 8 % 8)
    assert parts.read_part(path) is not None


def test_a_part_that_was_deleted_is_named_once_and_no_more_after_an_ingest(tmp_path, source):
    (source / "broken.jpg").write_bytes(b"no picture")
    case = wb.open(source, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    case.folder.problems.paths()[0].unlink()
    with pytest.warns(RuntimeWarning, match="it is not there"):
        assert wb.open(case=case.folder.root).problems.empty
    case.ingest(progress=False)

    assert wb.open(case=case.folder.root).problems["path"].tolist() == ["broken.jpg"]


def test_checksums_that_are_damaged_or_gone_cost_nothing(tmp_path):
    parts = Parts(tmp_path, NUMBERS)
    for number in range(2):
        parts.append(pa.table({"n": [number]}))
    first, second = sorted(tmp_path.glob(".*.sums"))
    first.unlink()
    second.write_bytes(second.read_bytes()[:-5])

    assert parts.read()["n"].to_pylist() == [0, 1]


def test_thumbnails_of_a_lost_part_are_made_of_the_originals_that_did_not_change(tmp_path, source):
    case = wb.open(source, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    whole = case.thumbnails([0, 1])
    shutil.rmtree(case.folder.cache / "thumbnails")
    shutil.copy(sorted(source.iterdir())[2], sorted(source.iterdir())[1])

    assert wb.open(case=case.folder.root).thumbnails([0, 1]) == [whole[0], b""]


@pytest.mark.parametrize("damage", [b"", b"{", b"{}", b"[]", b'{"fake": "colour-1", "sha256": "0"}', None])
def test_keys_are_known_whatever_happens_to_their_file(tmp_path, damage):
    remember_key(tmp_path, "fake", "colour-1")
    remember_key(tmp_path, "faces", "squares")
    path = tmp_path / "keys.json"
    path.unlink() if damage is None else path.write_bytes(damage)
    assert known_key(tmp_path, "faces") == "squares"
    remember_key(tmp_path, "fake", "colour-1")

    assert read_json(path) == {"fake": "colour-1", "faces": "squares"}


def test_keys_that_are_lost_twice_are_told(tmp_path):
    remember_key(tmp_path, "fake", "colour-1")
    for path in tmp_path.glob("keys.json*"):
        path.write_bytes(b"{")
    with pytest.warns(RuntimeWarning, match=r"keys\.json is damaged.*next ingest"):
        assert known_key(tmp_path, "fake") is None


@pytest.mark.parametrize("name", ["source", "created", "mini"])
def test_a_changed_case_json_is_an_error_that_names_it(tmp_path, source, name):
    wb.open(source, case=tmp_path / "case")
    path = tmp_path / "case" / "case.json"
    flip(path, path.read_bytes().index(name.encode()) + len(name) + 4, 1)
    with pytest.raises(CaseError, match=r"case\.json cannot be read"):
        wb.open(case=tmp_path / "case")


@pytest.mark.parametrize("size", [0, 7, 8, 4095, 4096, 4097, 70_001])
def test_a_checksum_sees_each_bit_a_cut_and_pages_that_changed_places(tmp_path, size):
    path = tmp_path / "file"
    data = np.random.default_rng(size).integers(0, 256, size, np.uint8).tobytes()
    path.write_bytes(data)
    right = checksum(path)
    others = [data + b"\0", data[:-1], data[4096:8192] + data[:4096] + data[8192:]]
    others += [
        data[:at] + bytes([data[at] ^ 128]) + data[at + 1 :] for at in {0, size // 2, size - 1} if size
    ]
    for other in others:
        path.write_bytes(other)
        assert (checksum(path) == right) == (other == data)


# The disk, vectors and models


def test_a_write_that_fails_leaves_nothing_and_says_how_much_is_needed(tmp_path):
    def write():
        with new_file(tmp_path / "a" / "b", 2000) as temporary:
            temporary.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "full")

    with pytest.raises(DiskError, match=r"No space left on device\. Free some space \(at least 2\.0 kB are"):
        write()
    assert list((tmp_path / "a").iterdir()) == []
    assert issubclass(DiskError, CaseError)
    assert issubclass(DiskError, OSError)


def test_json_with_a_checksum_is_read_and_a_change_refused(tmp_path):
    path = tmp_path / "facts.json"
    write_json(path, {"b": 1, "a": ["ü"]})
    write_json(path, json.loads(path.read_bytes()))
    assert read_json(path) == {"b": 1, "a": ["ü"]}
    write_atomically(path, path.read_bytes().replace(b"1", b"3", 1))
    with pytest.raises(ValueError, match="was expected"):
        read_json(path)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0, 3.0])
def test_a_vector_that_compares_with_nothing_is_a_problem_and_never_stored(folder, bad):
    class Broken(ColourEmbedder):
        def embed_images(self, batch):
            vectors = super().embed_images(batch)
            return vectors * np.where(batch.mean(axis=(1, 2, 3)) > 0.9, bad, 1)[:, None].astype(np.float32)

    colour_folder(folder.source / "white", 1, palette=["white"], seed=9)
    report = ingest(folder, Broken(), progress=False)
    found = read_snapshot(folder, "colour-1")

    assert are_unit_rows(found.vectors).all()
    assert (report.embedded, report.problems) == (len(found.images), 13 - len(found.images))
    assert set(found.problems["step"]) == {"embed"}
    assert "not finite or not of unit length" in found.problems["reason"].iloc[0]
    assert ingest(folder, ColourEmbedder(), progress=False).problems == 0
    part = embed_part(sorted(folder.source.rglob("*.png")), Broken())
    assert len(part.problems) == report.problems


def test_open_cases_share_one_model_until_the_last_is_gone(tmp_path, source, monkeypatch):
    loaded = []

    def load(name, *, precision):
        loaded.append((name, precision))
        return ColourEmbedder(key=f"{name}-float32")

    monkeypatch.setattr("workbench.models.load", load)
    monkeypatch.setattr(registry, "_registered", {})
    cases = [wb.open(source, case=tmp_path / str(number)) for number in range(5)]
    models = {id(case.embedder) for case in cases}
    remember_key(cases[0].folder.cache, "mini", "mini-float32")
    again = wb.open(case=tmp_path / "0")

    assert len(models) == 1
    assert again.embedder is cases[1].embedder
    assert loaded == [("mini", "auto")]
