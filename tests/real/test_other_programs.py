"""What other programs take is told apart from what is ours, and a measured run says so before it blames anything."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.experiments.catalogue import server
from simulator.experiments.run import run
from simulator.plan import Machine, Plan
from simulator.real import other_programs
from simulator.real.other_programs import Moment, moment, share_of_others
from simulator.trace.facts import BUSY, OTHERS
from simulator.trace.finding import Finding
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from tests.trace.by_hand import Kind, load_at

ONE = "cpu{core} {user} 0 {system} {idle} 9 9 9 {steal} {user} 0\n"
"""A line of /proc/stat, in ticks; time in a guest is counted twice by the kernel."""


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A /proc of our own; we may use the cores 0 and 2."""
    monkeypatch.setattr(other_programs, "PROC", tmp_path)
    monkeypatch.setattr(other_programs, "TICKS_PER_S", 100)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2})
    (tmp_path / "stat").write_text(
        "cpu 1 2 3\n"
        + "".join(ONE.format(core=core, user=0, system=0, idle=0, steal=0) for core in range(4))
        + "intr 5\n"
    )
    return tmp_path


def process(proc: Path, pid: int, group: int, *ticks: int) -> None:
    """A process that has used so much: user, system, and the same of its children."""
    (proc / str(pid)).mkdir(exist_ok=True)
    used = " ".join(map(str, ticks))
    (proc / str(pid) / "stat").write_text(f"{pid} (a b) c) S 1 {group} 0 0 0 0 0 0 0 0 {used} 20 0\n")


def test_only_cores_that_we_may_use_count_and_only_computing_on_them(proc: Path) -> None:
    lines = [ONE.format(core=core, user=300, system=200, idle=9000, steal=100) for core in range(4)]
    (proc / "stat").write_text("cpu 9 9 9\n" + "".join(lines))
    assert moment().by_all == 2 * 6.0


def test_our_groups_are_not_others_and_children_that_are_gone_count_for_their_parent(proc: Path) -> None:
    process(proc, 7, 7, 100, 50, 25, 25)
    process(proc, 8, 7, 100, 0, 0, 0)
    process(proc, 9, 9, 5000, 0, 0, 0)
    ours = moment([7]).by_us - moment().by_us
    assert ours == pytest.approx(3.0, abs=0.5)  # this process computes meanwhile, too


@pytest.mark.parametrize(("by_all", "by_us", "share"), [(10.0, 2.0, 0.4), (10.0, 10.5, 0.0), (90.0, 0.0, 1.0)])
def test_the_share_is_that_of_all_cores_that_could_be_had(
    proc: Path, by_all: float, by_us: float, share: float
) -> None:
    before = Moment(at=100.0, by_all=5.0, by_us=1.0)
    assert share_of_others(before, Moment(at=110.0, by_all=5.0 + by_all, by_us=1.0 + by_us)) == pytest.approx(share)
    assert share_of_others(before, before) == 0.0


def test_without_proc_nobody_is_accused(proc: Path) -> None:
    (proc / "stat").unlink()
    assert share_of_others(moment(), replace(moment(), at=1e12)) == 0.0


# --- what a measured run says -----------------------------------------------------------------------------------------


def crowded(others: float | None) -> Trace:
    """Four requests want two cores at once: bursts of computing, which is what a run on a busy machine looks like."""
    model = server("prefork")
    plan: Plan = model.plan(model.config(workers=8), Machine(cores=2))
    at = [second + part / 100 for second in range(10) for part in range(4)]
    trace = run(plan, load_at(at, 11.0, page=Kind(steps=(("cpu", 0.05),))))
    return trace if others is None else replace(trace, labels=trace.labels | {OTHERS: f"{others:.3f}"})


def findings(others: float | None) -> tuple[Finding, ...]:
    return summarise(crowded(others)).findings


def test_a_run_beside_other_programs_says_so_first_and_does_not_ask_for_more_cores() -> None:
    first, *rest = findings(0.43)
    assert first.text.startswith("Other programs had 43 % of the processor while this was measured")
    assert "more cores" not in " ".join(each.text for each in (first, *rest))
    assert "cores_saturated" not in {each.rule for each in rest}


@pytest.mark.parametrize("others", [None, 0.0, BUSY - 0.001])
def test_a_run_that_was_left_alone_blames_the_cores_as_ever(others: float | None) -> None:
    said = findings(others)
    assert "cores_saturated" in {each.rule for each in said}
    assert "other_programs" not in {each.rule for each in said}
