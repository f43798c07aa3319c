"""Actions that want another run: knobs, other servers, and what is done to the server at the playhead.

What to watch: none of them runs anything. They make a setup of the newest one, computed or not, and hand it on.
"""

from dataclasses import replace
from math import floor

from simulator.experiments.catalogue import fronts, servers
from simulator.experiments.deployment import configured
from simulator.experiments.refusal import RefusalError
from simulator.experiments.setup import MOST_SIDES, Prepared, Setup, with_front
from simulator.lab import interventions
from simulator.lab.knobs import SIZE, knob
from simulator.lab.lab import Sitting
from simulator.lab.scenes import lane_ref

MISSING = {
    "rate": "the arrivals of this load have no rate",
    "slow": "this load has no clients that are slower than others",
    "io": "this load has no I/O that could take longer or shorter",
    "cpu": "this load has no computing that could take longer or shorter",
    SIZE: "this server has only one size",
}
"""Why a knob that has keys of its own may not be there."""


def _side(sitting: Sitting, wanted: Prepared) -> int:
    """The server that keys act on; while a change is being computed there may be fewer than are shown."""
    return min(sitting.focus, len(wanted.setup.sides) - 1)


def turn(sitting: Sitting, id: str, direction: int) -> None:
    """A knob of the load or of the server in focus."""

    def turned(wanted: Prepared) -> Setup | None:
        found = knob(wanted, _side(sitting, wanted), id)
        if found is None:
            raise RefusalError(f"nothing to turn here: {MISSING[id]}")
        setup = found.turn(direction)
        if setup == wanted.setup:
            raise RefusalError(f"{found.label}: {found.value} is as far as it goes")
        return setup

    sitting.change(turned)


def turn_selected(sitting: Sitting, direction: int) -> None:
    """The knob that is selected in the list."""
    panel = sitting.panel_state()
    if panel is not None and panel.knob is not None:
        turn(sitting, panel.knob.id, direction)


def front(sitting: Sitting) -> None:
    """Put the proxy in front, or take it away."""
    name = fronts()[0].name

    def changed(wanted: Prepared) -> Setup:
        side = _side(sitting, wanted)
        return wanted.setup.with_side(side, with_front(wanted.setup.sides[side], name))

    sitting.change(changed)


def next_model(sitting: Sitting, direction: int) -> None:
    """Another server with its own defaults; what stands in front stays."""

    def changed(wanted: Prepared) -> Setup:
        number, models = _side(sitting, wanted), servers()
        side = wanted.setup.sides[number]
        model = models[(models.index(side.model) + direction) % len(models)]
        return wanted.setup.with_side(number, replace(side, model=model, config=configured(model, {}), server=""))

    sitting.change(changed)


def compare(sitting: Sitting) -> None:
    """One server more."""

    def wider(wanted: Prepared) -> Setup:
        sides = wanted.setup.sides
        if len(sides) >= MOST_SIDES:
            raise RefusalError(f"{MOST_SIDES} servers side by side are the most")
        taken = [side.model for side in sides]
        free = [model for model in servers() if model not in taken]
        model = free[0] if free else servers()[0]
        return replace(wanted.setup, sides=(*sides, replace(sides[-1], model=model, config=configured(model, {}))))

    sitting.change(wider)


def fewer_panes(sitting: Sitting) -> None:
    """Without the server in focus."""

    def narrower(wanted: Prepared) -> Setup:
        sides = wanted.setup.sides
        if len(sides) == 1:
            raise RefusalError("one server is the least; c puts another one beside it")
        gone = _side(sitting, wanted)
        return replace(wanted.setup, sides=(*sides[:gone], *sides[gone + 1 :]))

    sitting.change(narrower)


def panel(sitting: Sitting) -> None:
    """Open or close the list of knobs."""
    if sitting.session.wanted is None:
        sitting.say("this run was saved or measured: nothing can be turned")
    else:
        sitting.panel = None if sitting.panel is not None else 0


def remove(sitting: Sitting) -> None:
    """The intervention that is selected in the list."""
    panel = sitting.panel_state()
    entry = None if panel is None else panel.entry
    if entry is None:
        sitting.say("to take an intervention away, open the list (a) and select it; u takes the last change back")
    else:
        sitting.change(lambda wanted: interventions.removed(wanted, entry))


def _playhead(sitting: Sitting) -> float:
    """The moment in whole milliseconds, as entries are written. What is paused goes on to it, or it would lie ahead."""
    clock = sitting.clock
    at_s = round(clock.t_s, 3)
    if at_s > clock.end_s:
        at_s = floor(clock.t_s * 1e3) / 1e3
    if not clock.playing and at_s > clock.t_s:
        clock.seek(at_s)
    return at_s


def kill(sitting: Sitting) -> None:
    """The process of the selected lane."""
    lane = lane_ref(sitting, sitting.focus)
    groups = {group.name: group for group in sitting.shown.playbacks[sitting.focus].groups}
    process = groups[lane.group].process(lane.lane) if lane else 0
    at_s = _playhead(sitting)
    sitting.change(lambda wanted: interventions.killed(wanted, at_s, _side(sitting, wanted), process))


def burst(sitting: Sitting) -> None:
    """More requests for a while."""
    at_s = _playhead(sitting)
    sitting.change(lambda wanted: interventions.burst(wanted, at_s))


def slow_io(sitting: Sitting) -> None:
    """Slow databases for a while."""
    at_s = _playhead(sitting)
    sitting.change(lambda wanted: interventions.slow_io(wanted, at_s))


def resize(sitting: Sitting, direction: int) -> None:
    """More or fewer slots from here on."""
    at_s = _playhead(sitting)
    sitting.change(lambda wanted: interventions.resized(wanted, at_s, _side(sitting, wanted), direction))


def undo(sitting: Sitting) -> None:
    """Back to the setup before."""
    wanted = sitting.session.undo()
    sitting.start(wanted)
    sitting.say("taken back" if wanted else "nothing was changed yet")


def redo(sitting: Sitting) -> None:
    """And forth again."""
    wanted = sitting.session.redo()
    sitting.start(wanted)
    sitting.say("made again" if wanted else "nothing was taken back")
