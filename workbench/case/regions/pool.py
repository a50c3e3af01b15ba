"""RegionPool: the samples that one question is asked of, regions of some kinds and maybe whole images."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.calibration import Background

if TYPE_CHECKING:
    import pandas as pd

IMAGES = "images"
"""As a kind: the whole images beside their regions."""


@dataclass
class RegionPool:
    """Row i of ``vectors`` (S, D) belongs to row i of ``frame``; ``phrases()`` embeds the vocabulary."""

    frame: "pd.DataFrame"
    vectors: NDArray[np.float32]
    phrases: Callable[[], NDArray[np.float32]]
    _backgrounds: dict[bool, Background] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        kinds: Collection[str],
        frame: "pd.DataFrame",
        vectors: NDArray[np.float32],
        images: "pd.DataFrame | None",
        image_vectors: NDArray[np.float32],
        phrases: Callable[[], NDArray[np.float32]],
    ) -> "RegionPool":
        """Choose the regions of some kinds, and add ``images`` as regions that fill their image."""
        chosen = frame["kind"].isin(list(kinds)).to_numpy()
        if not chosen.all():
            frame, vectors = frame[chosen].reset_index(drop=True), vectors[chosen]
        if images is None:
            return cls(frame, vectors, phrases)
        import pandas as pd

        whole = pd.concat([frame, _as_regions(images)], ignore_index=True)
        both = image_vectors if not len(vectors) else np.concatenate([vectors, image_vectors])
        return cls(whole, both, phrases)

    def background(self, words: bool) -> Background:
        """Return what scores unrelated queries get here, in words or by example."""
        if words not in self._backgrounds:
            references = self.phrases() if words else self.vectors
            self._backgrounds[words] = Background(self.vectors, references)
        return self._backgrounds[words]


def _as_regions(images: "pd.DataFrame") -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(
        {
            "region_id": images["image_id"],
            "image_id": images["image_id"],
            "image_row": np.arange(len(images), dtype=np.int32),
            "kind": IMAGES,
            "label": "image",
            "x": np.float32(0),
            "y": np.float32(0),
            "width": images["width"].astype(np.float32),
            "height": images["height"].astype(np.float32),
            "score": np.float32(1),
            "mask": None,
            "mask_rows": np.int32(0),
            "mask_columns": np.int32(0),
            "text": "",
            "script": "",
        }
    )
