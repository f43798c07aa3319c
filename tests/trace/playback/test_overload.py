"""Where very many wait, shortcuts are taken; what they find is what following every request finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.trace.intervals import BlockIndex
from simulator.trace.playback import EventKind, Events, Playback, segment_index
from simulator.trace.playback.lane_uses import Window
from simulator.trace.playback.notable_events import first_drop
from simulator.trace.playback.place_map import place_map
from simulator.trace.playback.segment_index import SegmentIndex
from simulator.trace.playback.segments import Segments
from simulator.trace.playback.waiting_lines import waiting_lines, when_left
from simulator.trace.table import Trace
from tests.engine.deployments import Deployment, deployments
from tests.trace.playback import slowly

every_deployment = pytest.mark.parametrize("deployment", list(deployments()), ids=str)


def overloaded(deployment: Deployment) -> Trace:
    """A spike that overflows a small backlog."""
    return Deployment(server=deployment.server, settings={**deployment.settings, "backlog": 4}).run("spike")


def rows_of(table: Segments | Events) -> list[tuple[float, ...]]:
    return list(zip(*(getattr(table, name).tolist() for name in type(table).__slots__), strict=True))


@every_deployment
def test_a_line_knows_when_each_request_came_and_went(deployment: Deployment) -> None:
    trace = deployment.run("spike")
    for place, line in waiting_lines(trace).items():
        rows = np.flatnonzero(~np.isnan(trace.reached[:, place]))
        assert np.flatnonzero(~np.isnan(line.came)).tolist() == rows.tolist()
        assert line.left[rows].tolist() == when_left(trace, place, rows).tolist()
        further = (~np.isnan(trace.reached[:, place + 1 :])).any(axis=1)
        assert line.went_on.tolist() == further.tolist()


@every_deployment
def test_looking_at_the_lines_first_finds_the_same_segments(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (SegmentIndex(deployment.run("spike")) for _ in range(2))
    for t_s in slowly.moments_of(one.trace, 10):
        monkeypatch.setattr(segment_index, "CROWD_ROWS", len(one.trace))
        everybody = rows_of(one.between(t_s, t_s + 0.1))
        monkeypatch.setattr(segment_index, "CROWD_ROWS", 0)
        monkeypatch.setattr(segment_index, "PIECE_ROWS", 5)
        assert sorted(rows_of(other.between(t_s, t_s + 0.1))) == sorted(everybody)


@every_deployment
def test_a_window_shows_the_same_whatever_was_looked_at_before(deployment: Deployment) -> None:
    trace = deployment.run("mixed", "12 s")
    looked = Playback(trace)
    spans = [(i * 0.8, (i + 1) * 0.8) for i in range(12)] + [(7.2, 7.6), (7.6, 7.8)]
    for group in looked.groups:
        if group.resource is not None:
            for span_s in spans:
                shares = looked.shares(group.name, 0, group.lanes, span_s, 16)
                assert np.allclose(shares, Playback(trace).shares(group.name, 0, group.lanes, span_s, 16), atol=1e-7)


times = st.floats(0.0, 1e4)


@given(st.lists(st.tuples(times, times), max_size=40), st.tuples(times, times))
def test_all_intervals_that_share_time_with_a_stretch_are_found(
    pairs: list[tuple[float, float]], stretch: tuple[float, float]
) -> None:
    start, end = np.sort(np.array(pairs, np.float64).reshape(-1, 2), axis=1).T
    low, high = sorted(stretch)
    near = BlockIndex(np.repeat(start, 200), np.repeat(end, 200)).near(low, high)
    assert set(np.flatnonzero(np.repeat((start <= high) & (end >= low), 200))) <= set(near.tolist())
    assert near.tolist() == sorted(set(near.tolist()))


@given(times, st.floats(1e-3, 1e3), st.integers(1, 8))
def test_a_wider_window_contains_the_window_and_is_not_much_longer_than_asked(
    start_s: float, long_s: float, by: int
) -> None:
    window = Window(first_lane=0, lanes=1, start_s=start_s, end_s=start_s + long_s, columns=16)
    wide = window.wider(by)
    assert wide.contains(window)
    assert wide.end_s - wide.start_s <= (by + 1.01) * long_s


def test_no_syn_is_dropped_where_nobody_is_turned_away() -> None:
    trace = next(deployments()).run("steady")
    where = place_map(trace)
    (place,) = where.connects
    assert not len(first_drop(trace, where, waiting_lines(trace)[place]))


@every_deployment
def test_the_first_dropped_syn_comes_before_anybody_repeats_one(deployment: Deployment) -> None:
    trace = overloaded(deployment)
    first = [event for event in Playback(trace).log(1e6, 10**6) if event.kind is EventKind.SYN_DROPPED]
    assert len(first) == int(bool((trace.syn_retries > 0).any()))
    for event in first:
        assert trace.syn_retries[event.request] > 0
        assert event.time_s == pytest.approx(trace.arrival[trace.syn_retries > 0].min(), abs=0.5)
