"""What can be turned on the machine: its cores, whose costs the server has, the GIL, and who finds the backlog full."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from models.profiles import PROFILES
from simulator.experiments.profiles import OWN, profile_of
from simulator.experiments.setup import Prepared, Setup
from simulator.lab.knob import Knob, next_cores, next_nice, seconds_text
from simulator.lab.typed_values import typed_amount, typed_number, unit_of
from simulator.trace.figures import lock_kind
from simulator.words.language import later, tell
from simulator.words.numbers import exact_duration
from simulator.workload.quantity import DURATION

MACHINE = later("machine")


def entered_time(setup: Setup, key: str, label: str, value: str) -> Callable[[str], Setup]:
    """Puts a time that was typed into a key."""
    return lambda text: setup.with_key(key, seconds_text(typed_amount(label, text, unit_of(value), DURATION)))


def _cores(prepared: Prepared) -> Iterator[Knob]:
    machine, setup = prepared.scenario.machine, prepared.setup
    yield Knob(
        id="cores",
        group=MACHINE,
        label=later("cores"),
        value=f"{machine.cores_as_typed:g}",
        help=later("Processor cores that all processes share; 0.5 or 1.5: a container's quota."),
        turn=lambda direction: setup.with_key("machine.cores", f"{next_cores(machine.cores_as_typed, direction):g}"),
        enter=lambda text: setup.with_key("machine.cores", f"{typed_number(later('cores'), text):g}"),
    )


def _profile(prepared: Prepared) -> Iterator[Knob]:
    setup, names = prepared.setup, [OWN, *PROFILES]
    its = [profile_of(side, setup.options).name for side in setup.sides]
    turned = setup.options.profile or OWN

    def turn(direction: int) -> Setup:
        name = names[(names.index(turned) + direction) % len(names)] if turned in names else OWN
        sides = tuple(replace(side, profile="") for side in setup.sides)
        return replace(setup, sides=sides, options=replace(setup.options, profile=None if name == OWN else name))

    yield Knob(
        id="profile",
        group=MACHINE,
        label=later("costs of"),
        value=", ".join(dict.fromkeys(its)),
        help=later("Whose costs the server has: what a request takes of computing, and what waking up adds."),
        turn=turn,
    )


def _gil(prepared: Prepared) -> Iterator[Knob]:
    setup, interval_s = prepared.setup, prepared.scenario.machine.gil_switch_interval_s
    key, label, value = "machine.gil_switch_interval", later("GIL switch interval"), exact_duration(interval_s)
    if any(lock_kind(lock) == "gil" for plan in prepared.plans for lock in plan.locks):
        yield Knob(
            id="gil",
            group=MACHINE,
            label=label,
            value=value,
            help=later("How long a thread waits for the GIL before it asks the holder to yield."),
            turn=lambda direction: setup.with_key(key, seconds_text(next_nice(interval_s, direction))),
            enter=entered_time(setup, key, label, value),
        )


def _full_backlog(prepared: Prepared) -> Iterator[Knob]:
    machine, setup = prepared.scenario.machine, prepared.setup
    yield Knob(
        id="full_backlog",
        group=MACHINE,
        label=later("full backlog"),
        value=tell("refuses") if machine.refuses else tell("drops"),
        help=later(
            "Whether a connection that finds the backlog full is dropped, and tried again by its client, or refused."
        ),
        turn=lambda _: setup.with_key("machine.full_backlog", "drop" if machine.refuses else "refuse"),
    )


MACHINE_KNOBS: tuple[tuple[frozenset[str], Callable[[Prepared], Iterator[Knob]]], ...] = (
    (frozenset({"cores"}), _cores),
    (frozenset({"profile"}), _profile),
    (frozenset({"gil"}), _gil),
    (frozenset({"full_backlog"}), _full_backlog),
)
"""As in ``scenario_knobs``."""
