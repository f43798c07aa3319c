"""Programs of every kind, for Hypothesis to put together: plans that use all words, in any order that a plan allows.

What to watch: a program has an end. What crashes a process is a matter of luck, or the same would come again for ever.
"""

from dataclasses import replace
from random import Random

from hypothesis import strategies as st

from simulator.plan import (
    Branch,
    Busy,
    Chance,
    Crash,
    Die,
    Element,
    End,
    Enqueue,
    Handle,
    OfClass,
    Outcome,
    Plan,
    Pool,
    Retire,
    Retry,
    Scale,
    Within,
)
from simulator.workload.interventions import Do, Intervention, Interventions
from simulator.workload.table import Workload
from tests.engine.strategies import YES_OR_NO, Pick, cores
from tests.engine.strategies_load import BOOT_S, ROUND_S, seeded_workload, some_quota
from tests.engine.strategies_steps import BOOTS_S, CLASSES, FAILURES, Shared, Steps, Walk

LIMIT_S = (0.25, 0.5, 0.5, 1.0, 1.0, 2.0, 0.3, 1.1)
TRIED_AGAIN = (
    (Outcome.QUEUE_FULL,),
    (Outcome.GAVE_UP, Outcome.UPSTREAM_TIMEOUT),
    (Outcome.CRASHED, Outcome.BAD_GATEWAY, Outcome.QUEUE_FULL),
    (Outcome.CRASHED, Outcome.GAVE_UP),
)
ANYWHERE = (
    *("handle",) * 4,
    *("seize",) * 3,
    *("release",) * 2,
    *("within",) * 3,
    *("branch",) * 2,
    *("decide",) * 2,
    *("job",) * 2,
    *("compute", "database", "limit", "allocate", "retire", "crash"),
)
ONLY_REQUESTS = ("receive", "send", "linger", "accept", "eager", "attend")


@st.composite
def programs(draw: st.DrawFn) -> Plan:
    """Any program, chosen step by step, so that one which fails can be made smaller."""
    return some_program(lambda options: draw(st.sampled_from(options)))


def seeded_program(seed: int) -> Plan:
    """Any program, ten times as quickly."""
    return some_program(Random(f"program {seed}").choice)


def some_program(pick: Pick) -> Plan:
    """Any steps and blocks in any order that a plan allows."""
    shared = Shared(pick)
    walk = Way(shared, Walk())
    if pick(YES_OR_NO):
        walk.add(pick(("decide", "decide", "accept", "eager")))
    for _ in range(pick(range(1, 8))):
        walk.add(pick((*ANYWHERE, *ONLY_REQUESTS)))
    walk.release_all()
    return Plan(tuple(walk.steps or [Handle()]), cores(pick), retry=_retry(pick), scales=_scales(pick, shared))


def _retry(pick: Pick) -> Retry | None:
    if pick((True, False, False)):
        backoff_s = pick(((0.5,), (0.0, 0.5), (0.25, 0.5, 1.0), (0.0, 0.0), (0.3,)))
        return Retry(outcomes=pick(TRIED_AGAIN), backoff_s=backoff_s, jitter=pick((0.0, 0.0, 0.5, 1.0)))
    return None


def _scales(pick: Pick, shared: "Shared") -> tuple[Scale, ...]:
    pools = [pool for pool in (*shared.pools, *shared.helpers) if pool.processes == 1 and pool.size > 1]
    if not pools or not pick((True, False, False)):
        return ()
    pool, least = pick(pools), 1
    grow_at, shrink_at = pick(((1.0, 0.0), (0.5, 0.25), (0.75, 0.5), (0.0, 0.0)))
    start = pick(range(least, pool.size + 1))
    every_s, boot_s = pick((0.25, 0.5, 1.0, 0.3)), pick((0.0, *BOOTS_S))
    return (
        Scale(
            pool=pool,
            every_s=every_s,
            start=start,
            least=least,
            grow_at=grow_at,
            shrink_at=shrink_at,
            boot_s=boot_s,
        ),
    )


def word_workload(seed: int, rows: int = 24, reserve: int = 6) -> Workload:
    """Requests with further rows; what is done to the server strikes groups and the processes of jobs too."""
    return replace(seeded_workload(seed, rows, reserve), interventions=_interventions(seed))


def _interventions(seed: int) -> Interventions:
    random = Random(f"word interventions {seed}")
    if random.random() < 0.5:
        return ()
    entries = []
    for _ in range(random.choice((1, 1, 2, 3, 5))):
        do = random.choice((Do.KILL, Do.KILL, Do.KILL_GROUP, Do.KILL_GROUP, Do.SLOW_IO, Do.SLOTS, Do.CORES))
        number = random.choice((0, 0, 1, 1, 2, 3)) if do in (Do.KILL, Do.KILL_GROUP) else random.choice((1, 1, 2, 3))
        at, lasting, factor = (random.choice(some) for some in (ROUND_S, BOOT_S, (0.5, 2.0, 3.3)))
        at += random.choice(ROUND_S)
        quota = some_quota(random, do, number)
        entries.append(Intervention(at=at, do=do, number=number, lasting=lasting, factor=factor, quota=quota))
    return tuple(sorted(entries, key=lambda entry: entry.at))


class Way(Steps):
    """A way with blocks in it."""

    # --- processes ------------------------------------------------------------------------------------------------

    def retire(self) -> None:
        if self.walk.deciders:
            self.steps.append(Retire(self.pick((1, 2, 3, 5)), self.pick(BOOTS_S)))

    def crash(self) -> None:
        """Of some only: whatever else comes again for ever, or nobody gets through."""
        if self.walk.deciders:
            self.steps.append(Branch(Chance(self.pick((0.1, 0.3))), (Crash(self.pick(BOOTS_S)),)))

    # --- blocks ---------------------------------------------------------------------------------------------------

    def within(self) -> None:
        """Its steps are on the same straight way: what is taken before may be released inside, and the other way."""
        if self.depth > 2:
            return
        outer, self.steps, self.depth = self.steps, [], self.depth + 1
        for _ in range(self.pick((1, 2, 3, 4))):
            self.add(self.pick((*ANYWHERE, *(() if self.walk.is_job else ONLY_REQUESTS))))
        inner, self.steps, self.depth = self.steps, outer, self.depth - 1
        if inner:
            deadly = self.walk.deciders > 0 and self.pick((True, False, False))
            otherwise: Outcome | Die = self.death() if deadly else self.pick(FAILURES)
            goes_on = not isinstance(otherwise, Die) and self.pick((True, False, False))
            steps = tuple(inner)
            self.steps.append(Within(self.pick(LIMIT_S), steps, otherwise, "goes on" if goes_on else "stops"))

    def branch(self) -> None:
        if self.depth > 2:
            return
        gauges = [pool for pool in (*self.shared.pools, *self.shared.helpers) if pool.processes in self.known]
        test: OfClass | Chance | Busy = self.pick(
            (OfClass(self.pick(CLASSES)), Chance(self.pick((0.0, 0.3, 0.7, 1.0))))
        )
        if gauges and self.pick(YES_OR_NO):
            test = Busy(self.pick(gauges), self.pick((1, 1, 2)))
        self.steps.append(Branch(test, self.way(), self.way()))

    def way(self) -> tuple[Element, ...]:
        way = Way(self.shared, self.walk, tuple(self.known), self.depth + 1)
        way.outside = self.outside or bool(self.held)
        for _ in range(self.pick((0, 1, 2, 3))):
            way.add(self.pick((*ANYWHERE, *(() if self.walk.is_job else ONLY_REQUESTS))))
        way.release_all()
        if self.pick((True, False, False, False)):
            way.steps.append(End(self.pick((*FAILURES, Outcome.COMPLETED))))
        return tuple(way.steps)

    def job(self) -> None:
        if self.depth > 1:
            return
        joined = self.pick(YES_OR_NO)
        job = Way(self.shared, Walk(is_job=True, may_share=not joined and self.walk.may_share), depth=self.depth + 1)
        if self.pick((True, True, False)):
            job.add("decide")
        prefetched = [pool for pool in job.held if isinstance(pool, Pool)]
        for _ in range(self.pick((1, 2, 3, 4, 5))):
            job.add(self.pick(ANYWHERE))
        job.release_all()
        if job.steps:
            unacknowledged = self.pick(prefetched) if prefetched and self.pick((True, True, False)) else None
            self.steps.append(Enqueue(self.shared.name("job"), tuple(job.steps), unacknowledged, joined))
