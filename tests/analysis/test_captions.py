"""Image to text, and the vocabulary."""

import numpy as np
import pytest

from workbench.analysis import captions
from workbench.errors import QueryError

TEXTS = np.eye(3, dtype=np.float32)
WORDS = ["cat", "dog", "photo"]


def test_the_nearest_phrase_comes_first_with_its_cosine():
    best = captions.describe(np.array([0.6, 0.8, 0], np.float32), TEXTS, WORDS, k=2)
    assert [caption.phrase for caption in best] == ["dog", "cat"]
    assert best[0].score == pytest.approx(0.8)


def test_shares_of_all_phrases_sum_to_one():
    found = captions.describe(np.array([0.6, 0.8, 0], np.float32), TEXTS, WORDS, k=9)
    assert len(found) == 3
    assert sum(caption.probability for caption in found) == pytest.approx(1)


def test_what_all_images_show_is_named_all_the_same():
    images = np.array([[0.9, 0.1, 0.3], [0.9, 0.3, 0.1]], np.float32)
    assert [captions.describe(image, TEXTS, WORDS, k=1)[0].phrase for image in images] == ["cat", "cat"]


def test_a_phrase_near_to_all_phrases_gives_way_to_one_that_says_more():
    texts = np.array([[1, 0, 0.8], [0, 1, 0.8], [0.7, 0.7, 1]], np.float32)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    image = np.array([0.75, 0.35, 1.0], np.float32)
    image /= np.linalg.norm(image)
    assert (texts @ image).argmax() == 2
    assert captions.describe(image, texts, WORDS, k=1)[0].phrase == "cat"


def test_a_phrase_amid_many_like_it_is_taken_down_and_one_apart_is_not():
    crowd = np.tile([1.0, 0.0], (5, 1)) + np.linspace(0, 0.1, 5)[:, None] * [0, 1]
    texts = np.concatenate([crowd, [[0.0, 1.0]]]).astype(np.float32)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    found = captions.crowding(texts)
    cosines = texts @ texts.T
    assert found == pytest.approx((cosines.sum(axis=1) - 1) / 5, abs=1e-6)  # fewer than NEAREST: all others
    assert found[:5].min() > 0.7
    assert found[5] < 0.2
    assert captions.crowding(texts[:1]).tolist() == [0]
    assert captions.crowding(np.repeat(texts[:1], 30, axis=0)) == pytest.approx(np.ones(30), abs=1e-6)


def test_the_crowding_of_many_phrases_is_computed_in_parts(monkeypatch):
    texts = np.random.default_rng(0).standard_normal((50, 8)).astype(np.float32)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    whole = captions.crowding(texts).copy()
    captions.crowding(texts[:2])  # the last one kept is another
    monkeypatch.setattr(captions, "ROWS", 7)
    assert captions.crowding(texts) == pytest.approx(whole)


def test_no_phrases_fit_nothing():
    assert captions.fit(TEXTS, TEXTS[:0]).shape == (3, 0)


def test_vectors_of_another_vocabulary_are_refused():
    with pytest.raises(QueryError, match="one vector for each phrase"):
        captions.describe(TEXTS[0], TEXTS, ["cat"])


def test_the_default_vocabulary_is_short_phrases_without_repeats():
    phrases = captions.default_vocabulary()
    assert len(phrases) >= 400
    assert len(set(phrases)) == len(phrases)
    assert all(phrase == phrase.strip() and len(phrase) <= 40 for phrase in phrases)


def test_a_vocabulary_file_may_hold_comments_blank_lines_and_repeats(tmp_path):
    file = tmp_path / "words.txt"
    file.write_text("\ufeff# animals\na cat\n\n  a dog \r\na cat\nein Vögelchen\n", encoding="utf-8")
    assert captions.read_vocabulary(file) == ["a cat", "a dog", "ein Vögelchen"]


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"\xff\xfe\xfa"])
def test_a_vocabulary_that_says_nothing_is_refused(tmp_path, content):
    file = tmp_path / "words.txt"
    file.write_bytes(content)
    with pytest.raises(QueryError):
        captions.read_vocabulary(file)


def test_a_missing_vocabulary_is_refused(tmp_path):
    with pytest.raises(QueryError, match="one phrase per line"):
        captions.read_vocabulary(tmp_path / "none.txt")
