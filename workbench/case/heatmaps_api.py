"""Why: explains the match of an image and a query, with the model that search uses; maps stay in the case."""

import contextlib
import hashlib
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Union

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.captions import default_vocabulary
from workbench.analysis.heatmaps import Check, check_map, presence
from workbench.case.arguments import checked, is_text, or_none
from workbench.case.collection import Collection
from workbench.case.heatmap import Heatmap
from workbench.errors import CaseError, QueryError
from workbench.search.grammar import parse
from workbench.search.hits import Hits
from workbench.store.arrays import HeatmapCache, Kept

if TYPE_CHECKING:
    from PIL.Image import Image

    from workbench.models.relevance import Explainer, Method, Relevance
    from workbench.search.terms import Term


@dataclass(frozen=True, eq=False)
class Target:
    """What a query means: its text, its row (D,), and its words, "" where it is by example alone."""

    text: str
    row: NDArray[np.float32]
    words: str

    @property
    def digest(self) -> str:
        """The row as a short text; the last digits, which other processors round otherwise, are left out."""
        return hashlib.sha256(np.round(self.row, 4).astype("<f4").tobytes()).hexdigest()[:32]

    def against(self, other: "Target | None") -> NDArray[np.float32] | Literal["everyday"] | None:
        """Return what it is set against: another, for words what all texts share, for examples nothing."""
        if other is not None:
            return other.row
        return "everyday" if self.words else None

    def against_digest(self, other: "Target | None") -> str:
        """Return what it is set against as a short text."""
        return other.digest if other is not None else str(self.against(None))


Query: TypeAlias = Union[Hits, "Term"]
"""What can be explained: Hits, a text in the grammar of the query box, an image id, or any other term."""

VERSION = "1"
"""Part of what a kept map is found by; changed with anything that changes its numbers."""


class Why:
    """Heatmaps of the images of a collection; safe to call from several threads, which then take turns.

    ``search(query)`` returns the Hits of any term, ``ask(text)`` those of a text in the grammar.
    """

    def __init__(
        self,
        collection: Collection,
        search: "Callable[[Term], Hits]",
        ask: Callable[[str], Hits],
    ) -> None:
        self._collection, self._search, self._ask = collection, search, ask
        self._turn = threading.RLock()

    @checked(method=or_none(is_text("relevance")))
    def __call__(
        self,
        image: int | str,
        query: Query,
        *,
        method: "Method | None" = None,
        against: Query | None = None,
    ) -> Heatmap:
        """Say which part of an image, and which words of a query, made them match.

        image: row, image id or path. query: a text in the grammar of the query box, an image id, a Path or
        PIL image, ``wb.like(...)``, or Hits, whose query it is; a class is the text that names it, or the
        Centre of its examples. method: one of `methods`, the first unless told. against: "rather than", any
        query; without it words are set against what texts about photos share.

        The first map of a session builds the model's torch module (seconds); a map is computed once and then
        kept in the cache of the case. Raises QueryError for an unknown image or method, a query that no
        vector stands for (``face:``, ``text:``), or an image that cannot be read.
        """
        row = self._collection.row(image)
        target = self._target(query)
        other = None if against is None else self._target(against)
        with self._turn:
            return self._heatmap(row, target, other, method or self.methods[0])

    @property
    def methods(self) -> "tuple[Method, ...]":
        """What the model of this case can be asked for, the default first."""
        question = {"version": VERSION, "about": "methods"}
        with self._turn:
            kept = self._cache.load(question)
            if kept is None:  # only its torch module can tell, which maps that are kept need not wait for
                kept = Kept({}, {"methods": self._explainer.methods})
                self._keep(question, kept)
        return tuple(kept.facts["methods"])

    @cached_property
    def _explainer(self) -> "Explainer":
        from workbench.models.relevance import Explainer

        return Explainer(self._collection.embedder())

    @cached_property
    def _unlearned(self) -> "Explainer":
        return self._explainer.randomised()

    def _target(self, query: Query) -> Target:
        hits = query if isinstance(query, Hits) else self._asked(query)
        if hits.vector is None:
            raise QueryError(
                f"No heatmap for {hits.query!r}: it has neither words nor an example image.",
                "Add words or an example to the query.",
            )
        words = [part.value for part in parse(hits.query) if part.kind == "words" and part.wanted]
        return Target(hits.query, hits.vector, " ".join(words))

    def _asked(self, query: "Term") -> Hits:
        if isinstance(query, str) and self._collection.lookup.meant(query) is None:
            return self._ask(query)
        return self._search(query)

    def _heatmap(self, row: int, target: Target, other: Target | None, method: "Method") -> Heatmap:
        data, cache = self._collection, self._cache
        about = data.images.iloc[row]
        question = {
            "version": VERSION,
            "image_id": str(about["image_id"]),
            "query": target.digest,
            "words": target.words,
            "against": target.against_digest(other),
            "method": method,
        }
        kept = cache.load(question)
        if kept is None:
            kept = self._compute(row, target, other, method)
            self._keep(question, kept)
        return Heatmap(
            row=row,
            image_id=str(about["image_id"]),
            path=str(about["path"]),
            query=target.text,
            against="" if other is None else other.text,
            method=method,
            score=float(data.vectors[row] @ target.row),
            lead=kept.facts["lead"],
            relevance=_relevance(kept),
            words=[(str(word), float(share)) for word, share in kept.facts["words"]],
            _picture=lambda: self._picture(row),
            _make_check=lambda going: self._check(row, target, other, method, question, going),
        )

    def _compute(self, row: int, target: Target, other: Target | None, method: "Method") -> Kept:
        explainer = self._explainer
        told = explainer.heatmap(self._picture(row), target.row, against=target.against(other), method=method)
        words = explainer.words(target.words, np.asarray(self._collection.vectors[row], np.float32))
        arrays = {"cells": told.cells} | ({} if told.blocks is None else {"blocks": told.blocks})
        return Kept(arrays, {"lead": told.score, "words": words, "view": asdict(told.view)})

    def _check(
        self,
        row: int,
        target: Target,
        other: Target | None,
        method: "Method",
        question: dict[str, str],
        going: Callable[[], bool],
    ) -> Check:
        """Return the check of a map, computed once and kept beside it. Raises InterruptedError if stopped."""
        cache = self._cache
        kept = cache.load(question) or self._compute(row, target, other, method)
        known = dict(kept.facts.get("check", {}))
        if "presence" in known:  # those kept by an earlier release lack it
            return Check(**known | {"chance": np.array(known["chance"])})
        picture, against, cells = self._picture(row), target.against(other), kept.arrays["cells"]
        unlearned = None
        if method != "occlusion":
            with self._turn:
                told = self._unlearned.heatmap(picture, target.row, against=against, method=method)
            unlearned = told.cells
        difference = self._explainer.difference(target.row, against)
        check = check_map(
            cells,
            lambda keep: self._explainer.kept_scores(picture, difference, keep, going),
            unlearned=unlearned,
        )
        check = replace(check, presence=self._presence(row, target, bool(np.any(cells > 0))))
        facts = asdict(check) | {"chance": check.chance.tolist()}
        self._keep(question, Kept(kept.arrays, {**kept.facts, "check": facts}))
        return check

    def _presence(self, row: int, target: Target, marked: bool) -> float | None:
        """Return how much the words of a query look true of an image; None where there are none.

        Measured against the phrases that come with Workbench, whatever those of the case are.
        """
        if not target.words:
            return None
        if not marked:
            return 0.0
        image = np.asarray(self._collection.vectors[row], np.float32)
        others = self._collection.phrase_vectors(default_vocabulary()) @ image
        return presence(float(target.row @ image), others)

    @property
    def _cache(self) -> HeatmapCache:
        return HeatmapCache(self._collection.folder.cache, self._collection.key)

    def _keep(self, question: dict[str, str], kept: Kept) -> None:
        """Keep an entry; a disk that is full or read-only costs the time of the next look, not the answer."""
        with contextlib.suppress(OSError):
            self._cache.save(question, kept)

    def _picture(self, row: int) -> "Image":
        """Return the upright image, at most 1280 px, or its thumbnail where the source is out of reach."""
        from PIL import Image

        data = self._collection.picture(row)
        if not data:
            raise CaseError(
                f"{self._collection.images['path'].iloc[row]} can no longer be read.",
                "Reconnect the source folder, or run `case.ingest()` to update the case.",
            )
        return Image.open(BytesIO(data)).convert("RGB")


def _relevance(kept: Kept) -> "Relevance":
    from workbench.models.relevance import Relevance, View

    view: dict[str, Any] = dict(kept.facts["view"])
    view["side"] = tuple(view["side"])
    return Relevance(kept.arrays["cells"], kept.arrays.get("blocks"), kept.facts["lead"], View(**view))
