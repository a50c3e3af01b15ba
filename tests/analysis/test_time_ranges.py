"""Hits among the frames of a video become events: what is merged, what is not, and where an event ends."""

import itertools

import numpy as np
import pytest

from workbench.analysis.time_ranges import ends, spacing, time_ranges

LOW = 0.1


def spans(times, scores, hits, **settings):
    return [(one.start, one.end) for one in time_ranges(times, scores, hits, **settings)]


def test_hits_beside_one_another_are_one_event_that_ends_where_the_next_frame_begins():
    scores = [LOW, LOW, 0.3, 0.35, 0.32, LOW, LOW]
    (event,) = time_ranges(range(7), scores, np.array(scores) > 0.2)
    assert (event.start, event.end, event.best, event.frames.tolist()) == (2.0, 5.0, 3, [2, 3, 4])


def test_two_shots_are_two_events_the_better_first():
    scores = [LOW, 0.3, 0.3, LOW, LOW, LOW, 0.4, 0.4, LOW]
    assert spans(range(9), scores, np.array(scores) > 0.2) == [(6.0, 8.0), (1.0, 3.0)]


def test_the_cut_off_of_a_search_does_not_cut_an_event_short():
    scores = [LOW, 0.36, 0.4, 0.37, LOW, LOW]
    assert spans(range(6), scores, [False, False, True, False, False, False]) == [(1.0, 4.0)]


def test_one_weak_frame_does_not_end_an_event_and_two_do():
    one, two = [LOW, 0.4, LOW, 0.4, LOW, LOW, LOW], [LOW, 0.4, LOW, LOW, 0.4, LOW, LOW]
    assert spans(range(7), one, np.array(one) > 0.2) == [(1.0, 4.0)]
    assert sorted(spans(range(7), two, np.array(two) > 0.2)) == [(1.0, 2.0), (4.0, 5.0)]
    assert spans(range(7), one, np.array(one) > 0.2, dips=0) != [(1.0, 4.0)]


def test_a_far_better_shot_stays_apart_from_a_weaker_one_beside_it():
    scores = [LOW, LOW, LOW, 0.4, 0.4, 0.22, 0.22, LOW]
    assert spans(range(8), scores, np.array(scores) > 0.2) == [(3.0, 5.0), (5.0, 7.0)]


def test_a_video_of_one_shot_is_one_event():
    chance = np.random.default_rng(0)
    scores = 0.3 + chance.normal(0, 0.003, 40)
    found = time_ranges(range(40), scores, scores > np.sort(scores)[-5])
    assert max(len(event.frames) for event in found) > 10
    assert spans(range(5), [0.3] * 5, [True] * 5) == [(0.0, 5.0)]


@pytest.mark.parametrize("seed", range(20))
def test_every_hit_is_in_exactly_one_event_and_events_do_not_overlap(seed):
    chance = np.random.default_rng(seed)
    times = np.cumsum(chance.choice([1.0, 1.5, 8.0, 60.0], 30))
    scores = chance.normal(0.2, 0.05, 30)
    scores[chance.random(30) < 0.1] = -np.inf
    hits = np.isfinite(scores) & (chance.random(30) < 0.4)
    found = time_ranges(times, scores, hits)
    frames = np.concatenate([event.frames for event in found]) if found else np.empty(0, int)
    assert len(np.unique(frames)) == len(frames)
    assert set(np.flatnonzero(hits)) <= set(frames.tolist())
    assert all(event.start < event.end and event.best in event.frames for event in found)
    assert [scores[event.best] for event in found] == sorted((scores[e.best] for e in found), reverse=True)
    ordered = sorted(found, key=lambda event: event.start)
    assert all(a.end <= b.start + 1e-9 for a, b in itertools.pairwise(ordered))


def test_no_event_goes_across_a_part_without_frames():
    times = [0.0, 1.0, 2.0, 300.0, 301.0, 302.0, 303.0]
    assert sorted(spans(times, [0.4] * 7, [True] * 7)) == [(0.0, 3.0), (300.0, 304.0)]


def test_frames_chosen_by_change_hold_until_the_next_and_the_last_until_the_end():
    times = np.array([0.0, 3.4, 4.4, 12.0])
    assert ends(times, 15.0).tolist() == [3.4, 4.4, 12.0, 15.0]
    assert spacing(times) == 3.4
    assert ends(np.array([5.0])).tolist() == [6.0]
    assert spans(times, [LOW, 0.4, 0.4, LOW], [False, True, True, False], duration=15.0) == [(3.4, 12.0)]


def test_a_slow_fixed_rate_is_no_row_of_holes():
    times = np.arange(0, 600, 60.0)
    scores = np.where((times >= 120) & (times < 360), 0.4, LOW)
    assert spans(times, scores, scores > 0.2) == [(120.0, 360.0)]


def test_nothing_found_is_no_event():
    assert time_ranges([], [], []) == []
    assert time_ranges([0, 1], [0.1, 0.2], [False, False]) == []
