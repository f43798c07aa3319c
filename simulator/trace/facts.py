"""What the rules of the diagnosis look at."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.plan.resources import Pool
from simulator.plan.words import State
from simulator.trace.attribution import Attribution
from simulator.trace.figures import Hold, ResourceSummary, Summary
from simulator.trace.measures import CORES, Measures
from simulator.trace.table import Trace
from simulator.words.numbers import duration, share_in_words
from simulator.words.phrases import all_of, is_or_are

NOTABLE = 0.15
"""A cause that explains less of the latency than this is not worth a sentence."""
SATURATED = 0.85
"""From this utilisation on, adding users of a resource brings nothing."""
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

    def pool_size(self, pool: Pool) -> int:
        """Slots in all copies."""
        return pool.size * pool.processes

    def law(self, resource: str) -> str:
        """The utilisation law in brackets, where the resource is the bottleneck; otherwise nothing."""
        found = self.summary.bottleneck
        if found is None or found.resource != resource:
            return ""
        law = found.law
        if law is None:
            return ""  # a reader who multiplies would get something else
        if found.mean_is_nobodys:
            return f" ({law.rate} requests/s x {law.each} on average / {law.size}; {_from_to(found.holds)})"
        return f" ({law.rate} requests/s x {law.each} each / {law.size})"

    def busy_cores(self) -> str:
        """``both cores are 6 % busy``."""
        size = self.cores.size
        return f"{all_of('core', size)} {is_or_are(size)} {share_in_words(self.cores.utilisation)} busy"


def _from_to(holds: Mapping[str, Hold]) -> str:
    """``from 25 ms for "page" to 480 ms for "photo"``: where the mean of all is the time of no class."""
    least, most = (choose(holds.items(), key=lambda item: item[1].seconds) for choose in (min, max))
    return f'from {duration(least[1].seconds)} for "{least[0]}" to {duration(most[1].seconds)} for "{most[0]}"'


def slots_limit_computing(facts: Facts, pool: Pool) -> bool:
    """Whether requests wait for one of too few slots, and none for a core."""
    size, cores = facts.pool_size(pool), facts.cores.size
    return size < cores or (
        size == cores and not facts.cores_full and facts.attribution.score(CORES, State.CORE) < HARDLY
    )
