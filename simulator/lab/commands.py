"""What the palette lists on the stage: moments, servers, loads and incidents in plain words, then what keys do.

What to watch: the order is that of usefulness. What would do nothing is not listed, as in the list of all keys.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from simulator.experiments.catalogue import servers
from simulator.experiments.setup import MOST_SIDES, Prepared
from simulator.lab import changes
from simulator.lab.keys import BY_ID, Key
from simulator.lab.knobs import SIZE, knob
from simulator.lab.lab import Lab
from simulator.lab.offers import TABLE, Offer, offers
from simulator.lab.palette import Command, Press, of_keys, of_looks
from simulator.lab.typed_line import COMPARE, SHOW, commands_of_line
from simulator.plan.processes import main_pool, process_count
from simulator.plan.words import Outcome
from simulator.stage.canvas.look import Look
from simulator.stage.moments import moments
from simulator.trace.playback import Event, EventKind, Playback
from simulator.words.language import Said, said, tell, translated
from simulator.words.numbers import duration
from simulator.words.phrases import plural
from simulator.workload.interventions import Do
from simulator.workload.shipped_scenarios import shipped, told

SHORT = ("play", "front")
"""Keys that stand above all, in the words that the list of all keys has for them in this state."""
FIRST = (*SHORT, "front-beside")
LAST = ("language", "theme", "glyphs", "leave", "quit", "help", "menu")
KILL = "kill"
NOT_LISTED = ("palette",)


def commands(lab: Lab, keys: Sequence[tuple[Key, str]], look: Look, typed: str = "") -> tuple[Command, ...]:
    """Everything; ``keys`` are those of the screen with what they do there, ``typed`` may be a server's line."""
    present = {each: offer for offer in offers(lab) for each in offer.ids}
    in_vain = {each for row in TABLE for each in row.ids} - set(present)
    useful = [(key, words) for key, words in keys if key.id not in in_vain and key.id not in NOT_LISTED]
    return (
        *_line(lab, typed),
        *_in_short(present),
        *of_keys(pair for pair in useful if pair[0].id in FIRST and pair[0].id not in SHORT),
        *_moments(lab, named=True),
        *_servers(lab),
        *_loads(lab),
        *_moments(lab, named=False),
        *_killing(lab, present),
        *of_keys(pair for pair in useful if pair[0].id not in (*FIRST, *LAST, KILL)),
        *of_looks(look),
        *of_keys(pair for pair in useful if pair[0].id in LAST),
    )


def _in_short(present: Mapping[str, Offer]) -> Iterator[Command]:
    for name in SHORT:
        if name in present:
            yield Command(words=present[name].words, deed=Press(name), also=f"{name} {translated(BY_ID[name].about)}")


# --- moments ----------------------------------------------------------------------------------------------------------


CALLED = {
    EventKind.SYN_DROPPED: "refused full queue",
    EventKind.FAILED: "lost",
    EventKind.BLOCKED: "blocked",
    EventKind.SLOWEST: "latency",
    EventKind.CROWDED: "largest queue",
    EventKind.INTERVENED: "kill",
    EventKind.HELD: "slow clients hold workers",
    EventKind.LONGER: "queue grows",
    EventKind.GONE: "queue empty",
    EventKind.SPIKE: "spike burst",
    EventKind.SPIKE_OVER: "spike burst end",
    EventKind.BACK: "boot restart",
    EventKind.MANY_FAILED: "lost",
}
"""What moments are found by besides their words."""


def _moments(lab: Lab, *, named: bool) -> Iterator[Command]:
    """Those that one asks for by a name (the crash, the longest block), or the others; in order of time."""
    playbacks = lab.shown.playbacks
    several = len(playbacks) > 1
    for moment in moments(playbacks):
        event, number = moment.event, moment.view
        what, time = _name(event, playbacks[number]), duration(event.look_s)
        if (what is not None) is not named:
            continue
        letter = "ABCD"[number] if several and not moment.shared else ""
        if what is None:
            words = tell("go to {time}: {event}", time=time, event=event.text)
            if letter:
                words = tell("go to {time} ({letter}): {event}", time=time, letter=letter, event=event.text)
        else:
            words = tell("go to {what}, at {time}", what=what, time=time)
            if letter:
                words = tell("go to {what} of {letter}, at {time}", what=what, letter=letter, time=time)
        yield Command(words=words, deed=partial(_go, lab, number, event), also=f"jump moment {CALLED[event.kind]}")


def _name(event: Event, playback: Playback) -> Said | None:
    """What there is one of in a run."""
    match event.kind:
        case EventKind.SYN_DROPPED:
            return said("the first connection that found the backlog full")
        case EventKind.FAILED:
            return _loss(Outcome(int(playback.trace.outcome[event.request])))
        case EventKind.BLOCKED if event is _most(playback, event.kind):
            return said("the longest block of the event loop")
        case EventKind.SLOWEST:
            return said("the slowest request")
        case EventKind.CROWDED if event is _most(playback, event.kind):
            return said("the largest crowd")
        case EventKind.INTERVENED:
            return _intervention(event, playback)
        case _:
            return None


def _most(playback: Playback, kind: EventKind) -> Event:
    """Of the events of a kind that which was longest, or had most in it; of several alike the first."""
    return max(
        (each for each in playback.interesting if each.kind is kind), key=lambda each: (each.seconds, each.others)
    )


def _loss(outcome: Outcome) -> Said:
    match outcome:
        case Outcome.REFUSED:
            return said("the first refusal")
        case Outcome.GAVE_UP:
            return said("the first client that gave up")
        case Outcome.CRASHED | Outcome.BAD_GATEWAY:
            return said("the first request lost in a crash")
        case _:
            return said("the first loss")


def _intervention(event: Event, playback: Playback) -> Said:
    done = {entry.do for entry in playback.trace.interventions if entry.at == event.time_s}
    if done & {Do.KILL, Do.KILL_GROUP}:
        return said("the crash")
    if Do.SLOW_IO in done:
        return said("the slow I/O")
    return said("the burst") if Do.BURST in done else said("the change")


def _go(lab: Lab, number: int, event: Event) -> None:
    lab.focus = min(number, len(lab.panes) - 1)
    lab.playhead.pause()
    lab.playhead.seek(event.look_s)
    lab.say(event.text)


# --- servers, and what they are compared with -------------------------------------------------------------------------


def _servers(lab: Lab) -> Iterator[Command]:
    wanted = lab.history.wanted
    if wanted is None:
        return
    sides = wanted.setup.sides
    focus = min(lab.focus, len(sides) - 1)
    shown = [side.model for side in sides]
    for model in servers():
        if model != sides[focus].model:
            yield _command(lab, tell("show {model}", model=model.name), partial(changes.show_model, model=model))
    for model in servers() if len(sides) < MOST_SIDES else ():
        if model not in shown:
            words = tell("compare with {model}", model=model.name)
            yield _command(lab, words, partial(changes.compare_with, model=model))
    yield from _sizes(lab, wanted, focus)
    if len(sides) > 1:
        yield _command(lab, tell("show {model} alone", model=sides[focus].title), changes.alone)


def _line(lab: Lab, typed: str) -> Iterator[Command]:
    """What can be done with a server that is typed as it is started."""
    wanted = lab.history.wanted
    if wanted is None:
        return
    deeds = {SHOW: partial(changes.show_server, lab)}
    if len(wanted.setup.sides) < MOST_SIDES:
        deeds[COMPARE] = partial(changes.compare_with_server, lab)
    yield from commands_of_line(typed, deeds)


def _killing(lab: Lab, present: Mapping[str, Offer]) -> Iterator[Command]:
    """The process by the name that its lane has: a worker, where each of them is a process."""
    wanted = lab.history.wanted
    if KILL not in present or wanted is None:
        return
    plan = wanted.plans[min(lab.focus, len(wanted.plans) - 1)]
    pool = main_pool(plan)
    alike = pool is not None and process_count(plan) == pool.size * pool.processes
    name = translated(pool.name if pool is not None and alike else "process")
    words = tell("kill the {name} of the selected lane", name=name)
    yield Command(words=words, deed=Press(KILL), also=f"{KILL} crash")


def _sizes(lab: Lab, wanted: Prepared, focus: int) -> Iterator[Command]:
    """The server in focus twice and four times as large."""
    size, pool = knob(wanted, focus, SIZE), main_pool(wanted.plans[focus])
    if size is None or size.enter is None or not size.value.isdecimal():
        return
    for times in (2, 4):
        number = int(size.value) * times
        names = plural("process" if pool is None else pool.name, number)
        model = wanted.setup.sides[focus].model.name
        words = tell("show {model} with {n} {names}", model=model, n=number, names=names)
        yield _command(lab, words, partial(changes.enter, id=SIZE, text=str(number)))


def _command(lab: Lab, words: str, change: Callable[[Lab], None]) -> Command:
    return Command(words=words, deed=partial(change, lab))


# --- loads ------------------------------------------------------------------------------------------------------------


def _loads(lab: Lab) -> Iterator[Command]:
    wanted = lab.history.wanted
    if wanted is None:
        return
    for name in shipped():
        if name != wanted.setup.options.load:
            words = tell("load: {name}, {title}", name=name, title=told(name).title)
            yield Command(words=words, deed=partial(changes.take_load, lab, name), also="load scenario")
