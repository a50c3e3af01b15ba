"""Train the heads of `mini`: ``python -m benchmarks.mini_training.train --photos FOLDER``."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from benchmarks.mini_training.batches import FitOptions, TrainingSet
from benchmarks.mini_training.evaluate import evaluate
from benchmarks.mini_training.features import cached_features, text_vectors
from benchmarks.mini_training.fit import fit
from benchmarks.mini_training.photos import PARTS, Photo, read_photos
from benchmarks.mini_training.sentences import imagenet_sentences, sentences_of
from benchmarks.mini_training.splits import Split, seen_only, split_photos
from workbench.models.mini.build import build_clip
from workbench.models.mini.config import HEADS_FILE, HeadConfig
from workbench.models.mini.heads import Heads, ImageHead, TextHead, load_heads, save_heads
from workbench.models.mini.load import feature_rows
from workbench.models.mini.towers import SLICES, WIDTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TWINS = 0.9


def main(arguments: Sequence[str] | None = None) -> None:
    """Compute or read the features, fit the heads, print the figures, write the heads."""
    options = _parse(arguments)
    start = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - start:5.0f} s  {what}", flush=True)

    photos, matrix, photo = _features(options.photos, options.cache, few=options.few)
    say(f"features of {len(matrix)} views of {len(photos)} photos")
    split = seen_only(split_photos(photos), photo)
    data = training_set(photos, matrix, photo, split, options.cache, final=options.final)
    say(f"{data.truth.shape[1]} sentences read, {len(data.matrix)} views to learn from")
    heads = fit(data, HeadConfig(), FitOptions(seed=options.seed), say)
    save_heads(heads, options.out)
    say("written")
    report(load_heads(options.out), photos, matrix, photo, split, options.cache, measured=options.final)


def report(
    heads: Heads,
    photos: Sequence[Photo],
    matrix: NDArray[np.float16],
    photo: NDArray[np.int64],
    split: Split,
    cache: Path,
    *,
    measured: bool,
) -> None:
    """Print the figures of all subspaces together and of each alone.

    They are taken on the photos for choices, and where ``measured`` on the held-out photos instead.
    """
    first = np.searchsorted(photo, np.arange(len(photos)))
    own = heads.image.config
    for name, place in {"all": None, "regressed": 0, "contrasted": 1, "described": 2, "labelled": 3}.items():
        alone = tuple(float(index == place) for index in range(len(own.weights)))
        heads.text.config = own if place is None else replace(own, shares=(alone,) * len(own.shares))

        def embed(indices: Sequence[int]) -> NDArray[np.float32]:
            with torch.inference_mode():
                seen = torch.from_numpy(matrix[first[indices]].astype(np.float32))
                rows: NDArray[np.float32] = heads.image(seen).numpy()
                return rows

        def texts(sentences: Sequence[str]) -> NDArray[np.float32]:
            with torch.inference_mode():
                rows: NDArray[np.float32] = heads.text(
                    torch.from_numpy(_cached_texts(list(sentences), cache))
                ).numpy()
                return rows

        figures = evaluate(photos, split, embed, texts, measured=measured)
        print(name, {key: round(value, 3) for key, value in figures.items()}, flush=True)


def _features(
    root: Path, cache: Path, *, few: bool
) -> tuple[list[Photo], NDArray[np.float16], NDArray[np.int64]]:
    run = feature_rows()
    photos: list[Photo] = []
    matrices, owners = [], []
    for part in PARTS:
        found = read_photos(root, part)
        features = cached_features(found, run, cache, part=part, few=few)
        matrices.append(features.matrix)
        owners.append(features.photo.astype(np.int64) + len(photos))
        photos += found
    return photos, np.concatenate(matrices), np.concatenate(owners)


def training_set(
    photos: Sequence[Photo],
    matrix: NDArray[np.float16],
    photo: NDArray[np.int64],
    split: Split,
    cache: Path,
    *,
    final: bool,
) -> TrainingSet:
    """Return what the heads learn from: all that is not held back, less near twins of what is measured.

    ``final``: the photos for choices are learnt from too.
    """
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    measured = sorted({*split.captions, *split.mixed, *(() if final else split.tuning)})
    wanted = sorted({*split.train, *(split.tuning if final else ())})
    twins = near_twins(matrix, photo, measured, wanted)
    train = [index for index in wanted if index not in twins]
    print(f"{len(twins)} near twins of photos that are measured are left out", flush=True)
    spoken = [sentences_of(photos[index]) for index in train]
    sentences = sorted({sentence for group in spoken for sentence in group})
    names = imagenet_sentences()
    rows = _cached_texts([*sentences, *(sentence for group in names for sentence in group)], cache)
    number = {sentence: index for index, sentence in enumerate(sentences)}
    owners = np.repeat(np.arange(len(spoken)), [len(group) for group in spoken])
    columns = np.array([number[sentence] for group in spoken for sentence in group])
    truth = csr_matrix(
        (np.ones(len(columns), np.float32), (owners, columns)), shape=(len(spoken), len(sentences))
    )
    class_rows = rows[len(sentences) :].reshape(len(names), len(names[0]), -1)
    kept = np.isin(photo, train)
    return TrainingSet(
        matrix=matrix[kept],
        photo=np.searchsorted(train, photo[kept]),
        kinds=[_kind(photos[index]) for index in train],
        labels=[photos[index].group if photos[index].part == "classes" else "" for index in train],
        truth=truth,
        texts=rows[: len(sentences)],
        class_texts=(class_rows / np.linalg.norm(class_rows, axis=2, keepdims=True)).mean(axis=1),
    )


def near_twins(
    matrix: NDArray[np.float16], photo: NDArray[np.int64], measured: Sequence[int], others: Sequence[int]
) -> set[int]:
    """Return which of the ``others`` show nearly what a photo of ``measured`` shows.

    The last class token and mean patch token of the whole photo say so, by a cosine of `_TWINS` or more.
    """
    first = np.searchsorted(photo, np.arange(photo.max() + 1))
    seen = set(photo.tolist())
    columns = np.r_[SLICES["class11"], SLICES["patch11"]]
    there = [np.array([index for index in some if index in seen]) for some in (measured, others)]
    held, open_ = (matrix[first[some]][:, columns].astype(np.float32) for some in there)
    centre = held.mean(axis=0)
    held, open_ = (rows - centre for rows in (held, open_))
    held, open_ = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (held, open_))
    return {int(index) for index, row in zip(there[1], open_, strict=True) if (held @ row).max() >= _TWINS}


def _kind(photo: Photo) -> str:
    return photo.rows[0]["file"].split("/")[0] if photo.part == "classes" else photo.part


def _cached_texts(sentences: list[str], cache: Path) -> NDArray[np.float32]:
    """Rows of the sentences; only those that the cache has not are computed."""
    listing, matrix = cache / "sentences.json", cache / "sentences.npy"
    known: list[str] = json.loads(listing.read_text(encoding="utf-8")) if listing.is_file() else []
    rows: NDArray[np.float32] = np.load(matrix) if known else np.zeros((0, WIDTH), np.float32)
    if new := sorted(set(sentences) - set(known)):
        text = build_clip(Heads(ImageHead(HeadConfig()), TextHead(HeadConfig()), 1.0)).text
        text.proj = torch.nn.Identity()
        rows = np.concatenate([rows, text_vectors(text, new)])
        known += new
        listing.unlink(missing_ok=True)
        np.save(matrix, rows)
        listing.write_text(json.dumps(known), encoding="utf-8")
    place = {sentence: index for index, sentence in enumerate(known)}
    return rows[[place[sentence] for sentence in sentences]]


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the heads of the embedded model mini.")
    parser.add_argument(
        "--photos", type=Path, required=True, help="training folder (see photos.py for its layout)"
    )
    parser.add_argument(
        "--cache", type=Path, default=Path("mini-features"), help="folder for computed features, 300 MB"
    )
    parser.add_argument("--out", type=Path, default=HEADS_FILE, help="where the heads are written")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--few", action="store_true", help="one view of fewer photos, as the heads that ship were trained"
    )
    parser.add_argument(
        "--final", action="store_true", help="learn from the photos for choices too, and measure on the rest"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
