"""Group synthetic faces in a process of its own and report time and the most memory it held.

python -m benchmarks.identity_memory COUNT
"""

import resource
import sys
import time

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.identities import group
from workbench.models.faces.pairs import FACENET

DIMENSIONS = 512
FACES_A_PERSON = 20


def synthetic(count: int, seed: int = 0) -> NDArray[np.float32]:
    """Return ``count`` unit rows: people of some twenty faces, mean cosine 0.7, one in ten a stranger."""
    rng = np.random.default_rng(seed)
    person = rng.integers(0, max(1, count // FACES_A_PERSON), count)
    person = np.where(rng.uniform(size=count) < 0.1, count + np.arange(count), person)
    _, person = np.unique(person, return_inverse=True)
    vectors = rng.standard_normal((person.max() + 1, DIMENSIONS), np.float32)[person]
    vectors += np.sqrt(0.43).astype(np.float32) * rng.standard_normal(vectors.shape, np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def main() -> None:
    count = int(sys.argv[1])
    vectors = synthetic(count)
    before = peak()
    started, cpu = time.perf_counter(), time.process_time()
    labels = group(vectors, scale=FACENET, photo=np.arange(count) // 2)
    taken, cpu = time.perf_counter() - started, time.process_time() - cpu
    print(f"{count},{taken:.1f},{cpu:.1f},{before:.0f},{peak():.0f},{labels.max() + 1}")


def peak() -> float:
    """Return the most memory this process held so far, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10


if __name__ == "__main__":
    main()
