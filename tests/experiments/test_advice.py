"""Advice is tried before it is given: what is said was run, and what does not help is not recommended."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.experiments.advice import Advice
from simulator.experiments.candidates import Ideas
from simulator.experiments.catalogue import catalogue
from simulator.experiments.ladders import Ladder, next_size
from simulator.experiments.trial import Figures, Verdict, judged
from simulator.trace.cures import Cure
from simulator.words.language import speaking
from tests.experiments.asking import Asked, asked, by_change, recommended

SHOP = """
title = "A shop"
duration = "60 s"
warmup = "5 s"
machine.cores = 4
arrivals = {kind = "poisson", rate = 60}
[[requests]]
name = "list"
weight = 70
steps = [{cpu = "20 ms"}, {io = "35 ms"}]
[[requests]]
name = "checkout"
weight = 20
steps = [{cpu = "15 ms"}, {io = "250 ms"}]
[[requests]]
name = "report"
weight = 10
steps = [{cpu = "180 ms"}, {io = "400 ms"}]
"""
"""Nine workers are a few too few for it, and hardly anybody waits for a core."""
SLOW = (Cure.PROXY, Cure.MORE_SLOTS, Cure.HOLD_NOTHING)
"""Against slow clients."""


@pytest.fixture(scope="module")
def spike() -> Advice:
    return asked("prefork", "spike").advice()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    file = tmp_path_factory.mktemp("shop") / "shop.toml"
    file.write_text(SHOP, encoding="utf-8")
    return asked("prefork", str(file), nginx=True, workers=9)


# A container.


def test_a_throttled_container_gets_a_larger_quota_and_then_whole_cores() -> None:
    advice = asked("prefork", "passwords", keys=("machine.cores=0.5",)).advice()
    tried = by_change(advice)
    assert recommended(advice)[0] in tried
    assert {trial.flags for trial in tried.values()} >= {("--cores", "1")}
    assert str(tried["1 whole core"].sentence).startswith("1 whole core: p95 ")
    assert all(trial.cores > 0.5 for trial in advice.trials if "--cores" in trial.flags)


def test_a_quota_that_is_a_little_too_small_is_raised_by_a_little() -> None:
    advice = asked("prefork", "steady", keys=("machine.cores=0.25", "arrivals.rate=60")).advice(Cure.MORE_CORES)
    (trial,) = [trial for trial in advice.trials if trial.better]
    assert str(trial.change) == f"a quota of {trial.cores:g} cores"
    assert trial.flags == ("--cores", f"{trial.cores:g}")
    assert 0.25 < trial.cores < 1


def test_more_than_one_core_and_a_half_is_a_process_more_for_an_event_loop() -> None:
    family = next(iter(Ideas(asked("coroutine", "steady").side, 1.5, 0.0, False).about([Cure.MORE_CORES])))
    assert isinstance(family, Ladder)
    candidate = family.sized(next_size(family, family.now))
    assert candidate is not None
    assert candidate.flags == ("--cores", "3", "--processes", "3")


# What is tried, and what is said of it.


def test_workers_that_wait_for_a_database_in_a_spike_are_doubled_and_nobody_is_lost(spike: Advice) -> None:
    trial = by_change(spike)["8 workers"]
    assert str(trial.sentence).startswith("8 workers: 0 lost instead of 949, p95 ")
    assert trial.flags == ("--workers", "8")
    assert trial.before.lost == 949


def test_a_single_event_loop_loses_more_in_a_spike_and_is_not_recommended(spike: Advice) -> None:
    assert str(by_change(spike)["coroutine"].sentence) == "coroutine: no better, 1 360 lost instead of 949."
    assert by_change(spike)["coroutine"].verdict is Verdict.WORSE
    assert "coroutine" not in recommended(spike)


def test_one_event_loop_for_each_core_is_tried_where_a_single_one_does_not_help(spike: Advice) -> None:
    assert "coroutine with 2 processes" in recommended(spike)


def test_slow_clients_are_kept_away_by_nginx_and_its_figures_are_said() -> None:
    best = asked("prefork", "slow-clients").advice().best
    assert best is not None
    assert str(best.sentence) == "with nginx in front: p95 484 ms instead of 12.7 s."
    assert best.flags == ("--nginx",)


def test_the_smallest_number_is_found_that_is_as_good_as_more(shop: Asked) -> None:
    advice = shop.advice()
    (workers,) = [trial for trial in advice.trials if "--workers" in trial.flags]
    assert str(workers.change) == "12 workers"
    assert workers.after.p95_s < 0.7 < 1.5 < workers.before.p95_s


def test_nobody_is_told_to_buy_cores_where_hardly_anybody_waits_for_one(shop: Asked) -> None:
    advice = shop.advice()
    assert not [trial for trial in advice.trials if "--cores" in trial.flags]
    assert not any("core" in str(change) for change in advice.untried)


def test_cores_are_recommended_with_processes_where_all_of_them_are_busy() -> None:
    advice = asked("coroutine", "cpu-heavy", keys=("arrivals.rate=60",), processes=2).advice()
    assert advice.best is not None
    assert advice.best.flags == ("--cores", "6", "--processes", "6")
    assert str(advice.best.change) == "6 cores and 6 processes"


def test_an_event_loop_that_computes_all_the_time_gets_a_second_process() -> None:
    assert "2 processes" in recommended(asked("coroutine", "cpu-heavy").advice())


def test_a_long_computation_gets_a_process_of_its_own() -> None:
    assert "prefork" in recommended(asked("coroutine", "mixed").advice())


def test_a_library_that_keeps_the_hub_is_advised_to_let_go_of_it_and_only_there() -> None:
    kept = asked("greenlet", "blocking-call", libraries="unpatched").advice()
    assert kept.best is not None
    assert kept.best.flags == ("--libraries", "patched")
    assert not any("--libraries" in trial.flags for trial in asked("greenlet", "mixed").advice().trials)


def test_beside_a_loop_that_is_blocked_one_queue_is_tried_where_each_process_has_its_own() -> None:
    own, one = (asked("hybrid", "blocking-call", sharing=sharing).advice() for sharing in ("reuseport", "even"))
    assert "one queue for all processes" in recommended(own)
    assert not any("--sharing" in trial.flags for trial in one.trials)


def test_where_what_the_rules_name_does_not_help_more_processes_are_tried_all_the_same() -> None:
    advice = asked("callback", "spike").advice(Cure.LONGER_BACKLOG)
    assert str(by_change(advice)["a backlog of 2 048"].sentence).startswith("a backlog of 2 048: no better, ")
    assert "3 processes" in recommended(advice)


def test_a_proxy_whose_buffers_are_off_is_told_to_use_them() -> None:
    before = asked("prefork", "slow-clients", nginx=True)
    assert before.advice().trials == ()  # the near miss: they are on
    side = before.side
    front, config = side.fronts[0]
    off = replace(config, request_buffering=False, response_buffering=False)
    best = before.with_side(replace(side, fronts=((front, off),))).advice().best
    assert best is not None
    assert str(best.change) == "nginx with its buffers on"
    assert best.flags == ("--request-buffering", "--response-buffering")


def test_threads_that_were_given_to_processes_too_early_are_to_be_taken_when_idle() -> None:
    advice = asked("threaded", "io-heavy", processes=4, threads=2, accept="eager").advice()
    assert by_change(advice)["accepting only when idle"].flags == ("--accept", "idle")


def test_a_closed_loop_is_tried_as_well() -> None:
    advice = asked("prefork", "think-time", workers=1).advice()
    assert str(by_change(advice)["3 workers"].sentence) == "3 workers: p95 506 ms instead of 1.81 s."


def test_another_model_that_still_loses_many_is_tried_with_more_of_its_slots(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(SHOP, encoding="utf-8")
    advice = asked("dev-server", str(tmp_path / "shop.toml"), nginx=True).advice()
    tried = by_change(advice)
    assert tried["prefork with 8 workers"].flags == ("--model", "prefork", "--workers", "8")
    assert tried["prefork with 8 workers"].after.lost == 0
    assert [str(change) for change in advice.untried] == ["coroutine with 2 processes"]
    assert not {"prefork", "coroutine"} & tried.keys()  # the same with fewer


def test_another_model_that_loses_hardly_anybody_is_not_tried_with_more(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(SHOP, encoding="utf-8")
    advice = asked("dev-server", str(tmp_path / "shop.toml"), nginx=True, keys=("arrivals.rate=10",)).advice()
    assert "prefork" in recommended(advice)
    assert not [change for change in by_change(advice) if change.startswith("prefork with ")]


def test_what_another_model_also_has_is_kept() -> None:
    advice = asked("threaded", "slow-clients", processes=4, threads=1, accept="eager", backlog=300).advice()
    flags = by_change(advice)["coroutine"].flags
    assert flags == ("--model", "coroutine", "--processes", "4", "--backlog", "300")


def test_nothing_is_tried_where_nothing_is_wrong() -> None:
    advice = asked("prefork", "steady").advice()
    assert advice.trials == ()
    assert advice.untried == ()
    assert advice.remark is None


# The budget.


def test_what_there_is_no_budget_for_is_told() -> None:
    slow = asked("prefork", "slow-clients")
    none = slow.advice(*SLOW, budget=0)
    assert none.trials == ()
    assert str(none.remark) == "Left untried: with nginx in front, 8 workers, coroutine."
    one = slow.advice(*SLOW, budget=2318 * 16)
    assert recommended(one) == ["with nginx in front"]
    assert str(one.remark) == "Left untried: 8 workers, coroutine."


def test_whoever_stops_it_gets_what_was_tried_by_then() -> None:
    asks = iter([False, *[True] * 100])
    advice = asked("prefork", "slow-clients").advice(*SLOW, stop=lambda: next(asks))
    assert recommended(advice) == ["with nginx in front"]
    assert [str(change) for change in advice.untried] == ["8 workers", "coroutine"]


def test_where_nothing_helps_that_is_said() -> None:
    one_run = asked("coroutine", "spike").advice(Cure.SHORTER_BACKLOG, budget=3882 * 10)
    assert one_run.best is None
    assert [str(trial.change) for trial in one_run.trials] == ["a backlog of 512"]
    assert str(one_run.remark) == "Nothing that was tried helps; left untried: 2 processes."


@pytest.mark.parametrize(("model", "load"), [("prefork", "spike"), ("threaded", "crash"), ("dev-server", "think-time")])
def test_the_same_run_gets_the_same_advice(model: str, load: str) -> None:
    once, again = asked(model, load).advice(), asked(model, load).advice()
    assert [(str(t.sentence), t.flags, t.after) for t in once.trials] == [
        (str(t.sentence), t.flags, t.after) for t in again.trials
    ]
    assert once.trials


def test_it_is_told_in_chinese_too() -> None:
    advice = asked("prefork", "slow-clients").advice(*SLOW, budget=2318 * 16)
    with speaking("zh"):
        assert str(advice.trials[0].sentence) == "前面加上 nginx：p95 为 484 ms（原来 12.7 s）。"
        assert str(advice.remark) == "还没有试：8 个工作进程、coroutine。"


# What is better.


def run(lost: int = 0, p95_s: float = 1.0, p99_s: float = 2.0) -> Figures:
    return Figures(offered=1000, lost=lost, p95_s=p95_s, p99_s=p99_s, goodput_rps=10.0)


NAN = float("nan")


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (run(), run(), Verdict.NO_BETTER),
        (run(p95_s=1.0), run(p95_s=0.94), Verdict.BETTER),
        (run(p95_s=1.0), run(p95_s=0.96), Verdict.NO_BETTER),
        (run(p95_s=1.0), run(p95_s=1.07), Verdict.WORSE),
        (run(p95_s=1.0), run(p95_s=1.04), Verdict.NO_BETTER),
        (run(p99_s=2.0), run(p99_s=1.8), Verdict.BETTER),
        (run(p99_s=2.0), run(p99_s=1.95), Verdict.NO_BETTER),
        (run(), run(p95_s=0.5, p99_s=4.0), Verdict.NO_BETTER),
        (run(p95_s=0.002), run(p95_s=0.0011), Verdict.NO_BETTER),
        (run(p95_s=0.003), run(p95_s=0.0019), Verdict.BETTER),
        (run(lost=100), run(lost=90), Verdict.BETTER),
        (run(lost=100), run(lost=96), Verdict.NO_BETTER),
        (run(lost=100), run(lost=110), Verdict.WORSE),
        (run(lost=100), run(lost=50, p95_s=9.0, p99_s=9.0), Verdict.BETTER),
        (run(lost=50), run(lost=100, p95_s=0.1, p99_s=0.1), Verdict.WORSE),
        (run(lost=2), run(lost=1), Verdict.NO_BETTER),
        (run(lost=3), run(lost=1), Verdict.BETTER),
        (run(lost=1000, p95_s=NAN, p99_s=NAN), run(lost=1000, p95_s=NAN, p99_s=NAN), Verdict.NO_BETTER),
        (run(lost=1000, p95_s=NAN, p99_s=NAN), run(lost=10), Verdict.BETTER),
    ],
)
def test_lost_requests_come_first_then_the_p95_then_the_p99_each_with_a_margin(
    before: Figures, after: Figures, verdict: Verdict
) -> None:
    assert judged(before, after) is verdict


# What models say of themselves.


@pytest.mark.parametrize("name", catalogue())
def test_a_model_names_settings_and_neighbours_that_there_are(name: str) -> None:
    model = catalogue()[name]
    has, own = {field.name for field in model.settings}, model.neighbours
    sizes = (*own.slots, own.processes, own.backlog, own.accept_limit, own.kept)
    named = {size.setting for size in sizes if size is not None} | set(own.buffers)
    named |= set() if own.when_idle is None else {own.when_idle[0]}
    assert named <= has
    others = {own.more_slots, own.holds_nothing, own.own_processes} - {""}
    assert others <= {other.name for other in catalogue().values() if not other.stands_in_front} - {name}


# To whom it matters.

OFFICE = """
title = "An office beside phones"
duration = "60 s"
warmup = "5 s"
arrivals = {kind = "poisson", rate = 20}
[[requests]]
name = "form"
steps = [{cpu = "5 ms"}, {io = "20 ms"}]
upload = "200 KB"
[[clients]]
name = "office"
share = 80
[[clients]]
name = "phones"
share = 20
up = "300 kB/s"
"""

LOGINS = """
title = "Everybody logs in at nine"
duration = "40 s"
machine.cores = 4
arrivals = {kind = "trace", file = "logins.csv"}
[[requests]]
name = "login"
steps = [{cpu = "250 ms"}]
[[requests]]
name = "livez"
steps = [{cpu = "100 us"}]
"""


@pytest.fixture
def logins(tmp_path: Path) -> str:
    checks = [(0.5 + second, "livez") for second in range(40)]
    rows = sorted([*checks, *([(1.0, "login")] * 150)])
    csv = "".join(f"{at},{name}\n" for at, name in rows)
    (tmp_path / "logins.csv").write_text(f"time_s,class\n{csv}", encoding="utf-8")
    (tmp_path / "logins.toml").write_text(LOGINS, encoding="utf-8")
    return str(tmp_path / "logins.toml")


def test_what_is_gained_is_told_of_those_who_waited_where_the_p95_of_all_hides_it(tmp_path: Path) -> None:
    """The p95 of all is the line of the phones, whatever the server does; the office waits behind them."""
    (tmp_path / "office.toml").write_text(OFFICE, encoding="utf-8")
    best = asked("prefork", str(tmp_path / "office.toml")).advice().best
    assert best is not None
    assert best.flags == ("--nginx",)
    assert best.before.p95_s < 1.2 * best.after.p95_s
    assert best.before.victims_p95_s > 10 * best.after.victims_p95_s
    assert str(best.sentence).startswith('with nginx in front: p95 of "office" 25.')


def test_slots_that_compute_are_given_cores_though_nobody_waits_for_one(logins: str) -> None:
    """Of four workers on four cores none ever waits for a core, and more workers share the same cores."""
    advice = asked("prefork", logins).advice()
    assert not by_change(advice)["8 workers"].better
    assert "8 cores and 8 workers" in recommended(advice)


def test_threads_are_counted_in_each_process_where_there_are_several(logins: str) -> None:
    changes = by_change(asked("threaded", logins, processes=2, threads=4).advice(Cure.MORE_SLOTS))
    assert any(change.endswith(" threads in each process") for change in changes)
    assert not any(
        change.endswith("threads in each process")
        for change in by_change(asked("threaded", logins, processes=1, threads=4).advice(Cure.MORE_SLOTS))
    )


def test_a_figure_that_stays_is_not_told_as_instead_of_itself(logins: str) -> None:
    for trial in asked("threaded", logins, threads=40, nginx=False).advice().trials:
        words = str(trial.sentence).rstrip(".").split(" p95 ")[-1].split(" instead of ")
        assert len(words) == 1 or words[0] != words[1]


def test_who_was_kept_waiting_is_named_only_where_the_p95_of_all_hides_what_they_gain(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text(OFFICE, encoding="utf-8")
    assert asked("prefork", str(tmp_path / "office.toml")).advice().felt_by == "office"
    assert asked("prefork", "spike").advice().felt_by == ""


# Whose costs another model has.


def test_another_model_does_not_have_the_costs_that_were_named_for_this_one() -> None:
    uwsgi = asked("prefork", "io-heavy")
    tried = by_change(replace(uwsgi, options=replace(uwsgi.options, profile="uwsgi")).advice(Cure.HOLD_NOTHING))
    trial = tried["coroutine (costs of uvicorn)"]
    assert trial.flags == ("--model", "coroutine", "--profile", "own")
    typed = asked("coroutine", "io-heavy")
    its_own = replace(typed, options=replace(typed.options, profile="own")).advice(Cure.LONGER_BACKLOG)
    assert trial.after.p95_s == its_own.trials[0].before.p95_s


def test_the_costs_of_this_projects_servers_fit_every_model() -> None:
    tried = by_change(asked("prefork", "io-heavy").advice(Cure.HOLD_NOTHING))
    assert tried["coroutine"].flags == ("--model", "coroutine")
    assert tried["coroutine"].side.profile == ""


# What keeps a loop, given to threads behind it.


@pytest.mark.parametrize(("model", "processes"), [("coroutine", 1), ("hybrid", 2), ("callback", 1)])
def test_a_call_that_stops_loops_is_given_to_threads_behind_as_many_of_them(model: str, processes: int) -> None:
    trial = by_change(asked(model, "blocking-call", processes=processes).advice())["offloading of calls that block"]
    assert trial.better
    assert trial.flags == ("--model", "offloading", *(("--processes", "2") if processes == 2 else ()))


def test_a_hash_that_keeps_a_loop_is_given_to_a_thread_which_lets_go_of_the_gil() -> None:
    advice = asked("coroutine", "passwords").advice()
    assert recommended(advice)[0] == "offloading of native code"
    assert by_change(advice)["offloading of native code"].flags == ("--model", "offloading", "--hand-over", "native")


def test_a_server_whose_threads_take_calls_only_is_told_that_they_can_hash() -> None:
    advice = asked("offloading", "passwords").advice()
    assert by_change(advice)["native code in helpers"].flags == ("--hand-over", "native")
    assert recommended(advice)[0] == "native code in helpers"


def test_computing_in_python_is_not_handed_over_because_the_gil_goes_along() -> None:
    assert not [change for change in by_change(asked("coroutine", "mixed").advice()) if "offloading" in change]
    assert not [change for change in by_change(asked("offloading", "mixed").advice()) if "helpers" in change]


def test_where_threads_hash_already_nobody_is_told_to_give_it_to_them() -> None:
    advice = asked("offloading", "passwords", hand_over="native").advice()
    assert "native code in helpers" not in by_change(advice)
