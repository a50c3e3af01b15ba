"""Groups of hashes that differ in few bits, against comparing all with all."""

import numpy as np
import pytest

from workbench.analysis.near_duplicates import MOST_BITS, look_alikes


def test_groups_are_those_of_comparing_all_with_all():
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, 2**63, 300, np.uint64)
    for row in range(0, 60, 2):
        bits = rng.choice(64, rng.integers(0, 12), replace=False)
        hashes[row + 1] = hashes[row] ^ np.bitwise_or.reduce(
            np.uint64(1) << bits.astype(np.uint64), initial=0
        )
    near = np.bitwise_count(hashes[:, None] ^ hashes) <= MOST_BITS
    groups = look_alikes(hashes, np.ones(300, bool))

    same = (groups[:, None] == groups) & (groups >= 0)[:, None]
    np.fill_diagonal(same, True)
    assert (same == near).all()
    assert 10 < (groups >= 0).sum() < 60


def test_a_chain_is_one_group_and_invalid_ones_are_in_none():
    hashes = np.array([0, 0b111, 0b111111, 0xFF << 56, 0], np.uint64)
    assert look_alikes(hashes, np.array([True, True, True, True, False])).tolist() == [0, 0, 0, -1, -1]


def test_nothing_has_no_groups():
    assert look_alikes(np.zeros(0, np.uint64), np.zeros(0, bool)).shape == (0,)


def test_one_hash_in_other_colours_is_no_look_alike():
    hashes = np.zeros(5, np.uint64)
    colours = np.array([[200, 0, 0], [0, 200, 0], [203, 4, 0], [0, 0, 200], [0, 190, 5]], np.uint8)
    found = look_alikes(hashes, np.ones(5, bool), colours)
    assert found[0] == found[2]
    assert found[1] == found[4]
    assert sorted(found.tolist()) == [-1, 0, 0, 1, 1]
    assert found[3] == -1


def test_many_plain_pictures_are_compared_in_parts(monkeypatch):
    monkeypatch.setattr("workbench.analysis.near_duplicates.AT_ONCE", 7)
    colours = np.repeat(np.arange(0, 240, 40), 10)[:, None] + np.arange(60)[:, None] % 10
    found = look_alikes(np.full(60, 5, np.uint64), np.ones(60, bool), colours.astype(np.uint8))
    assert found.tolist() == np.repeat(np.arange(6), 10).tolist()


def test_greys_tell_pictures_of_one_hash_apart_and_flat_ones_more_strictly():
    rng = np.random.default_rng(0)
    photo = rng.integers(0, 255, 1024)
    page = np.where(rng.random(1024) < 0.2, 230, 250)  # mostly white, with marks
    changed = {"photo": (photo, 25), "page": (page, 3)}
    for base, noise in changed.values():
        greys = np.stack([base, base + rng.normal(0, noise, 1024), rng.permutation(base)])
        found = look_alikes(
            np.zeros(3, np.uint64), np.ones(3, bool), None, greys.clip(0, 255).astype(np.uint8)
        )
        assert found[2] == -1
        # as much noise in proportion to the marks leaves a photo what it is, and is another page
        assert (found[:2] == 0).all() == (base is photo)


def test_a_plain_picture_is_told_by_its_colour_alone():
    colours = np.repeat([[100, 0, 0], [103, 0, 0], [110, 0, 0]], 1, axis=0).astype(np.uint8)
    greys = np.full((3, 16), 30, np.uint8)
    found = look_alikes(np.zeros(3, np.uint64), np.ones(3, bool), colours, greys)
    assert found.tolist() == [0, 0, 0]  # 1 and 2.3 of 255 in the mean
    colours[2] = 130
    assert look_alikes(np.zeros(3, np.uint64), np.ones(3, bool), colours, greys).tolist() == [0, 0, -1]


def test_comparing_is_watched_and_can_be_ended():
    shares = []
    look_alikes(np.arange(40, dtype=np.uint64), np.ones(40, bool), watch=shares.append)
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert 0.5 < shares[-1] < 1

    def end(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look_alikes(np.arange(40, dtype=np.uint64), np.ones(40, bool), watch=end)
