"""Ways to cut the graph of neighbouring faces into identities: average linkage, Chinese whispers, HDBSCAN."""

import heapq
import itertools
import warnings
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.identities.constraints import Nodes
from workbench.analysis.progress import Watch, nobody
from workbench.errors import required_by

TOLD = 1000  # steps after which the watcher is told again
REACH = 512  # groups a group may look at: bounds a step, however large groups become


class Linkage:
    """Groups that can join: call `run`, then read ``parent``.

    The mean cosine of all pairs between two groups of unit vectors is the dot product of their mean vectors,
    so that average linkage (Sokal and Michener 1958) is exact with one sum a group and no table of pairs.
    Joining never makes a group liker to a third than its liker half was: a likeness noted earlier is an upper
    bound, which is worked out anew only when it comes up as the best (the generic algorithm of Müllner 2011).
    """

    def __init__(
        self, sums: NDArray[np.float32], weights: NDArray[np.float64], nodes: Nodes, threshold: float
    ) -> None:
        """Take for each of C nodes the sum of its vectors (C, D) and how many they are (C,)."""
        self.sums = sums.astype(np.float32)
        self.weights = weights.astype(np.float64)
        self.known = nodes.known.copy()
        self.photos = [set(photos) for photos in nodes.photos]
        self.parent = np.arange(len(sums))
        self.threshold = threshold
        self._near: list[NDArray[np.int64]] = []
        self._changes = np.zeros(len(sums), np.int64)
        self._heap: list[tuple[float, int, int, int]] = []
        self._joined = 0

    def run(self, near: Iterable[NDArray[np.integer]], watch: Watch = nobody) -> NDArray[np.int64]:
        """Join while two groups that may be one are as like as the threshold: (C,), the group of each node.

        ``near`` holds for each node the nodes it could join. The number of a group is its lowest node.
        """
        self._near = [np.asarray(rows, np.int64) for rows in near]
        for node in range(len(self._near)):
            self._look(node)
        for step in itertools.count():
            if step % TOLD == 0:
                watch(self._joined / max(len(self._near), 1))
            if not self._heap:
                break
            _, a, b, changes = heapq.heappop(self._heap)
            if self.parent[a] != a:
                continue
            if self.parent[b] != b or changes != self._changes[a] + self._changes[b]:
                self._look(a)
            elif self._blocked(a, b):
                self._near[a] = self._near[a][1:]
                self._look(a)
            else:
                self._join(min(a, b), max(a, b))
        return self._roots(np.arange(len(self.parent)))

    def _roots(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        roots = self.parent[nodes]
        while not np.array_equal(above := self.parent[roots], roots):
            roots = above
        self.parent[nodes] = roots
        return roots

    def _blocked(self, a: int, b: int) -> bool:
        both_known = self.known[a] >= 0 and self.known[b] >= 0
        return bool(both_known) or not self.photos[a].isdisjoint(self.photos[b])

    def _look(self, a: int) -> None:
        """Work out anew how like group ``a`` is to those near it, and note the best."""
        near = np.unique(self._roots(self._near[a]))
        near = near[near != a]
        likeness = (self.sums[near] @ self.sums[a]) / (self.weights[near] * self.weights[a])
        # Too unlike now is too unlike for ever: see the bound above.
        keep = likeness >= self.threshold
        near, likeness = near[keep], likeness[keep]
        order = np.lexsort((near, -likeness))[:REACH]
        self._near[a] = near[order]
        if len(order):
            b = int(near[order[0]])
            changes = int(self._changes[a] + self._changes[b])
            heapq.heappush(self._heap, (-float(likeness[order[0]]), a, b, changes))

    def _join(self, a: int, b: int) -> None:
        self.parent[b] = a
        self._joined += 1
        self.sums[a] += self.sums[b]
        self.weights[a] += self.weights[b]
        self.known[a] = max(self.known[a], self.known[b])
        self.photos[a] |= self.photos[b]
        self._near[a] = np.concatenate([self._near[a], self._near[b]])
        self._near[b] = np.empty(0, np.int64)
        self._changes[a] += 1
        self._look(a)


ROUNDS = 20
VOTES = 9  # runs in other orders, of which most must agree
POWER = 2  # how much louder a liker face is heard


def edge_weights(cosines: NDArray[np.floating], threshold: float) -> NDArray[np.float64]:
    """Return how loud neighbours of these ``cosines`` are heard: same shape, 0 at ``threshold`` and below.

    The square of what a cosine exceeds the threshold by. Heard as loud as their plain cosine, many strangers
    just above the threshold drown the few that are near: on 79 people pairwise F then was above 0.95 at 3 of
    11 thresholds from 0.5 to 0.75, and at 8 with the distance above the threshold.
    """
    return np.maximum(np.asarray(cosines, np.float64) - threshold, 0) ** POWER


def chinese_whispers(
    near: Sequence[NDArray[np.int64]],
    loud: Sequence[NDArray[np.float64]],
    fixed: NDArray[np.bool_],
    watch: Watch = nobody,
) -> list[NDArray[np.int64]]:
    """Return for each of C nodes those of its neighbours that most of `VOTES` runs of `_one_run` put with it.

    One run depends on the order it visits faces in: it now and then puts two people together, in one of about
    six on 79 people. Most of nine runs never did.
    """
    sizes = np.array([len(rows) for rows in near], np.int64)
    here, there = np.repeat(np.arange(len(near)), sizes), np.concatenate([*near, np.empty(0, np.int64)])
    hearers: list[list[int]] = [[] for _ in near]
    for node, heard in zip(here.tolist(), there.tolist(), strict=True):
        hearers[heard].append(node)
    pairs = [list(zip(rows.tolist(), by.tolist(), strict=True)) for rows, by in zip(near, loud, strict=True)]
    listeners = np.flatnonzero((sizes > 0) & ~fixed)
    votes = np.zeros(len(there), np.int8)
    for seed in range(VOTES):
        labels = _one_run(pairs, hearers, listeners, seed, lambda done: watch((seed + done) / VOTES))  # noqa: B023
        votes += labels[there] == labels[here]
    chosen = np.split(votes * 2 > VOTES, np.cumsum(sizes)[:-1]) if len(near) else []
    return [rows[kept] for rows, kept in zip(near, chosen, strict=True)]


def _one_run(
    near: Sequence[Sequence[tuple[int, float]]],
    hearers: Sequence[Sequence[int]],
    listeners: NDArray[np.int64],
    seed: int,
    watch: Watch,
) -> NDArray[np.int64]:
    """Return (C,) labels of C nodes, given whom each hears and how loud, and who hears it.

    Only ``listeners`` change their mind. They are visited in an order drawn by ``seed``, anew each round,
    until none of them does; one of whose neighbours none has changed since its last visit is passed over,
    because it would say the same again. Ties go to the lower label.
    Source: Biemann, "Chinese Whispers" (TextGraphs 2006).
    """
    labels = list(range(len(near)))
    order, news = np.random.default_rng(seed), bytearray(b"\1" * len(near))
    for turn in range(ROUNDS):
        changed = 0
        for step, node in enumerate(order.permutation(listeners).tolist()):
            if step % TOLD == 0:
                watch(turn / ROUNDS)
            if not news[node]:
                continue
            news[node] = 0
            heard: dict[int, float] = {}
            for other, by in near[node]:
                label = labels[other]
                heard[label] = heard.get(label, 0.0) + by
            top = max(heard.values())
            loudest = min(label for label, by in heard.items() if by == top)
            if loudest != labels[node]:
                changed += 1
                labels[node] = loudest
                for hearer in hearers[node]:
                    news[hearer] = 1
        if not changed:
            break
    return np.array(labels, np.int64)


def dense_groups(
    near: Sequence[NDArray[np.int64]],
    likeness: Sequence[NDArray[np.floating]],
    threshold: float,
) -> NDArray[np.int64]:
    """Return (C,) labels of C nodes: their HDBSCAN clusters of two or more, or a label of their own.

    Works on the edges of the graph and not on all pairs, one connected part at a time, with 1 - cosine as the
    distance; no cluster is parted at distances below 1 - ``threshold``. Sources: HDBSCAN*, Campello, Moulavi
    and Sander 2013, as written by McInnes and Healy 2017; the distance kept whole, Malzer and Baum 2020.
    """
    from scipy.sparse import coo_array  # type: ignore[import-untyped]
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

    count = len(near)
    here = np.repeat(np.arange(count), [len(rows) for rows in near])
    there = np.concatenate([*near, np.empty(0, np.int64)]).astype(np.int64)
    apart = np.maximum(1 - np.concatenate([*likeness, np.empty(0)]), 1e-6)
    graph = coo_array((apart, (here, there)), shape=(count, count)).tocsr()
    graph = graph.maximum(graph.T)
    parts, part = connected_components(graph, directed=False)
    labels = np.arange(count)
    if count == 0:
        return labels
    order = np.argsort(part, kind="stable")
    for rows in np.split(order, np.searchsorted(part[order], np.arange(1, parts))):
        if len(rows) > 2:
            labels[rows] = _clusters(graph[rows][:, rows], rows, 1 - threshold)
        else:
            labels[rows] = rows[0]
    return labels


def _clusters(distances: object, rows: NDArray[np.int64], whole: float) -> NDArray[np.int64]:
    """Return a label for each of the ``rows`` of one connected part: the first row of its cluster."""
    with required_by("Grouping by HDBSCAN"):
        import hdbscan

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of deprecations inside hdbscan
        found = hdbscan.HDBSCAN(
            metric="precomputed",
            min_cluster_size=2,
            min_samples=1,
            allow_single_cluster=True,
            cluster_selection_epsilon=float(whole),
        ).fit_predict(distances)
    _, first, place = np.unique(found, return_index=True, return_inverse=True)
    return np.where(found < 0, rows, rows[first[place]])
