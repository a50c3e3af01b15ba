"""What tells two groups apart, on colours whose phrases are known."""

import numpy as np
import pytest

from workbench.analysis.distinguishing_phrases import separate
from workbench.errors import QueryError
from workbench.testing import ColourEmbedder, colour_vectors

PHRASES = ["red", "green", "blue", "white", "gray", "a red thing"]
TEXTS = ColourEmbedder().embed_texts(PHRASES)


def painted(*colours, each=20):
    rng = np.random.default_rng(0)
    rows = np.repeat(np.array(colours, np.float32), each, axis=0)
    return colour_vectors(np.clip(rows + rng.normal(0, 0.05, rows.shape), 0, 1).astype(np.float32))


def test_the_phrase_of_one_group_comes_first_and_is_said_once():
    vectors = painted((1, 0, 0), (0, 0, 1), (0, 1, 0))
    red, others = np.arange(20), np.arange(20, 60)
    found = separate(vectors, red, others, TEXTS, PHRASES)
    phrases = [difference.phrase for difference in found]

    assert phrases[0] == "red"
    assert "a red thing" not in phrases
    assert found[0].share == 1
    assert found[0].inside > found[0].outside
    assert [d.effect for d in found] == sorted((d.effect for d in found), reverse=True)


def test_the_other_way_round_says_the_opposite():
    vectors = painted((1, 0, 0), (0, 0, 1))
    a, b = np.arange(20), np.arange(20, 40)
    assert separate(vectors, a, b, TEXTS, PHRASES)[0].phrase == "red"
    assert separate(vectors, b, a, TEXTS, PHRASES)[0].phrase == "blue"


def test_equal_groups_share_their_pairs_evenly():
    vectors = painted((1, 0, 0), each=400)
    found = separate(vectors, np.arange(0, 400, 2), np.arange(1, 400, 2), TEXTS, PHRASES)
    assert all(difference.share < 0.6 for difference in found)


def test_single_images_can_be_told_apart():
    vectors = painted((1, 0, 0), (0, 0, 1), each=1)
    assert separate(vectors, np.array([1]), np.array([0]), TEXTS, PHRASES)[0].phrase == "blue"


def test_an_empty_group_is_refused():
    with pytest.raises(QueryError, match="empty"):
        separate(painted((1, 0, 0)), np.arange(3), np.arange(0), TEXTS, PHRASES)
