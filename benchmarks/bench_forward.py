"""Find the fastest way to compute `mini` images here: ``python -m benchmarks.bench_forward [FOLDER]``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from workbench import models
from workbench.models.mini.build import build_clip
from workbench.models.mini.preprocess import MEAN, STD, prepare

SECONDS = 2.0
Forward = Callable[[torch.Tensor], torch.Tensor]


def float32() -> Forward:
    return build_clip().visual


def channels_last(light: bool = False) -> Forward:
    visual = build_clip().visual
    visual.towers.to(memory_format=torch.channels_last)
    if light:
        visual.towers.lighten()
    return lambda batch: visual(batch.contiguous(memory_format=torch.channels_last))


def compiled() -> Forward:
    return torch.compile(channels_last(light=True))


def openvino(precision: Literal["float32", "bfloat16"]) -> Forward:
    model = models.load(precision=precision)
    return lambda batch: torch.from_numpy(model.embed_images(stored(batch)))


def stored(batch: torch.Tensor) -> NDArray[np.uint8]:
    """Return the bytes a normalised batch was made of: what the export takes."""
    pixels = batch.numpy() * STD[:, None, None] + MEAN[:, None, None]
    return np.rint(pixels * 255).astype(np.uint8)


def onnxruntime() -> Forward:
    import io

    import onnxruntime

    file, example = io.BytesIO(), torch.zeros(2, 3, 224, 224)
    axes = {"pixels": {0: "batch"}, "rows": {0: "batch"}}
    names = {"input_names": ["pixels"], "output_names": ["rows"], "dynamic_axes": axes}
    torch.onnx.export(build_clip().visual, (example,), file, dynamo=False, **names)
    session = onnxruntime.InferenceSession(file.getvalue())
    return lambda batch: torch.from_numpy(session.run(None, {"pixels": batch.numpy()})[0])


WAYS: dict[str, Callable[[], Forward]] = {
    "float32": float32,
    "float32, channels last": channels_last,
    "bfloat16 transformer, channels last": lambda: channels_last(light=True),
    "the same, torch.compile": compiled,
    "onnxruntime": onnxruntime,
    "OpenVINO, float32": lambda: openvino("float32"),
    "OpenVINO, bfloat16": lambda: openvino("bfloat16"),
}


def images_per_second(forward: Forward, batch: torch.Tensor) -> float:
    forward(batch)
    start, rounds = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        forward(batch)
        rounds += 1
    return rounds * len(batch) / (time.perf_counter() - start)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "data" / "photos"
    files = sorted(file for file in folder.rglob("*") if file.suffix in (".jpg", ".png"))[::4][:32]
    pixels = torch.from_numpy(np.stack([prepare(Image.open(file)) for file in files]))
    print(f"{len(files)} photos, {torch.get_num_threads()} threads, torch {torch.__version__}")
    print("| way | batch 8 | 16 | 32 | ratio | smallest cosine to float32 |\n|---|---:|---:|---:|---:|---:|")
    with torch.inference_mode():
        exact, base = float32()(pixels), 0.0
        for name, make in WAYS.items():
            try:
                forward = make()
                speeds = [images_per_second(forward, pixels[:size].contiguous()) for size in (8, 16, 32)]
            except Exception as error:  # an optional engine that is missing or cannot take the model
                print(f"| {name} | {type(error).__name__} |||||", flush=True)
                continue
            base = base or speeds[1]
            cosine = torch.cosine_similarity(forward(pixels), exact).min().item()
            cells = " | ".join(f"{speed:.1f}" for speed in speeds)
            print(f"| {name} | {cells} | {speeds[1] / base:.2f} | {cosine:.5f} |", flush=True)


if __name__ == "__main__":
    main()
