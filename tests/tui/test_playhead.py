"""The playback clock follows the time that passed, whatever was drawn meanwhile."""

import pytest

from simulator.lab.playhead import SPEEDS, Playhead
from tests.tui.labs import ManualClock


@pytest.fixture
def clock(now: ManualClock) -> Playhead:
    return Playhead(60.0, now)


def test_a_paused_clock_stands_still(clock: Playhead, now: ManualClock) -> None:
    clock.seek(12.5)
    now.pass_s(100.0)
    assert (clock.t_s, clock.playing) == (12.5, False)


def test_playing_follows_the_seconds_that_passed_and_not_how_often_it_was_asked(
    clock: Playhead, now: ManualClock
) -> None:
    clock.play()
    for _ in range(7):
        now.pass_s(0.25)
        assert clock.t_s == clock.t_s
    assert clock.t_s == pytest.approx(1.75)


def test_a_pause_keeps_the_moment(clock: Playhead, now: ManualClock) -> None:
    clock.play()
    now.pass_s(3.0)
    clock.pause()
    now.pass_s(3.0)
    assert clock.t_s == pytest.approx(3.0)


@pytest.mark.parametrize("faster", [0, 1, 6])
def test_the_speed_counts_from_where_it_was_changed(clock: Playhead, now: ManualClock, faster: int) -> None:
    clock.play()
    now.pass_s(2.0)
    for _ in range(faster):
        clock.faster()
    now.pass_s(0.1)
    assert clock.t_s == pytest.approx(2.0 + 0.1 * SPEEDS[SPEEDS.index(1.0) + faster])


def test_the_speed_stays_between_a_hundredth_and_a_hundred(clock: Playhead) -> None:
    for change, expected in ((clock.slower, 0.01), (clock.faster, 100.0)):
        for _ in range(50):
            change()
        assert clock.speed == expected


def test_it_stops_at_the_end_and_starts_over_from_there(clock: Playhead, now: ManualClock) -> None:
    clock.play()
    now.pass_s(1000.0)
    assert (clock.t_s, clock.playing) == (60.0, False)
    clock.toggle()
    now.pass_s(1.0)
    assert (clock.t_s, clock.playing) == (1.0, True)


@pytest.mark.parametrize(("wanted", "reached"), [(-5.0, 0.0), (30.0, 30.0), (99.0, 60.0)])
def test_seeking_stays_within_the_run(clock: Playhead, wanted: float, reached: float) -> None:
    clock.seek(wanted)
    assert clock.t_s == reached


def test_seeking_while_it_plays_plays_on(clock: Playhead, now: ManualClock) -> None:
    clock.play()
    clock.seek(20.0)
    now.pass_s(1.0)
    assert clock.t_s == pytest.approx(21.0)


@pytest.mark.parametrize(("end_s", "moment_s"), [(120.0, 30.0), (10.0, 10.0)])
def test_a_run_that_was_computed_anew_keeps_the_moment_where_it_exists(
    clock: Playhead, end_s: float, moment_s: float
) -> None:
    clock.seek(30.0)
    clock.end_at(end_s)
    assert clock.t_s == moment_s


def test_a_source_that_goes_back_does_not_take_the_moment_along(clock: Playhead, now: ManualClock) -> None:
    clock.play()
    now.pass_s(-10.0)
    assert clock.t_s == 0.0


def test_a_run_that_had_come_to_its_end_stands_still_wherever_one_goes(clock: Playhead, now: ManualClock) -> None:
    clock.play()
    now.pass_s(1000.0)
    clock.seek(20.0)
    now.pass_s(1.0)
    assert (clock.t_s, clock.playing) == (20.0, False)


def test_a_run_that_had_come_to_its_end_stands_still_when_it_becomes_longer(clock: Playhead, now: ManualClock) -> None:
    clock.play()
    now.pass_s(1000.0)
    clock.end_at(90.0)
    now.pass_s(1.0)
    assert (clock.t_s, clock.playing) == (60.0, False)
