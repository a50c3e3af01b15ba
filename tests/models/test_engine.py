"""The engine: what it computes is what the torch module computes, however often and from wherever asked."""

import errno
import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import openvino
import pytest
import torch
from openvino import opset13

from workbench.errors import ModelError
from workbench.models import engine


class Doubled(torch.nn.Module):
    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return rows.float() * 2 + 1


@pytest.fixture
def made(monkeypatch, tmp_path):
    """Return a list that grows by one each time the module is built, and the way to ask for it."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    built: list[int] = []

    def make():
        built.append(1)
        return Doubled().eval(), (torch.zeros(2, 3, dtype=torch.uint8),), [(-1, 3)]

    return built, lambda: engine.exported("doubled", make, "float32")


ROWS = np.arange(12, dtype=np.uint8).reshape(4, 3)


def test_a_module_is_built_once_and_computes_the_same_ever_after(made):
    built, load = made
    first, second = load(), load()
    assert len(built) == 1
    for run in (first, second):
        np.testing.assert_array_equal(run(ROWS), ROWS * 2.0 + 1)


def test_a_batch_of_any_size_goes_through(made):
    run = made[1]()
    for count in (1, 2, 7):
        assert run(np.ones((count, 3), np.uint8)).shape == (count, 3)


def changed(path: Path, bytes_: int = 64) -> None:
    """Flip bytes in the middle of a file, as a bad disk or another program would."""
    held = bytearray(path.read_bytes())
    middle = len(held) // 2
    for place in range(middle, min(middle + bytes_, len(held))):
        held[place] ^= 0xFF
    path.write_bytes(held)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.fixture
def added(monkeypatch, tmp_path):
    """Return a list that grows by one each time a model that adds is made, and the way to ask for it."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    built: list[float] = []

    def load(name="added", number=1.0):
        def make():
            built.append(number)
            rows = opset13.parameter([-1, 300], np.float32)
            return openvino.Model([opset13.add(rows, np.full(300, number, np.float32))], [rows], name)

        return engine.converted(name, make, "float32")(np.zeros((1, 300), np.float32))

    return built, load


@pytest.mark.parametrize("damage", [changed, cut, emptied, Path.unlink])
@pytest.mark.parametrize("suffix", [".xml", ".bin", engine.DIGESTS])
def test_an_export_in_doubt_is_made_anew(added, tmp_path, suffix, damage):
    built, load = added
    load()
    damage((tmp_path / "exported" / "added").with_suffix(suffix))
    for _ in range(2):
        np.testing.assert_array_equal(load(), np.ones((1, 300)))
    assert built == [1, 1]


def test_the_export_of_another_model_is_not_taken_for_this_one(added, tmp_path):
    built, load = added
    load()
    load("other", 2.0)
    for suffix in (".xml", ".bin", engine.DIGESTS):
        path = (tmp_path / "exported" / "other").with_suffix(suffix)
        path.replace((tmp_path / "exported" / "added").with_suffix(suffix))
    np.testing.assert_array_equal(load(), np.ones((1, 300)))
    assert built == [1, 2, 1]


def test_digests_are_those_that_sha256sum_writes(added, tmp_path):
    added[1]()
    for line in (tmp_path / "exported" / f"added{engine.DIGESTS}").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "exported" / name).read_bytes()).hexdigest() == digest


def test_an_export_that_cannot_be_kept_computes_all_the_same(added, monkeypatch, capsys):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(engine.tempfile, "TemporaryDirectory", full)
    np.testing.assert_array_equal(added[1](), np.ones((1, 300)))
    assert "not kept" in capsys.readouterr().err


def test_threads_take_turns_and_none_gets_the_answer_of_another(made):
    run = made[1]()
    rows = [np.full((5, 3), number, np.uint8) for number in range(60)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(run, rows))
    assert all((answer == 2 * number + 1).all() for number, answer in enumerate(answers))


def test_an_answer_stays_as_it_is_when_the_next_is_asked_for(made):
    run = made[1]()
    first = run(ROWS)
    run(ROWS + 5)
    np.testing.assert_array_equal(first, ROWS * 2.0 + 1)


def test_a_folder_that_cannot_be_written_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="WORKBENCH_CACHE"):
        engine.exported("doubled", lambda: (Doubled().eval(), (torch.zeros(2, 3),), [(-1, 3)]), "float32")
