"""The ranker over samples of several images, here the candidates of instance search in eight bits."""

import numpy as np
import pandas as pd
import pytest

from workbench.analysis.instances import pooling
from workbench.errors import QueryError
from workbench.search.ranker import Ranker
from workbench.vectors import unit_rows

RANDOM = np.random.default_rng(0)


def ranker():
    rows = pooling.to_int8(unit_rows(RANDOM.normal(size=(9, 16))))
    places = RANDOM.uniform(0, 0.5, size=(9, 4)).astype(np.float32)
    owners = np.repeat([0, 1, 2, 3], [4, 0, 5, 0])
    return Ranker(pd.DataFrame(index=range(4)), rows, owners, places, images=4)


def test_the_best_candidate_of_each_picture_is_that_of_a_plain_search():
    made, query = ranker(), RANDOM.normal(size=16).astype(np.float32)
    rows = made.vectors.astype(float)
    cosines = rows @ query / np.linalg.norm(rows, axis=1) / np.linalg.norm(query)
    scores, at = made.best(made.scores(query))
    np.testing.assert_allclose(scores[[0, 2]], [cosines[:4].max(), cosines[4:].max()], atol=1e-5)
    assert at.tolist() == [cosines[:4].argmax(), -1, 4 + cosines[4:].argmax(), -1]


def test_a_ranker_without_candidates_answers():
    vectors, owners = np.zeros((0, 4), np.int8), np.zeros(0, np.int64)
    empty = Ranker(pd.DataFrame(index=range(2)), vectors, owners, images=2)
    assert empty.best(empty.scores(np.ones(4)))[1].tolist() == [-1, -1]


def test_of_equal_samples_the_first_is_the_best():
    vectors = np.ones((4, 1), np.float32)
    made = Ranker(pd.DataFrame(index=range(2)), vectors, np.array([1, 0, 1, 0]), images=2)
    assert made.best(made.scores(np.ones(1)))[1].tolist() == [1, 0]


def test_a_query_of_another_length_is_an_error():
    with pytest.raises(QueryError, match="does not fit"):
        ranker().scores(np.ones(7))
