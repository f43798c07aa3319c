"""What the rules of the diagnosis look at, and how they word what they have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from simulator.plan.place import having
from simulator.plan.resources import Lock, Pool
from simulator.plan.words import IN_TURNS, State
from simulator.trace.attribution import AT_LIMIT, Attribution
from simulator.trace.availability import CORES
from simulator.trace.culprits import Computing, Group, Lost, computing_under, who_held
from simulator.trace.episodes import Episode, episode
from simulator.trace.figures import ResourceSummary, Summary
from simulator.trace.finding import Kind
from simulator.trace.measures import COMPLETED, Measures
from simulator.trace.residence import blocks
from simulator.trace.table import Trace
from simulator.trace.throttling import throttled
from simulator.trace.waits import Waits, waiting_part
from simulator.words.kinds import kind_name
from simulator.words.language import Said, said, said_many
from simulator.words.numbers import count, duration, share_in_words
from simulator.words.phrases import a, all_of

NOTABLE = 0.15
"""A cause that explains less of the latency than this is not worth a sentence."""
SATURATED = 0.85
"""From this utilisation on, adding users of a resource brings nothing."""
HIGH = 0.7
"""From this utilisation on, requests wait for a lock because it is busy, not because of a few long computations."""
HARDLY = 0.02
"""Waiting below this share of the time is nothing."""
OTHERS = "others"
"""The label of a measured run that says which part of the cores other programs had meanwhile."""
BUSY = 0.1
"""From this part on, how long something took says as much about them as about the server."""


def noun(resource: str) -> str:
    """What one piece of a resource is called; resources are named in the singular, but for the cores."""
    return "core" if resource == CORES else resource


@dataclass(frozen=True, eq=False)
class Facts:
    """The measures of one run."""

    measures: Measures
    summary: Summary
    attribution: Attribution

    @property
    def trace(self) -> Trace:
        """The run."""
        return self.measures.trace

    @property
    def cores(self) -> ResourceSummary:
        """The processor."""
        return self.summary.resources[CORES]

    @property
    def cores_full(self) -> bool:
        """Whether more threads or processes would find no core to run on."""
        return self.cores.utilisation >= SATURATED

    @property
    def others(self) -> float:
        """The part of the cores that other programs had while the run was measured, where that matters; else 0."""
        share = float(self.trace.labels.get(OTHERS, 0.0))
        return share if share >= BUSY else 0.0

    @cached_property
    def waits(self) -> Waits:
        """How long every request waited for others."""
        return Waits(self.measures)

    @cached_property
    def episode(self) -> Episode | None:
        """The stretch of the run in which most of the waiting is, if there is one."""
        if waiting_part(self.measures) < NOTABLE:
            return None
        found = episode(self.measures, self.waits)
        return found if found is not None and found.resource in self.summary.resources else None  # tokens are not

    def computing(self, lock: Lock | None = None) -> Computing:
        """Which classes computed, on the cores or under a lock."""
        return computing_under(self.measures, lock)

    def holders(self, pool: Pool) -> Group | None:
        """Who held the slots of a pool for most of the time, and longer than others."""
        return who_held(self.measures, pool)

    def lock_score(self, lock: Lock) -> float:
        """How much of the requests' time a lock explains."""
        return self.attribution.score(lock.name, *IN_TURNS, State.LOOP, State.COMPUTING)

    @cached_property
    def throttled(self) -> float:
        """The share of the time in which a container's quota was used up, and none of its threads ran."""
        low, high = self.measures.window
        return throttled(self.trace).seconds(low, high) / max(high - low, 1e-300)

    def stands_still(self, lock: Lock) -> float:
        """The part of a lock's use in which who has it only waits."""
        split = self.summary.resources[lock.name].split
        still = split.get(State.BLOCKS.value, 0.0)
        busy = sum(split.get(state.value, 0.0) for state in having(lock))
        return still / busy if busy > 0.0 else 0.0

    def accepts(self, pool: str) -> bool:
        """Whether acceptors need its slots, of which each process has the one that its acceptor is."""
        return any(place.by is not None and place.by.name == pool for place in self.measures.places)

    def pool_size(self, pool: Pool) -> int:
        """Slots in all copies."""
        return pool.size * pool.processes

    def law(self, resource: str, *, by_class: bool = True) -> Said | str:
        """The utilisation law in brackets, where the resource is the bottleneck; otherwise nothing.

        Not where a reader who multiplies the factors would get something else. Where their mean is the time of no
        class, those of the classes are told with it, unless somebody tells who holds for how long.
        """
        found = self.summary.bottleneck
        if found is None or found.resource != resource or found.law is None:
            return ""
        fields = {"rate": found.law.rate, "each": found.law.each, "size": found.law.size}
        if not found.mean_is_nobodys:
            return said(" ({rate} requests/s x {each} each / {size})", **fields)
        if not by_class:
            return said(" ({rate} requests/s x {each} on average / {size})", **fields)
        least, most = (choose(found.holds.items(), key=lambda item: item[1].seconds) for choose in (min, max))
        return said(
            ' ({rate} requests/s x {each} on average / {size}; from {least_s} for "{least}" to {most_s} for "{most}")',
            least=least[0],
            least_s=duration(least[1].seconds),
            most=most[0],
            most_s=duration(most[1].seconds),
            **fields,
        )

    @property
    def busy_cores(self) -> Said:
        """``both cores are 6 % busy``."""
        size = self.cores.size
        return said_many(
            "{cores} is {busy} busy",
            "{cores} are {busy} busy",
            size,
            cores=partial(all_of, "core", size),
            busy=percents(self.cores.utilisation),
        )


def percents(share: float) -> partial[str]:
    """A share for a field: it is worded when it is read."""
    return partial(share_in_words, share)


def share_of_time(life: Mapping[str, float], *states: State) -> float:
    """The part of a life that is spent in some states; as ``Summary.where_time_goes`` has it, so as readers see it."""
    return sum(life.get(state.value, 0.0) for state in states) / max(sum(life.values()), 1e-300)


def one_of(lock: Lock) -> partial[str]:
    """``the event loop``, or one of several: ``an event loop``."""
    return partial(a, lock.name) if lock.processes > 1 else partial(all_of, lock.name, 1)


def groups(group: Group, resource: str) -> Said:
    """Who holds how long, where a mean would be nobody's time."""
    fields = {
        "one": partial(a, resource),
        "group_s": duration(group.each_s),
        "others_s": duration(group.others_s),
        **{party.kind.value: partial(kind_name, party.name) for party in group.parties},
    }
    if len(group.parties) > 1:
        return said(
            'A request of "{class}" from "{client}" holds {one} for {group_s} on average, any other for {others_s}.',
            **fields,
        )
    if group.parties[0].kind is Kind.CLIENT:
        return said(
            'A request from "{client}" holds {one} for {group_s} on average, any other for {others_s}.', **fields
        )
    return said('A request of "{class}" holds {one} for {group_s} on average, any other for {others_s}.', **fields)


def failed_words(lost: Lost | None) -> Said | None:
    """To whom it was done, if there is anybody."""
    if lost is None:
        return None
    fields = {"number": count(lost.number), "of": count(lost.of), "victim": partial(kind_name, lost.name)}
    if lost.gave_up:
        return said('{number} of {of} "{victim}" gave up.', **fields)
    return said('{number} of {of} "{victim}" failed.', **fields)


def slots_limit_computing(facts: Facts, pool: Pool) -> bool:
    """Whether requests wait for one of too few slots, and none for a core."""
    size, cores = facts.pool_size(pool), facts.cores.size
    return size < cores or (
        size == cores and not facts.cores_full and facts.attribution.score(CORES, State.CORE) < HARDLY
    )


def others_wait(facts: Facts, lock: Lock, name: str) -> tuple[float, float]:
    """Seconds that completed requests of other classes waited for a lock on average, and as a share of their time."""
    trace, names = facts.trace, facts.trace.workload.class_names
    completed = facts.measures.category >= COMPLETED
    others = completed & (trace.workload.request_class != (names.index(name) if name else -1))
    counted = others if others.any() else completed
    waited = total = 0.0
    for block in blocks(trace):  # there may be millions
        some = counted[block]
        total += float((trace.finished[block][some] - trace.arrival[block][some]).sum())
        for column, (i, needed) in enumerate(trace.locked):
            place, reached = facts.measures.places[i], trace.reached[block]
            if needed != lock:
                continue
            waited += float(np.nansum(trace.lock_wait[block, column][some]))
            if place.acceptor and place.lock == lock and facts.measures.in_hand(i) < AT_LIMIT:
                waited += float(np.nansum(reached[:, i][some] - reached[:, i - 1][some]))  # not seen in others' servers
    return (waited / np.count_nonzero(counted), waited / total) if total > 0.0 else (0.0, 0.0)


def has_others(facts: Facts) -> bool:
    """Whether requests of several classes were completed."""
    return len(np.unique(facts.trace.workload.request_class[facts.measures.category >= COMPLETED])) > 1
