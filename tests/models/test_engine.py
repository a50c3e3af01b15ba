"""The engine: what it computes is what the torch module computes, however often and from wherever asked."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

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


@pytest.mark.parametrize("suffix", [".xml", ".bin"])
def test_a_damaged_export_is_made_anew(made, tmp_path, suffix):
    built, load = made
    load()
    (tmp_path / "exported" / "doubled").with_suffix(suffix).write_bytes(b"<broken")
    np.testing.assert_array_equal(load()(ROWS), ROWS * 2.0 + 1)
    assert len(built) in ((2,) if suffix == ".xml" else (1, 2))


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
