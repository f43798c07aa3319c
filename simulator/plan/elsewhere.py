"""Pieces of a request's own work that somebody else does: helper threads of its process, or helper processes.

What to watch: a slot of the helpers is held only while they work. So a request may need one again and again, and never
waits for another slot while it has one: helpers that wait for each other's slots would wait for ever.
"""

from dataclasses import dataclass

from simulator.plan.resources import Gil, Pool
from simulator.plan.words import Kind


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Pieces of these kinds are done by a helper, for whom requests wait in the queue of a pool."""

    kinds: tuple[Kind, ...]
    pool: Pool | None
    """None: there is a helper for each piece, and nobody waits for one."""
    lock: Gil | None = None
    """What a helper needs while it computes: the GIL of its process. None: nobody disturbs it."""
    cost_s: float = 0.0
    """Computing more for each piece where it is handed over, under the lock that the request's own work needs there."""
