"""A scan accounts for everything that lies in a source: images, what is skipped and why, and problems."""

import os
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pytest

from workbench.media.read import ReadError, read_bytes
from workbench.media.scan import FoundFile, Links, Problem, _look, scan
from workbench.testing import write_photos

STARTS = {
    "x.CR3": (b"\0\0\0\x18ftypcrx \0\0\0\0", "image"),
    "x.RAF": (b"FUJIFILMCCD-RAW 0201", "image"),
    "x.ORF": (b"IIRO\x08\0\0\0", "image"),
    "x.RW2": (b"IIU\0\x08\0\0\0", "image"),
    "x.X3F": (b"FOVb\0\0\0\0", "image"),
    "x.nef": (b"MM\0*\0\0\0\x08", "image"),
    "x.dng": (b"II*\0\x08\0\0\0", "image"),
    "cr2 without a suffix": (b"II*\0\x10\0\0\0CR\x02\0", "image"),
    "x.jxl": (b"\xff\x0a\0\0", "image"),
    "jxl without a suffix": (b"\0\0\0\x0cJXL \r\n\x87\n", "image"),
    "x.pdf": (b"%PDF-1.7", "document"),
    "x.svg": (b'<?xml version="1.0"?><svg/>', "svg"),
    "x.zip": (b"PK\x03\x04", "archive"),
    "x.tar": (b"ustar", "archive"),
    "x.jpg.XMP": (b"<x:xmpmeta", "sidecar"),
    "x.mp4": (b"\0\0\0\x18ftypmp42", "video"),
    "clip without a suffix": (b"\0\0\0\x14ftypqt  ", "video"),
    "notes.txt": (b"no picture", "other"),
    "empty": (b"", "other"),
}


def found(source: Path, **options: Any) -> dict[str, str]:
    """Return for each path "image", what is skipped or "problem", and check that none comes twice."""
    items = list(scan(source, **options))
    assert len({item.raw_path for item in items}) == len(items)
    return {
        os.fsdecode(item.raw_path): "problem" if isinstance(item, Problem) else item.skipped or item.kind
        for item in items
    }


def test_every_file_is_an_image_or_said_to_be_what_it_is(tmp_path: Path) -> None:
    write_photos(tmp_path, {"a.png": "red"})
    for name, (start, _) in STARTS.items():
        (tmp_path / name).write_bytes(start)

    assert found(tmp_path) == {"a.png": "image", **{name: kind for name, (_, kind) in STARTS.items()}}
    assert all(
        item.reason or item.kind in ("image", "document")
        for item in scan(tmp_path)
        if isinstance(item, FoundFile)
    )


def test_what_is_found_adds_up_to_what_lies_there(tmp_path: Path) -> None:
    write_photos(
        tmp_path, {"a.png": "red", "sub/b.png": "blue", "@eaDir/a.png": "red", ".Trash-1000/c.png": "red"}
    )
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    files = [path for path in tmp_path.rglob("*") if not path.is_dir()]

    assert len(found(tmp_path)) == len(files)


DEBRIS = ["@eaDir/a.jpg", ".Trash-1000/files/a.png", "#recycle/a.jpg", "$RECYCLE.BIN/a.jpg", "__MACOSX/a.jpg",
          "._a.jpg", "Thumbs.db", ".DS_Store", "sub/@eadir/deep/er/a.jpg"]  # fmt: skip


@pytest.mark.parametrize("name", DEBRIS)
def test_what_systems_leave_is_skipped_unless_asked_for(tmp_path: Path, name: str) -> None:
    write_photos((tmp_path / name).parent, {"a.png": "red"})
    (tmp_path / name).parent.joinpath("a.png").rename(tmp_path / name)
    write_photos(tmp_path, {"good.png": "red"})

    assert found(tmp_path) == {name: "system", "good.png": "image"}
    assert found(tmp_path, system=True) == {name: "image", "good.png": "image"}


@pytest.mark.parametrize(
    ("links", "same", "out"),
    [
        ("inside", "image", {"out": "link", "out.png": "link"}),
        ("none", "link", {"out": "link", "out.png": "link"}),
        ("all", "image", {"out/b.png": "image", "out.png": "image"}),
    ],
)
def test_links_are_followed_as_far_as_asked(
    tmp_path: Path, links: Links, same: str, out: dict[str, str]
) -> None:
    source = tmp_path / "src"
    write_photos(source / "real", {"a.png": "red"})
    write_photos(tmp_path / "src_private", {"b.png": "red"})
    (source / "same.png").symlink_to("real/a.png")
    (source / "alias").symlink_to("real")
    (source / "out").symlink_to(tmp_path / "src_private")
    (source / "out.png").symlink_to("../src_private/b.png")

    assert found(source, links=links) == {"real/a.png": "image", "same.png": same, "alias": "link"} | out


def test_a_source_that_is_a_link_is_read(tmp_path: Path) -> None:
    write_photos(tmp_path / "real", {"a.png": "red"})
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real" / "b.png").symlink_to("a.png")

    assert found(tmp_path / "link") == {"a.png": "image", "b.png": "image"}


@dataclass
class OddEntry:
    """An entry of a folder on a file system that keeps times which no table holds; ours may not."""

    entry: os.DirEntry[bytes]
    mtime_ns: int

    @property
    def path(self) -> bytes:
        return self.entry.path

    def stat(self) -> SimpleNamespace:
        info = self.entry.stat()
        return SimpleNamespace(st_mode=info.st_mode, st_size=info.st_size, st_mtime_ns=self.mtime_ns)


@pytest.mark.parametrize(
    ("seconds", "year"),
    [(9_300_000_000, 2262), (16_725_225_600, 2262), (2**40, 2262), (-11_644_473_600, 1678), (-(2**40), 1678)],
)
def test_a_time_that_no_table_holds_is_given_as_the_nearest(tmp_path: Path, seconds: int, year: int) -> None:
    write_photos(tmp_path, {"a.png": "red"})
    with os.scandir(os.fsencode(tmp_path)) as entries:
        odd = cast("os.DirEntry[bytes]", OddEntry(next(entries), seconds * 10**9))
        item = _look(odd, b"a.png")

    assert isinstance(item, FoundFile)
    assert pd.to_datetime(item.mtime_ns, unit="ns", utc=True).year == year
    assert pa.array([item.mtime_ns], pa.int64()).to_pylist() == [item.mtime_ns]


def test_a_file_of_the_year_2500_is_found(tmp_path: Path) -> None:
    write_photos(tmp_path, {"a.png": "red"})
    os.utime(tmp_path / "a.png", (16_725_225_600, 16_725_225_600))
    item = next(iter(scan(tmp_path)))

    assert isinstance(item, FoundFile)
    assert abs(item.mtime_ns) < 2**63


@pytest.mark.parametrize("name", ["pipe", "pipe.jpg"])
def test_a_pipe_in_the_source_is_no_image(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    items = list(scan(tmp_path))

    assert len(items) == 1
    with pytest.raises(ReadError, match="a pipe, socket or device, not a file"):
        read_bytes(os.fsencode(tmp_path / name))


def test_a_device_is_never_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr("workbench.media.read.os.open", lambda *asked: opened.append(asked))
    with pytest.raises(ReadError, match="a pipe, socket or device"):
        read_bytes(b"/dev/zero")

    assert opened == []


@pytest.mark.skipif(not hasattr(os, "O_NOATIME"), reason="only Linux leaves the time of access alone")
def test_reading_leaves_the_time_of_access(tmp_path: Path) -> None:
    write_photos(tmp_path, {"a.png": "red"})
    path = tmp_path / "a.png"
    os.utime(path, (1_000_000_000, 1_000_000_000))
    read_bytes(os.fsencode(path))

    assert path.stat().st_atime == 1_000_000_000
