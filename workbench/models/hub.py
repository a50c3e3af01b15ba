"""Any open_clip model: from its own downloader, or from a checkpoint file on this machine."""

from __future__ import annotations

import hashlib
import logging
import os
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from workbench.errors import ModelError
from workbench.models.engine import SHORT, choose_precision
from workbench.models.joint import JointModel, embedder_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SECONDS = 10.0


def load_open_clip(architecture: str, source: str, *, precision: str = "auto") -> JointModel:
    """Build an open_clip model; `source` is a tag of open_clip's list or a checkpoint file.

    Raises ModelError for an unknown architecture or tag, a file that does not fit, or a silent hub.
    """
    dtype_name = choose_precision(precision)
    checkpoint = Path(source).expanduser()
    clip, preprocess, tokenize = _create(architecture, source, checkpoint if checkpoint.is_file() else None)
    clip = clip.eval().requires_grad_(False)
    # the digest is taken of the numbers themselves, so that a moved or repacked checkpoint keeps its vectors
    digest = _digest(clip)
    dtype = torch.bfloat16 if dtype_name == "bfloat16" else torch.float32
    clip.visual.to(dtype).to(memory_format=torch.channels_last)
    side = clip.visual.image_size[0] if isinstance(clip.visual.image_size, tuple) else clip.visual.image_size

    def image_rows(batch: NDArray[Any]) -> NDArray[np.float32]:
        pixels = torch.from_numpy(batch).to(dtype).contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            rows: NDArray[np.float32] = clip.encode_image(pixels).float().numpy()
        return rows

    def text_rows(tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.inference_mode():
            rows: NDArray[np.float32] = clip.encode_text(torch.from_numpy(tokens)).float().numpy()
        return rows

    return JointModel(
        key=embedder_key(architecture, digest, side, "openclip1", SHORT[dtype_name]),
        dim=text_rows(tokenize(["a"]).numpy()).shape[-1],
        transform=lambda image: preprocess(image).numpy(),
        image_rows=image_rows,
        tokenizer=lambda texts: tokenize(list(texts)).numpy(),
        text_rows=text_rows,
        make_clip=lambda: clip,
        logit_scale=float(clip.logit_scale.exp()),
    )


def _create(architecture: str, source: str, checkpoint: Path | None) -> tuple[Any, Any, Any]:
    """Return the module, its preparation of photos and its tokenizer."""
    import open_clip

    if architecture not in open_clip.list_models():
        raise ModelError(
            f"Unknown open_clip architecture {architecture!r}.",
            "Choose one of open_clip.list_models(), or: mini",
        )
    if checkpoint is None and source not in open_clip.list_pretrained_tags_by_model(architecture):
        raise ModelError(
            f"{source!r} is neither a file nor a pretrained tag of open_clip for {architecture}.",
            f"Use {', '.join(open_clip.list_pretrained_tags_by_model(architecture))}; or give a file.",
        )
    try:
        with _quick_and_quiet(), _weights_alone():
            clip, _, preprocess = open_clip.create_model_and_transforms(
                architecture, pretrained=str(checkpoint or source), pretrained_hf=False, weights_only=True
            )
            tokenize = open_clip.get_tokenizer(architecture)
    except Exception as error:
        raise _explained(architecture, source, checkpoint, error) from None
    return clip, preprocess, tokenize


def _explained(architecture: str, source: str, checkpoint: Path | None, error: Exception) -> ModelError:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
    if checkpoint is not None:
        return ModelError(
            f"{checkpoint} cannot be loaded as {architecture} ({reason}).",
            "Give the architecture this checkpoint was trained with.",
        )
    return ModelError(
        f"The weights {architecture}/{source} could not be downloaded from the model hub ({reason}).",
        f"Connect to the hub, or download the checkpoint elsewhere and load '{architecture}/path/to/file', "
        "or use 'mini', which needs no hub.",
    )


@contextmanager
def _weights_alone() -> Iterator[None]:
    """Let torch read nothing but tensors from checkpoints, whatever libraries and the environment ask for.

    A checkpoint is a pickle, which can run any program. open_clip asks for tensors alone, and tries again
    without that where some error of the file looks like one of an old torch.
    """
    names = ("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD")
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    os.environ[names[0]] = "1"
    try:
        yield
    finally:
        del os.environ[names[0]]
        os.environ.update(before)


@contextmanager
def _quick_and_quiet() -> Iterator[None]:
    """Let a dead hub fail within seconds, and without the log lines that repeat what our error says.

    The hub's own client tries again and again for most of a minute, so a hub that does not answer one plain
    request is switched off for it; weights it downloaded earlier are still found.
    """
    from huggingface_hub import constants

    before = (socket.getdefaulttimeout(), logging.root.manager.disable, constants.HF_HUB_OFFLINE)
    socket.setdefaulttimeout(_SECONDS)
    logging.disable(logging.ERROR)
    constants.HF_HUB_OFFLINE = before[2] or not _answers(constants.ENDPOINT)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before[0])
        logging.disable(before[1])
        constants.HF_HUB_OFFLINE = before[2]


def _answers(address: str) -> bool:
    """Whether a web address gives any answer within seconds, be it an error of its own."""
    try:
        urllib.request.urlopen(address, timeout=_SECONDS).close()  # noqa: S310 the hub client's own address
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _digest(module: torch.nn.Module) -> str:
    total = hashlib.sha256()
    for name, value in sorted(module.state_dict().items()):
        total.update(name.encode())
        total.update(value.contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return total.hexdigest()[:8]
