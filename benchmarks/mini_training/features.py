"""The training photos seen through the frozen towers, computed once and kept in a cache folder.

Each photo is seen in several views: squeezed whole, its mirror image, and random crops. One float16 matrix a
part, with a text file that says which view of which photo each row is; a part whose text file says exactly
what would be computed is not computed again.
"""

from __future__ import annotations

import queue
import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image, ImageOps

from benchmarks.mini_training.photos import Photo
from workbench.models.engine import Runner
from workbench.models.mini.load import tokenizer
from workbench.models.mini.preprocess import VERSION, squeeze
from workbench.models.mini.towers import FEATURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

VIEWS = {
    "captions": 4, "queries": 2, "scenes": 1, "objects": 4, "boxes": 1, "classes": 1, "people": 1, "faces": 1,
}  # fmt: skip
CLASS_VIEWS = {"imagenet": 4, "caltech101": 2}
_BATCH = 16
_FEW = {"classes": 800, "faces": 320, "scenes": 512}  # of classes so many of Tiny ImageNet, and all others


@dataclass(frozen=True)
class Features:
    """Rows of one part: `matrix` (V, FEATURES) float16, `photo` (V,) index into the photos, `view` (V,)."""

    matrix: NDArray[np.float16]
    photo: NDArray[np.int32]
    view: NDArray[np.int32]


def views_of(photo: Photo, *, few: bool = False) -> int:
    """How many views the training set has of a photo; one where ``few``."""
    return 1 if few else CLASS_VIEWS.get(photo.file.parent.name, VIEWS[photo.part])


def few_of(photos: Sequence[Photo], part: str) -> list[int]:
    """Return which photos of a part are enough for heads as they ship: all captioned ones, of others some."""
    places = list(range(len(photos)))
    if part in ("objects", "boxes"):
        return []
    if part == "people":
        before = Counter[str]()
        return [
            index
            for index in places
            if (before.update([photos[index].group]) or before[photos[index].group]) < 3
        ]
    if part == "more":
        scenes = [index for index in places if photos[index].part == "scenes"]
        return sorted({*places} - {*scenes[_FEW["scenes"] :]})
    small = part == "classes"
    always = [index for index in places if small and photos[index].file.parent.name != "tiny_imagenet"]
    others = sorted({*places} - {*always}, key=lambda index: photos[index].name)
    if part in _FEW:
        random.Random(0).shuffle(others)
        others = others[: _FEW[part]]
    return sorted([*always, *others])


def cached_features(
    photos: Sequence[Photo], run: Runner, cache: Path, *, part: str, few: bool = False
) -> Features:
    """Features of the views of the photos of one part, from the cache or computed now (minutes).

    ``run`` is `workbench.models.mini.load.feature_rows`. ``few``: one view of the photos of `few_of`.
    """
    wanted = few_of(photos, part) if few else range(len(photos))
    jobs = [(index, view) for index in wanted for view in range(views_of(photos[index], few=few))]
    listing = "\n".join([VERSION, *(f"{photos[index].name}\t{view}" for index, view in jobs)])
    index_file, matrix_file = cache / f"{part}.txt", cache / f"{part}.npy"
    if not (index_file.is_file() and index_file.read_text(encoding="utf-8") == listing):
        cache.mkdir(parents=True, exist_ok=True)
        index_file.unlink(missing_ok=True)
        np.save(matrix_file, _compute(photos, jobs, run, part))
        index_file.write_text(listing, encoding="utf-8")
    photo, view = np.array(jobs, np.int32).reshape(-1, 2).T
    return Features(np.load(matrix_file, mmap_mode="r"), photo, view)


def make_view(image: Image.Image, view: int, seed: int) -> Image.Image:
    """View 0 is the photo, 1 its mirror image, others crops of half its area or more, mirrored or not."""
    if view < 2:
        return ImageOps.mirror(image) if view else image
    rng = np.random.default_rng((seed, view))
    area, ratio = rng.uniform(0.5, 1.0), np.exp(rng.uniform(np.log(3 / 4), np.log(4 / 3)))
    width = min(1.0, float(np.sqrt(area * ratio))) * image.width
    height = min(1.0, float(np.sqrt(area / ratio))) * image.height
    left, top = rng.uniform(0, image.width - width), rng.uniform(0, image.height - height)
    crop = image.crop((int(left), int(top), max(int(left + width), 1), max(int(top + height), 1)))
    return ImageOps.mirror(crop) if rng.random() < 0.5 else crop


def _open(photo: Photo) -> Image.Image:
    image = ImageOps.exif_transpose(Image.open(photo.file)).convert("RGB")
    if photo.box is None:
        return image
    left, top, width, height = photo.box
    edge = 0.1 * max(width, height)  # a little surrounding, as a photographer would leave
    box = (max(left - edge, 0), max(top - edge, 0), left + width + edge, top + height + edge)
    return image.crop(
        (int(box[0]), int(box[1]), int(min(box[2], image.width)), int(min(box[3], image.height)))
    )


def _compute(
    photos: Sequence[Photo], jobs: list[tuple[int, int]], run: Runner, part: str
) -> NDArray[np.float16]:
    from tqdm import tqdm

    rows = [np.zeros((0, FEATURES), np.float16)]
    with tqdm(total=len(jobs), desc=f"seeing {part}", unit=" views") as bar:
        for batch in _ahead(_batches(photos, jobs)):
            rows.append(run(batch).astype(np.float16))
            bar.update(len(batch))
    return np.concatenate(rows)


def _batches(photos: Sequence[Photo], jobs: list[tuple[int, int]]) -> Iterator[NDArray[np.uint8]]:
    last, image = -1, None
    for start in range(0, len(jobs), _BATCH):
        batch = []
        for index, view in jobs[start : start + _BATCH]:
            if index != last or image is None:
                last, image = index, _open(photos[index])
            batch.append(squeeze(make_view(image, view, seed=index)))
        yield np.stack(batch)


def _ahead(batches: Iterator[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
    """Yield the same batches, preparing the next ones on a thread meanwhile."""
    ready: queue.Queue[NDArray[np.uint8] | BaseException | None] = queue.Queue(maxsize=2)

    def work() -> None:
        try:
            for batch in batches:
                ready.put(batch)
            ready.put(None)
        except BaseException as error:
            ready.put(error)

    threading.Thread(target=work, daemon=True).start()
    while (item := ready.get()) is not None:
        if isinstance(item, BaseException):
            raise item
        yield item


def text_vectors(tower: torch.nn.Module, sentences: Sequence[str]) -> NDArray[np.float32]:
    """Rows of open_clip's text tower for many sentences; sorted by length inside, to pad little."""
    tokens = tokenizer()
    order = sorted(range(len(sentences)), key=lambda index: len(sentences[index]))
    rows = []
    with torch.inference_mode():
        for start in range(0, len(order), 128):
            ids = tokens([sentences[index] for index in order[start : start + 128]])
            rows.append(tower(torch.from_numpy(ids)).numpy())
    stacked: NDArray[np.float32] = np.concatenate(rows)
    result = np.empty_like(stacked)
    result[order] = stacked
    return result
