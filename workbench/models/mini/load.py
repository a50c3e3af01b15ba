"""`mini` as a JointModel: both sides run in OpenVINO; the torch module is built only for who asks for it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.models import weights
from workbench.models.engine import SHORT, Chosen, Exported, Runner, choose_precision, exported
from workbench.models.joint import JointModel, embedder_key
from workbench.models.mini.config import HEADS_FILE, digest_of, read_config
from workbench.models.mini.preprocess import SIDE, VERSION, squeeze

if TYPE_CHECKING:
    from numpy.typing import NDArray


CONTEXT = 96
Tokenizer = Callable[[Sequence[str]], "NDArray[np.int64]"]


def tokenizer() -> Tokenizer:
    """MiniLM's tokenizer from its checked file: T sentences -> (T, L) ids, 0 is padding, L at most CONTEXT.

    Raises ModelError where the file is missing or wrong.
    """
    from tokenizers import Tokenizer as WordPieces

    pieces = WordPieces.from_file(str(weights.path_of(weights.MINILM_TOKENIZER)))
    pieces.enable_truncation(CONTEXT)
    pieces.enable_padding()

    def encode(texts: Sequence[str]) -> NDArray[np.int64]:
        ids = [row.ids for row in pieces.encode_batch([" ".join(text.split()) for text in texts])]
        return np.array(ids, np.int64) if ids else np.zeros((0, 0), np.int64)

    return encode


_SMALL = frozenset(
    ("a", "an", "and", "at", "image", "in", "of", "on", "or", "photo", "picture", "the", "with")
)
"""Words that say nothing of what is looked for."""


def reads(text: str) -> bool:
    """Return whether MiniLM can read most of the words of a text: those in Latin letters.

    It learnt English. Of other scripts its tokenizer knows single letters at best, so that any two texts are
    much the same to it. A text without letters is not held against it.
    """
    if text.isascii():
        return True
    words = [word for word in text.split() if any(map(str.isalpha, word))]
    said = [word for word in words if word.lower() not in _SMALL] or words
    return 2 * sum(map(_in_latin, said)) > len(said) or not said


def _in_latin(word: str) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    return 2 * sum("LATIN" in unicodedata.name(letter, "") for letter in letters) >= len(letters)


_CODE = ("towers.py", "heads.py", "export.py")
"""The modules that say what is computed: an export made by others than these is made anew."""


def load_mini(*, precision: str = "auto", heads_file: Path = HEADS_FILE) -> JointModel:
    """Load `mini` from the weights in the cache and the heads in the package.

    The first load on a machine exports both sides, which takes about half a minute. Raises ModelError when a
    weight file is missing or wrong; uses no network.
    """
    chosen = choose_precision(precision, vectors_too=True)
    config, logit_scale = read_config(heads_file)
    digest = digest_of(heads_file)
    name = f"mini-{digest}-{_code_digest()}"
    clip = cache(partial(_clip, heads_file))  # all sides are cut from one, which is then let go
    return JointModel(
        key=embedder_key("mini", digest, SIDE, VERSION, "ov", SHORT[chosen]),
        dim=config.dim,
        transform=squeeze,
        image_rows=_image_rows(name, clip, chosen),
        tokenizer=tokenizer(),
        # bfloat16 tells in a sentence of few words, and one sentence takes milliseconds anyway
        text_rows=exported(f"{name}-texts", partial(_cut, "text_side", clip), "float32"),
        make_clip=partial(_clip, heads_file),
        logit_scale=logit_scale,
        reads=reads,
    )


def feature_rows(precision: str = "auto") -> Runner:
    """Return both towers alone, for training heads: (B, 3, 224, 224) prepared photos -> (B, FEATURES)."""
    chosen = choose_precision(precision, vectors_too=True)
    name = f"mini-{digest_of()}-{_code_digest()}"
    return _features(name, cache(partial(_clip, HEADS_FILE)), chosen)


def _features(name: str, clip: Callable[[], Any], precision: Chosen) -> Runner:
    return exported(f"{name}-features", partial(_cut, "features_side", clip), precision)


def _image_rows(name: str, clip: Callable[[], Any], precision: Chosen) -> Runner:
    features = _features(name, clip, precision)
    head = exported(f"{name}-head", partial(_cut, "head_side", clip), "float32")
    return lambda pixels: head(features(pixels))


def _cut(side: str, clip: Callable[[], Any]) -> Exported:
    """Build one side of the model; torch is imported only now."""
    from workbench.models.mini import export

    made: Exported = getattr(export, side)(clip())
    return made


def _clip(heads_file: Path) -> Any:
    from workbench.models.mini.build import build_clip
    from workbench.models.mini.heads import load_heads

    return build_clip(load_heads(heads_file))


def _code_digest() -> str:
    total = hashlib.sha256()
    for name in _CODE:
        total.update(Path(__file__).with_name(name).read_bytes())
    return total.hexdigest()[:8]
