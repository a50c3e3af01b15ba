"""Hits among regions as HTML: small pictures with the box of the best region drawn in each."""

import html
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

_STYLE = """
<style>
.wb-regions {display: flex; flex-wrap: wrap; gap: 12px; font: 12px/1.4 system-ui, sans-serif}
.wb-regions figure {margin: 0; width: min-content}
.wb-regions div {position: relative; display: inline-block}
.wb-regions img {display: block; max-width: none; border-radius: 3px}
.wb-regions i {position: absolute; box-sizing: border-box; border: 2px solid #ff9f1c; border-radius: 2px;
  box-shadow: 0 0 0 1px #000b, inset 0 0 0 1px #000b}
.wb-regions figcaption {overflow-wrap: anywhere; padding-top: 3px}
.wb-regions small {opacity: 0.7}
</style>
"""


@dataclass(frozen=True)
class Card:
    """One hit: a JPEG, the box (x, y, width, height) as shares of its sides [0, 1], and what to write."""

    jpeg: bytes
    box: tuple[float, float, float, float]
    title: str
    path: str
    score: float


def cards_html(cards: Sequence[Card], said: str) -> str:
    """Return the cards as HTML that needs no script; all text is escaped, because it comes from files."""
    return f'{_STYLE}<p>{html.escape(said)}</p><div class="wb-regions">{"".join(map(_card, cards))}</div>'


def _card(card: Card) -> str:
    x, y, width, height = (f"{100 * share:.2f}%" for share in card.box)
    title, path = html.escape(card.title), html.escape(card.path)
    picture = f"data:image/jpeg;base64,{b64encode(card.jpeg).decode()}"
    return (
        f'<figure><div><img src="{picture}" alt="{path}">'
        f'<i style="left:{x};top:{y};width:{width};height:{height}"></i></div>'
        f"<figcaption>{title} <small>{card.score:.2f} · {path}</small></figcaption></figure>"
    )
