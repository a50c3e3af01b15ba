"""Reads what is written in a picture: lines of text in any direction, with their boxes.

Method: PP-OCRv6 (PaddleOCR), as packaged by RapidOCR with its models, computed by OpenVINO.
"""

from __future__ import annotations

import logging
import threading
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from workbench.errors import ModelError, required_by
from workbench.media.crops import FoundRegion
from workbench.models import weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Read = Callable[[NDArray[np.uint8]], Any]

LONGEST = 1600
"""Longest side, in pixels, of the picture that is read; larger ones are made smaller."""
_SHORTEST = 48  # pixels; a narrower picture is widened on white, because no line of text fits into it


@dataclass(frozen=True)
class Reader:
    """Call it with an RGB picture: areas of text in reading order, surer than ``least_score`` [0, 1]."""

    read: Read
    least_score: float

    def __call__(self, image: Image.Image) -> list[FoundRegion]:
        """Read a picture of at most LONGEST pixels; safe to call from threads."""
        answer = self.read(_blue_first(image))
        if answer.boxes is None or not answer.txts:
            return []
        lines = zip(answer.boxes, answer.txts, answer.scores, strict=True)
        found = (_region(corners, text, float(score), image.size) for corners, text, score in lines)
        return [region for region in found if region is not None and region.score >= self.least_score]


def load_reader(least_score: float) -> Reader:
    """Load the reader; its models lie inside the installed package, so that no network is used.

    Raises ModelError where one of them is missing or another file than the package states.
    """
    with required_by("Reading text"):
        import rapidocr
        from rapidocr import EngineType, RapidOCR

    parts = ("Det", "Cls", "Rec")
    engine = RapidOCR(
        params={f"{part}.engine_type": EngineType.OPENVINO for part in parts}
        | {"Global.log_level": "error", "Global.max_side_len": LONGEST, "Global.text_score": least_score}
        | {"Det.limit_type": "max", "Det.limit_side_len": LONGEST}
    )
    for part in parts:
        engine.cfg[part].model_path = str(_checked(engine.cfg, part))
    logging.getLogger(rapidocr.__name__).setLevel(logging.ERROR)
    return Reader(partial(_in_turn, threading.Lock(), engine), least_score)


def _checked(settings: Any, part: str) -> Path:
    """Return the model of a part of the reader, which RapidOCR would otherwise download on first use."""
    from rapidocr.inference_engine.base import FileInfo, InferSession

    wanted = ("engine_type", "ocr_version", "task_type", "lang_type", "model_type")
    stated = InferSession.get_model_url(FileInfo(**{name: settings[part][name] for name in wanted}))
    file = Path(settings.Global.model_root_dir) / stated["model_dir"].rpartition("/")[2]
    if not file.is_file() or weights.sha256_of(file) != stated["SHA256"]:
        raise ModelError(
            f"{file} is damaged or not the right file.",
            "Reinstall it: pip install --force-reinstall --no-deps rapidocr",
        )
    return file


def script_of(text: str) -> str:
    """Return the script of most letters of a text, such as "Latin" or "Cyrillic"; "" without letters.

    Taken from the names of the letters in Unicode. The language cannot be told from a word or two.
    """
    names = (unicodedata.name(letter, "").split(" ")[0] for letter in text if letter.isalpha())
    most = Counter(name for name in names if name).most_common(1)
    return most[0][0].capitalize() if most else ""


def _in_turn(turn: threading.Lock, engine: Any, pixels: NDArray[np.uint8]) -> Any:
    with turn:
        return engine(pixels)


def _blue_first(image: Image.Image) -> NDArray[np.uint8]:
    """Pixels as the reader wants them, (H, W, 3) B G R; white is added beside thin pictures."""
    if min(image.size) < _SHORTEST:
        wide = Image.new("RGB", (max(_SHORTEST, image.width), max(_SHORTEST, image.height)), "white")
        wide.paste(image)
        image = wide
    return np.ascontiguousarray(np.asarray(image)[..., ::-1])


def _region(
    corners: NDArray[np.float32], text: str, score: float, size: tuple[int, int]
) -> FoundRegion | None:
    """Return the upright box round the four corners of a line; None where nothing of it is in the picture."""
    written = " ".join(text.split())
    left, top = np.maximum(corners.min(0), 0)
    right, bottom = np.minimum(corners.max(0), size)
    if not written or right - left < 1 or bottom - top < 1:
        return None
    box = (float(left), float(top), float(right - left), float(bottom - top))
    return FoundRegion("text", box, "text", score, text=written, script=script_of(written))
