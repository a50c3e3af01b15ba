"""The grammar of queries: what is written is read as meant, and what is shown back is read the same."""

import itertools

import pytest

from workbench.errors import QueryError
from workbench.search.grammar import Part, parse, write

WORDS = "words"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("   ", []),
        ("a cup of coffee", [(WORDS, "a cup of coffee", 1)]),
        ("a beach +at night", [(WORDS, "a beach", 1), (WORDS, "at night", 1)]),
        ("a beach - many people", [(WORDS, "a beach", 1), (WORDS, "many people", -1)]),
        ("boat -harbour^0.5", [(WORDS, "boat", 1), (WORDS, "harbour", -0.5)]),
        ("red car^2 beach", [(WORDS, "red car", 2), (WORDS, "beach", 1)]),
        ("x-ray of a T-shirt at 12:30", [(WORDS, "x-ray of a T-shirt at 12:30", 1)]),
        ('"a - b" c', [(WORDS, "a - b", 1), (WORDS, "c", 1)]),
        ("like:IMG_12 in snow", [("like", "IMG_12", 1), (WORDS, "in snow", 1)]),
        ('-like:"my photo"^3', [("like", "my photo", -3)]),
        ("boat within:selection", [(WORDS, "boat", 1), ("within", "selection", 1)]),
        ('text:"ABC 12" -face:Anna', [("text", "ABC 12", 1), ("face", "Anna", -1)]),
        (
            "a coat over:persons over:images",
            [(WORDS, "a coat", 1), ("over", "persons", 1), ("over", "images", 1)],
        ),
        (r'"say \"hi\""', [(WORDS, 'say "hi"', 1)]),
        ("🐈 auf 雪", [(WORDS, "🐈 auf 雪", 1)]),
        ("a 5^2 b", [(WORDS, "a 5", 2), (WORDS, "b", 1)]),
    ],
)
def test_text_is_read_as_meant(text, parts):
    assert parse(text) == tuple(Part(*part) for part in parts)


def test_the_query_of_the_manual_is_shown_back_as_it_was_written():
    text = 'boat like:IMG_12 -harbour^0.5 within:selection text:"ABC 12"'
    assert write(parse(text)) == text


def test_what_is_written_is_read_as_the_same_parts():
    values = ["red", "a red car", "+plus", "-", "like:x", 'quo"te', "x^2", "back\\slash", '"', "12:30"]
    parts = [
        Part(kind, value, weight) for kind in ("words", "like") for value in values for weight in (1, -0.5)
    ]
    parts += [Part("within", "my set", -1), Part("text", "^", 1)]
    for some in itertools.permutations(parts, 2):
        assert parse(write(some)) == some


@pytest.mark.parametrize(
    "text",
    [
        '"open',
        'a "b',
        '"closed"too soon',
        "like:",
        'like:""',
        '""',
        "boat^0",
        "within:selection^2",
        "-over:persons",
    ],
)
def test_what_cannot_be_read_says_what_to_write(text):
    with pytest.raises(QueryError, match=r"(Write for example|write \^0\.5)"):
        parse(text)
