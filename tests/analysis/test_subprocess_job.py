"""Computing in a process of its own: the same results and errors, and an end at any time."""

import os
import time

import numpy as np
import psutil
import pytest

from workbench import errors
from workbench.analysis import cluster_methods, clusters
from workbench.analysis.progress import nobody, run_in_subprocess


class EnoughError(Exception):
    """What a watcher raises to end a computation."""


def points(count: int) -> np.ndarray:
    random = np.random.default_rng(0)
    groups = np.repeat([[0, 0], [9, 0], [0, 9]], -(-count // 3), axis=0)[:count]
    return (groups + random.standard_normal((count, 2))).astype(np.float32)


def own_processes() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def refuse() -> None:
    raise errors.QueryError("This cannot be.", "Ask for something else.")


def test_another_process_computes_the_same() -> None:
    assert run_in_subprocess(os.getpid, watch=nobody) != os.getpid()


@pytest.mark.parametrize("method", cluster_methods.METHODS)
def test_groups_made_apart_are_those_made_here(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = cluster_methods.parameters(method, space="vectors")
    here = cluster_methods.group(points(150), settings)
    monkeypatch.setattr(cluster_methods, "HERE", dict.fromkeys(cluster_methods.METHODS, 100))

    assert cluster_methods.group(points(150), settings).tolist() == here.tolist()
    assert here.max() >= 1


def test_clusters_of_many_are_those_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    here = clusters.cluster(points(150))
    monkeypatch.setattr(clusters, "MANY", 100)

    assert clusters.cluster(points(150)).tolist() == here.tolist()


def test_the_watcher_ends_the_process() -> None:
    before, told = own_processes(), time.monotonic()

    def watch(share: float) -> None:
        if own_processes() - before:
            raise EnoughError

    with pytest.raises(EnoughError):
        run_in_subprocess(time.sleep, 60.0, watch=watch)
    while own_processes() - before and time.monotonic() - told < 30:
        time.sleep(0.1)
    left = [psutil.Process(pid).cmdline() for pid in own_processes() - before]
    assert all("resource_tracker" in " ".join(command) for command in left)
    assert time.monotonic() - told < 30


def test_an_error_of_ours_comes_back_with_its_words() -> None:
    with pytest.raises(errors.QueryError, match=r"This cannot be\. Ask for something else\."):
        run_in_subprocess(refuse, watch=nobody)
