"""Jobs, for the reference engine: rows of their own, which requests send off and perhaps wait for.

What to watch: a job outlives the request that sent it off. Where a job dies that was not acknowledged, another row
takes its place, and whoever waits for the job waits for that one.
"""

from math import inf
from typing import TYPE_CHECKING

from simulator.engine.reference.request import Delivery, Life, Request
from simulator.plan import Enqueue, Outcome
from simulator.plan.walk import Outline, Stretch

if TYPE_CHECKING:
    from simulator.engine.reference.server import Server


class Jobs:
    """All jobs that a plan knows, and those that are on their way."""

    def __init__(self, server: "Server") -> None:
        """None is."""
        self.server, self.env = server, server.env
        sent_off: dict[int, Stretch] = {}
        _find_jobs(server.outline, sent_off)
        self.sent_off = {place: (walk, sent_off[place]) for walk, place in enumerate(sorted(sent_off), start=1)}
        """At which place, the steps of which walk."""

    def send_off(self, request: Request) -> Life:
        """A job starts behind this place; who joins it goes on when it has ended well, and fails as it fails."""
        walk, stretch = self.sent_off[request.at]
        assert isinstance(stretch.block, Enqueue)  # only jobs were looked for
        job = Delivery(stretch.block, stretch.ways[0], walk, self.env.event())
        self._deliver(job, request.row)
        if stretch.block.joined:
            outcome = yield job.ended
            if outcome is not Outcome.COMPLETED:
                self.server.rows.turn_away(request, outcome)

    def _deliver(self, job: Delivery, parent: int) -> None:
        """A new row starts, after what has been given before."""
        row = self.server.rows.further(parent, job.attempts)
        if row is not None:
            job.attempts += 1
            started = self.env.event()
            self.server.rows.start_at(started, lambda now: Request(row, now, inf, 0.0, job))
            started.succeed()

    def lost(self, request: Request) -> None:
        """Its process has died; what was not acknowledged comes again."""
        if request.job is not None:
            request.job.again = request.job.block.unacknowledged in request.held

    def ended(self, request: Request) -> None:
        """A row has left the server."""
        job = request.job
        if job is None:
            return
        if job.again:
            job.again = False
            self._deliver(job, request.row)
        elif job.block.joined:
            job.ended.succeed(Outcome(int(self.server.record.outcome[request.row])))


def _find_jobs(parts: Outline, found: dict[int, Stretch]) -> None:
    """The jobs among the parts of a walk, by the place at which each is sent off: the one in front of it."""
    for number, part in enumerate(parts):
        if isinstance(part, Stretch):
            before = parts[number - 1]
            if isinstance(part.block, Enqueue) and isinstance(before, int):
                found[before] = part
            for way in part.ways:
                _find_jobs(way, found)
