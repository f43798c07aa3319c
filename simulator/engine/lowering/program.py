"""A lowered plan: rows of numbers for the structs of ``kernel.layout``, and what is known of the whole."""

from dataclasses import dataclass, field

from simulator.engine.lowering.stations import Stations
from simulator.plan import Plan
from simulator.plan.processes import Processes, main_pool, processes
from simulator.plan.steps import Link
from simulator.plan.walk import Place, sent_at, walk
from simulator.workload.table import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Micro:
    """One micro-step: the fields of ``layout.Code``."""

    op: int
    a: int = 0
    b: int = -1
    c: int = 0
    d: int = 0
    col: int = -1
    x: float = 0.0

    def row(self) -> tuple[int, int, int, int, int, int, float]:
        """The fields in their order."""
        return self.op, self.a, self.b, self.c, self.d, self.col, self.x


@dataclass(kw_only=True)
class Program:
    """All programs of a run, one behind the other. Step 0 is nobody's, so that a place can be negated."""

    plan: Plan
    walk: tuple[Place, ...]
    inside: Processes
    stations: Stations
    code: list[Micro] = field(default_factory=lambda: [Micro(op=0)])
    place_of: list[int] = field(default_factory=lambda: [-1])
    """Which place of the walk a step belongs to."""
    starts: list[int] = field(default_factory=list)
    """Where each class begins."""
    retries_s: list[float] = field(default_factory=list)
    """Of all connects, one behind the other; each ends with its timeout."""
    timers_s: list[tuple[float, ...]] = field(default_factory=list)
    """Of all connects: the fields of ``HandshakeTimers``."""
    acceptors: int = 0
    acceptor_start: int = 0
    accept_limit: int = 0
    timeline: int = 0
    upload_place: int
    """The place reached when the client's connection stands; 0: it stands from the start."""
    send_place: int
    """The place where the response is first handed over; -1: there is none."""
    main_station: int
    """The pool that a change of size is about; -1: there is none."""
    mortal: bool
    """Whether anything is done to the server."""
    timed: bool
    """Whether somebody notices that a client leaves."""

    @classmethod
    def blank(cls, plan: Plan, workload: Workload, stations: Stations) -> "Program":
        """No steps yet."""
        places = walk(plan, workload.phase_count)
        main, sent = main_pool(plan), sent_at(places)
        connects = (i for i, p in enumerate(places) if p.knocks_at is not None and p.link is Link.CLIENT)
        return cls(
            plan=plan,
            walk=places,
            inside=processes(plan, places),
            stations=stations,
            upload_place=next((i + 1 for i in connects), 0),
            send_place=-1 if sent is None else sent,
            main_station=-1 if main is None else stations.number(main),
            mortal=bool(workload.interventions),
            timed=bool(workload.clients_in_loop) or any(p.renege or p.frees_when_client_leaves for p in plan.pools),
        )

    @property
    def end(self) -> int:
        """The number of the next step."""
        return len(self.code)

    def emit(self, micro: Micro, place: int = -1) -> None:
        """Add one step, of this place of the walk."""
        self.code.append(micro)
        self.place_of.append(place)
