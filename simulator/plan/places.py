"""The places of each step, in the order in which a request meets them.

What to watch: this is where a step is recognised by its class, and the only such place outside of the engines. A new
kind of step is understood everywhere once its places say what happens there.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

from simulator.plan.blocks import Enqueue
from simulator.plan.elsewhere import Elsewhere
from simulator.plan.place import Kinds, Place, Way
from simulator.plan.resources import Backlog, Memory, Pool, Upstreams
from simulator.plan.steps import (
    Accept,
    AcceptEagerly,
    Allocate,
    Choose,
    Compute,
    Connect,
    Crash,
    Die,
    End,
    Handle,
    Limit,
    Linger,
    Receive,
    Release,
    Retire,
    Seize,
    Send,
    Step,
)
from simulator.plan.words import Kind, State


def places_of(step: Step | Enqueue, phase_count: int) -> tuple[Place, ...]:
    """The places of one step, for requests with up to ``phase_count`` phases. Names may come again in other steps."""
    match step:
        case Connect():
            return (_connect(step),)
        case Accept(backlog=backlog, pool=pool):
            return (_take(f"accept {pool.name}", step, State.BACKLOG, pool, backlog),)
        case AcceptEagerly():
            return _accept_eagerly(step)
        case Seize(pool=pool):
            return (_take(f"seize {pool.name}", step, State.QUEUED, pool, pool),)
        case Release():
            return (_release(step),)
        case Receive() | Send() | Linger():
            return (_bytes(step),)
        case Compute():
            return (_compute(step),)
        case Handle():
            return tuple(place for phase in range(phase_count) for place in _phase(step, phase))
        case Limit() | Choose() | Allocate() | End() | Crash() | Retire() | Enqueue():
            return (_brief(step),)


def _brief(step: Limit | Choose | Allocate | End | Crash | Retire | Enqueue) -> Place:
    """A place that takes no time, unless a request waits there for a token or for its job."""
    match step:
        case Limit(bucket=bucket):
            name = f"limit {bucket.name}"
            return Place(name=name, step=step, state=State.QUEUED, waits_for=bucket, queue=bucket)
        case Choose(upstreams=upstreams):
            name = f"choose {upstreams.name}"
            return Place(name=name, step=step, state=State.DELIVERY, chooses=upstreams, decides_among=upstreams.count)
        case Allocate(memory=memory):
            name, kills = f"allocate {memory.name}", isinstance(step.when_full, Die)
            return Place(name=name, step=step, state=State.DELIVERY, allocates=memory, about_process=kills)
        case Enqueue(name=job):
            return Place(name=f"enqueue {job}", step=step, state=State.IO)
        case End() | Crash() | Retire():
            name, about = type(step).__name__.lower(), not isinstance(step, End)
            return Place(name=name, step=step, state=State.DELIVERY, about_process=about)


def _bytes(step: Receive | Send | Linger) -> Place:
    if isinstance(step, Receive):
        return Place(name="receive", step=step, state=State.UPLOAD, link=step.link, way=Way.UP)
    if isinstance(step, Linger):
        return Place(name="linger", step=step, state=State.CLOSING, link=step.link)
    return Place(name="send", step=step, state=State.DOWNLOAD, link=step.link, way=Way.DOWN)


def _release(step: Release) -> Place:
    place = Place(name=f"release {step.pool.name}", step=step, state=State.DELIVERY)
    match step.pool:
        case Pool():
            return replace(place, frees=step.pool)
        case Upstreams():
            return replace(place, leaves=step.pool)
        case Memory():
            return replace(place, deallocates=step.pool)


def _connect(step: Connect) -> Place:
    return Place(
        name=f"connect {step.backlog.name}",
        step=step,
        state=State.CONNECTING,
        waits_for=step.backlog,
        link=step.link,
        knocks_at=step.backlog,
        retries_s=step.retries_s,
        timeout_s=step.timeout_s,
    )


def _take(name: str, step: Step, state: State, pool: Pool, queue: Pool | Backlog) -> Place:
    span = pool.slots_per_process
    among = None if span is None else -(-pool.size // span)
    return Place(name=name, step=step, state=state, waits_for=pool, queue=queue, takes=pool, decides_among=among)


def _accept_eagerly(step: AcceptEagerly) -> tuple[Place, ...]:
    """First the request waits, then the acceptor works for it."""
    lock = step.lock
    waits = Place(
        name=f"wait {step.backlog.name}",
        step=step,
        state=State.BACKLOG,
        waits_for=lock,
        by=step.by,
        queue=step.backlog,
        decides_among=None if step.backlog.processes > 1 else lock.processes,
    )
    accepted = Place(
        name=f"accept {lock.name}",
        step=step,
        state=State.COMPUTING,
        lock=lock,
        work_s=step.work_s,
        visits=step.visits,
        releases=step.releases,
        acceptor=True,
        most_in_hand=step.limit,
    )
    return waits, accepted


def _compute(step: Compute) -> Place:
    return Place(
        name=step.what,
        step=step,
        state=State.COMPUTING,
        lock=step.lock,
        work_s=step.work_s,
        mebibyte_s=step.mebibyte_s,
        releases=step.releases,
        what=step.what,
        cores=step.on,
    )


def _phase(step: Handle, phase: int) -> Iterator[Place]:
    """A phase is done where its kind is done: with a helper, or here."""
    for elsewhere in step.elsewhere:
        for place in _with_helper(step, elsewhere, phase):
            yield replace(place, piece=phase, kinds=elsewhere.kinds)
    yield replace(_own_work(f"handle.{phase + 1}", step, phase), kinds=_kinds_here(step))


def _kinds_here(step: Handle) -> Kinds | None:
    """Kinds of phases that no helper does; None: helpers do nothing."""
    gone = {kind for elsewhere in step.elsewhere for kind in elsewhere.kinds}
    return (*(kind for kind in get_args(Kind) if kind not in gone), "crash") if gone else None


def _with_helper(step: Handle, elsewhere: Elsewhere, phase: int) -> Iterator[Place]:
    """A slot is held only meanwhile, and what is done with it is done as if it were a step of its own."""
    pool, work = elsewhere.pool, replace(step, lock=elsewhere.lock, visit_cost_s=0.0, elsewhere=())
    if elsewhere.cost_s:
        yield _compute(Compute(elsewhere.cost_s, step.lock, what=f"hand over.{phase + 1}"))
    if pool is None:
        yield _own_work(f"handle.{phase + 1} elsewhere", work, phase)
        return
    yield _take(f"seize {pool.name}", Seize(pool), State.QUEUED, pool, pool)
    yield _own_work(f"handle.{phase + 1} in {pool.name}", work, phase)
    yield _release(Release(pool))


def _own_work(name: str, step: Handle, phase: int) -> Place:
    return Place(
        name=name,
        step=step,
        state=State.COMPUTING,
        phase=phase,
        cpu_factor=step.cpu_factor,
        piece=phase,
        lock=step.lock,
        work_s=step.visit_cost_s,
        keeps=step.keeps,
    )
