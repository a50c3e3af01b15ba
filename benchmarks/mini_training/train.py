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
from benchmarks.mini_training.splits import Split, split_photos
from workbench.models.mini.build import build_clip, published_towers
from workbench.models.mini.config import HEADS_FILE, HeadConfig
from workbench.models.mini.heads import Heads, ImageHead, TextHead, load_heads, save_heads

if TYPE_CHECKING:
    from numpy.typing import NDArray


def main(arguments: Sequence[str] | None = None) -> None:
    """Compute or read the features, fit the heads, print the figures, write the heads."""
    options = _parse(arguments)
    start = time.monotonic()
    photos, matrix, photo = _features(options.photos, options.cache)
    print(
        f"features of {len(matrix)} views of {len(photos)} photos: {time.monotonic() - start:.0f} s",
        flush=True,
    )
    split = split_photos(photos)
    data = _training_set(photos, matrix, photo, split, options.cache)
    print(f"{data.truth.shape[1]} sentences read: {time.monotonic() - start:.0f} s", flush=True)
    heads = fit(data, HeadConfig(), FitOptions(seed=options.seed))
    save_heads(heads, options.out)
    print(f"fitted: {time.monotonic() - start:.0f} s", flush=True)
    report(load_heads(options.out), photos, matrix, photo, split)


def report(
    heads: Heads, photos: Sequence[Photo], matrix: NDArray[np.float16], photo: NDArray[np.int64], split: Split
) -> None:
    """Print the figures of all subspaces together and of each alone, over the held-out photos."""
    first = np.searchsorted(photo, np.arange(len(photos)))
    clip = build_clip(heads)
    every = heads.image.config.weights
    alone = {"regressed": (1.0, 0.0, 0.0), "contrasted": (0.0, 1.0, 0.0), "labelled": (0.0, 0.0, 1.0)}
    for name, weights in {"all": every, **alone}.items():
        config = replace(heads.image.config, weights=weights)
        heads.image.config, heads.text.config = config, config

        def embed(indices: Sequence[int]) -> NDArray[np.float32]:
            with torch.inference_mode():
                rows: NDArray[np.float32] = heads.image(
                    torch.from_numpy(matrix[first[indices]].astype(np.float32))
                ).numpy()
                return rows

        def texts(sentences: Sequence[str]) -> NDArray[np.float32]:
            return text_vectors(clip.text, sentences)

        print(
            name,
            {key: round(value, 3) for key, value in evaluate(photos, split, embed, texts).items()},
            flush=True,
        )


def _features(root: Path, cache: Path) -> tuple[list[Photo], NDArray[np.float16], NDArray[np.int64]]:
    towers = published_towers()
    photos: list[Photo] = []
    matrices, owners = [], []
    for part in PARTS:
        found = read_photos(root, part)
        features = cached_features(found, towers, cache, part=part)
        matrices.append(features.matrix)
        owners.append(features.photo.astype(np.int64) + len(photos))
        photos += found
    return photos, np.concatenate(matrices), np.concatenate(owners)


def _training_set(
    photos: Sequence[Photo], matrix: NDArray[np.float16], photo: NDArray[np.int64], split: Split, cache: Path
) -> TrainingSet:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    spoken = [sentences_of(photos[index]) for index in split.train]
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
    kept = np.isin(photo, split.train)
    return TrainingSet(
        matrix=matrix[kept],
        photo=np.searchsorted(split.train, photo[kept]),
        kinds=[_kind(photos[index]) for index in split.train],
        labels=[photos[index].group if photos[index].part == "classes" else "" for index in split.train],
        truth=truth,
        texts=rows[: len(sentences)],
        class_texts=(class_rows / np.linalg.norm(class_rows, axis=2, keepdims=True)).mean(axis=1),
    )


def _kind(photo: Photo) -> str:
    return photo.rows[0]["file"].split("/")[0] if photo.part == "classes" else photo.part


def _cached_texts(sentences: list[str], cache: Path) -> NDArray[np.float32]:
    listing, matrix = cache / "sentences.json", cache / "sentences.npy"
    if not (listing.is_file() and json.loads(listing.read_text(encoding="utf-8")) == sentences):
        listing.unlink(missing_ok=True)
        text = build_clip(Heads(ImageHead(HeadConfig()), TextHead(HeadConfig()), 1.0)).text
        text.proj = torch.nn.Identity()
        np.save(matrix, text_vectors(text, sentences))
        listing.write_text(json.dumps(sentences), encoding="utf-8")
    rows: NDArray[np.float32] = np.load(matrix)
    return rows


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
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
