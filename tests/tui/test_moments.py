"""Walking through the moments of a run: on with one key, back with another, round and round."""

from simulator.lab.actions import perform
from simulator.lab.lab import open_lab
from simulator.stage.moments import moments
from simulator.stage.scene import Caption
from tests.tui.labs import ManualClock, shown


def test_one_walks_through_all_moments_and_from_the_last_to_the_first(now: ManualClock) -> None:
    lab = open_lab(shown("prefork", load="crash"), now)
    known = moments(lab.shown.playbacks)
    visited = []
    for number in range(1, len(known) + 2):
        perform(lab, "jump")
        visited.append(lab.playhead.t_s)
        place = (number - 1) % len(known) + 1
        assert str(lab.message).startswith(f"moment {place} of {len(known)}: ")
    assert visited == [*(each.look_s for each in known), known[0].look_s]


def test_one_walks_back_the_same_way(now: ManualClock) -> None:
    lab = open_lab(shown("prefork", load="crash"), now)
    known = moments(lab.shown.playbacks)
    perform(lab, "jump")
    perform(lab, "jump")
    perform(lab, "jump-back")
    assert lab.playhead.t_s == known[0].look_s
    perform(lab, "jump-back")
    assert lab.playhead.t_s == known[-1].look_s


def test_the_moments_of_all_servers_are_walked_through_and_the_focus_follows(now: ManualClock) -> None:
    lab = open_lab(shown("prefork", "coroutine", load="slow-clients"), now)
    seen = set()
    for _ in moments(lab.shown.playbacks):
        perform(lab, "jump")
        seen.add(lab.focus)
        assert f"({'AB'[lab.focus]})" in str(lab.message)
    assert seen == {0, 1}


def test_captions_are_moments_too(now: ManualClock) -> None:
    lab = open_lab(shown("prefork", load="crash"), now)
    count = len(moments(lab.shown.playbacks)) + 1
    lab.captions = (Caption(at_s=0.25, text="Look at worker 3"),)
    perform(lab, "jump")
    assert (lab.playhead.t_s, str(lab.message)) == (0.25, f"moment 1 of {count}: Look at worker 3")
    perform(lab, "jump")
    assert str(lab.message).startswith(f"moment 2 of {count}: ")
