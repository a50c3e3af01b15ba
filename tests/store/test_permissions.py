"""A case holds biometric data: nobody but its owner may read it, whatever the umask."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import workbench as wb
from workbench.testing import write_faces


@pytest.fixture(params=[0o000, 0o277], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> dict[str, str]:
    """Return what others may do with a folder and all in it, where they may do anything."""
    there = [folder, *folder.rglob("*")]
    assert len(there) > 3
    modes = {path: path.stat().st_mode & 0o777 for path in there}
    return {str(path): oct(mode) for path, mode in modes.items() if mode & 0o077 or mode & 0o600 != 0o600}


@pytest.mark.usefixtures("umask")
def test_only_the_owner_can_read_a_case_with_faces(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    write_faces(tmp_path / "src", {"a.png": [0, 4], "b.png": [0]})
    before = {path: path.stat().st_mode for path in (tmp_path / "src").rglob("*")}
    case = wb.open(tmp_path / "src", case=tmp_path / "cases/one", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)
    case.faces.name(case.faces.frame["identity"].iloc[0], "Ann")
    case.tag([0], "keep")
    case.selections.save("trip", [0])
    case.layout("pca")
    case.vocabulary = ["a boat"]

    assert open_to_others(case.folder.root) == {}
    assert open_to_others(case.share(tmp_path / "shared", faces="all")) == {}
    case.faces.export(tmp_path / "people", 1)
    assert (tmp_path / "people").stat().st_mode & 0o777 == 0o700
    assert {path: path.stat().st_mode for path in (tmp_path / "src").rglob("*")} == before


def test_an_empty_folder_becomes_private_and_one_with_the_photos_in_it_does_not(tmp_path: Path) -> None:
    for name in ("made", "both/photos"):
        (tmp_path / name).mkdir(parents=True, mode=0o755)
    write_faces(tmp_path / "both/photos", {"a.png": [0]})
    wb.open(tmp_path / "both/photos", case=tmp_path / "made", model="fake")
    both = wb.open(tmp_path / "both/photos", case=tmp_path / "both", model="fake")
    both.ingest(progress=False)

    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "both").stat().st_mode & 0o777 == 0o755
    assert open_to_others(tmp_path / "both/cache") == {}
