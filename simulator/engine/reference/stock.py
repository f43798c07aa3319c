"""All that requests take and give back, for the reference engine: slots, tokens, upstreams, memory, connections.

What to watch: ``copy_of``. Of what exists once in every process, or in every group of them, a request uses its own.
"""

from typing import TYPE_CHECKING

from simulator.engine.reference.acceptors import Acceptor, Acceptors
from simulator.engine.reference.backlog import AcceptQueue
from simulator.engine.reference.counts import Balancer, Store, Tokens
from simulator.engine.reference.request import Life, Request
from simulator.engine.reference.slots import Slots
from simulator.plan import (
    Accept,
    AcceptEagerly,
    Allocate,
    Backlog,
    Bucket,
    Choose,
    Die,
    Limit,
    Memory,
    Outcome,
    Pool,
    Release,
    Seize,
    Upstreams,
)
from simulator.plan.walk import takings

if TYPE_CHECKING:
    from simulator.engine.reference.server import Server


class Stock:
    """The resources of a plan, in all their copies."""

    def __init__(self, server: "Server") -> None:
        """Everything is there."""
        self.server, self.record = server, server.record
        env, plan, places = server.env, server.plan, server.record.places
        steps = [place.step for place in places]
        self.column = {each.taken_at: i for i, each in enumerate(takings(plan, places))}
        self.slots = {pool: [Slots(server, pool, copy) for copy in range(pool.processes)] for pool in plan.pools}
        self.eager = {
            step.backlog: Acceptors(env, step, self.slots) for step in steps if isinstance(step, AcceptEagerly)
        }
        self.backlogs: dict[Backlog, list[AcceptQueue[Request]]] = {b: a.backlogs for b, a in self.eager.items()}
        for step in steps:
            if isinstance(step, Accept):
                queues = [AcceptQueue[Request](env, step.backlog) for _ in range(step.pool.processes)]
                for slots, queue in zip(self.slots[step.pool], queues, strict=True):
                    slots.queue = queue
                self.backlogs[step.backlog] = queues
        self.balancers = {each: Balancer(each) for each in plan.resources if isinstance(each, Upstreams)}
        self.stores = {r: [Store(r) for _ in range(r.processes)] for r in plan.resources if isinstance(r, Memory)}
        self.tokens = {each: Tokens(env, each) for each in plan.resources if isinstance(each, Bucket)}

    def copy_of(self, request: Request, processes: int) -> int:
        """Which copy the request uses of what exists so many times."""
        if processes == 1:
            return 0
        return request.group if processes == self.server.lifetimes.region_of(request).groups else request.process

    def slots_of(self, request: Request, pool: Pool) -> Slots:
        """The request's own copy of a pool."""
        return self.slots[pool][self.copy_of(request, pool.processes)]

    def backlog_of(self, request: Request, backlog: Backlog) -> AcceptQueue[Request]:
        """Where the request's own copy of a pool, or the acceptors, take connections from."""
        queues = self.backlogs[backlog]
        return queues[self.copy_of(request, len(queues))]

    # --- what is waited for ---------------------------------------------------------------------------------------

    def wait_for(self, request: Request, step: Accept | AcceptEagerly | Seize | Limit) -> Life:
        """Take a slot or a token, or be taken by a process; in its turn."""
        match step:
            case AcceptEagerly(backlog=backlog):
                yield self.eager[backlog].put(request, float(self.server.load.coin[request.row]))
                request.seat = None
            case Accept(pool=pool) | Seize(pool=pool):
                yield from self.seize(request, self.slots_of(request, pool))
            case Limit(bucket=bucket):
                tokens = self.tokens[bucket]
                if not tokens.take():
                    yield from self.stand_in_line(request, tokens, bucket.when_empty)

    def seize(self, request: Request, slots: Slots) -> Life:
        """Take the slot that has been idle longest, or queue for one."""
        if slots.free:
            self.hold(request, slots.pool, slots.free.popleft())
        else:
            yield from self.stand_in_line(request, slots, slots.pool.when_full)

    def stand_in_line(self, request: Request, line: Slots | Tokens, when_full: Outcome) -> Life:
        """Wait, if there is room; who has left the line by itself has given up."""
        if line.full:
            return self.server.rows.turn_away(request, when_full)
        given = yield line.wait(request)
        request.seat = None
        if not given:
            self.server.rows.abort(request, Outcome.GAVE_UP, request.deadline)

    def hold(self, request: Request | Acceptor, pool: Pool, slot: int) -> None:
        """The slot is the request's from this moment on, and may decide on its process."""
        if isinstance(request, Acceptor):
            request.slot = slot
            return
        request.held[pool] = slot
        self.record.slot[request.row, self.column[request.at]] = slot
        if pool.slots_per_process is not None:
            copy, place = divmod(slot, pool.size)
            among = -(-pool.size // pool.slots_per_process)
            self.server.lifetimes.decide(request, copy * among + place // pool.slots_per_process)

    # --- what takes no time ---------------------------------------------------------------------------------------

    def trade(self, request: Request, step: Choose | Allocate | Release) -> Life:
        """Take what is there, or give something back."""
        match step:
            case Choose(upstreams=upstreams):
                luck = self.server.luck_of(request, request.at)
                up = self.server.lifetimes.up_among(request, upstreams.count) if step.policy == "hashed" else []
                chosen = self.balancers[upstreams].take(step.policy, luck, up)
                request.upstream[upstreams] = chosen
                self.server.lifetimes.decide(request, chosen)
            case Allocate(memory=memory, size=size):
                copy = self.copy_of(request, memory.processes)
                if self.stores[memory][copy].take(size):
                    request.memory[memory] = copy, size
                else:
                    yield from self.lack_memory(request, step.when_full)
            case Release(pool=what):
                self.release(request, what)

    def lack_memory(self, request: Request, when_full: Outcome | Die) -> Life:
        """The request is refused, or its process dies."""
        if isinstance(when_full, Die):
            yield from self.server.lifetimes.die_of(request, when_full.boot_s)
        else:
            self.server.rows.turn_away(request, when_full)

    def release(self, request: Request, what: Pool | Upstreams | Memory) -> None:
        """Give it back, unless it is gone already."""
        match what:
            case Pool() if what in request.held:
                slot = request.held.pop(what)
                self.slots[what][slot // what.size].give_back(slot)
            case Upstreams() if what in request.upstream:
                self.balancers[what].in_hand[request.upstream.pop(what)] -= 1
            case Memory() if what in request.memory:
                copy, size = request.memory.pop(what)
                self.stores[what][copy].used -= size
            case _:
                pass

    def free_for_who_left(self, request: Request) -> None:
        """What becomes free when a client leaves does so, though the steps go on."""
        for pool in [pool for pool in self.slots if pool.frees_when_client_leaves]:
            self.release(request, pool)

    def part_from(self, request: Request) -> None:
        """Who has left the server is in nobody's hand any more."""
        for upstreams in [*request.upstream]:
            self.release(request, upstreams)
        if request.taken_by is not None:
            request.taken_by.finished_one(request.process)
