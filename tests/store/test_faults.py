"""Faults made on purpose, in their quick form; ``python -m benchmarks.faults`` is the long one.

Processes are real: killed, with a full disk, with limits. Damage is made to each file of a case.
"""

from collections import Counter

import pytest

from benchmarks.faults import damage, disk, kills, mutated, session, together


@pytest.fixture
def findings(tmp_path):
    """Return a function that makes faults and gives back what was wrong, with the number of faults made."""

    def made(faults, *options):
        wrong = [(one, one.wrong) for one in faults(tmp_path / "faults", *options) if one.wrong]
        return [text for _, text in wrong], wrong

    (tmp_path / "faults").mkdir()
    return made


def test_a_kill_around_a_step_of_writing_loses_nothing(findings):
    """The photos are the same after it too, which `kills` compares byte by byte."""
    assert findings(kills.kills, 6, 2)[0] == []


def test_a_damaged_file_of_a_case_costs_no_right_answer_without_a_word(tmp_path):
    tried = list(damage.damage(tmp_path, 1, most=2))
    outcomes = Counter(one.outcome for one in tried)

    assert [one for one in tried if one.failed] == []
    assert len(tried) > 80
    assert outcomes["named"] >= 10
    assert outcomes["right"] >= 20


def test_a_full_disk_is_one_clear_error_and_what_was_finished_stays(findings):
    assert findings(disk.full_disks, 16, 4)[0] == []


def test_what_cannot_be_kept_is_given_and_what_cannot_be_written_is_said(findings):
    assert findings(disk.refusals)[0] == []


def test_two_processes_at_one_case_do_no_harm(findings):
    assert findings(together.pairs)[0] == []


def test_mutated_pictures_cost_a_problem_each_at_most(tmp_path):
    looked = list(mutated.mutated(tmp_path / "faults", 150))

    assert [one.wrong for one in looked] == ["", "", ""]
    assert sum(one.files for one in looked) == 150
    assert sum(one.pictures + one.problems for one in looked) == 150
    assert sum(one.problems for one in looked) > 20


def test_damage_to_what_was_joined_is_found_again_and_healed(tmp_path, monkeypatch):
    """The half of the vectors zeroed, then one bit: the next look is right, and so is the file after it."""
    monkeypatch.setattr("workbench.store.joined_cache.WORTH", 1)
    session.photos(tmp_path / "photos")
    session.work(tmp_path / "case", tmp_path / "photos")
    right, _ = session.answers(tmp_path / "case")
    path = next((tmp_path / "case" / "cache" / "opened").rglob("vectors.npy"))
    whole = path.read_bytes()
    zeroed = whole[: len(whole) // 2].ljust(len(whole), b"\0")
    for damaged in (zeroed, whole[:-3] + bytes([whole[-3] ^ 8]) + whole[-2:]):
        path.write_bytes(damaged)
        assert session.answers(tmp_path / "case") == (right, [])
        assert path.read_bytes() == whole
