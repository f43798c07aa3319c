"""The card with the verdict: open at the end of a run, on a key, and about the run that is shown."""

from dataclasses import replace

from textual.pilot import Pilot

from simulator.lab.actions import perform
from simulator.lab.lab import Lab, open_lab
from simulator.lab.scenes import scene
from simulator.stage.verdict import Tried, Verdict
from simulator.trace.summary import summarise
from tests.tui.conftest import Play
from tests.tui.labs import BEGIN_S, ManualClock, shown


def test_the_card_opens_when_the_run_comes_to_its_end_and_closes_when_one_goes_back(lab: Lab, now: ManualClock) -> None:
    lab.playhead.play()
    lab.follow()
    assert not lab.card
    now.pass_s(lab.playhead.end_s + 1.0)
    lab.follow()
    assert lab.card
    perform(lab, "back")
    lab.follow()
    assert not lab.card


def test_what_was_closed_at_the_end_stays_closed_until_the_end_comes_again(lab: Lab) -> None:
    perform(lab, "end")
    lab.follow()
    perform(lab, "card")
    lab.follow()
    assert not lab.card
    perform(lab, "start")
    lab.follow()
    perform(lab, "end")
    lab.follow()
    assert lab.card


def test_the_card_says_what_the_command_line_says(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        lab.playhead.seek(BEGIN_S)
        await pilot.press("w")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        card = scene(lab).card
        assert card is not None
        (verdict,) = card.verdicts
        expected = summarise(lab.shown.playbacks[0].trace)
        assert list(map(str, verdict.summary.diagnosis)) == list(map(str, expected.diagnosis))
        await pilot.press("escape")
        assert scene(lab).card is None

    play(lab, played)


def test_after_a_change_the_card_is_about_the_new_run(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("w")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        first = lab.verdicts
        await pilot.press("r")
        await pilot.app.workers.wait_for_complete()
        await pilot.press("full_stop")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert lab.verdicts
        assert lab.verdicts[0].summary.offered > first[0].summary.offered

    play(lab, played)


def test_the_claim_proposes_what_helped_once_it_was_tried_and_its_key_does_exactly_that(
    now: ManualClock, play: Play
) -> None:
    lab = open_lab(shown("prefork:workers=1", rate="40"), now)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("full_stop")
        assert scene(lab).views[0].proposal is None
        now.pass_s(2.0)
        await pilot.press("full_stop")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert not lab.card
        proposal = scene(lab).views[0].proposal
        assert proposal is not None
        tried = [each for each in lab.verdicts[0].tried if each.better]
        assert proposal.does in [str(each.sentence).rstrip(".") for each in tried]
        assert (proposal.action == "front") is any(each.front for each in tried)

    play(lab, played)


def test_where_nothing_was_tried_or_nothing_helps_the_claim_proposes_nothing(lab: Lab) -> None:
    verdict = Verdict(title="", summary=summarise(lab.shown.playbacks[0].trace))
    worse = Tried(name="12 workers", seconds=2.0, sentence="12 workers: no better.")
    for tried in ((), (Tried(name="as it was", seconds=1.0), worse)):
        lab.judge(lab.shown, (replace(verdict, tried=tried),))
        assert scene(lab).views[0].proposal is None
    better = replace(worse, better=True, sentence="with nginx in front: p95 1 s instead of 2 s.", front=True)
    lab.judge(lab.shown, (replace(verdict, tried=(Tried(name="as it was", seconds=1.0), better)),))
    proposal = scene(lab).views[0].proposal
    assert proposal is not None
    assert (proposal.key, proposal.does) == ("n", "with nginx in front: p95 1 s instead of 2 s")
