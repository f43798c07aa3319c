"""What a plan refuses: steps that no request could walk through, each with the number of the step and the reason."""

from collections.abc import Iterator
from itertools import pairwise

from simulator.plan.blocks import Branch, Busy, Element, Enqueue, PlanError, Whole, Within, every_element
from simulator.plan.place import Place
from simulator.plan.places import places_of
from simulator.plan.resources import Backlog, Resource, Upstreams
from simulator.plan.step_values import at_step, check_made_of_steps
from simulator.plan.steps import Die, Link
from simulator.plan.values import check_values


def check(plan: Whole) -> None:
    """Raise PlanError for what does not fit together."""
    check_made_of_steps("steps", plan.steps)
    names = [resource.name for resource in plan.resources]
    if len(set(names)) != len(names):
        raise PlanError("two different resources share a name: {names}", names=", ".join(sorted(names)))
    if not plan.steps:
        raise PlanError("a plan needs at least one step")
    check_values(plan)
    _check_jobs(plan)
    _check_slots(plan.steps)
    _check_connections(plan)
    _check_processes(plan.steps)
    _check_scales(plan)


def _check_jobs(plan: Whole) -> None:
    names = [cores.name for cores in plan.processors]
    if len(set(names)) != len(names):
        raise PlanError("the cores of two machines share a name: {names}", names=", ".join(sorted(names)))
    for number, top in enumerate(plan.steps, 1):
        for element in every_element((top,)):
            if isinstance(element, Enqueue):
                _check_job(at_step(number, element), element)


def _check_job(where: str, job: Enqueue) -> None:
    """A job has no client, no connection, and gives back itself what it takes."""
    _check_slots(job.steps)
    met = [place for _, place in _numbered(job.steps) if place is not None]
    if job.unacknowledged is not None and job.unacknowledged not in (place.takes for place in met):
        raise PlanError(
            "{where}: the job never takes a {name} that it could acknowledge", where=where, name=job.unacknowledged.name
        )
    for place in met:
        if place.link is Link.CLIENT or place.knocks_at is not None or isinstance(place.queue, Backlog):
            raise PlanError("{where}: a job has no client to connect to, to hear, or to answer", where=where)
    _check_processes(job.steps)


def _check_slots(steps: tuple[Element, ...], around: frozenset[Resource] = frozenset()) -> None:
    """Everything is taken once and given back, inside of a way what is taken inside of it. ``around``: what is held."""
    taken, held = set(around), set[Resource]()
    for number, top in enumerate(steps, 1):
        _take_and_free(number, top, taken, held, around)
    kept = [thing.name for thing in held if not isinstance(thing, Upstreams)]
    if kept:
        raise PlanError("never released: {names}", names=", ".join(sorted(kept)))


def _take_and_free(
    number: int, element: Element, taken: set[Resource], held: set[Resource], around: frozenset[Resource]
) -> None:
    match element:
        case Within(steps=inner):
            for step in inner:
                _take_and_free(number, step, taken, held, around)
        case Branch(then=then, otherwise=otherwise):
            for way in (then, otherwise):
                _check_slots(way, around | held)
        case _:
            for place in places_of(element, phase_count=1):
                _take_or_free(at_step(number, element), place, taken, held, around)


def _take_or_free(
    where: str, place: Place, taken: set[Resource], held: set[Resource], around: frozenset[Resource]
) -> None:
    takes = place.takes or place.allocates or place.chooses
    frees = place.frees or place.deallocates or place.leaves
    if takes is not None:
        again = held | around if place.piece is not None else taken
        if takes in again:
            raise PlanError("{where} takes a {name} a second time", where=where, name=takes.name)
        taken.add(takes)
        held.add(takes)
    if frees is not None:
        if frees not in held:
            raise PlanError("{where} releases a {name} that is not held", where=where, name=frees.name)
        held.remove(frees)


def _check_connections(plan: Whole) -> None:
    """Connecting and accepting come in pairs, one right after the other; one server of a chain may accept eagerly."""
    numbered = list(_numbered(plan.steps))
    places = [place for _, place in numbered if place is not None]
    if sum(place.acceptor for place in places) > 1:
        raise PlanError("more than one step accepts eagerly")
    accepts = [place.queue for place in places if isinstance(place.queue, Backlog)]
    if len(set(accepts)) != len(accepts):
        raise PlanError("two steps accept from the same backlog")
    fed = [place.takes for place in places if isinstance(place.queue, Backlog) and place.takes is not None]
    if len(set(fed)) != len(fed):
        raise PlanError("two backlogs are accepted from into the same pool")
    for (earlier, before), (number, place) in pairwise([(0, None), *numbered, (0, None)]):
        queue = None if place is None or not isinstance(place.queue, Backlog) else place.queue
        if before is not None and before.knocks_at is not None and before.knocks_at != queue:
            raise PlanError(
                "{where}: a connect and the accept from its backlog must follow each other",
                where=at_step(earlier, before.step),
            )
        if queue is not None and place is not None and (before is None or before.knocks_at is None):
            raise PlanError("{where} accepts, but nothing connected right before it", where=at_step(number, place.step))


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
                _check_copies(at_step(number, element), test.pool.processes, known)
            for way in (then, otherwise):
                inside = [*known]
                for step in way:
                    _check_own(number, step, inside, deciders)
        case Within(steps=inner, otherwise=otherwise):
            for step in inner:
                _check_own(number, step, known, deciders)
            if isinstance(otherwise, Die) and not deciders:
                raise PlanError(
                    "{where} kills a process; no step up to its end chooses one", where=at_step(number, element)
                )
        case _:
            for place in places_of(element, phase_count=1):
                _check_place(number, at_step(number, element), place, known, deciders)


def _check_place(number: int, where: str, place: Place, known: list[int], deciders: list[tuple[int, Place]]) -> None:
    used = place.takes or place.lock or place.allocates
    if used is not None:
        _check_copies(where, used.processes, known)
    copies = 1 if place.takes is None or not isinstance(place.queue, Backlog) else place.takes.processes
    if copies > 1 and deciders[-1][1].chooses is None:
        raise PlanError(
            "{where} accepts into {copies} queues; expected a pool with processes = 1", where=where, copies=copies
        )
    own = place.queue.processes if isinstance(place.queue, Backlog) else 1
    among = deciders[-1][1].decides_among if deciders and deciders[-1][1].chooses is not None else None
    if own > 1 and (own != among or own != (place.takes or place.waits_for).processes):  # type: ignore[union-attr]
        raise PlanError(
            "{where} accepts from {copies} sockets; expected as many processes, one of which was chosen before",
            where=where,
            copies=own,
        )
    if own > 1:
        deciders.append(deciders[-1])  # nothing more is decided
    if place.about_process and not deciders:
        raise PlanError("{where} is about a process; no earlier step chose one", where=where)
    if place.decides_among is not None:
        _check_decision(where, place, known, deciders)
        known.append(known[-1] * place.decides_among)
        deciders.append((number, place))


def _check_copies(where: str, copies: int, known: list[int]) -> None:
    if copies not in (1, *known):
        raise PlanError(
            "{where} needs one of {copies} processes; earlier steps chose among {most}",
            where=where,
            copies=copies,
            most=max(known),
        )


def _check_decision(where: str, place: Place, known: list[int], deciders: list[tuple[int, Place]]) -> None:
    """A process is decided once; or an upstream, or a worker, and then a process of it."""
    copies = 1 if place.takes is None else place.takes.processes
    if not deciders:
        if copies > 1:
            raise PlanError(
                "{where} needs one of {copies} processes; earlier steps chose among 1", where=where, copies=copies
            )
        return
    earlier = deciders[-1][1]
    accepted = earlier.takes is None and earlier.chooses is None
    if len(deciders) > 1 or accepted or place.takes is None or copies not in known or copies != earlier.decides_among:
        raise PlanError("{where} decides the process, and so did step {number}", where=where, number=deciders[-1][0])


def _check_scales(plan: Whole) -> None:
    for scale in plan.scales:
        if scale.pool not in plan.pools or scale.pool.processes > 1:
            raise PlanError(
                "{name}: only a pool of the plan that is there once can grow and shrink", name=scale.pool.name
            )
    if len({scale.pool for scale in plan.scales}) != len(plan.scales):
        raise PlanError("two scales make the same pool grow and shrink")


def _numbered(steps: tuple[Element, ...]) -> Iterator[tuple[int, Place | None]]:
    """The places of steps, and the number of each one's outermost step, from 1; a phase stands for all of them.

    None where ways part or come together: not everybody who meets the place before it meets the one behind it.
    """
    for number, top in enumerate(steps, 1):
        yield from ((number, place) for place in _flat(top))


def _flat(element: Element) -> Iterator[Place | None]:
    match element:
        case Within(steps=inner):
            for step in inner:
                yield from _flat(step)
        case Branch(then=then, otherwise=otherwise):
            for way in (then, otherwise):
                yield None
                for step in way:
                    yield from _flat(step)
            yield None
        case Enqueue(steps=inner):
            yield from places_of(element, phase_count=1)
            for step in inner:
                yield from _flat(step)
        case _:
            yield from places_of(element, phase_count=1)
