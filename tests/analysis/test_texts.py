"""Finding words in what was read: half a plate, words across areas, misread letters, and nothing else."""

import numpy as np
import pytest

from workbench.analysis.texts import (
    ACROSS,
    ALIKE,
    INSIDE,
    START,
    WHOLE,
    find_text,
    plain_letters,
    reading_order,
)
from workbench.errors import QueryError


def score(text, words, **options):
    return float(find_text([text], np.zeros(1, int), words, **options)[0])


@pytest.mark.parametrize("text", ["AB-12 cd", "ab12CD", "\uff21\uff22\uff11\uff12\uff43\uff44", "Äb 12.CD"])
def test_case_accents_spaces_and_signs_do_not_count(text):
    assert plain_letters(text) == "ab12cd"


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("WB 123 KX", "wb-123-kx", WHOLE),
        ("WB 123 KX", "WB 12", START),
        ("WB 123 KX", "23 KX", INSIDE),
        ("THE SEA WB 123 KX IN PORT", "wb123kx", INSIDE),
        ("WB 123 KX", "VB 999", 0),
        ("", "WB", 0),
    ],
)
def test_half_a_number_plate_is_found_and_another_is_not(text, words, expected):
    assert score(text, words) == pytest.approx(expected)


def test_letters_that_readers_mix_up_count_as_one():
    assert score("W8 I23 KX", "WB 123 KX") == pytest.approx(ALIKE)
    assert score("W8 I23 KX", "WB 123 KX", fuzzy=False) == 0


def test_a_wrong_and_a_missing_letter_lower_the_score_and_many_are_too_many():
    one, missing = score("WB 723 KX", "WB 423 KX"), score("WB 23 KX", "WB 423 KX")
    assert ALIKE > one > 0.6
    assert ALIKE > missing > 0.6
    assert score("WX 999 YY", "WB 423 KX") == 0


def test_short_words_must_be_there_as_they_are():
    assert score("shop", "ship") == 0
    assert score("worship", "ship") == pytest.approx(INSIDE)


def test_words_may_begin_in_one_area_and_end_in_the_next_of_the_same_image():
    texts, groups = ["WELCOME", "WB 12", "3 KX", "3 KX", ""], np.array([0, 0, 0, 1, 1])
    assert find_text(texts, groups, "WB 123 KX", fuzzy=False).tolist() == pytest.approx(
        [0, ACROSS, ACROSS, 0, 0]
    )


def test_half_of_the_words_read_is_worth_half():
    whole, part = (
        score("MONTGOMERY STREET", "montgomery street"),
        score("MONTGOMERY STR", "montgomery street"),
    )
    assert whole == WHOLE
    assert 0.6 < part < ALIKE


def test_no_texts_give_no_scores_and_no_letters_are_no_words():
    assert find_text([], np.zeros(0, int), "abc").shape == (0,)
    with pytest.raises(QueryError, match="no letter or digit"):
        find_text(["a"], np.zeros(1, int), " -- ")


def test_areas_are_read_line_by_line_and_image_by_image():
    boxes = np.array([[200, 3, 50, 20], [10, 0, 50, 20], [10, 40, 50, 20], [0, 0, 5, 5]], float)
    assert reading_order(boxes, np.array([0, 0, 0, 1])).tolist() == [1, 0, 2, 3]
    assert reading_order(boxes[:0], np.zeros(0, int)).tolist() == []
