"""A lowered plan: rows of numbers for the structs of ``kernel.layout``, and what is known of the whole."""

from dataclasses import dataclass, field

from simulator.engine.kernel import numbers as ops
from simulator.engine.lowering.stations import Stations
from simulator.engine.transfer_times import Floats, Timed, seconds_of
from simulator.plan import Allocate, Crash, Die, Link, Outcome, Plan, Retire, Within
from simulator.plan.blocks import every_element
from simulator.plan.operations import MEANINGS, TIMELINE, Operation
from simulator.plan.processes import Processes, every_process, main_pool
from simulator.plan.walk import Place, Way, walk
from simulator.workload.interventions import Intervention
from simulator.workload.table import Work, Workload

MOMENTS = (ops.SHAKE, ops.RECEIVE, ops.RECEIVE_LATE, ops.SEND, ops.LINGER, ops.IO, ops.STAND)
CALLING = (ops.CALLS, ops.RETAKEN, ops.LET_GO)
ON_LOOP = (ops.ENTER, ops.ENTERED, ops.LEAVE)
WAYS_OF = {
    Operation.SEIZE: (
        *(ops.SEIZE, ops.TOKEN, ops.ALLOCATE),
        *(ops.KNOCK, ops.COUNT, ops.LATE_SYN, ops.REPEATED, ops.ADMITTED),
    ),
    Operation.RELEASE: (ops.RELEASE, ops.FREE, ops.PUT_BACK, ops.PART),
    Operation.TAKE: (ops.WAIT, ops.REST, ops.LOOK, ops.BY, ops.HOLD, ops.TAKE, ops.HANDOVER),
    Operation.WORK: (ops.RUN, ops.LOCKRUN, ops.AGAIN, ops.GRANTED, ops.DONE, *CALLING, *ON_LOOP, ops.IO_RUN, ops.BLOCK),
    Operation.UNTIL: (*MOMENTS, ops.NOTE, ops.ARM, ops.DISARM, ops.AT, ops.TICK),
    Operation.GO: (ops.LUCK, ops.BUSY, ops.JUMP, ops.CHECK),
    Operation.PICK: (ops.PICK,),
    Operation.SPAWN: (ops.START, ops.ENQUEUE, ops.JOINED),
    Operation.SET: (ops.FACTOR, ops.SLOTS, ops.CORES, ops.GROW, ops.RETIRE),
    Operation.END: (ops.END, ops.STOP, ops.DOOM, ops.STRIKE, ops.DIE, ops.KILL),
}
"""The micro-steps that do an operation: one for each way of doing it, or of waiting in the middle of it. Where nobody
has to wait for a moment, it is only noted."""
OPERATION_OF = {op: operation for operation, ways in WAYS_OF.items() for op in ways}
MEANING_OF = {**MEANINGS, Intervention: TIMELINE}


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


@dataclass(frozen=True, slots=True)
class Guard:
    """A time limit; its ring has its own lag."""

    lag: float
    work: int
    outcome: int
    boot_s: float

    @classmethod
    def of(cls, step: Within) -> "Guard":
        """What a block says."""
        if isinstance(step.otherwise, Die):
            return cls(step.seconds, ops.KILLS, 0, step.otherwise.boot_s)
        return cls(step.seconds, ops.STOPS if step.work == "stops" else ops.GOES_ON, step.otherwise, 0.0)

    def row(self) -> tuple[int, int, float]:
        """The fields of ``layout.Guard``."""
        return self.work, int(self.outcome), self.boot_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaler:
    """A pool that grows and shrinks, and where the program of its walker begins."""

    station: int
    least: int
    every_s: float
    grow_at: float
    shrink_at: float
    boot_s: float
    begins: int

    def row(self) -> tuple[float, ...]:
        """The fields of ``layout.Scaler``."""
        return self.station, self.least, self.every_s, self.grow_at, self.shrink_at, self.boot_s


@dataclass(kw_only=True)
class Program:
    """All programs of a run, one behind the other. Step 0 is nobody's, so that a place can be negated."""

    plan: Plan
    walk: tuple[Place, ...]
    every_inside: tuple[Processes, ...]
    """The processes that requests are inside of, then those of each job."""
    stations: Stations
    load: Workload
    known: dict[Timed, Floats] = field(default_factory=dict)
    """Seconds that are known before the run, in the order of their columns behind those of the phases."""
    code: list[Micro] = field(default_factory=lambda: [Micro(op=ops.NO_STEP)])
    place_of: list[int] = field(default_factory=lambda: [-1])
    """Which place of the walk a step belongs to."""
    word_of: list[type] = field(default_factory=lambda: [Plan])
    """Which word of the plan a step is there for."""
    starts: list[int] = field(default_factory=list)
    """Where each class begins."""
    job_starts: list[int] = field(default_factory=list)
    """Where each job begins: those of the first class, then those of the second ..."""
    retries_s: list[float] = field(default_factory=list)
    """Of all connects, one behind the other; each ends with its timeout."""
    timers_s: list[tuple[float, ...]] = field(default_factory=list)
    """Of all connects: the fields of ``HandshakeTimers``."""
    guards: list[Guard] = field(default_factory=list)
    lucks: int = 0
    """How many choices are made by luck."""
    scalers: list[Scaler] = field(default_factory=list)
    acceptors: int = 0
    acceptor_start: int = 0
    accept_limit: int = 0
    own_queues: bool = False
    """Whether each acceptor has a backlog of its own."""
    accept_by: int = -1
    timeline: int = 0
    connects: list[int]
    """The places reached when the client's connection stands; if there is none, it stands from the start."""
    sends: list[int]
    """The places where a response is handed over."""
    main_station: int
    """The pool that a change of size is about; -1: there is none."""
    passing_on: bool
    """Whether one program connects to another, and what it sends may be lost before a full backlog."""
    mortal: bool
    """Whether processes die or retire, or slots come and go."""
    timed: bool
    """Whether somebody notices that a client leaves."""
    starting: bool
    """Whether the start of a row is not known before the run, or has to be counted."""

    @classmethod
    def blank(cls, plan: Plan, workload: Workload) -> "Program":
        """No steps yet."""
        places = walk(plan, workload.phase_count)
        inside = every_process(plan, places)
        stations = Stations(plan, places, inside, workload.class_names)
        main, clients = main_pool(plan), [p.knocks_at is not None and p.link is Link.CLIENT for p in places]
        noticing = any(pool.renege or pool.frees_when_client_leaves for pool in plan.pools)
        asking_again = plan.retry is not None and Outcome.GAVE_UP in plan.retry.outcomes
        timed = bool(workload.clients_in_loop) or asking_again or noticing
        return cls(
            plan=plan,
            walk=places,
            every_inside=inside,
            stations=stations,
            load=workload,
            connects=[i + 1 for i, client in enumerate(clients) if client],
            sends=[i for i, place in enumerate(places) if place.way is Way.DOWN],
            main_station=-1 if main is None else stations.number(main),
            passing_on=any(p.knocks_at is not None and p.link is Link.LOCAL for p in places),
            mortal=bool(workload.interventions or plan.scales)
            or any(map(_kills, every_element(plan.steps)))
            or bool((workload.phase_kinds == Work.CRASH).any()),
            timed=timed,
            starting=timed or bool(workload.reserve or plan.retry or plan.jobs or plan.scales),
        )

    @property
    def inside(self) -> Processes:
        """Where requests are inside a process."""
        return self.every_inside[0]

    @property
    def loops(self) -> list[int]:
        """Of each place, the station of the loop that it needs beside the GIL of its threads; -1: it needs none."""
        both = (place.locks if len(place.locks) > 1 else () for place in self.walk)
        return [self.stations.number(locks[0]) if locks else -1 for locks in both]

    @property
    def main_is_scaled(self) -> bool:
        """Whether that pool grows and shrinks by itself; then nobody else changes its size."""
        return any(self.stations.number(scale.pool) == self.main_station for scale in self.plan.scales)

    @property
    def processes(self) -> int:
        """How many there are, of requests and of jobs."""
        return sum(each.count for each in self.every_inside)

    @property
    def instances(self) -> list[tuple[int, int]]:
        """All processes, then all groups: the first and the last process that each is made of. Never empty."""
        found = [(process, process) for process in range(max(self.processes, 1))]
        for each in self.every_inside:
            size = each.count // max(each.groups, 1)
            starts = [each.before + group * size for group in range(each.groups)]
            found += [(start, start + size - 1) for start in starts]
        return found

    @property
    def end(self) -> int:
        """The number of the next step."""
        return len(self.code)

    def column_of(self, step: Timed) -> int:
        """Where the seconds at a step that are known before the run stand among the phases; -1: they are all 0."""
        if step not in self.known:
            seconds = seconds_of(step, self.load)
            if not seconds.any():
                return -1
            self.known[step] = seconds
        return self.load.phase_count + list(self.known).index(step)

    def emit(self, micro: Micro, place: int = -1, *, word: type = Plan) -> None:
        """Add one step, of this place of the walk; where there is none, of this word."""
        if place >= 0:
            word = type(self.walk[place].step)
        assert OPERATION_OF[micro.op] in MEANING_OF[word], f"{OPERATION_OF[micro.op]} is not what {word} means"
        self.word_of.append(word)
        self.code.append(micro)
        self.place_of.append(place)


def _kills(element: object) -> bool:
    """Whether a process can die of it, or retire."""
    match element:
        case Crash() | Retire() | Within(otherwise=Die()) | Allocate(when_full=Die()):
            return True
        case _:
            return False
