"""What can be turned on the load and on the machine, as overrides of the scenario's keys (``--set KEY=VALUE``).

What to watch: times are turned by their mean, and every step of every class is scaled by the same factor, so that the
shapes of their distributions stay. The requests themselves are drawn with the same luck as before.
"""

from collections.abc import Callable, Collection, Iterator

from simulator.experiments.refusal import RefusalError
from simulator.experiments.setup import Prepared, Setup
from simulator.lab.knob import Knob, item_key, next_nice, next_share, next_whole, scaled, seconds_text
from simulator.lab.machine_knobs import MACHINE_KNOBS, entered_time
from simulator.lab.typed_values import typed_amount, typed_number, typed_whole, unit_of
from simulator.words.kinds import kind_name
from simulator.words.language import later, tell, translated
from simulator.words.numbers import exact_duration
from simulator.workload.arrivals import Closed, ConstantRate, Poisson, Ramp, Spike
from simulator.workload.distribution import Chance
from simulator.workload.quantity import DURATION
from simulator.workload.scenario import Client, Scenario
from simulator.workload.table import Work

LOAD = later("load")
MOST_PERCENT = 99.0
"""Of the clients with the slowest line: somebody has to be left who is not slow."""


def scenario_knobs(prepared: Prepared, ids: Collection[str] | None = None) -> Iterator[Knob]:
    """All that this scenario has, or those with one of these ids; no others are made."""
    for names, make in KNOBS:
        if ids is None or not names.isdisjoint(ids):
            yield from (knob for knob in make(prepared) if ids is None or knob.id in ids)


def _arrivals(prepared: Prepared) -> Iterator[Knob]:
    match prepared.scenario.arrivals:
        case Closed(clients=clients):
            yield Knob(
                id="rate",
                group=LOAD,
                label=later("clients"),
                value=str(clients),
                help=later("Clients that wait for an answer, think, and ask again."),
                turn=lambda direction: prepared.setup.with_key(
                    "arrivals.clients", str(next_whole(clients, direction, 1))
                ),
                enter=lambda text: prepared.setup.with_key("arrivals.clients", str(typed_whole("clients", text))),
            )
        case Poisson(rate=rate) | ConstantRate(rate=rate):
            yield _rate(prepared, "rate", later("rate"), rate, later("Requests per second."))
        case Spike(rate=rate, peak=peak):
            yield _rate(prepared, "rate", later("rate"), rate, later("Requests per second outside of the spike."))
            yield _rate(prepared, "peak", later("peak"), peak, later("Requests per second during the spike."))
        case Ramp(start=start, end=end):
            yield _rate(prepared, "from", later("rate at the start"), start, later("Requests per second at the start."))
            yield _rate(
                prepared, "to", later("rate at the end"), end, later("Requests per second at the end."), id="rate"
            )
        case _:
            return


def _rate(prepared: Prepared, key: str, label: str, rate: float, help: str, id: str | None = None) -> Knob:
    return Knob(
        id=id or key,
        group=LOAD,
        label=label,
        value=f"{rate:.6g}/s",
        help=help,
        turn=lambda direction: prepared.setup.with_key(f"arrivals.{key}", f"{next_nice(rate, direction):g}"),
        enter=lambda text: prepared.setup.with_key(f"arrivals.{key}", f"{typed_number(label, text, '/s'):.12g}"),
    )


def _slow_clients(prepared: Prepared) -> Iterator[Knob]:
    slow = slowest(prepared.scenario)
    if slow is None:
        return
    clients = prepared.scenario.clients
    others = sum(each.share for each in clients if each is not slow)
    share = slow.share / (slow.share + others)

    def put(wanted: float) -> Setup:
        """All shares, so that they add up to one and what is typed is what the panel says."""
        setup = prepared.setup
        for each in clients:
            part = wanted if each is slow else each.share / others * (1.0 - wanted)
            setup = setup.with_key(f"{item_key('clients', clients, each)}.share", f"{part:.6g}")
        return setup

    label = tell("share of {client}", client=kind_name(slow.name))
    yield Knob(
        id="slow",
        group=LOAD,
        label=label,
        value=f"{100.0 * share:.6g} %",
        help=tell("The part of the clients with the slowest line: {client}.", client=kind_name(slow.name)),
        turn=lambda direction: put(next_share(share, direction)),
        enter=lambda text: put(typed_number(label, text, "%", most=MOST_PERCENT) / 100.0),
    )


def slowest(scenario: Scenario) -> Client | None:
    """The clients with the slowest line upwards; None where all are the same, or only they are left."""
    clients = scenario.clients
    lines = [float("inf") if client.up is None else client.up for client in clients]
    slow = clients[lines.index(min(lines))]
    others = sum(client.share for client in clients if client is not slow)
    return slow if min(lines) < max(lines) and others > 0.0 else None


def _io(prepared: Prepared) -> Iterator[Knob]:
    return _times(
        prepared, Work.IO, "io", later("I/O time"), later("Mean waiting of a request for databases and services.")
    )


def _cpu(prepared: Prepared) -> Iterator[Knob]:
    return _times(
        prepared, Work.CPU, "cpu", later("computing"), later("Mean computing of a request, without fixed costs.")
    )


def _native(prepared: Prepared) -> Iterator[Knob]:
    return _times(
        prepared,
        Work.NATIVE,
        "native",
        later("native code"),
        later("Mean computing of a request in code that lets go of the GIL."),
    )


def _block(prepared: Prepared) -> Iterator[Knob]:
    return _times(
        prepared,
        Work.BLOCK,
        "block",
        later("blocking calls"),
        later("Mean waiting of a request in calls during which an event loop stands still."),
    )


def _crash(prepared: Prepared) -> Iterator[Knob]:
    """How often a request takes its process down: of the first step that can."""
    requests, setup = prepared.scenario.requests, prepared.setup
    for each in requests:
        for number, step in enumerate(each.steps):
            if isinstance(step.time, Chance):
                yield _probability(setup, f"{item_key('requests', requests, each)}.steps.{number}.crash", step.time)
                return


def _probability(setup: Setup, key: str, time: Chance) -> Knob:
    label, percent = later("deadly requests"), 100.0 * time.probability

    def put(wanted: float) -> Setup:
        return setup.with_key(key, f"{min(wanted, 100.0) / 100.0:.6g}")

    return Knob(
        id="crash",
        group=LOAD,
        label=label,
        value=f"{percent:.6g} %",
        help=later("The part of the requests of which their process dies."),
        turn=lambda direction: put(next_nice(percent, direction)),
        enter=lambda text: put(typed_number(label, text, "%", most=100.0)),
    )


def _times(prepared: Prepared, work: Work, id: str, label: str, help: str) -> Iterator[Knob]:
    requests = prepared.scenario.requests
    weight = sum(each.weight for each in requests)
    seconds = sum(c.weight * step.time.mean for c in requests for step in c.steps if step.work is work) / weight
    steps = [
        (f"{item_key('requests', requests, c)}.steps.{number}.{work.name.lower()}", step.time)
        for c in requests
        for number, step in enumerate(c.steps)
        if step.work is work
    ]
    if seconds <= 0.0 or any(scaled(time, 1.0) is None for _, time in steps):
        return

    def put(wanted_s: float) -> Setup:
        setup = prepared.setup
        for key, time in steps:
            setup = setup.with_key(key, scaled(time, wanted_s / seconds) or "")
        return setup

    def entered(text: str) -> Setup:
        wanted_s = typed_amount(label, text, unit_of(value), DURATION)
        if wanted_s <= 0.0:
            raise RefusalError(tell("{knob} {given}: expected a time above 0", knob=translated(label), given=text))
        return put(wanted_s)

    value = exact_duration(seconds)
    yield Knob(
        id=id,
        group=LOAD,
        label=label,
        value=value,
        help=help,
        turn=lambda direction: put(next_nice(seconds, direction)),
        enter=entered,
    )


def _duration(prepared: Prepared) -> Iterator[Knob]:
    scenario, setup = prepared.scenario, prepared.setup
    yield Knob(
        id="duration",
        group=LOAD,
        label=later("duration"),
        value=exact_duration(scenario.duration),
        help=later("How long requests arrive."),
        turn=lambda direction: setup.with_key("duration", seconds_text(next_nice(scenario.duration, direction))),
        enter=entered_time(setup, "duration", later("duration"), exact_duration(scenario.duration)),
    )


def _seed(prepared: Prepared) -> Iterator[Knob]:
    scenario, setup = prepared.scenario, prepared.setup
    yield Knob(
        id="seed",
        group=LOAD,
        label=later("seed"),
        value=str(scenario.seed),
        help=later("Other requests of the same kinds."),
        turn=lambda direction: setup.with_key("seed", str(max(scenario.seed + direction, 0))),
        enter=lambda text: setup.with_key("seed", str(typed_whole(later("seed"), text))),
    )


KNOBS: tuple[tuple[frozenset[str], Callable[[Prepared], Iterator[Knob]]], ...] = (
    (frozenset({"rate", "peak", "from"}), _arrivals),
    (frozenset({"slow"}), _slow_clients),
    (frozenset({"io"}), _io),
    (frozenset({"cpu"}), _cpu),
    (frozenset({"native"}), _native),
    (frozenset({"block"}), _block),
    (frozenset({"crash"}), _crash),
    (frozenset({"duration"}), _duration),
    (frozenset({"seed"}), _seed),
    *MACHINE_KNOBS,
)
"""In the order of the list on the screen: which ids there can be, and who makes the knobs with them."""
