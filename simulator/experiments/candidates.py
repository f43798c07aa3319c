"""What could be tried about a run: what the rules name as a cure, in the words that the models have for it.

What to watch: a rule says "more slots", prefork says that its slots are called workers, and together this is a ladder
of deployments, 8 workers, 16 workers, and so on. Nothing is run here.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import ceil, isclose
from typing import Any

from models.profiles import MINI
from models.settings import Size
from simulator.experiments.catalogue import Model, fronts, server
from simulator.experiments.deployment import Deployment, changed, configured
from simulator.experiments.deployment_words import named, setting_flags
from simulator.experiments.ladders import Candidate, Choice, Family, Ladder, first_of
from simulator.experiments.options import RUN, section
from simulator.experiments.production_changes import reconfigured
from simulator.experiments.profiles import OWN
from simulator.experiments.refusal import RefusalError
from simulator.trace.cures import Cure
from simulator.words.language import Said, said, said_many
from simulator.words.numbers import count

MOST_CORES = 4096
PROJECTS = (OWN, MINI)
"""Profiles that fit every model: its own, and that of this project's servers."""


@dataclass(frozen=True, slots=True)
class Ideas:
    """What could be tried about one server."""

    side: Deployment
    cores: float
    """As they are typed: 0.5 or 1.5 is a container's quota."""
    queue_max: float
    """How many waited in its backlogs at most."""
    limited: bool
    """Whether somebody was turned away because a limit was reached."""
    at_the_door: int = 0
    """How many were connecting, or waited in a backlog, at once."""
    profile: str = ""
    """Whose costs were named for this server, and not for all: another model does not have them."""
    _had: set[tuple[Deployment, float]] = field(default_factory=set)

    def about(self, cures: Iterable[Cure], *, but: Collection[Cure] = ()) -> Iterator[Family]:
        """In the order of the cures; each idea once."""
        for cure in cures:
            for family in () if cure in but else self._about(cure):
                first = first_of(family)
                if first is not None and (key := (first.side, first.cores)) not in self._had:
                    self._had.add(key)
                    yield family

    def _about(self, cure: Cure) -> Iterator[Family]:  # noqa: C901 - a table
        """The likeliest first."""
        own = self.side.model.neighbours
        match cure:
            case Cure.MORE_SLOTS:
                for model, config in self.side.programs:
                    if self.limited or model == self.side.model:
                        yield from (self._ladder(model, config, size) for size in model.neighbours.slots)
                yield from self._instead(own.more_slots)
            case Cure.MORE_PROCESSES:
                yield from self._sizes(own.processes)
            case Cure.MORE_CORES:
                yield self._more_cores()
            case Cure.ALL_CORES if own.all_cores is not None:
                setting, number = own.all_cores
                yield self._choice(self._with(said("a P for each core"), self.side.model, {setting: number}))
            case Cure.HOLD_NOTHING:
                yield from self._instead(own.holds_nothing)
            case Cure.OWN_PROCESSES:
                yield from self._instead(own.own_processes)
            case Cure.PROXY:
                yield from self._proxies()
            case Cure.ACCEPT_WHEN_IDLE if own.when_idle is not None:
                name, value = own.when_idle
                yield self._choice(self._with(said("accepting only when idle"), self.side.model, {name: value}))
            case Cure.LET_GO if own.lets_go is not None:
                name, value = own.lets_go
                yield self._choice(self._with(said("libraries that let go"), self.side.model, {name: value}))
            case Cure.HAND_OVER:
                yield from self._handed_over()
            case Cure.HAND_OVER_NATIVE:
                yield from self._handed_over(native=True)
            case Cure.ONE_QUEUE if own.one_queue is not None:
                name, value = own.one_queue
                yield self._choice(self._with(said("one queue for all processes"), self.side.model, {name: value}))
            case Cure.HIGHER_ACCEPT_LIMIT:
                yield from self._sizes(own.accept_limit)
            case Cure.LONGER_BACKLOG:
                yield from self._sizes(own.backlog, enough=self.at_the_door)
            case Cure.SHORTER_BACKLOG:
                yield from self._sizes(own.backlog, up=False)
            case _:
                pass

    def more_of_it(self) -> Iterator[Ladder]:
        """More slots of the model itself, or processes where it has no slots, whatever stands in front of it."""
        own = self.side.model.neighbours
        sizes = own.slots or (own.processes,)
        yield from (self._ladder(self.side.model, self.side.config, size) for size in sizes if size is not None)

    def _sizes(self, size: Size | None, *, up: bool = True, enough: int = 0) -> Iterator[Family]:
        if size is not None:
            yield self._ladder(self.side.model, self.side.config, size, up=up, enough=enough)

    def _ladder(self, model: Model, config: Any, size: Size, *, up: bool = True, enough: int = 0) -> Ladder:
        def sized(number: int) -> Candidate | None:
            many = _so_many(size, number)
            if _is_of_each_process(model, config, size):
                many = said("{size} in each process", size=many)
            return self._with(many, model, {size.setting: number}) if number else None

        now: int = getattr(config, size.setting)
        return Ladder(now=now if up else min(now, int(self.queue_max)), sized=sized, up=up, enough=enough)

    def _with(self, change: Said, model: Model, settings: dict[str, Any]) -> Candidate | None:
        """One of the programs with other settings; None where it cannot have them."""
        try:
            side = _replaced(self.side, model, settings)
        except RefusalError:
            return None
        return Candidate(change=change, side=side, cores=self.cores, flags=self._typed(side, model, settings))

    def _typed(self, side: Deployment, model: Model, settings: dict[str, Any]) -> tuple[str, ...]:
        """What is typed for it: a setting; or the server anew, where it was named by its line."""
        if self.side.production is not None and model == self.side.model:
            alone = replace(side, fronts=())
            return tuple(named(alone))
        typed = section(model)
        return tuple(
            word
            for name, value in settings.items()
            for word in (typed.typed(name, value), *([] if isinstance(value, bool) else [str(value)]))
        )

    def _choice(self, *candidates: Candidate | None) -> Choice:
        return Choice(tuple(each for each in candidates if each is not None))

    def _handed_over(self, *, native: bool = False) -> Iterator[Family]:
        """What would keep a loop is done by helpers: of it, or of a model that has them behind as many loops."""
        own = self.side.model.neighbours
        if native and own.native_too is not None:
            yield self._choice(self._with(said("native code in helpers"), self.side.model, dict([own.native_too])))
        if own.hands_over:
            model, kept = server(own.hands_over), changed(self.side.model, self.side.config)
            known = {field.name for field in model.settings}
            settings = {name: value for name, value in kept.items() if name in known}
            settings["processes"] = self.side.config.processes
            change = said("{model} of calls that block", model=model.name)
            if native and model.neighbours.native_too is not None:
                settings |= dict([model.neighbours.native_too])
                change = said("{model} of native code", model=model.name)
            yield self._choice(self._other(change, model, settings))

    def _instead(self, name: str) -> Iterator[Family]:
        """Another model, with what was said of this one as far as it has the same settings; then on all cores."""
        if not name:
            return
        model, kept = server(name), changed(self.side.model, self.side.config)
        known = {field.name for field in model.settings}
        settings = {name: value for name, value in kept.items() if name in known}
        alone = self._other(said("{model}", model=model.name), model, settings)
        processes = model.neighbours.processes
        cores = ceil(self.cores)
        if processes is None or alone is None or getattr(alone.side.config, processes.setting) >= cores:
            yield self._choice(alone)
            return
        change = said("{model} with {size}", model=model.name, size=_so_many(processes, cores))
        yield self._choice(alone, self._other(change, model, {**settings, processes.setting: cores}))

    def _other(self, change: Said, model: Model, settings: dict[str, Any]) -> Candidate | None:
        try:
            config = configured(model, settings)
        except RefusalError:
            return None
        costs = OWN if self.profile and self.profile not in PROJECTS else self.side.profile
        side = Deployment(model=model, config=config, fronts=self.side.fronts, profile=costs)
        return instead(Candidate(change=change, side=side, cores=self.cores, flags=()), self.profile)

    def _more_cores(self) -> Ladder:
        """More cores, or a larger quota, and as many processes where there were no more than cores: a lock keeps each
        to one core.
        """
        processes, parts = self.side.model.neighbours.processes, _parts(self.cores)
        running = None if processes is None else getattr(self.side.config, processes.setting)

        def sized(size: int) -> Candidate | None:
            cores = size / parts if size % parts else size // parts
            cores = ceil(cores) if self.cores < 1 < cores else cores  # nobody who has half a core asks for 2.5
            if cores > MOST_CORES:
                return None
            change, typed = self._cores_in_words(cores), (RUN.flag("cores"), f"{cores:g}")
            if processes is None or running is None or not running < ceil(cores) or running > ceil(self.cores):
                return Candidate(change=change, side=self.side, cores=cores, flags=typed)
            more = self._with(_so_many(processes, ceil(cores)), self.side.model, {processes.setting: ceil(cores)})
            if more is None:
                return None
            both = said("{cores} and {size}", cores=change, size=more.change)
            return replace(more, change=both, cores=cores, flags=(*typed, *more.flags))

        return Ladder(now=round(self.cores * parts), sized=sized)

    def _cores_in_words(self, cores: float) -> Said:
        """``4 cores``, ``a quota of 0.7 cores``; whoever had a quota reads that it is gone."""
        if cores % 1:
            return said("a quota of {quota} cores", quota=f"{cores:g}")
        if self.cores % 1:
            return said_many("{n} whole core", "{n} whole cores", int(cores), n=count(cores))
        return said_many("{n} core", "{n} cores", int(cores), n=count(cores))

    def _proxies(self) -> Iterator[Family]:
        """What deals with slow clients: put in front, or with its buffers on, or with larger ones."""
        for front in fronts():
            buffers = front.neighbours.buffers
            if not buffers:
                continue
            config = next((config for model, config in self.side.fronts if model == front), None)
            if config is None:
                side = replace(self.side, fronts=(*self.side.fronts, (front, configured(front, {}))))
                change = said("with {front} in front", front=front.name)
                yield Choice((Candidate(change=change, side=side, cores=self.cores, flags=(f"--{front.name}",)),))
                continue
            off = [name for name in buffers if not getattr(config, name)]
            if off:
                change = said("{front} with its buffers on", front=front.name)
                yield self._choice(self._with(change, front, dict.fromkeys(off, True)))
            elif front.neighbours.kept is not None:
                yield self._ladder(front, config, front.neighbours.kept)


def instead(candidate: Candidate, profile: str) -> Candidate:
    """A candidate that is another model: what is typed for it, and said of its costs where others were named."""
    side = candidate.side
    flags = ("--model", side.model.name, *setting_flags(side.model, side.config))
    if side.profile != OWN or profile in PROJECTS:
        return replace(candidate, flags=flags)
    change = said("{change} (costs of {profile})", change=candidate.change, profile=side.own_profile)
    return replace(candidate, change=change, flags=(*flags, RUN.flag("profile"), OWN))


def _parts(cores: float) -> int:
    """Into how many each core is cut, so that a quota is whole: tenths, or hundredths."""
    return next(parts for parts in (1, 10, 100) if parts == 100 or isclose(cores * parts, round(cores * parts)))


def _so_many(size: Size, number: int) -> Said:
    return said_many(size.one, size.many, number, n=count(number))


def _is_of_each_process(model: Model, config: Any, size: Size) -> bool:
    """Whether there are so many in each of several processes, and not in all."""
    own = model.neighbours
    if own.processes is None or size.setting == own.processes.setting or size == own.backlog:
        return False
    return bool(getattr(config, own.processes.setting) > 1)


def _replaced(side: Deployment, model: Model, settings: dict[str, Any]) -> Deployment:
    """The same with other settings of one of its programs. Raises RefusalError."""

    def with_them(config: Any) -> Any:
        given = {field.name: getattr(config, field.name) for field in model.settings}
        return configured(model, {**given, **settings})

    if model == side.model:
        return reconfigured(side, with_them(side.config))
    stand = tuple((front, with_them(config) if front == model else config) for front, config in side.fronts)
    return replace(side, fronts=stand)
