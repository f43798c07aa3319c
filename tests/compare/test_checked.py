"""Whichever way a run is made, one that contradicts itself is noticed before anything is shown of it."""

from collections.abc import Callable, Iterator

import pytest

from simulator.cli.main import main
from simulator.cli.validate import standard_pair, validated
from simulator.engine import loading
from simulator.experiments import run as running
from simulator.experiments.catalogue import Model
from simulator.experiments.deployment_words import pane
from simulator.experiments.options import RunOptions, ScreenOptions, ValidationOptions
from simulator.experiments.refusal import InvariantError, RefusalError
from simulator.experiments.setup import Setup, prepared
from simulator.plan import Outcome, Plan, PlanError
from simulator.trace.table import Trace
from simulator.tui import opening

Break = Callable[[Trace], None]
SHORT = ("--load", "slow-clients", "--duration", "10s")
LINE = "prefork --load slow-clients --duration 10s"


def setup(*words: str, rate: str | None = None, duration: str = "10s") -> Setup:
    options = RunOptions(load="slow-clients", rate=rate, duration=duration)
    return Setup(sides=tuple(map(pane, words or ("prefork",))), options=options)


def never_ended(trace: Trace) -> None:
    trace.outcome[-1] = Outcome.OPEN


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Callable[[Break], None]:
    """Have the engine do something to every trace that it makes."""
    real = running._run_once

    def spoil(spoiled: Break) -> None:
        def run_once(*arguments: object, **options: object) -> object:
            trace = real(*arguments, **options)  # type: ignore[arg-type]
            if isinstance(trace, Trace):
                spoiled(trace)
            return trace

        monkeypatch.setattr(running, "_run_once", run_once)

    return spoil


@pytest.mark.parametrize(
    "line", [("--model", "prefork", *SHORT), ("compare", "prefork", "coroutine", *SHORT)], ids=["run", "compare"]
)
def test_a_command_ends_with_one_sentence_and_shows_nothing(
    line: tuple[str, ...], engine: Callable[[Break], None], capsys: pytest.CaptureFixture[str]
) -> None:
    engine(never_ended)
    assert main(line) == 70
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "INTERNAL ERROR: this run contradicts itself, do not trust it: request" in printed.err
    assert "Traceback" not in printed.err


def test_the_prediction_of_a_validation_is_checked_before_anything_is_measured(engine: Callable[[Break], None]) -> None:
    engine(never_ended)

    def measured(*_: object) -> Trace:
        raise AssertionError("nobody waits for a measurement of this")

    with pytest.raises(InvariantError, match="contradicts itself"):
        validated([standard_pair(LINE)], ValidationOptions(), measured)


def test_a_screen_is_not_opened_for_it(engine: Callable[[Break], None], monkeypatch: pytest.MonkeyPatch) -> None:
    engine(never_ended)
    monkeypatch.setattr(opening, "has_terminal", lambda: True)
    with pytest.raises(InvariantError, match="contradicts itself"):
        opening.open_setup(setup(), ScreenOptions())


def test_every_side_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    real, made = running._run_once, []

    def run_once(*arguments: object, **options: object) -> object:
        made.append(real(*arguments, **options))  # type: ignore[arg-type]
        if len(made) == 2:
            never_ended(made[-1])  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(running, "_run_once", run_once)
    with pytest.raises(InvariantError):
        running.run_checked(prepared(setup("prefork", "threaded")))


# What else every way has in common.


@pytest.fixture
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A kernel that is not compiled, as far as anybody is told."""
    monkeypatch.setattr(loading, "kernel_notice", lambda: "the compiled kernel is missing")
    running._say_once.cache_clear()
    yield
    running._say_once.cache_clear()


@pytest.mark.parametrize(
    "line", [("--model", "prefork", *SHORT), ("compare", "prefork", "coroutine", *SHORT)], ids=["run", "compare"]
)
def test_a_kernel_that_is_not_compiled_is_told_of_once(
    line: tuple[str, ...], uncompiled: None, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main(line) == 0
    assert capsys.readouterr().err.count("the compiled kernel is missing") == 1


@pytest.mark.parametrize("first", [None, setup()], ids=["home", "stage"])
def test_it_is_told_before_the_screen_opens(
    first: Setup | None, uncompiled: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from simulator.tui import app

    seen = []

    class Screen:
        return_code = 0

        def __init__(self, *_: object, **__: object) -> None:
            seen.append(capsys.readouterr().err)

        def run(self) -> int:
            return 0

    monkeypatch.setattr(opening, "has_terminal", lambda: True)
    monkeypatch.setattr(app, "StageApp", Screen)
    opening.open_home(ScreenOptions()) if first is None else opening.open_setup(first, ScreenOptions())
    assert seen == ["simulate: the compiled kernel is missing\n"]


def test_a_kernel_that_cannot_be_used_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise loading.KernelError("no kernel: type make build")

    monkeypatch.setattr(loading, "kernel_notice", broken)
    with pytest.raises(RefusalError, match="type make build"):
        running.run_checked(prepared(setup()))


@pytest.mark.parametrize("step", ["workload.draw.draw", "experiments.run.run", "trace.checks.check"])
def test_a_run_without_room_is_a_refusal(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> Trace:
        raise MemoryError

    monkeypatch.setattr(f"simulator.{step}", full)
    with pytest.raises(RefusalError, match="does not fit into memory"):
        running.run_checked(prepared(setup()))


def test_a_plan_that_cannot_be_is_a_refusal_with_the_name_of_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> Plan:
        raise PlanError("nobody would ever accept")

    monkeypatch.setattr(Model, "plan", refused)
    with pytest.raises(RefusalError, match=r"^prefork: nobody would ever accept"):
        prepared(setup("prefork:backlog=77"))  # of which no plan is remembered


def test_progress_is_told_in_seconds_of_the_load_however_many_run() -> None:
    told: list[float] = []
    running.run_checked(prepared(setup("prefork", "threaded", rate="2000", duration="20s")), progress=told.append)
    assert told == sorted(told)
    assert 0.0 < told[0] <= told[-1] <= 20.0
