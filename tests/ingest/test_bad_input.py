"""Whatever lies in a source: one clear row among the problems, never a traceback."""

import io
import os
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.errors import SourceError
from workbench.ingest import IngestReport, ingest
from workbench.media import read as media_read
from workbench.media import scan as media_scan
from workbench.store.case_folder import CaseFolder
from workbench.store.snapshot import Snapshot, read_snapshot
from workbench.testing import ColourEmbedder, write_photos


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Make an empty source."""
    (tmp_path / "photos").mkdir()
    return tmp_path / "photos"


@pytest.fixture
def look(tmp_path: Path, photos: Path) -> Callable[[], tuple[IngestReport, Snapshot]]:
    """Ingest the source with a good picture beside what the test put there, which must always survive."""

    def ingest_and_read() -> tuple[IngestReport, Snapshot]:
        write_photos(photos, {"good.png": "red"})
        folder = CaseFolder.create_or_open(tmp_path / "case", photos, None)
        report = ingest(folder, ColourEmbedder(), progress=False)
        snapshot = read_snapshot(folder, "colour-1")
        good = snapshot.images.index[snapshot.images["path"] == "good.png"]
        assert snapshot.vectors[good] @ ColourEmbedder().embed_texts(["red"])[0] > 0.99
        assert len(snapshot.images) == len(snapshot.vectors)
        return report, snapshot

    return ingest_and_read


Look = Callable[[], tuple[IngestReport, Snapshot]]


def only_problem(snapshot: Snapshot) -> tuple[str, str, str]:
    assert len(snapshot.problems) == 1
    return tuple(snapshot.problems[["path", "step", "reason"]].iloc[0])


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_empty_folder(tmp_path: Path, photos: Path) -> None:
    folder = CaseFolder.create_or_open(tmp_path / "case", photos, None)
    report = ingest(folder, ColourEmbedder(), progress=False)

    assert (report.found, report.embedded, report.problems, report.skipped) == (0, 0, 0, 0)
    assert read_snapshot(folder, "colour-1").images.empty


def test_folder_without_images(tmp_path: Path, photos: Path) -> None:
    (photos / "notes.txt").write_text("no picture")
    (photos / "table.csv").write_text("a,b")
    folder = CaseFolder.create_or_open(tmp_path / "case", photos, None)
    report = ingest(folder, ColourEmbedder(), progress=False)

    assert (report.found, report.problems, report.skipped) == (0, 0, 2)


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"does not exist\. Check the path"):
        CaseFolder.create_or_open(tmp_path / "case", tmp_path / "nowhere", None)

    assert not (tmp_path / "case").exists()


def test_folder_that_went_away_after_the_first_ingest(folder: CaseFolder, source: Path) -> None:
    ingest(folder, ColourEmbedder(), progress=False)
    source.rename(source.with_name("elsewhere"))
    with pytest.raises(SourceError, match=r"does not exist\. Check the path, or that the disk is mounted"):
        ingest(folder, ColourEmbedder(), progress=False)

    assert len(read_snapshot(folder, "colour-1").images) == 12


def test_source_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")
    with pytest.raises(SourceError, match="Check the path"):
        CaseFolder.create_or_open(tmp_path / "case", tmp_path / "photo.jpg", None)


def test_file_that_vanishes_during_the_scan(
    photos: Path, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_photos(photos, {"brief.png": "blue"})
    real_look = media_scan._look

    def delete_then_look(entry: os.DirEntry[bytes], raw_path: bytes) -> object:
        (photos / "brief.png").unlink(missing_ok=True)
        return real_look(entry, raw_path)

    monkeypatch.setattr(media_scan, "_look", delete_then_look)
    _, snapshot = look()

    assert only_problem(snapshot) == ("brief.png", "scan", "vanished during the scan")


def test_file_that_vanishes_after_the_scan(photos: Path, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    write_photos(photos, {"brief.png": "blue"})
    read = media_read.read_bytes

    def delete_then_read(path: bytes) -> bytes:
        (photos / "brief.png").unlink(missing_ok=True)
        return read(path)

    monkeypatch.setattr("workbench.media.stills.read_bytes", delete_then_read)
    _, snapshot = look()

    assert only_problem(snapshot) == ("brief.png", "read", "vanished before it could be read")


def test_zero_bytes(photos: Path, look: Look) -> None:
    (photos / "empty.jpg").touch()
    _, snapshot = look()

    assert only_problem(snapshot) == ("empty.jpg", "decode", "the file is empty")


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "gif", "tiff", "bmp", "heic", "avif"])
def test_truncated(photos: Path, look: Look, suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    path = photos / f"half.{suffix}"
    Image.fromarray(noise).save(path, {"jpg": "JPEG", "heic": "HEIF"}.get(suffix, suffix))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    _, snapshot = look()

    assert only_problem(snapshot)[:2] == (path.name, "decode")


def test_not_an_image(photos: Path, look: Look) -> None:
    (photos / "page.jpg").write_text("<html>404</html>")
    _, snapshot = look()

    assert only_problem(snapshot) == (
        "page.jpg",
        "decode",
        "not an image, or in a format that is not supported",
    )


def test_bomb_of_20000_x_20000(photos: Path, look: Look) -> None:
    (photos / "bomb.png").write_bytes(png(Image.new("1", (20_000, 20_000))))
    _, snapshot = look()
    path, step, reason = only_problem(snapshot)

    assert (path, step) == ("bomb.png", "decode")
    assert reason.startswith("too large")


def test_large_jpeg_is_decoded_small_and_is_no_bomb(photos: Path, look: Look) -> None:
    Image.new("L", (20_000, 12_000), 60).save(photos / "large.jpg", quality=20)
    _, snapshot = look()
    large = snapshot.images.set_index("path").loc["large.jpg"]

    assert snapshot.problems.empty
    assert (large["width"], large["height"]) == (20_000, 12_000)


def test_progressive_bomb_is_too_large(photos: Path, look: Look) -> None:
    """Draft mode saves no memory in a progressive JPEG."""
    Image.new("L", (14_000, 14_000)).save(photos / "bomb.jpg", quality=5, progressive=True)
    _, snapshot = look()

    assert only_problem(snapshot)[2].startswith("too large: 14,000 x 14,000 pixels")


def test_file_too_long_to_hold(photos: Path, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_read, "MAX_BYTES", 5000)
    (photos / "long.jpg").write_bytes(bytes(5001))
    _, snapshot = look()

    assert only_problem(snapshot)[1:] == ("read", "too large: 5,001 bytes, the limit is 5,000")


@pytest.mark.parametrize("mode", ["CMYK", "L", "1", "LAB", "YCbCr"])
def test_uncommon_modes_become_rgb(photos: Path, look: Look, mode: str) -> None:
    colour = Image.new("RGB", (40, 30), "white").convert("CMYK" if mode == "CMYK" else "L")
    image = colour if mode in {"CMYK", "L"} else Image.new("RGB", (40, 30), "white")
    if mode == "LAB":
        image = Image.new("LAB", (40, 30), (255, 128, 128))
    elif mode not in {"CMYK", "L"}:
        image = image.convert(mode)
    image.save(photos / "uncommon.tiff")
    _, snapshot = look()
    row = snapshot.images.index[snapshot.images["path"] == "uncommon.tiff"]

    assert snapshot.vectors[row] @ ColourEmbedder().embed_texts(["white"])[0] > 0.99


def test_cmyk_jpeg(photos: Path, look: Look) -> None:
    Image.new("CMYK", (40, 30), (0, 255, 255, 0)).save(photos / "print.jpg")
    _, snapshot = look()
    row = snapshot.images.index[snapshot.images["path"] == "print.jpg"]

    assert snapshot.images.loc[row, "mode"].tolist() == ["CMYK"]
    assert snapshot.vectors[row] @ ColourEmbedder().embed_texts(["red"])[0] > 0.95


def test_16_bit_greys_are_scaled_not_clipped(photos: Path, look: Look) -> None:
    Image.fromarray(np.full((30, 40), 32768, np.uint16)).save(photos / "deep.png")
    _, snapshot = look()
    row = snapshot.images.index[snapshot.images["path"] == "deep.png"]

    assert snapshot.vectors[row] @ ColourEmbedder().embed_texts(["grey"])[0] > 0.99


def test_palette_with_transparency_lies_on_white(photos: Path, look: Look) -> None:
    Image.new("P", (40, 30), 0).save(photos / "palette.png", transparency=0)
    _, snapshot = look()
    row = snapshot.images.index[snapshot.images["path"] == "palette.png"]

    assert snapshot.vectors[row] @ ColourEmbedder().embed_texts(["white"])[0] > 0.99


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_a_frame_that_shows_something_counts_for_an_animation(photos: Path, look: Look, suffix: str) -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("white", "blue", "blue")]
    for number, frame in enumerate(frames[1:]):
        frame.paste((0, 0, 200), (number, 0, 20 + number, 30))
    frames[0].save(photos / f"moving.{suffix}", save_all=True, append_images=frames[1:])
    _, snapshot = look()
    row = snapshot.images.index[snapshot.images["path"] == f"moving.{suffix}"]

    assert snapshot.vectors[row] @ ColourEmbedder().embed_texts(["blue"])[0] > 0.99


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(photos: Path, look: Look, orientation: int) -> None:
    image = Image.new("RGB", (40, 20), "red")
    exif = image.getexif()
    exif[0x0112] = orientation
    image.save(photos / "turned.jpg", exif=exif)
    _, snapshot = look()
    turned = snapshot.images.set_index("path").loc["turned.jpg"]

    assert (turned["width"], turned["height"]) == ((20, 40) if orientation > 4 else (40, 20))
    assert turned["orientation"] == orientation


def test_hostile_exif_fails_only_the_metadata(photos: Path, look: Look) -> None:
    Image.new("RGB", (40, 20), "blue").save(photos / "hostile.jpg", exif=b"Exif\0\0II*\0" + b"\xff" * 40)
    _, snapshot = look()

    assert "hostile.jpg" in snapshot.images["path"].tolist()
    assert set(snapshot.problems["step"]) <= {"metadata"}


def test_unreadable_file_is_tried_again_each_time(
    photos: Path, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests may run as root, whom no permission stops: the system's answer is put in its place."""
    write_photos(photos, {"secret.png": "blue"})
    opened = os.open

    def refuse(path: bytes, flags: int, *more: int) -> int:
        if b"secret" in os.fsencode(path):
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, *more)

    with monkeypatch.context() as patched:
        patched.setattr("workbench.media.read.os.open", refuse)
        _, before = look()
    report, after = look()

    assert only_problem(before) == ("secret.png", "read", "permission denied")
    assert (report.embedded, len(after.problems)) == (1, 0)


def test_unreadable_folder_hides_nothing_that_was_known(
    photos: Path, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_photos(photos, {"locked/a.png": "blue"})
    look()
    listed = os.scandir

    def refuse(path: bytes | Path) -> object:
        if isinstance(path, bytes) and path.endswith(b"locked"):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    with monkeypatch.context() as patched:
        patched.setattr("workbench.media.scan.os.scandir", refuse)
        report, locked = look()
    _, after = look()

    assert only_problem(locked) == ("locked", "scan", "the folder cannot be listed: permission denied")
    assert (report.gone, len(locked.images), len(after.images)) == (0, 2, 2)
    assert after.problems.empty


@pytest.mark.parametrize("name", ["pipe.jpg", "pipe"])
def test_a_pipe_blocks_nothing(photos: Path, look: Look, name: str) -> None:
    os.mkfifo(photos / name)
    report, snapshot = look()

    if name == "pipe":
        assert (report.skipped, len(snapshot.problems)) == (1, 0)
    else:
        assert only_problem(snapshot) == (name, "read", "a pipe, socket or device, not a file")


def test_a_socket_is_no_image(photos: Path, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(photos)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("chat.jpg")
        _, snapshot = look()

    assert only_problem(snapshot)[:2] == ("chat.jpg", "read")


@pytest.mark.parametrize(
    "name",
    ["two words.png", 'it\'s "quoted".png', "🦊 été.png", "two\nlines.png", "<script>alert(1)</script>.png"],
)
def test_odd_names_are_kept_as_they_are(photos: Path, look: Look, name: str) -> None:
    path = photos.joinpath(*name.split("/"))
    write_photos(path.parent, {path.name: "blue"})
    _, snapshot = look()

    assert name in snapshot.images["path"].tolist()
    assert snapshot.problems.empty


def test_a_name_that_is_not_utf8_can_be_shown_and_opened(photos: Path, look: Look, tmp_path: Path) -> None:
    raw = b"caf\xe9 \xff.png"
    write_photos(photos, {"plain.png": "blue"})
    (photos / "plain.png").rename(photos / os.fsdecode(raw))
    _, snapshot = look()
    row = snapshot.images[snapshot.images["raw_path"] == raw].iloc[0]
    folder = CaseFolder.create_or_open(tmp_path / "case", None, None)

    assert row["path"] == "caf\\xe9 \\xff.png"
    assert Image.open(folder.file_path(row["raw_path"])).size == (48, 32)


def test_links_in_a_circle_end(photos: Path, look: Look) -> None:
    write_photos(photos, {"deep/er/a.png": "blue"})
    (photos / "deep" / "er" / "up").symlink_to(photos)
    (photos / "self").symlink_to(photos / "self")
    report, snapshot = look()

    assert report.found == 2
    assert snapshot.images["path"].tolist() == ["deep/er/a.png", "good.png"]
    assert only_problem(snapshot) == ("self", "scan", "a link that leads back to itself")


def test_a_link_never_hides_the_real_path(photos: Path, look: Look) -> None:
    write_photos(photos, {"real/a.png": "blue"})
    (photos / "alias").symlink_to(photos / "real")
    _, snapshot = look()

    assert snapshot.images["path"].tolist() == ["good.png", "real/a.png"]


def test_a_link_to_nothing(photos: Path, look: Look) -> None:
    (photos / "lost.jpg").symlink_to(photos / "nowhere.jpg")
    _, snapshot = look()

    assert only_problem(snapshot) == ("lost.jpg", "scan", "a link to a file that does not exist")


def test_an_image_without_a_suffix_is_found(photos: Path, look: Look) -> None:
    for name in ("IMG_0001", "notes.txt"):
        Image.new("RGB", (40, 30), "blue").resize((40 + len(name), 30)).save(photos / name, "JPEG")
    report, snapshot = look()

    assert (report.found, report.skipped) == (3, 0)
    assert {"IMG_0001", "notes.txt"} < set(snapshot.images["path"])


def test_a_broken_video_is_a_problem(photos: Path, look: Look) -> None:
    (photos / "clip.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    first, _ = look()
    second, snapshot = look()
    path, step, reason = only_problem(snapshot)

    assert (path, step) == ("clip.mp4", "decode")
    assert "broken or truncated" in reason
    assert (first.found, second.problems) == (2, 1)
