"""Actions that want another run: knobs, other servers, and what is done to the server at the playhead.

What to watch: none of them runs anything. They make a setup of the newest one, computed or not, and hand it on.
"""

from dataclasses import replace
from math import floor

from simulator.experiments.catalogue import Model, fronts, servers
from simulator.experiments.deployment import Deployment, configured
from simulator.experiments.options import RunOptions
from simulator.experiments.refusal import RefusalError
from simulator.experiments.setup import MOST_SIDES, Prepared, Setup, with_front
from simulator.lab import interventions
from simulator.lab.knobs import SIZE, knob
from simulator.lab.lab import Lab
from simulator.lab.scenes import selected_lane_of
from simulator.words.language import later, said, tell, translated

MISSING = {
    "rate": later("Nothing to turn here: the arrivals of this load have no rate."),
    "slow": later("Nothing to turn here: this load has no clients that are slower than others."),
    "io": later("Nothing to turn here: this load has no I/O that could take longer or shorter."),
    "cpu": later("Nothing to turn here: this load has no computing that could take longer or shorter."),
    SIZE: later("Nothing to turn here: this server has only one size."),
}
"""Why a knob that has keys of its own may not be there."""


def _side(lab: Lab, wanted: Prepared) -> int:
    """The server that keys act on; while a change is being computed there may be fewer than are shown."""
    return min(lab.focus, len(wanted.setup.sides) - 1)


def turn(lab: Lab, id: str, direction: int) -> None:
    """A knob of the load or of the server in focus."""

    def turned(wanted: Prepared) -> Setup | None:
        found = knob(wanted, _side(lab, wanted), id)
        if found is None:
            raise RefusalError(translated(MISSING[id]))
        setup = found.turn(direction)
        if setup == wanted.setup:
            raise RefusalError(tell("{knob}: {value}, and no further", knob=found.label, value=found.value))
        return setup

    lab.change(turned)


def turn_selected(lab: Lab, direction: int) -> None:
    """The knob that is selected in the list."""
    panel = lab.open_panel()
    if panel is not None and panel.knob is not None:
        turn(lab, panel.knob.id, direction)


def enter(lab: Lab, id: str, text: str) -> None:
    """Exactly this value for a knob."""

    def entered(wanted: Prepared) -> Setup | None:
        found = knob(wanted, _side(lab, wanted), id)
        if found is None or found.enter is None:
            raise RefusalError(tell("Nothing can be typed here: left and right turn it."))
        return found.enter(text)

    lab.change(entered)


def front(lab: Lab) -> None:
    """Put the proxy in front, or take it away."""
    name = fronts()[0].name

    def changed(wanted: Prepared) -> Setup:
        side = _side(lab, wanted)
        return wanted.setup.with_side(side, with_front(wanted.setup.sides[side], name))

    lab.change(changed)


def front_beside(lab: Lab) -> None:
    """The server in focus beside the same with the proxy in front, or without it; and back to the one in focus."""
    gone: list[int] = []

    def changed(wanted: Prepared) -> Setup:
        number, sides = _side(lab, wanted), wanted.setup.sides
        partner = with_front(sides[number], fronts()[0].name)
        gone.extend([at for at, side in enumerate(sides) if side == partner])
        if gone:
            kept = [side for at, side in enumerate(sides) if at not in gone]
            return replace(wanted.setup, sides=tuple(kept))
        if len(sides) >= MOST_SIDES:
            raise RefusalError(tell("at most {n} servers side by side; C takes one away", n=MOST_SIDES))
        return replace(wanted.setup, sides=(*sides[: number + 1], partner, *sides[number + 1 :]))

    lab.change(changed)
    lab.focus -= sum(at < lab.focus for at in gone)


def next_model(lab: Lab, direction: int) -> None:
    """Another server with its own defaults; what stands in front stays."""
    wanted, models = lab.history.wanted, servers()
    at = 0 if wanted is None else models.index(wanted.setup.sides[_side(lab, wanted)].model)
    show_model(lab, models[(at + direction) % len(models)])


def show_model(lab: Lab, model: Model) -> None:
    """This server in the place of the one in focus."""
    show_server(lab, Deployment(model=model, config=configured(model, {})))


def show_server(lab: Lab, new: Deployment) -> None:
    """The same, with settings of its own."""

    def changed(wanted: Prepared) -> Setup:
        number = _side(lab, wanted)
        return wanted.setup.with_side(number, _behind_the_same(wanted.setup.sides[number], new))

    lab.change(changed)


def _behind_the_same(side: Deployment, new: Deployment) -> Deployment:
    """Another server with its own costs, behind what stands in front of this one."""
    return new if new.fronts else replace(new, fronts=side.fronts)


def compare(lab: Lab) -> None:
    """One server more: the next one that is not there yet."""
    wanted = lab.history.wanted
    taken = [] if wanted is None else [side.model for side in wanted.setup.sides]
    compare_with(lab, next((model for model in servers() if model not in taken), servers()[0]))


def compare_with(lab: Lab, model: Model) -> None:
    """This server beside those that are there."""
    compare_with_server(lab, Deployment(model=model, config=configured(model, {})))


def compare_with_server(lab: Lab, new: Deployment) -> None:
    """The same, with settings of its own."""

    def wider(wanted: Prepared) -> Setup:
        sides = wanted.setup.sides
        if len(sides) >= MOST_SIDES:
            raise RefusalError(tell("at most {n} servers side by side; C takes one away", n=MOST_SIDES))
        return replace(wanted.setup, sides=(*sides, _behind_the_same(sides[-1], new)))

    lab.change(wider)


def fewer_panes(lab: Lab) -> None:
    """Without the server in focus."""

    def narrower(wanted: Prepared) -> Setup:
        sides = wanted.setup.sides
        if len(sides) == 1:
            raise RefusalError(tell("there is only one server; c puts another one beside it"))
        gone = _side(lab, wanted)
        return replace(wanted.setup, sides=(*sides[:gone], *sides[gone + 1 :]))

    lab.change(narrower)


def alone(lab: Lab) -> None:
    """Only the server in focus."""
    lab.change(lambda wanted: replace(wanted.setup, sides=(wanted.setup.sides[_side(lab, wanted)],)))


def take_load(lab: Lab, name: str) -> None:
    """A shipped load as it is, from its start: what was turned belonged to the one before."""

    def loaded(wanted: Prepared) -> Setup:
        kept = wanted.setup.options
        options = RunOptions(load=name, engine=kept.engine, machine=kept.machine, no_advice=kept.no_advice)
        return replace(wanted.setup, options=options)

    lab.change(loaded)
    lab.playhead.seek(0.0)


def panel(lab: Lab) -> None:
    """Open or close the list of knobs."""
    if lab.history.wanted is None:
        lab.say(said("This run was saved or measured: it can be watched, but not changed."))
    else:
        lab.choose_line(None if lab.panel is not None else 0)


def remove(lab: Lab) -> None:
    """The intervention that is selected in the list."""
    panel = lab.open_panel()
    entry = None if panel is None else panel.entry
    if entry is None:
        lab.say(said("To take an intervention away, open the list (a) and select it; u takes the last change back."))
    else:
        lab.change(lambda wanted: interventions.removed(wanted, entry))


def _playhead(lab: Lab) -> float:
    """The moment in whole milliseconds, as entries are written. What is paused goes on to it, or it would lie ahead."""
    clock = lab.playhead
    at_s = round(clock.t_s, 3)
    if at_s > clock.end_s:
        at_s = floor(clock.t_s * 1e3) / 1e3
    if not clock.playing and at_s > clock.t_s:
        clock.seek(at_s)
    return at_s


def kill(lab: Lab) -> None:
    """The process of the selected lane."""
    lane = selected_lane_of(lab, lab.focus)
    groups = {group.name: group for group in lab.shown.playbacks[lab.focus].groups}
    process = groups[lane.group].process(lane.lane) if lane else 0
    at_s = _playhead(lab)
    lab.change(lambda wanted: interventions.killed(wanted, at_s, _side(lab, wanted), process))


def burst(lab: Lab) -> None:
    """More requests for a while."""
    at_s = _playhead(lab)
    lab.change(lambda wanted: interventions.burst(wanted, at_s))


def slow_io(lab: Lab) -> None:
    """Slow databases for a while."""
    at_s = _playhead(lab)
    lab.change(lambda wanted: interventions.slow_io(wanted, at_s))


def resize(lab: Lab, direction: int) -> None:
    """More or fewer slots from here on."""
    at_s = _playhead(lab)
    lab.change(lambda wanted: interventions.resized(wanted, at_s, _side(lab, wanted), direction))


def undo(lab: Lab) -> None:
    """Back to the setup before."""
    wanted = lab.history.undo()
    lab.start(wanted)
    lab.say(said("taken back") if wanted else said("nothing was changed yet"))


def redo(lab: Lab) -> None:
    """And forth again."""
    wanted = lab.history.redo()
    lab.start(wanted)
    lab.say(said("done again") if wanted else said("nothing was taken back"))
