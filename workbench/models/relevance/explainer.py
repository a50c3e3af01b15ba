"""Explainer: which part of a photo, and which word of a query, made them match."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

import numpy as np

from workbench.errors import ModelError, QueryError
from workbench.models.relevance.relevance import Relevance, view_of

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from PIL import Image

    from workbench.models.relevance.forward_pass import ForwardPass, Score
    from workbench.models.relevance.tower_layers import TowerLayers


Method = Literal["relevance", "gradcam", "integrated gradients", "occlusion"]

EVERYDAY = (
    "a photo",
    "a photo of a person",
    "a photo of people",
    "a photo of an animal",
    "a photo of a thing",
    "a photo of food",
    "a photo of a vehicle",
    "a photo of a building",
    "a photo of a room",
    "a photo of a landscape",
    "a photo of a street",
    "a page of text",
)
"""What any query is set against unless told otherwise: their mean row is what texts about photos share."""


class Searching(Protocol):
    """What search computes with; a `JointModel` also has the torch module that gradients need."""

    @property
    def dim(self) -> int:
        """Length of a row."""
        ...

    @property
    def batch_size(self) -> int:
        """The number of photos it likes at once."""
        ...

    def prepare(self, image: Image.Image) -> NDArray[Any]:
        """Upright photo -> (3, H, W) model input."""
        ...

    def embed_images(self, batch: NDArray[Any]) -> NDArray[np.float32]:
        """(B, 3, H, W) model input -> (B, dim) unit rows."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """T sentences -> (T, dim) unit rows."""
        ...


class Explainer:
    """Heatmaps and word relevance of one model; it never changes the model, nor what other threads compute.

    The torch module is built on first use (some seconds for `mini`). Targets are rows of the model's space:
    of a text, a class, or of another photo. A model without a torch module has occlusion alone.
    """

    def __init__(self, model: Searching) -> None:
        self.model: Any = model

    @cached_property
    def methods(self) -> tuple[Method, ...]:
        """What this model can be asked for, the default first."""
        names: tuple[Method, ...] = get_args(Method)
        if not hasattr(self.model, "make_clip"):
            return names[3:]
        try:
            return names if self.parts.tokens is not None else names[1:]
        except ModelError:  # a tower of unknown kind still has pixels
            return names[2:]

    def heatmap(
        self,
        image: Image.Image,
        target: NDArray[np.float32],
        *,
        against: NDArray[np.float32] | Literal["everyday"] | None = "everyday",
        method: Method | None = None,
    ) -> Relevance:
        """Say which part of an upright photo of any size raises its cosine with a target.

        target: (dim,) row. against: (dim,) row whose cosine is taken away, "why this rather than that";
        ``"everyday"`` for what texts about photos share, which tells the query's own part from what any text
        would light up; None for the plain cosine. method: one of `methods`, the first unless told.

        Raises QueryError for a row of another length, with numbers missing, or an unknown method.
        """
        chosen = method or self.methods[0]
        if chosen not in self.methods:
            raise QueryError(
                f"Heatmap method {chosen!r} is not available for this model.",
                f"Use one of: {', '.join(self.methods)}.",
            )
        row, prepared = self.difference(target, against), self.model.prepare(image)
        with self._undisturbed():
            look = self._look(chosen, prepared, row)
        top = np.float32(float(look.whole.max()) or 1.0)
        blocks = None if look.blocks is None else look.blocks / top
        score = float(self.model.embed_images(prepared[None])[0] @ row)
        return Relevance(look.whole / top, blocks, score, view_of(self.model.prepare, image.size))

    def difference(
        self, target: NDArray[np.float32], against: NDArray[np.float32] | Literal["everyday"] | None
    ) -> NDArray[np.float32]:
        """(dim,) row whose product with a photo's row is what `heatmap` explains. Raises QueryError."""
        if against is None:
            return self._row(target)
        return self._row(target) - (self.everyday if isinstance(against, str) else self._row(against))

    def kept_scores(
        self,
        image: Image.Image,
        target: NDArray[np.float32],
        keep: NDArray[np.bool_],
        going: Callable[[], bool] = lambda: True,
    ) -> NDArray[np.float32]:
        """Cosines (K,) of a photo of which only some cells are kept, the rest showing its mean colour.

        target: (dim,) row, or the difference of two. keep: (K, h, w) over what the model sees, h and w not
        more than the sides of its input. It computes with what search computes with, so it is quick; before
        each batch ``going`` is asked whether to go on, and InterruptedError is raised where it says no.
        """
        row, prepared = self._row(target), self.model.prepare(image)
        mean = prepared.mean(axis=(1, 2), keepdims=True).astype(prepared.dtype)
        down, across = (
            np.arange(n) * k // n for n, k in zip(prepared.shape[1:], keep.shape[1:], strict=True)
        )
        scores = [np.zeros(0, np.float32)]
        for start in range(0, len(keep), self.model.batch_size):
            if not going():
                raise InterruptedError
            shown = keep[start : start + self.model.batch_size][:, down][:, :, across][:, None]
            scores.append(self.model.embed_images(np.where(shown, prepared, mean)) @ row)
        return np.concatenate(scores)

    def words(self, text: str, match: Image.Image | NDArray[np.float32]) -> list[tuple[str, float]]:
        """Relevance of each word of a query for its match with a photo: not negative, together 1.

        match: an upright photo, or a (dim,) row. All are 0 where nothing in the text speaks for the match.
        By the rule on the text tower; of a model whose tower is unknown, by `without_each_word`.
        """
        row = self._match(match)
        if hasattr(self.model, "make_clip"):
            from workbench.models.relevance.tower_layers import last_text_block
            from workbench.models.relevance.words import word_relevance

            with self._undisturbed():
                try:
                    last_text_block(self.clip)
                except ModelError:
                    pass
                else:
                    return word_relevance(self.model, self.clip, text, row)
        falls = [(word, max(0.0, fall)) for word, fall in self.without_each_word(text, row)]
        total = sum(fall for _, fall in falls) or 1.0
        return [(word, fall / total) for word, fall in falls]

    def without_each_word(
        self, text: str, match: Image.Image | NDArray[np.float32]
    ) -> list[tuple[str, float]]:
        """How far the cosine with a photo falls when a word is left out; below 0 where it rises.

        match: an upright photo, or a (dim,) row. Needs no gradient and works with every model; of a text of
        one word, the cosine of that word.
        """
        row, words = self._match(match), text.split()
        if not words:
            return []
        fewer = [" ".join(words[:i] + words[i + 1 :]) for i in range(len(words))]
        whole, *others = self.model.embed_texts([text, *fewer]) @ row
        if len(words) == 1:
            return [(words[0], float(whole))]
        return [(word, float(whole - other)) for word, other in zip(words, others, strict=True)]

    def randomised(self, seed: int = 0) -> Explainer:
        """Return an explainer of the same tower with shuffled weights: what its maps show is not learned.

        The check of Adebayo et al. 2018 (arXiv:1810.03292). Its scores are those of the true model; of
        `methods` it is meant for those that take gradients.
        """
        from workbench.models.relevance.forward_pass import randomised

        other = Explainer(self.model)
        with self._undisturbed():
            other.clip, other.visual = self.clip, randomised(self.visual, seed)
        return other

    @cached_property
    def clip(self) -> Any:
        """The torch module with hooks of its own and the model's weights; built on first use."""
        from workbench.models.relevance.forward_pass import twin

        return twin(self.model.clip)

    @cached_property
    def visual(self) -> Any:
        """The image tower that is looked at."""
        return self.clip.visual

    @cached_property
    def parts(self) -> TowerLayers:
        """Where in the tower to look. Raises ModelError for a tower of unknown kind."""
        from workbench.models.relevance.tower_layers import tower_layers

        return tower_layers(self.visual)

    @cached_property
    def everyday(self) -> NDArray[np.float32]:
        """(dim,) mean row of `EVERYDAY`."""
        mean: NDArray[np.float32] = self.model.embed_texts(EVERYDAY).mean(axis=0)
        return mean

    def _undisturbed(self) -> AbstractContextManager[None]:
        """Let torch compute on one thread, where it computes."""
        if not hasattr(self.model, "make_clip"):
            return nullcontext()
        from workbench.models.relevance.forward_pass import one_thread

        return one_thread()

    def _look(self, method: Method, prepared: NDArray[Any], row: NDArray[np.float32]) -> ForwardPass:
        from workbench.models.relevance import attribution, forward_pass
        from workbench.models.relevance.forward_pass import as_pixels

        if method == "occlusion":
            return attribution.occlusion(lambda batch: self.model.embed_images(batch) @ row, prepared)
        pixels, score = as_pixels(prepared), self._score(row)
        match method:
            case "integrated gradients":
                return attribution.integrated_gradients(score, pixels)
            case "gradcam" if self.parts.maps is not None:
                return attribution.layer_activation(score, pixels, self.parts.maps)
            case "gradcam":
                return forward_pass.token_activation(score, pixels, self.parts)
            case _:
                return forward_pass.relevance(score, pixels, self.parts)

    def _score(self, row: NDArray[np.float32]) -> Score:
        import torch
        from torch.nn.functional import normalize

        target = torch.from_numpy(row)

        def score(pixels: torch.Tensor) -> torch.Tensor:
            cosines: torch.Tensor = normalize(self.visual(pixels), dim=1) @ target
            return cosines

        return score

    def _match(self, match: Image.Image | NDArray[np.float32]) -> NDArray[np.float32]:
        if isinstance(match, np.ndarray):
            return self._row(match)
        row: NDArray[np.float32] = self.model.embed_images(self.model.prepare(match)[None])[0]
        return row

    def _row(self, row: NDArray[np.float32]) -> NDArray[np.float32]:
        given = np.ascontiguousarray(row, np.float32)
        if given.shape != (self.model.dim,) or not np.isfinite(given).all():
            raise QueryError(
                f"A target must be a vector of {self.model.dim} finite numbers, not of shape {given.shape}.",
                "Use a row from embed_texts(...) or embed_images(...) of the same model.",
            )
        return given
