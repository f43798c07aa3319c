"""One key shows a server beside the same with nginx in front, at the same moment; the same key leads back to one."""

import pytest

from simulator.lab.actions import perform
from simulator.lab.lab import Lab, open_lab
from simulator.lab.scenes import scene
from simulator.stage.canvas.key_bar import KeyHint
from simulator.stage.verdict import Tried, Verdict
from simulator.trace.summary import summarise
from simulator.words.language import said
from tests.tui.labs import BEGIN_S, ManualClock, shown

KEY = "front-beside"


def titles(lab: Lab) -> list[str]:
    return [view.title for view in scene(lab).views]


def test_a_server_stands_beside_the_same_behind_nginx_at_the_same_moment(lab: Lab) -> None:
    lab.playhead.seek(BEGIN_S)
    perform(lab, KEY)
    assert titles(lab) == ["prefork", "nginx + prefork"]
    assert (lab.playhead.t_s, lab.focus) == (BEGIN_S, 0)
    (one, other) = lab.shown.playbacks
    assert one.trace.labels["settings"] == other.trace.labels["settings"]


def test_the_same_key_goes_back_to_the_one_in_focus(lab: Lab) -> None:
    perform(lab, KEY)
    perform(lab, KEY)
    assert titles(lab) == ["prefork"]
    perform(lab, KEY)
    perform(lab, "next-pane")
    perform(lab, KEY)
    assert (titles(lab), lab.focus) == (["nginx + prefork"], 0)
    perform(lab, KEY)
    assert titles(lab) == ["nginx + prefork", "prefork"]


def test_the_partner_keeps_the_size_that_was_chosen_and_stands_next_to_its_server(now: ManualClock) -> None:
    lab = open_lab(shown("prefork:workers=7", "coroutine"), now)
    perform(lab, KEY)
    assert titles(lab) == ["prefork", "nginx + prefork", "coroutine"]
    assert [playback.trace.plan.pools[-1].size for playback in lab.shown.playbacks[:2]] == [7, 7]


def test_where_four_servers_stand_already_it_says_so_and_nothing_changes(now: ManualClock) -> None:
    lab = open_lab(shown("prefork", "threaded", "callback", "coroutine"), now)
    perform(lab, KEY)
    assert lab.message == "at most 4 servers side by side; C takes one away"
    assert len(titles(lab)) == 4


@pytest.mark.parametrize(
    ("change", "better", "offered"),
    [("with {front} in front", True, True), ("with {front} in front", False, False), ("12 workers", True, False)],
)
def test_the_card_offers_it_first_where_nginx_was_tried_and_helped(
    change: str, better: bool, offered: bool, lab: Lab
) -> None:
    tried = Tried(name=said(change, front="nginx"), seconds=1.0, better=better)
    summary = summarise(lab.shown.playbacks[0].trace)
    lab.judge(lab.shown, (Verdict(title="", summary=summary, tried=(tried,)),))
    lab.card = True
    card = scene(lab, tuple(KeyHint(key=name, does="", action=name) for name in ("larger", "front", KEY, "card"))).card
    assert card is not None
    assert [hint.action for hint in card.keys] == [*([KEY] if offered else []), "front", "larger", "card"]


def test_what_was_before_is_shown_behind_a_server_that_a_key_changed_and_behind_no_other(lab: Lab) -> None:
    def ghosts() -> list[bool]:
        return [view.ghost is not None for view in scene(lab).views]

    perform(lab, KEY)
    assert ghosts() == [False, False]  # nothing was changed: there are more of them
    perform(lab, "larger")
    assert ghosts() == [True, False]
    perform(lab, "fewer-panes")
    assert ghosts() == [False]
    perform(lab, "more-load")
    assert ghosts() == [True]
