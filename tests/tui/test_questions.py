"""The prepared comparisons show what their questions promise, at the moment at which they are opened."""

import numpy as np
import pytest

from simulator.lab.first_moment import LEAD_S, waiting
from simulator.lab.history import Result
from simulator.lab.questions import QUESTIONS, START, Question
from simulator.plan.words import Outcome
from simulator.stage.canvas.cells import cell_width
from simulator.trace.playback import Activity, Playback
from simulator.words.language import LANGUAGES, speaking, translated
from tests.tui.labs import shown

BY_LOAD = {question.load: question for question in QUESTIONS}
ROW_IN_40 = 32
"""Cells of a question in the narrowest screen."""


def runs(load: str) -> tuple[Question, Playback, Playback]:
    question = BY_LOAD[load]
    one, other = result_of(question).playbacks
    return question, one, other


def result_of(question: Question) -> Result:
    return shown(*question.servers, load=question.load)


def share(playback: Playback, name: str, start_s: float, end_s: float) -> float:
    return float(playback.series(name, start_s, end_s, 1)[0])


def median_s(playback: Playback) -> float:
    trace = playback.trace
    done = trace.outcome == Outcome.COMPLETED
    return float(np.median((trace.finished - trace.arrival)[done]))


def ended(playback: Playback, outcome: Outcome) -> int:
    return int((playback.trace.outcome == outcome).sum())


def test_workers_are_held_by_slow_phones_while_the_cores_are_idle_and_behind_nginx_nobody_waits() -> None:
    question, one, other = runs("slow-clients")
    now = one.at(question.worst_s)
    (pool,) = now.pools
    assert set(pool.activity.tolist()) == {Activity.UPLOAD}
    moments = np.arange(question.opens_s, question.worst_s, 0.1)
    assert any(Activity.CLOSING in one.at(t_s).pools[0].activity for t_s in moments)
    assert waiting(now) > 200
    assert share(one, "cores: in use", question.opens_s, question.worst_s) < 0.1
    assert waiting(other.at(question.worst_s)) == 0
    assert median_s(one) > 50 * median_s(other)


def test_threads_keep_one_core_busy_between_them_and_processes_both() -> None:
    question, one, other = runs("cpu-heavy")
    at_s = question.worst_s
    assert share(one, "cores: in use", at_s - 20.0, at_s) == pytest.approx(0.5, abs=0.01)  # one of two
    assert max(share(other, "cores: in use", t_s, t_s + 1.0) for t_s in np.arange(at_s - 20.0, at_s)) > 0.7
    assert waiting(one.at(at_s)) > 20 * max(waiting(other.at(at_s)), 1)
    assert median_s(one) > 10 * median_s(other)


def test_a_report_on_the_event_loop_stops_everybody_and_on_a_worker_nobody() -> None:
    question, one, other = runs("mixed")
    now = one.at(question.worst_s)
    (lock,) = now.locks
    load = one.trace.workload
    assert load.class_names[load.request_class[lock.holder[0]]] == "report"
    assert waiting(now) > 20
    assert waiting(other.at(question.worst_s)) == 0


def test_a_crash_takes_all_that_a_process_of_threads_had_and_of_the_workers_one() -> None:
    question, one, other = runs("crash")
    assert ended(one, Outcome.CRASHED) > ended(other, Outcome.CRASHED) == 1
    assert waiting(one.at(question.worst_s)) > 50
    assert waiting(other.at(question.worst_s)) < 10
    assert float(one.series("completions_rps", 20.2, 22.0, 1)[0]) == 0.0
    assert float(other.series("completions_rps", 20.2, 22.0, 1)[0]) > 20.0


def test_four_workers_serve_visitors_who_have_left_long_after_the_flood_and_twenty_four_do_not() -> None:
    question, one, other = runs("spike")
    assert waiting(one.at(20.0)) == 0
    assert waiting(one.at(question.worst_s)) > 1000
    assert waiting(other.at(question.worst_s)) == 0
    assert ended(one, Outcome.GAVE_UP) > 500
    assert ended(other, Outcome.GAVE_UP) == 0
    assert waiting(one.at(40.0)) > 50  # ten seconds after the flood


def test_workers_that_are_more_than_ninety_percent_busy_keep_visitors_waiting_and_those_at_sixty_do_not() -> None:
    question, one, other = runs("io-heavy")
    assert 0.9 < share(one, "worker: in use", 5.0, 60.0) < 0.95
    assert share(other, "worker: in use", 5.0, 60.0) == pytest.approx(0.6, abs=0.03)
    assert waiting(one.at(question.worst_s)) >= 10
    assert waiting(other.at(question.worst_s)) == 0
    assert share(one, "backlog: waiting", 5.0, 60.0) > 10 * share(other, "backlog: waiting", 5.0, 60.0)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.load)
def test_every_question_is_opened_before_its_worst_moment_when_the_curves_have_something_to_show(
    question: Question,
) -> None:
    end_s = min(playback.end_s for playback in result_of(question).playbacks)
    assert 8.0 < question.opens_s < question.worst_s < end_s
    assert question.worst_s - question.opens_s < 15.0


@pytest.mark.parametrize("load", ["slow-clients", "cpu-heavy"])
def test_where_the_trouble_lasts_it_is_seen_from_the_first_picture_on(load: str) -> None:
    question, one, other = runs(load)
    for t_s in (question.opens_s + 0.5, question.opens_s + LEAD_S):
        assert waiting(one.at(t_s)) > waiting(other.at(t_s))


def test_whoever_knows_nothing_begins_with_a_question_of_the_list() -> None:
    assert START in QUESTIONS
    assert len(QUESTIONS) == len({question.asks for question in QUESTIONS}) == 6


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_every_question_has_a_form_that_a_narrow_screen_has_room_for(spoken: str) -> None:
    with speaking(spoken):  # type: ignore[arg-type]
        for question in QUESTIONS:
            assert cell_width(translated(question.short)) <= ROW_IN_40, translated(question.short)
