"""Processes in time, for the reference engine: who is inside of which, how one dies, and how it comes back.

What to watch: ``_die``. Whatever a process holds is lost at that moment: ``LostError`` is thrown into the lives of its
requests, and each then only gives back what it holds outside of the process. Backlog and proxy go on.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from simulator.engine.reference.request import Life, Request
from simulator.plan import Outcome
from simulator.plan.processes import Owner, Processes, every_process, owner_of

if TYPE_CHECKING:
    from simulator.engine.reference.server import Server


class Lifetimes:
    """Which processes are down, or retire. They are counted through those of requests and of all jobs."""

    def __init__(self, server: "Server") -> None:
        """All are up."""
        self.server, self.env, self.record = server, server.env, server.record
        self.regions = every_process(server.plan, server.record.places)
        self.down: set[int] = set()
        self.groups_down: set[int] = set()
        self.retiring: dict[int, float] = {}
        """Those that take nobody any more, and how long each needs to boot."""
        self.served: Counter[int] = Counter()
        self.deaths: Counter[int] = Counter()
        self.group_deaths: Counter[int] = Counter()
        for pool, copies in server.stock.slots.items():
            for slots in copies:
                slots.shut = self._shut(owner_of(server.plan, server.record.places, pool))

    def _shut(self, owner: Owner | None) -> Callable[[int], bool]:
        """Which slots nobody may have: those of who is down, and those by which one comes into a retiring process."""
        if owner is None:
            return lambda _: False
        if owner.group:
            return lambda slot: owner.of(slot) in self.groups_down
        return lambda slot: owner.of(slot) in self.down or (owner.decides and owner.of(slot) in self.retiring)

    # --- who is inside --------------------------------------------------------------------------------------------

    def region_of(self, request: Request) -> Processes:
        """The processes of its walk."""
        return self.regions[request.walk]

    def process_of(self, request: Request) -> int | None:
        """The process inside of which the request is."""
        region, process = self.region_of(request), int(self.record.process[request.row])
        return process if process >= 0 and region.first <= request.at < region.end else None

    def group_of(self, request: Request) -> int | None:
        """The group of processes inside of which the request is."""
        region, group = self.region_of(request), int(self.record.group[request.row])
        return group if group >= 0 and region.group_first <= request.at < region.group_end else None

    def up_among(self, request: Request, count: int) -> list[int]:
        """Which of so many, that one is chosen of here, are up."""
        region = self.region_of(request)
        if region.groups and request.at == region.group_first:
            return [number for number in range(count) if region.groups_before + number not in self.groups_down]
        return [number for number in range(count) if region.before + number not in self.down]

    def decide(self, request: Request, number: int) -> None:
        """It belongs to the process, or to the group, of this number from now on."""
        region = self.region_of(request)
        if region.groups and request.at == region.group_first:
            request.group, self.record.group[request.row] = number, region.groups_before + number
        else:
            request.process, self.record.process[request.row] = number, region.before + number

    # --- dying ----------------------------------------------------------------------------------------------------

    def kill(self, process: int, boot_s: float) -> None:
        """The process dies. If it was booting, it starts all over again."""
        if process < sum(region.count for region in self.regions):
            self._die([process], None, boot_s)

    def kill_group(self, group: int, boot_s: float) -> None:
        """All its processes die, and all are back at once."""
        for region in self.regions:
            own = group - region.groups_before
            if 0 <= own < region.groups:
                each = region.count // region.groups
                first = region.before + own * each
                self._die(range(first, first + each), group, boot_s)

    def _die(self, processes: Sequence[int], group: int | None, boot_s: float) -> None:
        self.down.update(processes)
        self.deaths.update(processes)
        if group is not None:
            self.groups_down.add(group)
            self.group_deaths[group] += 1
        for process in processes:
            self.served[process] = 0
            self.retiring.pop(process, None)
        self.rearrange()
        self.server.throw_out(self._inside(processes, group), processes=processes)
        deaths = [self.deaths[process] for process in processes]
        back = self.env.timeout(boot_s)
        assert back.callbacks is not None  # the event is fresh
        group_deaths = 0 if group is None else self.group_deaths[group]
        back.callbacks.append(lambda _: self.come_back(dict(zip(processes, deaths, strict=True)), group, group_deaths))

    def _inside(self, processes: Sequence[int], group: int | None) -> list[Request]:
        """The requests that these hold, in the order of their rows."""
        return [
            request
            for _, request in sorted(self.server.alive.items())
            if not request.leaving
            and (self.process_of(request) in processes or (group is not None and self.group_of(request) == group))
        ]

    def come_back(self, died: dict[int, int], group: int | None, group_deaths: int) -> None:
        """They have booted; except those who were killed again meanwhile."""
        back = [process for process, deaths in died.items() if deaths == self.deaths[process]]
        self.down.difference_update(back)
        if group is not None and group_deaths == self.group_deaths[group]:
            self.groups_down.remove(group)
        self.rearrange()
        for process in back:
            self.server.start_acceptor(process)

    def lose(self, request: Request) -> None:
        """Its process is down, and the connection with it. What was handed over completely still arrives."""
        self.server.jobs.lost(request)
        behind_proxy = self.region_of(request).behind_proxy and request.answered_at is None
        self.server.rows.turn_away(request, Outcome.BAD_GATEWAY if behind_proxy else Outcome.CRASHED)

    def rearrange(self) -> None:
        """Idle slots that are closed now go away, those that are open again come back."""
        for copies in self.server.stock.slots.values():
            for slots in copies:
                slots.rearrange()

    # --- what requests do to their process ------------------------------------------------------------------------

    def die_of(self, request: Request, boot_s: float) -> Life:
        """The request kills its process, after what has been given before; if it is inside of one."""
        process = self.process_of(request)
        if process is not None:
            strike = self.env.event()
            assert strike.callbacks is not None  # the event is fresh
            strike.callbacks.append(lambda _: None if request.aborted else self.kill(process, boot_s))
            strike.succeed()
            yield self.env.event()  # which never comes: it is lost before

    def served_one_more(self, request: Request, after: int, boot_s: float) -> None:
        """After so many the process takes nobody any more."""
        process = self.process_of(request)
        if process is None:
            return
        self.served[process] += 1
        if self.served[process] >= after and process not in self.retiring:
            self.retiring[process] = boot_s
            self.rearrange()
            for acceptor in self.server.acceptors_of([process]):
                acceptor.retiring = True

    def moved(self, request: Request) -> None:
        """The request has come to another place, or has left: a retiring process that is empty now starts anew."""
        process = int(self.record.process[request.row])
        if process in self.retiring and not any(
            self.process_of(other) == process for other in self.server.alive.values()
        ):
            self.kill(process, self.retiring[process])
