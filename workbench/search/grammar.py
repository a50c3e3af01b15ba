"""The grammar of the query box: text becomes parts and parts become text again.

``boat like:IMG_12 -harbour^0.5 within:selection text:"ABC 12"`` has five parts. Words are a phrase up to the
next sign, quote or key; a sign wants (``+``) or does not want (``-``) what follows it; ``^2`` lets a part
count twice. ``tag:``, ``taken:2019..2020``, ``is:main``, ``is:weapon`` (a classifier), ``in:a.pdf``,
``kind:document``, ``camera:Canon``, ``lens:``, ``by:``, ``keyword:``, ``title:``, ``description:`` and
``rating:>=4`` say where to look; ``over:persons`` compares the query with persons, not with whole images.
Quotes hold together what would be read otherwise.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from workbench.errors import QueryError

Filter = Literal[
    "tag", "taken", "is", "in", "kind", "camera", "lens", "by", "keyword", "title", "description", "rating"
]  # fmt: skip
Kind = Literal["words", "like", "face", "within", Filter, "text", "over"]
KEYS = get_args(Kind)[1:]
FILTERS = get_args(Filter)
"""The keys that say which images are looked at by what is known about them."""
BEING = ("main", "pair", "raw", "motion")
"""What ``is:`` asks for besides classifiers: what counts, where of a raw photo and its JPEG only that one
does; both of them; raw photos; stills with a video in their file."""

_TOKEN = re.compile(
    rf"""(?P<sign>[+-])?
    (?:(?P<key>{"|".join(KEYS)}):)?
    (?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s"]\S*?))?
    (?:\^(?P<weight>\d+\.?\d*|\.\d+))?
    (?=\s|$)""",
    re.VERBOSE,
)
_HELP = 'Write for example: boat like:IMG_12 -harbour^0.5 within:selection text:"ABC 12".'


@dataclass(frozen=True)
class Part:
    """One part of a query: what it is, its words or name, and how much it counts (below 0: not wanted)."""

    kind: Kind
    value: str
    weight: float = 1.0

    @property
    def wanted(self) -> bool:
        """Whether the part is wanted, and not unwanted."""
        return self.weight > 0

    def turned(self) -> "Part":
        """Return the same part with the other sign."""
        return Part(self.kind, self.value, -self.weight)


def parse(text: str) -> tuple[Part, ...]:
    """Return the parts of a query in their order; () for blank text.

    Raises QueryError for an open quote, a key without a value, a weight of 0, or a weight of what has none
    (all keys but ``like:`` say where to look), or ``-over:``.
    """
    parts: list[Part] = []
    words: list[str] = []
    sign = 1.0

    def close(weight: float = 1.0) -> None:
        nonlocal sign
        if words:
            parts.append(Part("words", " ".join(words), sign * weight))
            words.clear()
            sign = 1.0

    for found in _tokens(text):
        if found["sign"]:
            close()
            sign = -1.0 if found["sign"] == "-" else 1.0
        weight = _weight(found)
        if found["key"] or found["quoted"] is not None:
            close()
            parts.append(_named(found, sign * weight))
            sign = 1.0
        elif found["bare"]:
            words.append(found["bare"])
            if found["weight"]:
                close(weight)
    close()
    return tuple(parts)


def write(parts: Sequence[Part]) -> str:
    """Return the text of parts, in the shortest form that `parse` reads as the same parts."""
    return " ".join(_written(part, first=place == 0) for place, part in enumerate(parts))


def _tokens(text: str) -> list[re.Match[str]]:
    """Cut a query at its spaces and quotes; raise QueryError where a quote never ends."""
    tokens, place = [], 0
    while (place := place + len(text[place:]) - len(text[place:].lstrip())) < len(text):
        found = _TOKEN.match(text, place)
        if found is None or found.end() == place:
            raise QueryError(f"Unmatched quote in the query at: {text[place : place + 40]}", _HELP)
        tokens.append(found)
        place = found.end()
    return tokens


def _weight(found: re.Match[str]) -> float:
    weight = float(found["weight"] or 1)
    if weight == 0:
        raise QueryError("Invalid weight 0.", "Remove the part, or write ^0.5.")
    if found["weight"] and found["key"] not in (None, "like"):
        raise QueryError(f"{found['key']}: is a filter and cannot have a weight.", _HELP)
    return weight


def _named(found: re.Match[str], weight: float) -> Part:
    """Return the part of a quoted phrase or of a key with its value."""
    quoted = found["quoted"]
    value = (found["bare"] or "") if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    value = " ".join(value.split())
    if not value:
        raise QueryError(f"Missing value after {found[0]!r}.", _HELP)
    if found["key"] == "over" and weight < 0:
        raise QueryError("over: cannot be negated.", _HELP)
    return Part(found["key"] or "words", value, weight)  # type: ignore[arg-type]  # the pattern knows no other


def _written(part: Part, first: bool) -> str:
    bare = _bare(part.value, part.kind)
    value = part.value if bare else '"' + re.sub(r'(["\\])', r"\\\1", part.value) + '"'
    key = "" if part.kind == "words" else f"{part.kind}:"
    sign = "-" if not part.wanted else "+" if bare and not key and not first else ""
    weight = "" if abs(part.weight) == 1 else f"^{abs(part.weight):g}"
    return f"{sign}{key}{value}{weight}"


def _bare(value: str, kind: Kind) -> bool:
    """Say whether a value is read as itself without quotes."""
    if kind != "words":
        return bool(re.fullmatch(r'[^\s"^]+', value))
    try:
        return parse(value) == (Part("words", value),)
    except QueryError:
        return False
