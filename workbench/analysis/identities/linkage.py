"""Average linkage under constraints on a sparse graph: the likest two groups join, again and again."""

import heapq
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.identities.constraints import Nodes
from workbench.analysis.progress import Watch, nobody

REACH = 512  # groups a group may look at: bounds a step, however large groups become
TOLD_EVERY = 256  # steps


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
        self._joins = 0
        self._near: list[NDArray[np.int64]] = []
        self._changes = np.zeros(len(sums), np.int64)
        self._heap: list[tuple[float, int, int, int]] = []

    def run(self, near: Iterable[NDArray[np.integer]], watch: Watch = nobody) -> NDArray[np.int64]:
        """Join while two groups that may be one are as like as the threshold: (C,), the group of each node.

        ``near`` holds for each node the nodes it could join. The number of a group is its lowest node.
        ``watch`` is told the share of all possible joins that are done, [0, 1], every `TOLD_EVERY` steps.
        """
        self._near = [np.asarray(rows, np.int64) for rows in near]
        for node in range(len(self._near)):
            self._look(node)
        step = 0
        while self._heap:
            step += 1
            if step % TOLD_EVERY == 0:
                watch(self._joins / len(self.parent))
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
        self._joins += 1
        self.sums[a] += self.sums[b]
        self.weights[a] += self.weights[b]
        self.known[a] = max(self.known[a], self.known[b])
        self.photos[a] |= self.photos[b]
        self._near[a] = np.concatenate([self._near[a], self._near[b]])
        self._near[b] = np.empty(0, np.int64)
        self._changes[a] += 1
        self._look(a)
