"""Finding words in what was read from photos: whole, in part, across neighbouring areas, and misread."""

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError

WHOLE, START, INSIDE, ACROSS, ALIKE = 1.0, 0.98, 0.95, 0.90, 0.88
"""How well an area answers: it is the words, begins with them, holds them, holds them together with its
neighbours, or differs by letters that readers mix up. Below that: the share of letters that fit, times ALIKE.
"""
LEAST = 0.75
"""Least share of letters that must fit; fewer than LEAST_FUZZY letters must be there as they are."""
LEAST_FUZZY = 5

_MIXED_UP = str.maketrans("oqdiljsbzgt", "00011158267")


def plain_letters(text: str) -> str:
    """Return the letters and digits of a text alone, without case, accents or forms of width.

    So "AB-12 cd", "ab12CD" and "ＡＢ１２ｃｄ" are one text (Unicode's compatibility decomposition).
    """
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in decomposed if letter.isalnum())


def find_text(
    texts: Sequence[str], groups: NDArray[np.integer], words: str, fuzzy: bool = True
) -> NDArray[np.float32]:
    """Return how well each of (N,) ``texts`` answers to ``words``: (N,) float32 in [0, 1], 0 for not at all.

    ``groups`` (N,) says which image each text is in; texts of one image stand beside each other in reading
    order, and words may begin in one and end in the next. ``fuzzy`` lets misread and missing letters pass.
    Raises QueryError where ``words`` has no letter and no digit.
    """
    asked = plain_letters(words)
    if not asked:
        raise QueryError(f"{words!r} contains no letter or digit to search for.", "Type a part of the text.")
    letters = [plain_letters(text) for text in texts]
    scores = np.array([_exact(text, asked) for text in letters], np.float32)
    np.maximum(scores, _across(letters, groups, asked), out=scores)
    if fuzzy and len(asked) >= LEAST_FUZZY:
        np.maximum(scores, _fuzzy(letters, asked), out=scores)
    return scores


def reading_order(boxes: NDArray[np.floating], groups: NDArray[np.integer]) -> NDArray[np.intp]:
    """Return the order in which people read areas: by image, line by line, each from left to right.

    ``boxes`` (N, 4) are x, y, width, height. An area is on the line of the one above it where its middle is
    higher than that one's lower edge.
    """
    middle = boxes[:, 1] + boxes[:, 3] / 2
    order = np.lexsort((middle, groups))
    lines = np.zeros(len(boxes), np.intp)
    line, group, edge = 0, None, -np.inf
    for row in order:
        if groups[row] != group or middle[row] > edge:
            line, group, edge = line + 1, groups[row], boxes[row, 1] + boxes[row, 3]
        lines[row] = line
    return np.lexsort((boxes[:, 0], lines))


def _exact(text: str, asked: str) -> float:
    if asked not in text:
        return 0.0
    return WHOLE if text == asked else START if text.startswith(asked) else INSIDE


def _across(letters: Sequence[str], groups: NDArray[np.integer], asked: str) -> NDArray[np.float32]:
    """Score texts that hold the words together with the texts after them in their image."""
    scores = np.zeros(len(letters), np.float32)
    edges = np.flatnonzero(groups[1:] != groups[:-1]) + 1
    for start, stop in zip([0, *edges], [*edges, len(letters)], strict=True):
        joined = "".join(letters[start:stop])
        ends = np.cumsum([len(text) for text in letters[start:stop]])
        place = joined.find(asked)
        while place >= 0:
            first, last = np.searchsorted(ends, [place, place + len(asked) - 1], side="right")
            scores[start + first : start + last + 1] = ACROSS
            place = joined.find(asked, place + 1)
    return scores


def _fuzzy(letters: Sequence[str], asked: str) -> NDArray[np.float32]:
    """Score texts by their best fitting part, where letters that readers mix up count as one.

    The share of letters that fit is RapidFuzz's ratio, from insertions and deletions alone.
    """
    from rapidfuzz import fuzz, process

    folded = [text.translate(_MIXED_UP) for text in letters]
    wanted = asked.translate(_MIXED_UP)
    inside = np.array([wanted in text for text in folded])
    part, whole = (
        process.cdist([wanted], folded, scorer=scorer)[0] / 100 for scorer in (fuzz.partial_ratio, fuzz.ratio)
    )
    # where the text is the shorter one, only a part of the words was read
    fits = np.maximum(whole, part * np.minimum(1, [len(text) / len(wanted) for text in folded]))
    scores = ALIKE * np.where(inside, 1, fits * (fits >= LEAST))
    return np.asarray(scores, np.float32)
