"""Spelling: a name is found however it was typed; what is shown and kept is what was typed first."""

import unicodedata
from collections.abc import Iterable


def lookup_form(text: str) -> str:
    """Return the form by which names are compared: composed (NFC), without case, blanks single and inside.

    Tags, saved selections, runs, names of people and names of files are looked up by it. Method: canonical
    caseless matching, section 3.13 of the Unicode Standard.
    """
    folded = unicodedata.normalize("NFD", text).casefold()
    return " ".join(unicodedata.normalize("NFC", folded).split())


def spelled(name: str, known: Iterable[str]) -> str | None:
    """Return the one of the ``known`` names that ``name`` means; None where there is none.

    That is the same text, or else the first that differs in composition, case or blanks alone.
    """
    alike = [other for other in known if lookup_form(other) == lookup_form(name)]
    return name if name in alike else next(iter(alike), None)
