"""What a plan refuses: steps that no request could walk through, each with the number of the step and the reason."""

from collections.abc import Iterator
from dataclasses import astuple
from itertools import pairwise

from simulator.plan.blocks import Branch, Busy, Chance, Element, Enqueue, Scale, Within
from simulator.plan.place import Place, places_of
from simulator.plan.plan import Plan, PlanError, every_element
from simulator.plan.resources import Backlog, Bucket, Gil, Loop, Memory, Pool, Resource, Upstreams
from simulator.plan.steps import AcceptEagerly, Allocate, Compute, Connect, Crash, Die, Link, Retire, Step

MOST_POOLS = 31
"""The kernel keeps what a request holds in the bits of one integer."""


def check(plan: Plan) -> None:
    """Raise PlanError for what does not fit together."""
    names = [resource.name for resource in plan.resources]
    if len(set(names)) != len(names):
        raise PlanError(f"two different resources share a name: {', '.join(sorted(names))}")
    if not plan.steps:
        raise PlanError("a plan needs at least one step")
    _check_resources(plan)
    _check_blocks(plan.steps)
    _check_slots(plan.steps)
    _check_connections(plan)
    _check_processes(plan.steps)
    _check_repetition(plan)


def _check_resources(plan: Plan) -> None:
    """Every resource can do something, and both engines can count it."""
    for cores in plan.processors:
        if cores.count < 1 or cores.time_slice_s <= 0 or cores.switch_cost_s < 0:
            raise PlanError(f"expected at least one core and a time slice above 0, got {cores}")
    names = [cores.name for cores in plan.processors]
    if len(set(names)) != len(names):
        raise PlanError(f"the cores of two machines share a name: {', '.join(sorted(names))}")
    if len(plan.pools) > MOST_POOLS:
        raise PlanError(f"{len(plan.pools)} pools: expected at most {MOST_POOLS}")
    for resource in plan.resources:
        _check_resource(resource)


def _check_resource(resource: Resource) -> None:
    match resource:
        case Pool():
            _check_pool(resource)
        case Gil() | Loop():
            if isinstance(resource, Gil) and resource.permits < 1:
                raise PlanError(f"{resource.name}: expected at least one permit, got {resource}")
            if resource.processes < 1 or (isinstance(resource, Gil) and resource.switch_interval_s <= 0):
                raise PlanError(f"{resource.name}: expected a process and a switch interval above 0 s, got {resource}")
        case Upstreams(count=count) if count < 1:
            raise PlanError(f"{resource.name}: expected at least one upstream, got {resource}")
        case Memory():
            if resource.processes < 1 or not 0 <= resource.in_use <= resource.size:
                raise PlanError(f"{resource.name}: expected no more in use than its size, got {resource}")
        case Bucket():
            if resource.rate <= 0 or resource.burst < 1:
                raise PlanError(f"{resource.name}: expected a rate above 0 and a burst of at least 1, got {resource}")
        case _:
            pass


def _check_pool(pool: Pool) -> None:
    if min(pool.size, pool.processes) < 1:
        raise PlanError(f"{pool.name}: expected at least one slot in at least one process, got {pool}")
    if pool.slots_per_process is not None and pool.slots_per_process < 1:
        raise PlanError(f"{pool.name}: slots_per_process must be at least 1, got {pool}")
    if pool.first and pool.order != "fifo":
        raise PlanError(f"{pool.name}: classes that go first need the order fifo, got {pool}")


def _where(number: int, step: object) -> str:
    return f"step {number} ({type(step).__name__})"


def _check_blocks(steps: tuple[Element, ...]) -> None:
    """What a block says in numbers can be done."""
    for number, top in enumerate(steps, 1):
        for element in every_element((top,)):
            _check_block(_where(number, element), element)


def _check_block(where: str, element: Element) -> None:
    match element:
        case Within(seconds=seconds, steps=inner):
            if seconds <= 0 or not inner:
                raise PlanError(f"{where}: expected a time above 0 s for at least one step, got {seconds} s")
            if isinstance(element.otherwise, Die) and element.otherwise.boot_s <= 0:
                raise PlanError(f"{where}: expected a time above 0 s to boot, got {element.otherwise.boot_s} s")
            if element.work == "goes on" and isinstance(element.otherwise, Die):
                raise PlanError(f"{where}: work cannot go on in a process that is killed")
        case Branch(test=Chance(share=share)) if not 0 <= share <= 1:
            raise PlanError(f"{where}: expected a share from 0 to 1, got {share}")
        case Enqueue(steps=inner):
            if not inner:
                raise PlanError(f"{where}: expected a job of at least one step")
            _check_job(where, inner)
        case Branch():
            pass
        case _:
            _check_numbers(where, element)


def _check_job(where: str, steps: tuple[Element, ...]) -> None:
    """A job has no client, no connection, and gives back itself what it takes."""
    _check_slots(steps)
    for _, place in _numbered(steps):
        if place.link is Link.CLIENT or place.knocks_at is not None or isinstance(place.queue, Backlog):
            raise PlanError(f"{where}: a job has no client to connect to, to hear, or to answer")
    _check_processes(steps)


def _check_slots(steps: tuple[Element, ...]) -> None:
    """Everything is taken once and given back, inside of a way what is taken inside of it."""
    held: set[Pool | Memory] = set()
    taken: set[Resource] = set()
    for number, top in enumerate(steps, 1):
        for way in _ways(top):
            _check_slots(way)
        for place in _straight(top):
            _take_or_free(_where(number, place.step), place, taken, held)
    if held:
        raise PlanError(f"never released: {', '.join(sorted(thing.name for thing in held))}")


def _take_or_free(where: str, place: Place, taken: set[Resource], held: set[Pool | Memory]) -> None:
    takes, frees = place.takes or place.allocates, place.frees or place.deallocates
    thing = takes or place.chooses
    if thing is not None:
        if thing in taken:
            raise PlanError(f"{where} takes a {thing.name} a second time")
        taken.add(thing)
    if takes is not None:
        held.add(takes)
    if frees is not None:
        if frees not in held:
            raise PlanError(f"{where} releases a {frees.name} that is not held")
        held.remove(frees)
    if place.leaves is not None and place.leaves not in taken:
        raise PlanError(f"{where} releases a {place.leaves.name} that is not held")


def _ways(element: Element) -> tuple[tuple[Element, ...], ...]:
    """The ways through a block that are apart from the steps around it."""
    match element:
        case Branch(then=then, otherwise=otherwise):
            return then, otherwise
        case Within(steps=inner):
            return tuple(way for step in inner for way in _ways(step))
        case _:
            return ()


def _straight(element: Element) -> Iterator[Place]:
    """The places that everybody meets, whatever way it goes."""
    match element:
        case Within(steps=inner):
            for step in inner:
                yield from _straight(step)
        case Branch():
            return
        case _:
            yield from places_of(element, phase_count=1)


def _check_connections(plan: Plan) -> None:
    """Connecting and accepting come in pairs, one right after the other; one server of a chain may accept eagerly."""
    numbered = list(_numbered(plan.steps))
    if sum(place.acceptor for _, place in numbered) > 1:
        raise PlanError("more than one step accepts eagerly")
    accepts = [place.queue for _, place in numbered if isinstance(place.queue, Backlog)]
    if len(set(accepts)) != len(accepts):
        raise PlanError("two steps accept from the same backlog")
    fed = [place.takes for _, place in numbered if isinstance(place.queue, Backlog) and place.takes is not None]
    if len(set(fed)) != len(fed):
        raise PlanError("two backlogs are accepted from into the same pool")
    following = [*(place.queue for _, place in numbered), None]
    for (number, place), queue in zip(numbered, following[1:], strict=True):
        if place.knocks_at != (queue if isinstance(queue, Backlog) else None):
            where = _where(number, place.step)
            raise PlanError(f"{where}: a connect and the accept from its backlog must follow each other")
    if numbered and isinstance(numbered[0][1].queue, Backlog):
        raise PlanError("step 1 accepts, but nothing connected")


def _check_numbers(where: str, step: Step) -> None:
    """What a step says in numbers can be done."""
    match step:
        case Connect():
            _check_times(where, step)
        case AcceptEagerly():
            if min(step.batch, step.visits) < 1:
                raise PlanError(f"{where}: batch and visits must be at least 1")
            if step.batch > 1 and step.visits > 1:
                raise PlanError(f"{where} has both batch and visits above 1")
        case Compute(on=on, lock=lock) if on is not None and lock is not None:
            raise PlanError(f"{where}: who computes on other cores needs no lock of the server")
        case Retire(after=after) if after < 1:
            raise PlanError(f"{where}: expected at least one request, got {step}")
        case Retire(boot_s=boot_s) | Crash(boot_s=boot_s) | Allocate(when_full=Die(boot_s=boot_s)) if boot_s <= 0:
            raise PlanError(f"{where}: expected a time above 0 s to boot, got {boot_s} s")
        case Allocate(size=size) if size < 0:
            raise PlanError(f"{where}: expected a number of bytes, got {size}")
        case _:
            pass


def _check_times(where: str, step: Connect) -> None:
    """What is repeated is repeated later, and not for ever."""
    moments = (0.0, *step.retries_s, step.timeout_s)
    if any(b <= a for a, b in pairwise(moments)):
        raise PlanError(f"{where}: retries must grow from 0 to the timeout, got {moments}")
    if min(astuple(step.timers)) <= 0:
        raise PlanError(f"{where}: expected timers above 0 s, got {step.timers}")


def _check_processes(steps: tuple[Element, ...]) -> None:
    """A step that means "that of my process", or of my group, comes after the one that decides on it."""
    known, deciders = [1], list[tuple[int, Place]]()
    for number, top in enumerate(steps, 1):
        _check_own(number, top, known, deciders)


def _check_own(number: int, element: Element, known: list[int], deciders: list[tuple[int, Place]]) -> None:
    """``known``: how many processes or groups of them there are of which a request has one here."""
    match element:
        case Branch(test=test, then=then, otherwise=otherwise):
            if isinstance(test, Busy):
                _check_copies(_where(number, element), test.pool.processes, known)
            for way in (then, otherwise):
                inside = [*known]
                for step in way:
                    _check_own(number, step, inside, deciders)
        case Within(steps=inner):
            for step in inner:
                _check_own(number, step, known, deciders)
        case _:
            for place in places_of(element, phase_count=1):
                _check_place(number, place, known, deciders)


def _check_place(number: int, place: Place, known: list[int], deciders: list[tuple[int, Place]]) -> None:
    where, used = _where(number, place.step), place.takes or place.lock or place.allocates
    if used is not None:
        _check_copies(where, used.processes, known)
    copies = 1 if place.takes is None or not isinstance(place.queue, Backlog) else place.takes.processes
    if copies > 1 and deciders[-1][1].chooses is None:
        raise PlanError(f"{where} accepts into {copies} queues; expected a pool with processes = 1")
    if place.about_process and not deciders:
        raise PlanError(f"{where} is about a process; no earlier step chose one")
    if place.decides_among is not None:
        _check_decision(where, place, known, deciders)
        known.append(known[-1] * place.decides_among)
        deciders.append((number, place))


def _check_copies(where: str, copies: int, known: list[int]) -> None:
    if copies not in (1, *known):
        raise PlanError(f"{where} needs one of {copies} processes; earlier steps chose among {max(known)}")


def _check_decision(where: str, place: Place, known: list[int], deciders: list[tuple[int, Place]]) -> None:
    """A process is decided once; or an upstream, or a worker, and then a process of it."""
    copies = 1 if place.takes is None else place.takes.processes
    if not deciders:
        if copies > 1:
            raise PlanError(f"{where} needs one of {copies} processes; earlier steps chose among 1")
        return
    earlier = deciders[-1][1]
    accepted = earlier.takes is None and earlier.chooses is None
    if len(deciders) > 1 or accepted or place.takes is None or copies not in known or copies != earlier.decides_among:
        raise PlanError(f"{where} decides the process, and so did step {deciders[-1][0]}")


def _check_repetition(plan: Plan) -> None:
    retry = plan.retry
    if retry is not None and (not retry.outcomes or not retry.backoff_s or min(retry.backoff_s) < 0):
        raise PlanError(f"a retry needs outcomes and at least one backoff, none below 0 s, got {retry}")
    for scale in plan.scales:
        _check_scale(plan, scale)


def _check_scale(plan: Plan, scale: Scale) -> None:
    if scale.pool not in plan.pools or scale.pool.processes > 1:
        raise PlanError(f"{scale.pool.name}: only a pool of the plan that is there once can grow and shrink")
    if not 1 <= scale.least <= scale.start <= scale.pool.size or scale.every_s <= 0 or scale.boot_s < 0:
        raise PlanError(f"{scale.pool.name}: expected least <= start <= the size of the pool, got {scale}")


def _numbered(steps: tuple[Element, ...], *, jobs: bool = True) -> Iterator[tuple[int, Place]]:
    """The places of steps, and the number of each one's outermost step, from 1; a phase stands for all of them."""
    for number, top in enumerate(steps, 1):
        yield from ((number, place) for place in _flat(top, jobs))


def _flat(element: Element, jobs: bool) -> Iterator[Place]:
    match element:
        case Within(steps=inner):
            for step in inner:
                yield from _flat(step, jobs)
        case Branch(then=then, otherwise=otherwise):
            for step in (*then, *otherwise):
                yield from _flat(step, jobs)
        case Enqueue(steps=inner):
            yield from places_of(element, phase_count=1)
            for step in inner if jobs else ():
                yield from _flat(step, jobs)
        case _:
            yield from places_of(element, phase_count=1)
