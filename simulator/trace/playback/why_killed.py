"""The rule about a process that is down: when it died, what it took along, and when it is back.

What to watch: right after the death this is what to look at, however many wait for something else.
"""

from collections.abc import Iterator
from math import inf

from simulator.plan.processes import process_count
from simulator.trace.availability import interventions, lost
from simulator.trace.facts import Finding
from simulator.trace.playback.saying import so_many
from simulator.trace.playback.why_waiting import Now, queue_in
from simulator.words.phrases import duration, sentence
from simulator.workload.interventions import Do, Intervention

JUST_S = 0.25
"""For so long a death counts more than any queue."""


def process_down(now: Now) -> Iterator[Finding]:
    """Processes that were killed and are not back yet; of several the latest is told."""
    t_s, count = now.moment.t_s, process_count(now.trace.plan)
    down = [kill for kill in interventions(now.trace, Do.KILL) if kill.at <= t_s < kill.until and kill.number < count]
    if not down:
        return
    latest = down[-1]
    taken = len(lost(now.trace, latest))
    text, waiting = _died(latest, t_s, taken), 0
    if len({kill.number for kill in down}) == count:
        line, waiting = queue_in(list(now.moment.backlogs[-1:]))
        text += f"; {line} meanwhile" if waiting else ""
    yield Finding(inf if t_s - latest.at <= JUST_S else taken + waiting, sentence(text))


def _died(kill: Intervention, t_s: float, taken: int) -> str:
    """``process 0 was killed 340 ms ago and took 5 requests along; it is back in 1.7 s``."""
    when = f" {duration(t_s - kill.at)} ago" if t_s > kill.at else ""
    return (
        f"process {kill.number} was killed{when} and took {so_many(taken, 'request')} along; "
        f"it is back in {duration(kill.until - t_s)}"
    )
