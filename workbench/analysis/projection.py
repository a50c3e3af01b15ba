"""Projection: unit vectors to two dimensions, and places for new samples in a layout that stays."""

import hashlib
import threading
import warnings
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch, nobody, watched_epochs
from workbench.errors import QueryError, required_by
from workbench.vectors import unit_rows

Found: TypeAlias = tuple[NDArray[np.int32], NDArray[np.float32]]
"""The rows of the neighbours of each sample and their distances, both (N, count), the nearest first."""

EXACT = 32_000
"""Samples up to which all are compared: 11 s for 512 numbers each on two cores.

The search that UMAP brings along would take 2 s, but first compiles for 23 s in every new process."""

ROWS = 4096
"""Rows compared at a time; between them the watcher is told."""

_COMPILED = (
    "fast_knn_indices", "smooth_knn_dist", "compute_membership_strengths", "clip", "rdist",
    "_nb_optimize_layout_euclidean_single_epoch", "_nb_optimize_layout_euclidean_single_epoch_parallel",
)  # fmt: skip

_last: dict[str, Found] = {}


def nearest(
    vectors: NDArray[np.float32], count: int, metric: str = "cosine", *, seed: int = 0, watch: Watch
) -> Found:
    """Find the ``count`` most alike of each row of ``vectors`` (N, D), itself among them.

    ``metric`` is one of ``projection.METRICS``. Up to `EXACT` samples are compared with each other, except by
    "manhattan"; of more, or by that, neighbours are found by nearest-neighbour descent (Dong, Moses and Li
    2011) on all cores, some 2 to 10 in 100 of them wrong; the same again by as many cores and for the same
    ``seed``. ``watch`` is told 0.0 again and again, and may raise to end the work, where all are compared;
    the descent cannot be left before it is done.

    What was found last is kept: the map and its clusters ask the same, one after the other.
    """
    content = hashlib.blake2b(np.ascontiguousarray(vectors).data, digest_size=16).hexdigest()
    asked = f"{content}/{vectors.shape}/{count}/{metric}/{seed}"
    if asked not in _last:
        exact = len(vectors) <= EXACT and metric != "manhattan"
        found = _compare(vectors, count, metric, watch) if exact else _descend(vectors, count, metric, seed)
        _last.clear()
        _last[asked] = found
    return _last[asked]


def _compare(vectors: NDArray[np.float32], count: int, metric: str, watch: Watch) -> Found:
    """Compare all rows, by scikit-learn; of unit vectors the squared distance is twice that of cosine."""
    from sklearn.neighbors import NearestNeighbors

    if metric == "correlation":
        vectors = vectors - vectors.mean(axis=1, keepdims=True)
    if metric != "euclidean":
        vectors = unit_rows(vectors)
    search = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(vectors)
    distances, rows = np.empty((len(vectors), count)), np.empty((len(vectors), count), np.int32)
    for start in range(0, len(vectors), ROWS):
        some = slice(start, start + ROWS)
        watch(0.0)
        distances[some], rows[some] = search.kneighbors(vectors[some])
    # UMAP takes the least distance that is not 0 for that of the nearest other: rounding must not be that
    distances[rows == np.arange(len(rows))[:, None]] = 0
    return rows, (distances if metric == "euclidean" else distances**2 / 2).astype(np.float32)


def _descend(vectors: NDArray[np.float32], count: int, metric: str, seed: int) -> Found:
    """Search as UMAP does, which given a seed would use one core, though all of them find the same again."""
    from umap.umap_ import nearest_neighbors

    random = np.random.RandomState(seed)
    found = nearest_neighbors(vectors, count, metric, {}, angular=False, random_state=random, n_jobs=-1)
    return found[0], found[1]


Layout = NDArray[np.float32]
Setting = int | float | str

PARAMETERS: Mapping[str, Mapping[str, Setting]] = {
    "umap": {"n_neighbors": 15, "min_dist": 0.1, "metric": "cosine"},
    "tsne": {"perplexity": 30.0},
    "pca": {},
}
"""What may be set for each method, with its default."""

LIMITS: Mapping[str, tuple[float, float]] = {
    "n_neighbors": (2, 1000),
    "min_dist": (0, 1),
    "perplexity": (1, 1000),
    "seed": (0, 2**31 - 1),
}
"""The least and the largest value of each number that may be set."""

METRICS = ("cosine", "euclidean", "manhattan", "correlation")
"""How UMAP may measure how far vectors are apart."""

TOLD_EVERY = 10
"""Steps of t-SNE after which its watcher is told."""

FEWEST = 5  # below this many samples neighbours mean nothing and every method is "pca"

FEW = 4096  # below this many samples UMAP itself compares all of them

# numba's fallback threads end the process where two of UMAP's neighbour searches meet.
_turn = threading.Lock()


def parameters(method: str = "umap", *, seed: int = 0, **params: Setting) -> dict[str, Setting]:
    """Return all that decides a layout of given vectors, defaults filled in: the key of a cache.

    Raises QueryError for an unknown method or parameter, and for a value out of its `LIMITS`.
    """
    if method not in PARAMETERS:
        raise QueryError(f"Unknown layout method {method!r}.", f"Use one of {', '.join(PARAMETERS)}.")
    known = PARAMETERS[method]
    if unknown := sorted(set(params) - set(known)):
        raise QueryError(
            f"Method {method!r} has no parameter {', '.join(unknown)}.",
            f"Use one of {', '.join(known)}." if known else "This method has no parameters.",
        )
    given = {"seed": seed, **known, **params}
    return {"method": method} | {name: _checked(name, value, known) for name, value in given.items()}


def _checked(name: str, value: Setting, known: Mapping[str, Setting]) -> Setting:
    """Return a value in the type of its default, so that 30 and 30.0 are one layout in the cache."""
    if name == "metric":
        if value not in METRICS:
            raise QueryError(f"Unknown metric {value!r} for UMAP.", f"Use one of {', '.join(METRICS)}.")
        return value
    low, high = LIMITS[name]
    try:
        number = float(value)
        if low <= number <= high and (isinstance(known.get(name), float) or number == int(number)):
            return type(known.get(name, 0))(number)
    except (TypeError, ValueError):
        pass
    kind = "a number" if isinstance(known.get(name), float) else "a whole number"
    raise QueryError(f"Invalid value for {name}: {value!r}.", f"Use {kind} from {low:g} to {high:g}.")


def project(
    vectors: NDArray[np.floating],
    method: str = "umap",
    *,
    seed: int = 0,
    watch: Watch = nobody,
    **params: Setting,
) -> Layout:
    """Lay out the rows of ``vectors`` (N, D) in the plane: (N, 2) float32, centred, the longer side -1 to 1.

    The same vectors, parameters and seed give the same layout on one machine. ``params`` are those of
    `PARAMETERS`; neighbourhoods larger than the collection shrink to fit. The first UMAP on a machine
    compiles code for some seconds. ``watch`` is told the share [0, 1] of the epochs done, and may raise to
    end the work; before, while neighbours are looked for, it is told 0. Raises QueryError for an unknown
    method or parameter, or a value out of range.

    Sources: "umap", McInnes, Healy and Melville 2018 (arXiv:1802.03426); "tsne", van der Maaten and Hinton
    2008; both begin from the principal components, which keeps the large-scale picture (Kobak and
    Linderman 2021).
    """
    settings = parameters(method, seed=seed, **params)
    vectors = np.asarray(vectors, np.float32)
    # Without any spread there is nothing to lay out, and UMAP would divide by it.
    if len(vectors) < 2 or bool((vectors == vectors[0]).all()):
        return np.zeros((len(vectors), 2), np.float32)
    if len(vectors) < FEWEST:
        return _framed(_pca(vectors))
    match settings["method"]:
        case "umap":
            return _framed(_umap(vectors, settings, watch=watch))
        case "tsne":
            return _framed(_tsne(vectors, settings, watch))
        case _:
            return _framed(_pca(vectors))


def reduce(vectors: NDArray[np.floating], dimensions: int, *, seed: int = 0, watch: Watch = nobody) -> Layout:
    """Return ``vectors`` (N, D) in few dimensions where groups stay together: (N, ``dimensions``) float32.

    UMAP with neighbours drawn as close as they may, as its authors advise before density clustering; a
    collection too small for that is returned as it is. ``watch`` is that of `project`.
    """
    vectors = np.asarray(vectors, np.float32)
    if len(vectors) < dimensions + FEWEST or bool((vectors == vectors[0]).all()):
        return vectors
    settings = parameters("umap", seed=seed, min_dist=0.0)
    return _umap(vectors, settings, dimensions, watch)


def _umap(vectors: Layout, settings: Mapping[str, Any], dimensions: int = 2, watch: Watch = nobody) -> Layout:
    with _turn, warnings.catch_warnings():
        # Import and fit warn of thread counts, absent packages and the like: nothing a user can act on.
        warnings.simplefilter("ignore")
        with required_by("A layout by UMAP"):
            import umap

        _keep_compiled()
        metric, seed = settings["metric"], settings["seed"]
        count = min(settings["n_neighbors"], len(vectors) - 1)
        many = len(vectors) >= FEW
        known = nearest(vectors, count, metric, seed=seed, watch=watch) if many else (None, None)
        model = umap.UMAP(
            n_components=dimensions,
            n_neighbors=count,
            precomputed_knn=known,
            min_dist=settings["min_dist"],
            metric=metric,
            init="pca",
            random_state=seed,
            n_jobs=1,
        )
        with watched_epochs(watch):
            return np.asarray(model.fit_transform(vectors), np.float32)


@cache
def _keep_compiled() -> None:
    """Have numba keep the machine code of what UMAP calls, as it does of functions with ``cache=True``.

    UMAP compiles them in every new process, which takes 11 s of processor time; reading them takes 1 s. Numba
    keeps them beside UMAP's own files, or in the user's cache where these may not be written, and compiles
    anew when the files change.
    """
    from umap import layouts, umap_

    for name in _COMPILED:
        function: Any = getattr(umap_, name, None) or getattr(layouts, name, None)
        # Another release of UMAP may have others, and where no folder can be written it is as without.
        with suppress(AttributeError, RuntimeError):
            function.enable_caching()


def _tsne(vectors: Layout, settings: Mapping[str, Any], watch: Watch) -> Layout:
    """Lay out by openTSNE: unlike scikit-learn it can be watched and ended, and took half of the time."""
    with required_by("A layout by t-SNE"):
        import openTSNE

    done = 0

    def tell(*_: object) -> bool:
        nonlocal done
        done += TOLD_EVERY
        watch(min(done / (model.early_exaggeration_iter + model.n_iter), 1.0))
        return False

    model = openTSNE.TSNE(
        perplexity=min(settings["perplexity"], (len(vectors) - 1) / 3),
        initialization="pca",
        random_state=settings["seed"],
        callbacks=tell,
        callbacks_every_iters=TOLD_EVERY,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a perplexity that it makes smaller, and of copies
        return np.asarray(model.fit(vectors), np.float32)


def _pca(vectors: Layout) -> Layout:
    """Project on the two directions of most variance; missing ones are zero."""
    from sklearn.decomposition import PCA

    found = PCA(min(2, *vectors.shape), svd_solver="full" if len(vectors) < 500 else "covariance_eigh")
    places = found.fit_transform(vectors)
    return np.pad(places, ((0, 0), (0, 2 - places.shape[1])))


def _framed(places: Layout) -> Layout:
    """Centre a layout on its bounding box and give the longer side the length 2."""
    low, high = places.min(axis=0), places.max(axis=0)
    half = max(float((high - low).max()) / 2, np.finfo(np.float32).tiny)
    return np.asarray((places - (low + high) / 2) / half, np.float32)


NEIGHBOURS = 10
BLOCK = 2_000_000
"""Similarities held at once."""


def place(
    new: NDArray[np.floating],
    old: NDArray[np.floating],
    points: NDArray[np.floating],
    k: int = NEIGHBOURS,
) -> NDArray[np.float32]:
    """Return places (M, 2) for ``new`` unit vectors (M, D) among ``old`` ones (N, D) at ``points`` (N, 2).

    A new sample lies at the mean of its ``k`` nearest old ones, each counted by how much nearer it is than
    the next one would be: the start that UMAP gives to samples it is shown later (McInnes, Healy and
    Melville 2018), without moving them further. Without old samples all lie at the origin.
    """
    placed = np.zeros((len(new), 2), np.float32)
    k = min(k, len(old))
    step = max(1, BLOCK // max(len(old), 1))
    for start in range(0, len(new) if k else 0, step):
        cosines = new[start : start + step] @ old.T
        near = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        weights = np.take_along_axis(cosines, near, axis=1)
        weights = weights - weights.min(axis=1, keepdims=True) + 1e-6
        weights = weights / weights.sum(axis=1, keepdims=True)
        placed[start : start + step] = (points[near] * weights[..., None]).sum(axis=1)
    return placed
