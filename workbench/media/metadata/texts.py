"""Texts of metadata: bytes in whatever encoding become text, bounded in length."""

import codecs
from collections.abc import Iterable

MAX_SHORT = 200
"""Characters kept of the name of a camera, a lens, a program or a keyword."""
MAX_TEXT = 5_000
"""Characters kept of what people write: titles, descriptions."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(data: bytes) -> str:
    """Return bytes as text: by their byte order mark, else as UTF-8, else as Windows-1252.

    The five bytes that Windows-1252 does not know become the control characters of Latin-1.
    """
    if data.startswith(_UTF16):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "".join(_letter(byte) for byte in data)


def _letter(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def of_value(value: object, most: int = MAX_TEXT) -> str | None:
    """Return the text in a tag as Pillow gives it: it reads text as Latin-1 where it may be anything."""
    if isinstance(value, str):
        text = value[: 4 * most]
        if text.isascii():
            return text
        try:
            data = text.encode("latin-1")
        except UnicodeEncodeError:
            return text
    elif isinstance(value, bytes):
        data = value[: 4 * most]
    else:
        return None
    return decoded(_whole(data, 4 * most))


def _whole(data: bytes, most: int) -> bytes:
    """Return bytes that were cut at ``most`` without the letter of UTF-8 that was cut."""
    if len(data) < most:
        return data
    return data[: most - 4] + data[most - 4 :].decode("utf-8", "ignore").encode()


def shown(value: object, most: int = MAX_SHORT) -> str | None:
    """Return one printable line, shortened, for names of things; None for nothing."""
    text = of_value(value, most)
    if text is None:
        return None
    words = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * most]).split()
    return " ".join(words)[:most] or None


def kept(value: object, most: int = MAX_TEXT) -> str | None:
    """Return what somebody wrote as it is, with its lines, shortened; None for nothing.

    Control characters and marks of direction stay: what shows texts makes them seen. It ends at a NUL: what
    follows is what was in the memory of a camera.
    """
    text = of_value(value, most)
    if text is None:
        return None
    text = _mended(text.partition("\0")[0].strip()[:most])
    return text.encode("utf-8", "replace").decode().strip() or None  # half a pair of UTF-16 is no letter


def _mended(text: str) -> str:
    """Return a text whose UTF-8 was taken for Windows-1252 and written as UTF-8 again, as it was."""
    if text.isascii():
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def words(values: Iterable[object]) -> tuple[str, ...]:
    """Return keywords, each one line, without those that are blank."""
    return tuple(word for word in (kept(value, MAX_SHORT) for value in values) if word)


def levels(path: str, divider: str) -> list[str]:
    """Return the levels of a keyword in a hierarchy, from the outermost: "Places|France" is two."""
    return [level.strip() for level in path.split(divider) if level.strip()]


def listed(text: str | None) -> tuple[str, ...]:
    """Return keywords that are written in one text, between semicolons or else commas."""
    if not text:
        return ()
    return words(text.split(";" if ";" in text else ","))


def joined(values: Iterable[object]) -> str | None:
    """Return several names as one text."""
    return ", ".join(dict.fromkeys(words(values))) or None
