"""The people as static HTML, for a saved notebook that is read without a kernel."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from workbench.panels.static_html import data_url

MOST = 24
"""People shown, and faces of the one that is open."""


@dataclass(frozen=True)
class Person:
    """A card: ``name`` ("" for none), how many ``faces`` and the JPEG of the ``cover``."""

    name: str
    faces: int
    cover: bytes


def people_html(people: Sequence[Person], count: int, opened: str, faces: Sequence[tuple[str, bytes]]) -> str:
    """Return HTML with a card for each of ``people``, of ``count`` in all, and the faces of who is open.

    ``opened`` says who that is, "" for nobody; ``faces`` are (path, JPEG). Text is escaped, style is inline.
    """
    cards = "".join(
        f'<div style="display:inline-block;width:96px;margin:3px;vertical-align:top;text-align:center">'
        f"{_picture(person.cover, person.name or 'An unnamed person', 96)}"
        f'<div style="overflow:hidden;text-overflow:ellipsis;white-space:nowrap">'
        f"{escape(person.name) or '<em>no name</em>'} ({person.faces:,})</div></div>"
        for person in people
    )
    more = f"<p>... and {count - len(people):,} more people</p>" if count > len(people) else ""
    strip = "".join(_picture(jpeg, path, 72) for path, jpeg in faces)
    return f"<div>{cards}{more}</div>" + (
        f"<p><b>{escape(opened)}</b></p><div>{strip}</div>" if faces else ""
    )


def _picture(jpeg: bytes, text: str, side: int) -> str:
    size = f"width:{side}px;height:{side}px;object-fit:cover;margin:2px;border-radius:4px"
    return f'<img src="{data_url("jpeg", jpeg)}" alt="{escape(text)}" title="{escape(text)}" style="{size}">'
