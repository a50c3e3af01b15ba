"""Searching: the questions of a case in words, by example, and about what others say of the answers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from workbench.case.arguments import (
    checked,
    is_a,
    is_text,
    is_text_or_texts,
    is_texts,
    one_of,
    or_none,
    real,
    whole,
)
from workbench.case.collection import load_vocabulary
from workbench.case.open_case import OpenCase
from workbench.search.hits import Hits
from workbench.search.request import Limits, Request
from workbench.search.terms import Term
from workbench.store.case_folder import CaseFolder

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike
    from PIL.Image import Image

    from workbench.analysis.recall_estimate import Missed
    from workbench.analysis.thresholds import Threshold
    from workbench.search.questions import Questions
    from workbench.search.request import Images, Within


class Searching:
    """The verbs of a case that ask for images, and for words about them; `Case` has them all."""

    folder: CaseFolder
    _open: OpenCase

    @property
    def questions(self) -> "Questions":
        """What answers questions; `search`, `ask` and `describe` are its short forms."""
        return self._open.questions

    @checked(
        face=is_text_or_texts("Ann"),
        text=or_none(is_text("ABC 12")),
        tag=is_text_or_texts("keep"),
        taken=or_none(is_text("2019-05")),
        inside=is_text_or_texts("docs/a.pdf"),
        kind=or_none(is_text("document")),
        where=or_none(is_text("camera:Canon")),
        over=is_text_or_texts("persons"),
        is_=is_text_or_texts("weapon"),
    )
    def search(
        self,
        *terms: Term,
        like: Any = (),
        unlike: Any = (),
        face: str | Sequence[str] = (),
        text: str | None = None,
        within: "Within | None" = None,
        tag: str | Sequence[str] = (),
        taken: str | None = None,
        inside: str | Sequence[str] = (),
        kind: str | None = None,
        over: str | Sequence[str] = "images",
        is_: str | Sequence[str] = (),
        k: int | None = 50,
        threshold: "float | Literal['fixed'] | None" = None,
        probability: float | None = None,
        background: "Images | None" = None,
        where: str | None = None,
    ) -> Hits:
        """Find images by words, by example, by who or what text is in them, best first.

        ``terms`` are texts, pathlib.Paths of pictures, PIL images, ``wb.like(image_id)`` or ``wb.weigh(term,
        2)``; a text that is exactly an image id or a path of the case is that image; ``like`` images of the
        case (ids, paths, names, rows, a Selection for its middle), ``unlike`` the same or words; ``face``
        names or ids of identities. ``within``: a Selection, Hits, rows, or the name of a saved selection;
        ``tag``: one or several that an image must have; ``taken``: when, such as "2019-05" or "2019..2020";
        ``inside``: a document whose pages are meant, or a folder; ``kind``: "photo", "document" or "video".
        ``where``: more filters, as they are written in the query box: "camera:Canon -keyword:sea rating:>=4".
        ``over``: what is compared, one or some of "images", "persons", "objects" and "text"; an image takes
        its best region, whose box the hit carries. ``is_``: names of classifiers that say yes to an image.

        ``k`` caps the hits, ``threshold`` is the least cosine [-1, 1] or "fixed" (0.25 for words, 0.70 for
        examples), ``probability`` the least calibrated probability [0, 1]. ``background``: images known not
        to show what is asked; without it the scores of unrelated queries say how unusual a hit is. Raises
        QueryError for an empty query, an unknown name, an unreadable picture, invalid limits, and regions
        that were not computed.
        """
        limits = Limits(k, threshold, probability)
        more = (text, within, tag, taken, inside, kind, over, is_, limits, background, where)
        return self.questions.search(Request(terms, like, unlike, face, *more))

    @checked(query=is_text("a red car", empty=True), pictures=or_none(is_a(Mapping, "{'name': picture}")))
    def ask(
        self,
        query: str,
        *,
        selection: "ArrayLike | None" = None,
        pictures: "Mapping[str, Image | Path] | None" = None,
        k: int | None = 50,
        threshold: "float | Literal['fixed'] | None" = None,
        probability: float | None = None,
    ) -> Hits:
        """Find images with the grammar of the query box: ``boat like:IMG_12 -harbour^0.5 within:selection``.

        ``selection`` holds the rows called so in the query, ``pictures`` what ``like:`` may name besides the
        images of the case. Limits and errors are those of `search`; docs/search.md tells the grammar.
        """
        return self.questions.ask(query, selection, pictures, Limits(k, threshold, probability))

    @checked(k=whole(1, example=5), vocabulary=or_none(is_texts("a boat")))
    def describe(
        self, images: "int | str | Images", k: int = 5, vocabulary: Sequence[str] | None = None
    ) -> "pd.DataFrame":
        """Return the ``k`` phrases that fit best: phrase, score (cosine) and probability among the phrases.

        ``images``: one image (row, id or path), or several (a Selection, Hits, rows, a boolean for each row
        such as ``labels == 3``, or the name of a saved selection), which are described by their middle.
        """
        return self.questions.describe(images, k, vocabulary or load_vocabulary(self.folder.root / "work"))

    @checked(k=whole(1, example=8), vocabulary=or_none(is_texts("a boat")))
    def separates(
        self, a: "Images", b: "Images | None" = None, k: int = 8, vocabulary: Sequence[str] | None = None
    ) -> "pd.DataFrame":
        """Return the phrases that fit the images ``a`` better than ``b`` (by default all others).

        Both as for `describe`. Columns: phrase; share (0.5 to 1: of all pairs of an image of each, in how
        many that of ``a`` fits better); effect (difference in standard deviations); inside and outside (mean
        cosines). Raises QueryError where one of them is empty.
        """
        return self.questions.separates(a, b, k, vocabulary or load_vocabulary(self.folder.root / "work"))

    @checked(
        examples=is_a(Mapping, "{'a boat': rows of boats}"),
        precision=or_none(real(0, 1, 0.9)),
        on=one_of("score", "probability"),
    )
    def learn_threshold(
        self,
        examples: "Mapping[str, Images]",
        precision: float | None = None,
        on: "Literal['score', 'probability']" = "probability",
    ) -> "Threshold":
        """Learn a threshold from queries (as for `ask`) whose right images are known; see `Threshold`.

        It suits F1 best, or has the most recall among those that reach ``precision``. ``on``: whether it is a
        least score or a least probability. Raises QueryError where it cannot be learnt.
        """
        return self.questions.learn_threshold(examples, precision, on)

    @checked(
        hits=is_a(Hits, "hits = case.search('a boat')"), n=whole(0, 1_000_000, 40), seed=whole(example=0)
    )
    def missed(self, hits: Hits, n: int = 40, seed: int = 0) -> "Missed":
        """Ask whether hits missed any: ``n`` images just beyond them to judge, for an estimate of recall."""
        return self.questions.missed(hits, n, seed)
