"""Heatmap: which part of one image made it match, as numbers, as a picture and in words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import heatmaps
from workbench.analysis.heatmaps import Check, place_in_words
from workbench.case.arguments import checked, or_none, real, whole
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

    from workbench.models.relevance import Relevance

OPACITY = 0.7


@dataclass(frozen=True, eq=False)
class Heatmap:
    """Why one image matches one query.

    row, image_id, path: the image. query, against: what was asked, and what it was set against ("" for what
    texts about photos share). method: how it was made. score: the cosine that search gives; lead: by how much
    it is above that of what it was set against. relevance: the numbers. words: each word of the query with
    its share of the match, together 1, or all 0. Pictures are upright.
    """

    row: int
    image_id: str
    path: str
    query: str
    against: str
    method: str
    score: float
    lead: float
    relevance: "Relevance"
    words: list[tuple[str, float]]
    _picture: Callable[[], "Image"] = field(repr=False)
    _make_check: Callable[[Callable[[], bool]], Check] = field(repr=False)

    @property
    def values(self) -> NDArray[np.float32]:
        """(H, W) float32 in [0, 1] over the whole upright image, 1 where relevance is highest."""
        return self.relevance.values

    @property
    def blocks(self) -> int:
        """How many blocks of the transformer the map is the sum of; 0 where the method knows none."""
        return 0 if self.relevance.blocks is None else len(self.relevance.blocks)

    @checked(index=whole(example=0))
    def block(self, index: int) -> NDArray[np.float32]:
        """(H, W) as `values`: what one block adds, its own highest point 1. Raises QueryError."""
        return self.relevance.block(index)

    @property
    def place(self) -> str:
        """Where the map is highest, in words such as "upper left"; "" where it is empty."""
        return place_in_words(self.values)

    @property
    def frame(self) -> "pd.DataFrame":
        """The words of the query and their share of the match: word, relevance."""
        import pandas as pd

        return pd.DataFrame(self.words, columns=["word", "relevance"])

    @cached_property
    def check(self) -> Check:
        """The numbers behind the verdict; computed when first asked for, then kept in the case (seconds)."""
        return self._make_check(lambda: True)

    @property
    def verdict(self) -> str:
        """Whether to believe the map, in words: whether the thing is there, and the place right."""
        return self.check.words

    def verdict_while(self, going: Callable[[], bool]) -> str:
        """Return the verdict, or "" where ``going``, which is asked often, says no before it is known."""
        if "check" not in self.__dict__:
            try:
                self.__dict__["check"] = self._make_check(going)
            except InterruptedError:
                return ""
        return self.verdict

    @checked(opacity=real(0, 1, 0.7), block=or_none(whole(example=0)))
    def overlay(self, opacity: float = OPACITY, block: int | None = None) -> "Image":
        """Return the image with the map over it; ``opacity`` in [0, 1], ``block`` for one block alone."""
        from PIL import Image

        photo = np.asarray(self._picture().convert("RGB"))
        values = self.values if block is None else self.block(block)
        return Image.fromarray(heatmaps.overlaid(photo, values, opacity))

    @checked(block=or_none(whole(example=0)))
    def layer(self, block: int | None = None) -> bytes:
        """Return the map alone as a PNG with transparency, to be laid over the image."""
        from PIL import Image

        buffer = BytesIO()
        values = self.values if block is None else self.block(block)
        Image.fromarray(heatmaps.layer(values)).save(buffer, "PNG")
        return buffer.getvalue()

    def save(self, path: str | Path, opacity: float = OPACITY, block: int | None = None) -> Path:
        """Write the overlay as a picture of the kind its name says, such as PNG. Raises WorkbenchError."""
        target = Path(path).expanduser()
        try:
            self.overlay(opacity, block).save(target)
        except (OSError, ValueError) as error:
            raise WorkbenchError(
                f"The heatmap cannot be written to {target}: {error}.",
                "Name a file that ends in .png, in a folder that exists.",
            ) from error
        return target

    def _repr_html_(self) -> str:
        from base64 import b64encode

        buffer = BytesIO()
        picture = self.overlay()
        picture.thumbnail((640, 480))
        picture.save(buffer, "JPEG", quality=88)
        data, name = b64encode(buffer.getvalue()).decode("ascii"), escape(self.path)
        place = f", brightest at the {self.place}" if self.place else ""
        rather = f" rather than {escape(self.against)}" if self.against else ""
        return (
            f'<figure style="margin:0"><img alt="Heatmap of {name}{place}" '
            f'src="data:image/jpeg;base64,{data}">'
            f"<figcaption>{name}: why {escape(self.query)}{rather}? ({escape(self.method)}, cosine "
            f"{self.score:.2f})<br>{escape(self.verdict)}</figcaption></figure>"
        )

    def __repr__(self) -> str:
        return f"<Heatmap of {self.path!r} for {self.query!r} by {self.method}>"
