"""What is said about a stretch of steps, or about a whole plan: time limits, branches, jobs, repetition, scaling.

What to watch: a plan stays a list of steps from top to bottom. A block is a step with steps of its own, and who leaves
it goes on below it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from simulator.plan.resources import Cores, Pool, Resource
from simulator.plan.steps import Die, Step
from simulator.plan.words import Outcome
from simulator.words.language import tell


@dataclass(frozen=True, slots=True)
class Within:
    """These steps have to be done in so many seconds. Otherwise the request ends, or its process is killed."""

    seconds: float
    steps: "tuple[Element, ...]"
    otherwise: Outcome | Die = Outcome.UPSTREAM_TIMEOUT
    """How the request ends, with an answer that takes half a round trip."""
    work: Literal["stops", "goes on"] = "stops"
    """Whether the request leaves what it is at, or is only answered while its steps go on for nobody. Then what is
    freed when a client leaves is freed."""


@dataclass(frozen=True, slots=True)
class OfClass:
    """Requests of these classes."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chance:
    """This share of the requests, each by its own luck."""

    share: float


@dataclass(frozen=True, slots=True)
class Busy:
    """Requests that come when so many slots of a pool, in the copy of their process, are in use."""

    pool: Pool
    at_least: int


@dataclass(frozen=True, slots=True)
class Branch:
    """Some requests go one way, the others another. What is taken inside of a way is given back inside of it."""

    test: OfClass | Chance | Busy
    then: "tuple[Element, ...]"
    otherwise: "tuple[Element, ...]" = ()


@dataclass(frozen=True, slots=True)
class Enqueue:
    """A job is sent off: a row of its own, which goes through these steps, has no client, and outlives the request."""

    name: str
    steps: "tuple[Element, ...]"
    unacknowledged: Pool | None = None
    """While the job holds a slot of this pool (what a worker has prefetched), and the worker dies whose slot it is, it
    comes again. Where its release stands is the acknowledgement: before the work, or after it."""
    joined: bool = False
    """Whether the request waits for the end of its job. If the job fails, so does the request, in the same way."""


Block = Within | Branch | Enqueue
Element = Step | Block


def every_element(steps: tuple[Element, ...]) -> Iterator[Element]:
    """The steps and the blocks among them, and what is inside of the blocks."""
    for step in steps:
        yield step
        yield from every_element(inside(step))


def inside(element: Element) -> tuple[Element, ...]:
    """The steps of a block; none of a step."""
    match element:
        case Within(steps=inner) | Enqueue(steps=inner):
            return inner
        case Branch(then=then, otherwise=otherwise):
            return (*then, *otherwise)
        case _:
            return ()


def changed(steps: tuple[Element, ...], change: Callable[[Step], Step]) -> tuple[Element, ...]:
    """Every step as it is after a change, inside of blocks too."""
    return tuple(_changed(element, change) for element in steps)


def _changed(element: Element, change: Callable[[Step], Step]) -> Element:
    match element:
        case Within() | Enqueue():
            return replace(element, steps=changed(element.steps, change))
        case Branch():
            then, otherwise = (changed(way, change) for way in (element.then, element.otherwise))
            return replace(element, then=then, otherwise=otherwise)
        case _:
            return change(element)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Clients repeat a request that ended in one of these ways: a new attempt, from the first step on."""

    outcomes: tuple[Outcome, ...]
    backoff_s: tuple[float, ...]
    """Seconds from the end of each attempt to the next one; as many as there are repetitions."""
    jitter: float = 0.0
    """Up to this share of the backoff is left out, by the luck of each attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A pool that grows and shrinks by one slot at a time, looked at again and again. Its size is the most it can have.

    What is in use when it is looked at decides. It is looked at until the last request has left.
    """

    pool: Pool
    every_s: float
    start: int
    least: int
    grow_at: float
    """It grows where at least this share of its slots is in use ..."""
    shrink_at: float
    """... and shrinks where at most this share is."""
    boot_s: float = 0.0
    """Until a new slot can be used; meanwhile nobody looks."""


class PlanError(ValueError):
    """The steps of a plan do not fit together; the message says which and why."""

    def __init__(self, message: str, **fields: object) -> None:
        """The message is in English, with named fields."""
        super().__init__(tell(message, **fields))


class Whole(Protocol):
    """What a plan consists of, for whoever judges it before it is one."""

    @property
    def steps(self) -> tuple[Element, ...]:
        """What every request walks through."""

    @property
    def cores(self) -> Cores:
        """Of the server."""

    @property
    def retry(self) -> Retry | None:
        """What clients repeat."""

    @property
    def scales(self) -> tuple[Scale, ...]:
        """Which pools grow and shrink."""

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Everything that a step names."""

    @property
    def pools(self) -> tuple[Pool, ...]:
        """Those with slots."""

    @property
    def processors(self) -> tuple[Cores, ...]:
        """The cores of the server, and of others."""
