"""The textbook's queueing systems: small plans, and loads drawn for them.

A server that needs no core is a slot of a pool in which a request waits for I/O; a shared processor is the cores. The
mean service time is 1 s unless said, so that a rate is also an offered load.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.plan import (
    Accept,
    AcceptEagerly,
    Backlog,
    Connect,
    Cores,
    Handle,
    Loop,
    Plan,
    Pool,
    Receive,
    Release,
    Seize,
)
from simulator.workload.arrival_times import arrival_times
from simulator.workload.arrivals import GeometricBatch, Mmpp, Poisson
from simulator.workload.distribution import (
    Constant,
    Distribution,
    Empirical,
    Erlang,
    Exponential,
    Hyperexponential,
    Lognormal,
    Pareto,
)
from simulator.workload.random_streams import Source, stream
from simulator.workload.table import Floats, Work, Workload

LONGEST = 1000.0
"""The largest service time of the bounded Pareto distribution is so many times its smallest."""
SMALLEST = 1 / Pareto(1.0, 1.5, LONGEST).mean
SERVICES: dict[str, Distribution] = {
    "deterministic": Constant(1.0),
    "Erlang-4": Erlang(1.0, 4),
    "exponential": Exponential(1.0),
    "lognormal cv 1": Lognormal(1.0, 1.0),
    "lognormal cv 2": Lognormal(1.0, 2.0),
    "lognormal cv 3": Lognormal(1.0, 3.0),
    "hyperexponential cv 2": Hyperexponential(1.0, 2.0),
    "bounded Pareto": Pareto(SMALLEST, 1.5, LONGEST * SMALLEST),
}
"""Service times with a mean of 1 s."""
EXPONENTIAL = SERVICES["exponential"]
SHORT_S, LONG_S = 0.5, 2.5
TWO_CLASSES = Empirical(np.array([SHORT_S, SHORT_S, SHORT_S, LONG_S]))
"""Three short requests for a long one, 1 s on average."""

ONE_CORE = Cores(1)

# --- plans ---------------------------------------------------------------------------------------------------------


def served_by(pool: Pool, cores: Cores = ONE_CORE) -> Plan:
    """A queue in front of the slots of a pool."""
    return Plan((Seize(pool), Handle(), Release(pool)), cores)


def servers(count: int, waiting: int | None = None) -> Plan:
    """First come first served by so many servers; at most ``waiting`` may wait."""
    return served_by(Pool("server", count, queue_limit=waiting))


def accepting(count: int, waiting: int, *, refuses: bool = True) -> Plan:
    """The same behind a listening socket, whose backlog has one place more than was asked for."""
    backlog, server = Backlog("backlog", waiting - 1, refuses=refuses), Pool("server", count)
    return Plan((Connect(backlog, timeout_s=1.0), Accept(backlog, server), Handle(), Release(server)), ONE_CORE)


def tandem(first: int, second: int) -> Plan:
    """Two stations in a row, with so many servers: at the first a server reads what its client sends, unbuffered."""
    reader, server = Pool("reader", first), Pool("server", second)
    reading = (Seize(reader), Receive(buffer_bytes=0.0), Release(reader))
    return Plan((*reading, Seize(server), Handle(), Release(server)), ONE_CORE)


def shared(cores: Cores) -> Plan:
    """No queue: everybody gets an equal share of the cores at once."""
    return Plan((Handle(),), cores)


def private_queues(count: int) -> Plan:
    """Servers with a queue each, and a request joins one of them by lot.

    Accepting costs nothing here, so all acceptors sleep when a request comes, and the one that wakes first is chosen
    at random.
    """
    backlog, door, server = Backlog("backlog", 10**9), Loop("door", count), Pool("server", 1, processes=count)
    return Plan((Connect(backlog), AcceptEagerly(backlog, door), Seize(server), Handle(), Release(server)), ONE_CORE)


def queues_in_turn(count: int) -> Plan:
    """Servers with a queue each, which requests join in turn: a slot that has been idle longest is given first."""
    turn, server = Pool("turn", count, slots_per_process=1), Pool("server", 1, processes=count)
    return Plan((Seize(turn), Release(turn), Seize(server), Handle(), Release(server)), ONE_CORE)


# --- loads ---------------------------------------------------------------------------------------------------------

Phase = tuple[Work, Distribution]
Arrivals = Callable[[float, int], Floats]
"""(duration, seed) -> the moments at which requests come."""


def io(service: Distribution = EXPONENTIAL) -> tuple[Phase]:
    """A service that needs no core."""
    return ((Work.IO, service),)


def cpu(service: Distribution = EXPONENTIAL) -> tuple[Phase]:
    """A service by a core."""
    return ((Work.CPU, service),)


@dataclass(frozen=True, kw_only=True)
class Open:
    """Requests that come whether or not earlier ones have been answered."""

    rate: float
    """Requests per second, in the long run."""
    arrivals: Arrivals
    phases: Sequence[Phase]
    patience: Distribution | None = None
    upload: Distribution | None = None
    """Seconds that the client needs to send its request, at a byte per second."""

    def draw(self, requests: int, seed: int, rounds: int | None = None, reserve: int = 0) -> Workload:
        """About so many requests."""
        assert rounds is None  # nobody waits for an answer before the next request
        assert reserve == 0  # nobody repeats anything here
        duration = requests / self.rate
        return self.rows(self.arrivals(duration, seed), seed, duration)

    def rows(self, arrival: Floats, seed: int, duration: float) -> Workload:
        """Requests that come at these moments."""
        load = _workload(arrival, self.phases, seed, duration, self.patience)
        if self.upload is None:
            return load
        sizes = self.upload.draw(stream(seed, Source.UPLOAD), len(load))
        return replace(load, upload=sizes, up_rate=np.ones(1))


def poisson(
    rate: float,
    phases: Sequence[Phase],
    batch: int | GeometricBatch = 1,
    patience: Distribution | None = None,
) -> Open:
    """Poisson arrivals, possibly several at the same instant."""
    # Unchecked: the check is for what a scenario file says, and this is already what it makes of it.
    spec = Poisson.model_construct(kind="poisson", rate=rate, batch=batch)
    return Open(
        rate=rate,
        arrivals=lambda duration, seed: arrival_times(spec, duration, seed),
        phases=phases,
        patience=patience,
    )


def switching(rates: tuple[float, float], switching: float, phases: Sequence[Phase]) -> Open:
    """Poisson arrivals whose rate changes between two values, at rate ``switching`` either way."""
    spec = Mmpp.model_construct(kind="mmpp", rates=rates, stay=(1 / switching, 1 / switching))
    return Open(rate=sum(rates) / 2, arrivals=lambda duration, seed: arrival_times(spec, duration, seed), phases=phases)


def renewal(gaps: Distribution, phases: Sequence[Phase]) -> Open:
    """Arrivals with independent gaps of any law."""

    def arrivals(duration: float, seed: int) -> Floats:
        count = int(duration / gaps.mean)
        return np.cumsum(gaps.draw(stream(seed, Source.ARRIVAL), count))

    return Open(rate=1 / gaps.mean, arrivals=arrivals, phases=phases)


@dataclass(frozen=True, kw_only=True)
class Closed:
    """Clients that wait for their answer and think before they ask again."""

    clients: int
    think: Distribution
    phases: Sequence[Phase]
    rate: float
    """Requests per second to be expected; decides how long a run of so many requests has to be."""

    def draw(self, requests: int, seed: int, rounds: int | None = None, reserve: int = 0) -> Workload:
        """About so many requests; more rounds for each client never change the first ones."""
        rounds = rounds if rounds is not None else int(1.2 * requests / self.clients) + 20
        assert reserve == 0  # nobody repeats anything here
        rows = rounds * self.clients
        arrival = np.full(rows, np.nan)
        think = self.think.draw(stream(seed, Source.THINK), rows)
        return _workload(arrival, self.phases, seed, requests / self.rate, loop=(self.clients, think))


Load = Open | Closed


def _workload(
    arrival: Floats,
    phases: Sequence[Phase],
    seed: int,
    duration: float,
    patience: Distribution | None = None,
    loop: tuple[int, Floats | None] = (0, None),
) -> Workload:
    """One class of requests, with clients at the end of a perfect line."""
    n = len(arrival)
    nothing, first = np.zeros(n), np.zeros(n, np.int16)
    times = [service.draw(stream(seed, Source.PHASE, number=i), n) for i, (_, service) in enumerate(phases)]
    stays = np.full(n, np.inf) if patience is None else patience.draw(stream(seed, Source.PATIENCE), n)
    return Workload(
        class_names=("request",),
        client_names=("client",),
        phase_kinds=np.array([[kind for kind, _ in phases]], np.int8),
        arrival=arrival,
        request_class=first,
        client=first,
        upload=nothing,
        response=nothing,
        phases=np.column_stack(times),
        rtt=nothing,
        patience=stays,
        up_rate=np.array([np.inf]),
        down_rate=np.array([np.inf]),
        coin=stream(seed, Source.COIN).random(n),
        duration=duration,
        seed=seed,
        clients_in_loop=loop[0],
        think=loop[1],
    )
