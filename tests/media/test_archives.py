"""Files in archives are listed once and read like others, within limits, and their names are only data."""

import bz2
import gzip
import io
import os
import struct
import tarfile
import tempfile
import threading
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.archives import COLOURS, MAKE, colour, photo, place, seven_zipped, tarred, zipped
from workbench.media.archives import entries, listing, opened, sevenzips, solid, tars
from workbench.media.archives.listing import Listed, Listings, list_archive
from workbench.media.read import ReadError, digest, open_file, read_bytes, read_start, size_and_time
from workbench.media.sandbox import StoppedError
from workbench.media.scan import FoundFile, Problem, scan

PHOTOS = {f"holiday/{name}.png": photo(name) for name in COLOURS}


def inside(path: Path) -> dict[str, Listed]:
    """Return what an archive holds by name, and check that no name comes twice."""
    found = list_archive(os.fsencode(path), path.stat().st_size)
    assert len({one.name for one in found}) == len(found)
    return {one.name.decode("utf-8", "backslashreplace"): one for one in found}


def found(source: Path, **options: Any) -> dict[str, str]:
    items = list(scan(source, archives=Listings(), **options))
    assert len({item.raw_path for item in items}) == len(items)
    return {
        item.raw_path.decode("utf-8", "backslashreplace"): item.reason
        if isinstance(item, Problem)
        else item.skipped or item.kind
        for item in items
    }


@pytest.mark.parametrize("name", MAKE)
def test_each_kind_of_archive_gives_the_photos_in_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(MAKE[name](PHOTOS | {"notes": photo("purple"), "empty.png": b"", "readme.txt": b"text"}))
    with opened.kept_open():
        for member, one in inside(path).items():
            if member.endswith(".png") and one.size:
                data = read_bytes(place(path, member))
                assert colour(data) == COLOURS[Path(member).stem]
                assert (
                    size_and_time(place(path, member))
                    == (one.size, one.mtime_ns)
                    == (len(data), one.mtime_ns)
                )
                assert digest(place(path, member), lambda count: None) == sha256(data).hexdigest()
                assert read_start(place(path, member), 20) == data[:20]
                with open_file(place(path, member)) as file:
                    file.seek(5)
                    assert file.read() == data[5:]

    assert found(tmp_path) == {
        name: "archive",
        **dict.fromkeys([f"{name}!/{member}" for member in PHOTOS], "image"),
        f"{name}!/notes": "image",
        f"{name}!/empty.png": "image",
        f"{name}!/readme.txt": "other",
    }


@pytest.mark.parametrize(("end", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_a_compressed_photo_is_an_archive_of_one(tmp_path: Path, end: str, pack: Any) -> None:
    (tmp_path / f"red.png{end}").write_bytes(pack(PHOTOS["holiday/red.png"]))

    assert found(tmp_path) == {f"red.png{end}": "archive", f"red.png{end}!/red.png": "image"}
    assert colour(read_bytes(place(tmp_path / f"red.png{end}", "red.png"))) == (255, 0, 0)


def test_archives_in_archives_are_opened_to_a_depth(tmp_path: Path) -> None:
    deepest = zipped({"deep.png": photo("red")})
    inner = gzip.compress(tarred({"./in.png": photo("blue"), "deepest.zip": deepest}))
    (tmp_path / "a.zip").write_bytes(zipped({"b.tar.gz": inner, "out.png": photo("green")}))
    all_of_it = found(tmp_path)

    assert "an archive in an archive in an archive" in all_of_it.pop("a.zip!/b.tar.gz!/deepest.zip")
    assert all_of_it == {
        "a.zip": "archive",
        "a.zip!/b.tar.gz": "archive",
        "a.zip!/b.tar.gz!/./in.png": "image",
        "a.zip!/out.png": "image",
    }
    assert colour(read_bytes(place(tmp_path / "a.zip", "b.tar.gz!/./in.png"))) == (0, 0, 255)
    with pytest.raises(ReadError, match="no longer in the archive"):
        read_bytes(place(tmp_path / "a.zip", "b.tar.gz!/deepest.zip!/deep.png"))


def test_names_are_data_and_never_paths(tmp_path: Path) -> None:
    names = [
        "../../up.png",
        "/etc/passwd.png",
        "a/../../b.png",
        "C:\\win.png",
        "x\ny.png",
        "-rf.png",
        "Ä é.png",
    ]
    files = {name: photo((10 * number, 90, 200)) for number, name in enumerate(names)}
    before = sorted(tmp_path.rglob("*"))
    for made in ("a.zip", "a.tar.gz", "a.tar"):
        path = tmp_path / made
        path.write_bytes(MAKE[made](files))
        for number, name in enumerate(names):
            assert colour(read_bytes(place(path, name))) == (10 * number, 90, 200)
        path.unlink()

    assert sorted(tmp_path.rglob("*")) == before


def test_names_of_a_zip_are_read_as_they_were_meant(tmp_path: Path) -> None:
    path, old = (
        tmp_path / "a.zip",
        zipped({"xx.png": photo("red"), "yyy.png": photo("red"), "zz.png": photo("red")}),
    )
    old = old.replace(b"xx.png", "Å.png".encode()).replace(b"yyy.png", b"\x81\xff\xe1.png")
    path.write_bytes(old)

    assert {"Å.png", "ü\N{NO-BREAK SPACE}ß.png", "zz.png"} <= set(inside(path))


@pytest.mark.parametrize("make", ["zip", "tar", "7z"])
def test_two_files_of_one_name_are_two_files(tmp_path: Path, make: str) -> None:
    path, buffer = tmp_path / f"a.{make}", io.BytesIO()
    first, second = photo("red"), photo("blue")
    if make == "zip":
        data = zipped({"a.png": first, "b.png": second}).replace(b"b.png", b"a.png")
    elif make == "tar":
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for one in (first, second):
                info = tarfile.TarInfo("a.png")
                info.size = len(one)
                archive.addfile(info, io.BytesIO(one))
        data = buffer.getvalue()
    else:
        data = seven_zipped({"a.png": first, "a.png ": second})
        path.write_bytes(data)
        assert len(inside(path)) == 3
        return
    path.write_bytes(data)

    assert set(inside(path)) == {"a.png", "a (2).png", ""}
    assert colour(read_bytes(place(path, "a.png"))) == (255, 0, 0)
    assert colour(read_bytes(place(path, "a (2).png"))) == (0, 0, 255)


def test_links_and_devices_in_a_tar_are_skipped_and_sparse_files_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in {
            "link": tarfile.SYMTYPE,
            "hard": tarfile.LNKTYPE,
            "disk": tarfile.BLKTYPE,
            "pipe": tarfile.FIFOTYPE,
        }.items():
            info = tarfile.TarInfo(name + ".png")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)

    states = {name: one.state for name, one in inside(path).items()}
    assert states == {
        "link.png": "link",
        "hard.png": "link",
        "disk.png": "special",
        "pipe.png": "special",
        "": "archive",
    }
    with pytest.raises(ReadError, match="a link or device"):
        read_bytes(place(path, "link.png"))


def test_a_link_in_a_zip_is_a_link(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("passwd.png")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")

    assert found(tmp_path) == {"a.zip": "archive", "a.zip!/passwd.png": "link"}


def encrypted_zip() -> bytes:
    """Return a ZIP archive of which one file says that it is encrypted."""
    data = bytearray(zipped({"red.png": photo("red"), "secret.png": photo("blue")}))
    for magic, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        where = data.find(magic, data.find(magic) + 1)
        data[where + flags] |= 1
    return bytes(data)


def test_what_is_encrypted_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(encrypted_zip())
    (tmp_path / "b.7z").write_bytes(seven_zipped({"red.png": photo("red")}, "secret"))
    (tmp_path / "c.7z").write_bytes(seven_zipped({"red.png": photo("red")}, "secret", header_encryption=True))
    (tmp_path / "d.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    said = found(tmp_path)

    assert said["a.zip!/red.png"] == "image"
    assert {name for name, what in said.items() if "encrypted" in what} == {
        "a.zip!/secret.png",
        "b.7z!/red.png",
        "c.7z",
        "d.docx",
    }
    with pytest.raises(ReadError, match="encrypted: unpack it with its password"):
        read_bytes(place(tmp_path / "a.zip", "secret.png"))


@pytest.mark.parametrize("name", ["a.zip", "stored.zip", "a.tar", "a.tar.gz", "a.tar.xz"])
def test_of_a_cut_archive_what_is_whole_is_read_and_the_rest_is_one_problem(
    tmp_path: Path, name: str
) -> None:
    noise = {f"{number}.png": photo("red") + os.urandom(9000) for number in range(9)}
    path, whole = tmp_path / name, MAKE[name](noise)
    path.write_bytes(whole[: len(whole) * 2 // 3])
    said = found(tmp_path)

    assert "cut off" in said.pop(name)
    assert 3 <= len(said) <= 7
    assert set(said.values()) == {"image"}
    readable = [one for one in sorted(said) if not _fails(place(path, one.split("!/")[1]))]
    assert len(readable) >= len(said) - 1
    assert colour(read_bytes(place(path, "0.png"))) == (255, 0, 0)


@pytest.mark.parametrize("name", ["a.tar.bz2", "a.tar.zst", "a.7z"])
def test_a_cut_archive_of_which_nothing_is_whole_is_a_problem(tmp_path: Path, name: str) -> None:
    whole = MAKE[name]({"0.png": photo("red") + os.urandom(9000)})
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    said = found(tmp_path)

    assert list(said) == [name]
    assert "cut off" in said[name]


def _fails(where: bytes) -> bool:
    try:
        read_bytes(where)
    except ReadError:
        return True
    return False


def test_a_zip_written_to_a_pipe_and_cut_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, data in PHOTOS.items():
            archive.writestr(name, data)
    (tmp_path / "a.zip").write_bytes(pipe.data[: pipe.data.find(b"PK\1\2") - 40])
    said = found(tmp_path)

    assert "cut off" in said.pop("a.zip")
    assert said == {f"a.zip!/{name}": "image" for name in list(PHOTOS)[:3]}
    assert colour(read_bytes(place(tmp_path / "a.zip", "holiday/blue.png"))) == (0, 0, 255)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.zip", b"", "an empty file"),
        ("a.7z", b"", "an empty file"),
        ("a.zip", b"no archive at all", "a damaged ZIP archive"),
        ("a.tar", b"no archive at all", "whatever its name says"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(40), "7z archive"),
        ("a.zip", b"PK\3\4", "a damaged ZIP archive"),
        ("a.tgz", b"\x1f\x8b\x08" + bytes(20), "damaged or cut off"),
    ],
)
def test_what_is_no_archive_is_a_problem_with_a_reason(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(data)
    said = found(tmp_path)

    assert any(reason in what for what in said.values())


def test_an_archive_is_told_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(seven_zipped(PHOTOS))
    (tmp_path / "b.dat").write_bytes(zipped(PHOTOS))
    (tmp_path / "c.docx").write_bytes(
        zipped({"word/media/image1.png": photo("red"), "word/document.xml": b"<x/>"})
    )
    (tmp_path / "d.exe.zip").write_bytes(b"MZ a program" + zipped(PHOTOS))
    said = found(tmp_path)

    assert [said[name] for name in ("a.zip", "b.dat", "c.docx", "d.exe.zip")] == ["archive"] * 4
    assert said["c.docx!/word/media/image1.png"] == "image"
    assert colour(read_bytes(place(tmp_path / "d.exe.zip", "holiday/blue.png"))) == (0, 0, 255)


# -- limits --------------------------------------------------------------------------------------------------


def test_bombs_are_told_by_their_ratio_and_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (entries, tars, sevenzips):
        monkeypatch.setattr(module, "RATIO_FROM", 2**20)
    flat = bytes(8 * 2**20)
    for name in ("a.zip", "a.tar.gz", "a.7z"):
        (tmp_path / name).write_bytes(MAKE[name]({"bomb.png": flat, "red.png": photo("red")}))
    (tmp_path / "zeros.gz").write_bytes(gzip.compress(flat))
    said = found(tmp_path)

    for name in ("a.zip!/bomb.png", "a.tar.gz", "a.7z!/bomb.png", "zeros.gz!/zeros"):
        assert "bomb" in said[name], name
    assert said["a.zip!/red.png"] == "image"


def test_a_bomb_that_uses_its_bytes_twice_is_told(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.png": photo("red"), "b.png": photo("blue")}, zipfile.ZIP_STORED))
    second = data.find(b"PK\1\2", data.find(b"PK\1\2") + 1)
    struct.pack_into("<I", data, second + 42, 0)  # the second file lies where the first does
    (tmp_path / "a.zip").write_bytes(data)

    assert "shares its bytes" in "".join(found(tmp_path).values())


def test_a_nested_bomb_ends_at_the_depth(tmp_path: Path) -> None:
    data = photo("red")
    for _ in range(5):
        data = zipped({f"{number}.zip": data for number in range(4)})
    (tmp_path / "a.zip").write_bytes(data)
    said = found(tmp_path)

    assert len(said) == 1 + 4 + 16
    assert sum("an archive in an archive in an archive" in what for what in said.values()) == 16


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.7z"])
def test_of_too_many_files_the_first_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for module in (entries, tars, sevenzips, listing, opened):
        monkeypatch.setattr(module, "MAX_MEMBERS", 5)
    monkeypatch.setattr("workbench.media.archives.zips.MAX_MEMBERS", 5)
    (tmp_path / name).write_bytes(MAKE[name]({f"{number}.png": photo("red") for number in range(9)}))
    said = found(tmp_path)

    assert "more than 5 files" in said.pop(name)
    assert list(said.values()) == ["image"] * 5


def test_a_file_that_is_too_large_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MAX_MEMBER", 1000)
    (tmp_path / "a.zip").write_bytes(
        zipped({"a.png": photo("red") + os.urandom(2000), "b.png": photo("red")})
    )
    said = found(tmp_path)

    assert "too large: 2,0" in said["a.zip!/a.png"]
    assert said["a.zip!/b.png"] == "image"


def test_a_header_that_asks_for_much_memory_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("././@PaxHeader")
    info.type, info.size = tarfile.XHDTYPE, 2**31
    (tmp_path / "a.tar").write_bytes(tarred({"red.png": photo("red")})[:1024] + info.tobuf() + bytes(4096))
    said = found(tmp_path)

    assert "a header asks for" in said["a.tar"]
    assert said["a.tar!/red.png"] == "image"


# -- one pass ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.tar.gz", "a.7z"])
def test_a_solid_archive_is_unpacked_once_whatever_the_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    files = {f"{number}.png": photo((number, 0, 0)) for number in range(12)}
    path = tmp_path / name
    path.write_bytes(MAKE[name](files))
    inside(path)
    passes: list[int] = []
    begin = solid.Solid.__init__

    def counted(self: Any, made: Any, *, keep: bool) -> None:
        begin(self, lambda: passes.append(1) or made(), keep=keep)  # type: ignore[func-returns-value]

    monkeypatch.setattr(solid.Solid, "__init__", counted)
    orders = [range(12), range(11, -1, -1), [3, 9, 1, 11, 0, 5, 2, 4, 6, 7, 8, 10]]
    for order in orders:
        passes.clear()
        with opened.kept_open():
            for number in order:
                assert colour(read_bytes(place(path, f"{number}.png"))) == (number, 0, 0)
        assert len(passes) == 1


def test_the_spool_of_a_solid_archive_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(MAKE["a.tar.gz"]({f"{number}.png": photo((number, 0, 0)) for number in range(6)}))
    monkeypatch.setattr(solid, "MAX_SPOOL", 250)
    with opened.kept_open():
        for number in (5, 0, 4, 2):
            assert colour(read_bytes(place(path, f"{number}.png"))) == (number, 0, 0)


def test_threads_read_one_archive_at_once(tmp_path: Path) -> None:
    files = {f"{number}.png": photo((number, 0, 0)) for number in range(40)}
    wrong: list[object] = []
    for name in ("a.zip", "a.tar", "a.tar.xz", "a.7z"):
        path = tmp_path / name
        path.write_bytes(MAKE[name](files))

        def read(first: int, path: Path = path) -> None:
            for number in range(first, 40, 4):
                if colour(read_bytes(place(path, f"{number}.png"))) != (number, 0, 0):
                    wrong.append((path, number))

        with opened.kept_open():
            threads = [threading.Thread(target=read, args=(first,)) for first in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert wrong == []


def test_nothing_stays_open_and_nothing_is_written_beside_the_photos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "src"
    source.mkdir()
    inner = zipped({"red.png": photo("red")})
    (source / "a.tar.gz").write_bytes(gzip.compress(tarred({"b.zip": inner})))
    monkeypatch.setattr(solid, "IN_MEMORY", 10)  # the spool goes to a file
    with opened.kept_open():
        assert colour(read_bytes(place(source / "a.tar.gz", "b.zip!/red.png"))) == (255, 0, 0)
        assert len(opened._pool._kept) == 2
    assert not opened._pool._kept
    assert [path.name for path in source.iterdir()] == ["a.tar.gz"]
    assert not list(Path(tempfile.gettempdir()).glob("*b.zip*"))


def test_a_stop_ends_what_is_being_unpacked(tmp_path: Path) -> None:
    class Target:
        def write(self, data: bytes) -> int:
            entries.stop()
            return len(data)

    entries.begin()
    with pytest.raises(StoppedError):
        entries.pump(bytes, Target(), 2**40)  # type: ignore[arg-type]


def test_an_archive_that_has_changed_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    with opened.kept_open():
        for name, then in (("red", 10), ("blue", 20)):
            path.write_bytes(gzip.compress(tarred({"a.png": photo(name)})))
            os.utime(path, (then, then))
            assert colour(read_bytes(place(path, "a.png"))) == COLOURS[name]
    path.write_bytes(gzip.compress(tarred({"b.png": photo("red")})))
    with pytest.raises(ReadError, match="no longer in the archive"):
        read_bytes(place(path, "a.png"))
    path.unlink()
    with pytest.raises(ReadError, match="vanished"):
        read_bytes(place(path, "a.png"))


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.7z"])
def test_other_bytes_of_the_same_size_and_time_have_another_time(tmp_path: Path, name: str) -> None:
    times = []
    for number, letter in enumerate((b"a", b"b")):
        path = tmp_path / name
        path.write_bytes(MAKE[name]({"a.png": letter * 500}))
        os.utime(path, (number, number))
        times.append(inside(path)["a.png"].mtime_ns)

    assert times[0] != times[1]
    if not name.endswith("7z"):  # which takes the time of writing
        assert times[0] // 10**9 == times[1] // 10**9


def test_a_damaged_file_of_a_7z_costs_only_itself(tmp_path: Path) -> None:
    import py7zr

    files, path = (
        {f"{number}.png": photo((number, 0, 0), (200, 100)) for number in range(5)},
        tmp_path / "a.7z",
    )
    data = bytearray(seven_zipped(files, filters=[{"id": py7zr.FILTER_COPY}]))
    data[data.find(files["2.png"]) + 100] ^= 1
    path.write_bytes(data)
    with opened.kept_open():
        with pytest.raises(ReadError, match="checksum"):
            read_bytes(place(path, "2.png"))
        assert [colour(read_bytes(place(path, f"{number}.png")))[0] for number in (4, 0, 3)] == [4, 0, 3]


def test_a_folder_called_like_an_archive_keeps_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"red.png": photo("red")}))
    (tmp_path / "a.zip!").mkdir()
    (tmp_path / "a.zip!/red.png").write_bytes(photo("blue"))
    said = found(tmp_path)

    assert said["a.zip!/red.png"] == "image"
    assert "a folder beside it" in said["a.zip"]


def test_listings_are_used_while_the_archive_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(PHOTOS))
    listings = Listings()
    first = list(scan(tmp_path, archives=listings))
    monkeypatch.setattr(listing, "list_archive", lambda *given: pytest.fail("listed again"))
    assert list(scan(tmp_path, archives=Listings(listings.now))) == first
    assert all(isinstance(item, FoundFile) for item in first)
