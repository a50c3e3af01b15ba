"""Networks: what says yes or no to a vector, a logistic probe or an MLP; fitted by scikit-learn."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.errors import CaseError

Floats = NDArray[np.float32]
Method = Literal["logistic", "mlp"]

STRENGTH = 10.0
"""The inverse of the regularisation of the logistic probe, C of scikit-learn, for rows of unit length."""
HIDDEN = 64
"""Units of the one hidden layer of the MLP."""
EPOCHS = 40
_RATE, _DECAY, _BATCH = 5e-3, 0.1, 256
_BLOCK = 1 << 15


@dataclass(frozen=True, eq=False)
class Network:
    """Layers (W, b) with rectified units between them; the last one has one output, the log-odds of yes.

    ``slope`` and ``offset`` turn these into calibrated log-odds.
    """

    layers: tuple[tuple[Floats, Floats], ...]
    slope: float = 1.0
    offset: float = 0.0

    @property
    def dim(self) -> int:
        """The length of the vectors it takes."""
        return int(self.layers[0][0].shape[0])

    def logits(self, vectors: NDArray[np.floating]) -> Floats:
        """Return the log-odds of yes (N,) of vectors (N, D), as they were learnt."""
        found = np.empty(len(vectors), np.float32)
        for start in range(0, len(vectors), _BLOCK):
            block = np.asarray(vectors[start : start + _BLOCK], np.float32)
            for place, (weight, bias) in enumerate(self.layers):
                block = block @ weight + bias
                if place < len(self.layers) - 1:
                    np.maximum(block, 0, out=block)
            found[start : start + _BLOCK] = block[:, 0]
        return found

    def probabilities(self, vectors: NDArray[np.floating]) -> Floats:
        """Return how sure it is of yes (N,), [0, 1], of vectors (N, D); 0.5 is where it says yes."""
        return sigmoid(self.slope * self.logits(vectors) + self.offset)

    def weights(self) -> dict[str, Floats]:
        """Return all its numbers by name; `from_weights` takes them."""
        named = {
            f"{name}{place}": array
            for place, pair in enumerate(self.layers)
            for name, array in zip("wb", pair, strict=True)
        }
        return {**named, "calibration": np.array([self.slope, self.offset], np.float32)}


def from_weights(weights: Mapping[str, NDArray[np.floating]], dim: int) -> Network:
    """Return the network of the arrays that `Network.weights` gave; ``dim`` is the length of its vectors.

    Raises CaseError for arrays that are none: another name, shape, or a number that is not finite.
    """
    count = sum(name.startswith("w") for name in weights)
    wanted = {f"{name}{place}" for name in "wb" for place in range(count)} | {"calibration"}
    try:
        if not count or set(weights) != wanted:
            raise ValueError("other arrays were expected")
        layers = tuple(
            (np.asarray(weights[f"w{i}"], np.float32), np.asarray(weights[f"b{i}"], np.float32))
            for i in range(count)
        )
        width = dim
        for weight, bias in layers:
            if weight.ndim != 2 or weight.shape[0] != width or bias.shape != (weight.shape[1],):
                raise ValueError("an array has another shape")
            width = weight.shape[1]
        calibration = np.asarray(weights["calibration"], np.float64)
        if width != 1 or calibration.shape != (2,):
            raise ValueError("an array has another shape")
        if (
            not all(np.isfinite(array).all() for pair in layers for array in pair)
            or not np.isfinite(calibration).all()
        ):
            raise ValueError("a number is not finite")
    except ValueError as error:
        raise CaseError(
            f"These are not the weights of a classifier: {error}.", "Train or export it again."
        ) from error
    return Network(layers, float(calibration[0]), float(calibration[1]))


def sigmoid(values: NDArray[np.floating]) -> Floats:
    """Return probabilities of log-odds; no overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(values, np.float64))), np.float32)


def fit(
    method: Method, vectors: Floats, yes: NDArray[np.bool_], weight: NDArray[np.floating], seed: int = 0
) -> Network:
    """Return a network that tells ``yes`` (N,) of vectors (N, D), each counted ``weight`` (N,) times.

    Both answers must occur. The same seed gives the same.
    """
    return _logistic(vectors, yes, weight) if method == "logistic" else _mlp(vectors, yes, weight, seed)


def _logistic(vectors: Floats, yes: NDArray[np.bool_], weight: NDArray[np.floating]) -> Network:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, max_iter=300).fit(vectors, yes, sample_weight=weight)
    return Network(((np.asarray(model.coef_.T, np.float32), np.asarray(model.intercept_, np.float32)),))


def _mlp(vectors: Floats, yes: NDArray[np.bool_], weight: NDArray[np.floating], seed: int) -> Network:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        (HIDDEN,),
        alpha=_DECAY,
        learning_rate_init=_RATE,
        batch_size=min(_BATCH, len(vectors)),
        max_iter=EPOCHS,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # so many epochs are enough: measured
        model.fit(vectors, yes, sample_weight=weight)
    pairs = zip(model.coefs_, model.intercepts_, strict=True)
    return Network(tuple((np.asarray(w, np.float32), np.asarray(b, np.float32)) for w, b in pairs))
