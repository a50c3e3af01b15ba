"""A case of an older format is opened as one of today's, whatever stops the upgrade."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import workbench as wb
from workbench.errors import CaseError
from workbench.store import upgrades
from workbench.store.case_folder import CaseFolder
from workbench.testing import ColourEmbedder, ColourPatches, PaintedRegions, SquareFaces

FORMAT_1 = Path(__file__).with_name("format1_case.zip")

KILLED_AT = """
import os, signal, sys
from pathlib import Path
from workbench.store import upgrades

left = int(sys.argv[2])
def stopping(real):
    def call(*given, **named):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)
    return call

os.link, Path.replace, os.fsync = stopping(os.link), stopping(Path.replace), stopping(os.fsync)
upgrades.shutil.rmtree = stopping(upgrades.shutil.rmtree)
upgrades.upgrade(Path(sys.argv[1]))
"""


@pytest.fixture
def old(tmp_path):
    """The photos and the case of format 1, unpacked: ``photos``, ``case``, ``expected.json``."""
    with zipfile.ZipFile(FORMAT_1) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def opened(old):
    return wb.open(old / "photos", case=old / "case", faces="fake")


def digests(folder):
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def says_what_it_said(case, expected):
    """Compare a case with what the version that made it read and answered."""
    assert case.images["image_id"].tolist() == expected["images"]
    assert np.array_equal(case.vectors, np.array(expected["vectors"], np.float32))
    assert case.problems[["path", "step", "reason"]].to_numpy().tolist() == expected["problems"]
    faces = case.faces.frame[["face_id", "identity", "name"]].to_numpy().tolist()
    assert faces == expected["faces"]
    assert np.array_equal(case.faces.vectors, np.array(expected["face_vectors"], np.float32))
    assert all(crop.startswith(b"\xff\xd8") for crop in case.faces.crops(range(len(faces))))
    regions = case.regions.frame[["region_id", "label", "text"]].to_numpy().tolist()
    assert regions == expected["regions"]
    assert np.array_equal(case.regions.vectors, np.array(expected["region_vectors"], np.float32))
    assert len(case.instances) == expected["candidates"]
    found = case.find_this("street.png", (10, 10, 40, 80)).frame[["path", "x", "y"]].astype(str)
    assert found.to_numpy().tolist() == expected["find_this"]
    assert case.search("red", over="persons").frame["path"].tolist() == expected["over_persons"]
    assert case.tags[["sample_id", "tag"]].to_numpy().tolist() == expected["tags"]
    saved = [list(case.selections.saved(name).ids) for name in case.selections.names]
    assert saved == expected["selections"]


def test_a_case_of_format_1_says_what_it_said(old):
    expected = json.loads((old / "expected.json").read_text())
    work, heatmaps = digests(old / "case" / "work"), digests(old / "case" / "cache" / "heatmaps")
    case = opened(old)
    says_what_it_said(case, expected)
    assert json.loads((old / "case" / "case.json").read_text())["format"] == upgrades.FORMAT == 2
    assert {name: digests(old / "case" / "work").get(name) for name in work} == work
    assert digests(old / "case" / "cache" / "heatmaps") == heatmaps
    there = {path.name for path in (old / "case" / "cache").iterdir()}
    assert there.isdisjoint({"vectors", "faces", "regions", "instances"})


def test_an_ingest_after_the_upgrade_computes_nothing(old, monkeypatch):
    def never(*_):
        pytest.fail("computed again")

    case = opened(old)
    monkeypatch.setattr(ColourEmbedder, "embed_images", never)
    monkeypatch.setattr(SquareFaces, "detect", never)
    monkeypatch.setattr(PaintedRegions, "find", never)
    monkeypatch.setattr(ColourPatches, "look", never)
    report = case.ingest(faces=True, regions=["persons", "objects", "text"], instances=True, progress=False)
    assert (report.found, report.new, report.embedded, report.problems) == (7, 0, 0, 1)
    assert sum(report.samples.values()) == 0


def test_a_kill_at_any_step_of_the_upgrade_loses_nothing(old):
    """Each try is killed one step later than the one before, on a case that goes on from there and anew."""
    whole = old / "whole"
    shutil.copytree(old / "case", whole)
    upgrades.upgrade(whole)
    wanted, step = digests(whole / "cache" / "samples"), 0
    work = digests(old / "case" / "work")
    while True:
        fresh = old / f"fresh-{step}"
        shutil.copytree(old / "case", fresh)
        command = [sys.executable, "-c", KILLED_AT, str(fresh), str(step)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        if json.loads((fresh / "case.json").read_text())["format"] == 1:  # and so the older cache is whole
            before = digests(old / "case" / "cache")
            assert {name: digests(fresh / "cache").get(name) for name in before} == before
        folder = CaseFolder.create_or_open(fresh, old / "photos", None)
        assert {
            name: path
            for name, path in digests(folder.cache / "samples").items()
            if name.suffix == ".parquet"
        } == wanted
        assert not (folder.cache / "faces").exists()
        assert digests(fresh / "work") == work
        shutil.rmtree(fresh)
        step += 1
    assert step > 20


def test_a_disk_without_links_gets_copies(old, monkeypatch):
    def no_links(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", no_links)
    says_what_it_said(opened(old), json.loads((old / "expected.json").read_text()))


def test_two_processes_may_open_a_case_of_format_1_at_once(old):
    (old / "case" / "case.json").write_text(
        (old / "case" / "case.json").read_text().replace("/somewhere/photos", str(old / "photos"))
    )
    script = "import sys, workbench as wb; print(len(wb.open(case=sys.argv[1], faces='fake').faces))"
    command = [sys.executable, "-c", script, str(old / "case")]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in processes]
    assert said == [("9\n", ""), ("9\n", "")]
    says_what_it_said(opened(old), json.loads((old / "expected.json").read_text()))


def test_a_case_that_cannot_be_written_says_so_and_stays_as_it_is(old, monkeypatch):
    before = digests(old / "case")

    def refused(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "link", refused)
    with pytest.raises(CaseError, match=r"format 1 and must be upgraded to format 2, but it may not be writ"):
        opened(old)
    after = digests(old / "case")
    assert {name: after.get(name) for name in before} == before


def test_a_full_disk_stops_the_upgrade_and_the_next_opening_goes_on(old, monkeypatch):
    link, calls = os.link, []

    def full(*given):
        calls.append(1)
        if len(calls) > 4:
            raise OSError(28, "No space left on device")
        link(*given)

    with monkeypatch.context() as patched:
        patched.setattr(os, "link", full)
        with pytest.raises(CaseError, match=r"No space left on device\. Nothing was lost"):
            opened(old)
    says_what_it_said(opened(old), json.loads((old / "expected.json").read_text()))


def test_what_was_damaged_before_the_upgrade_is_made_again_after_it(old):
    (part,) = (old / "case" / "cache" / "faces" / "squares-1" / "examined").glob("part-*")
    part.write_bytes(part.read_bytes()[:-30])
    case = opened(old)
    report = case.ingest(faces=True, progress=False)
    assert (report.embedded, report.faces) == (0, 9)
    assert len(case.faces) == 9
