"""What the lab looks like: the scene on the stage, and with it the list of knobs, the menu and the message."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.experiments.catalogue import fronts
from simulator.experiments.setup import Prepared
from simulator.lab.captions import captions_of
from simulator.lab.keys import BY_ID
from simulator.lab.lab import Lab
from simulator.lab.panel import WIDTH, panel_grid
from simulator.plan import Plan
from simulator.plan.processes import main_pool, process_count, slots_in_each
from simulator.stage.cache import kept
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint
from simulator.stage.canvas.key_menu import KeyMenu
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import wrapped
from simulator.stage.end_card import EndCard
from simulator.stage.frame import frame, lanes_of
from simulator.stage.panes.title import message_room
from simulator.stage.scene import LaneRef, Scene, View
from simulator.stage.verdict import Verdict
from simulator.trace.playback import Playback
from simulator.words.language import in_this_language, paragraph, tell, tell_many, translated
from simulator.words.phrases import counted, first_sentence

if TYPE_CHECKING:  # it needs what only saving needs
    from simulator.lab.export_menu import ExportMenu

CARD_KEYS = ("front-beside", "front", "larger", "next-model", "charts", "card")
"""What the card proposes: to change what would change most, to look closer, or to close it."""
LEAST_STAGE = 40
"""With fewer columns left beside it, the list of knobs has the screen to itself."""


def scene(lab: Lab, hints: tuple[KeyHint, ...] = ()) -> Scene:
    """What the stage is to show now, and which keys it names."""
    playbacks = lab.shown.playbacks
    labels, playing = playbacks[0].trace.labels, lab.playhead.playing
    views = tuple(view(lab, number) for number in range(len(playbacks)))
    found = Scene(
        views=views,
        load=labels.get("load") or in_this_language(labels, "title") or tell("a run"),
        t_s=lab.playhead.t_s,
        column_s=lab.column_s,
        playing=playing,
        speed=lab.playhead.speed,
        focus=lab.focus,
        zoomed=lab.zoomed,
        message=lab.message,
        keys=hints,
        title=in_this_language(labels, "title"),
        captions=captions_of(lab.captions, labels),
        story=first_sentence(paragraph(in_this_language(labels, "story"))),
        presenting=lab.presenting,
        reduced_motion=lab.reduced_motion,
    )
    if not lab.verdicts:
        return found
    found = replace(found, views=tuple(replace(its, proposal=_proposal(lab, n)) for n, its in enumerate(found.views)))
    return replace(found, card=_card(lab, found)) if lab.card else found


def _proposal(lab: Lab, number: int) -> KeyHint | None:
    """What helped most of what was tried on a server: nginx with its own key, anything else with that of the card."""
    better = [each for each in lab.verdicts[number].tried if each.better]
    if not better or not lab.shown.prepared:
        return None
    best = next((each for each in better if each.front), better[0])
    key = BY_ID["front" if best.front and number == lab.focus else "card"]
    return KeyHint(key=key.shown, does=str(best.sentence).rstrip(".。"), action=key.id)


def _card(lab: Lab, scene: Scene) -> EndCard:
    """The verdicts on the servers in sight."""
    several = len(scene.views) > 1
    verdicts = [
        replace(lab.verdicts[number], title=" · ".join(filter(None, (its.title, its.note, its.costs))), letter=letter)
        for number in scene.shown
        for its, letter in [(scene.views[number], "ABCD"[number] if several else "")]
    ]
    keys = tuple(
        replace(hint, does=tell("close")) if hint.action == "card" else hint
        for name in CARD_KEYS
        for hint in scene.keys
        if hint.action == name and (name != "front-beside" or _front_helps(verdicts))
    )
    return EndCard(verdicts=tuple(verdicts), load=scene.title or scene.load, over=lab.at_end, keys=keys)


def _front_helps(verdicts: Sequence[Verdict]) -> bool:
    """Whether a proxy in front of one of these was tried and gave something."""
    proxies = {tell("with {front} in front", front=front.name) for front in fronts()}
    return any(each.better and str(each.name) in proxies for verdict in verdicts for each in verdict.tried)


def view(lab: Lab, number: int) -> View:
    """One of the servers."""
    shown, pane = lab.shown, lab.panes[number]
    playback = shown.playbacks[number]
    title, note = kept(playback, "words", lambda: _words(shown.prepared, playback, number))
    return View(
        playback=playback,
        title=title,
        note=note,
        costs=_costs(lab, playback),
        ghost=lab.history.before_change(number),
        busy=str(lab.busy),
        selected_lane=selected_lane_of(lab, number),
        first_lane=pane.first,
        selected_request=lab.followed,
    )


def stage_size(lab: Lab, size: Size) -> Size:
    """What the list of knobs, if it is open, leaves to the stage."""
    if lab.panel is None or size.width - WIDTH < LEAST_STAGE:
        return size
    return Size(size.width - WIDTH, size.height)


def panel_width(lab: Lab, size: Size) -> int:
    """What the list of knobs takes: its own width, or the whole screen where nothing fits beside it."""
    return size.width - stage_size(lab, size).width or size.width


def picture(
    lab: Lab, hints: tuple[KeyHint, ...], menu: "ExportMenu | KeyMenu | None", size: Size, look: Look
) -> CellGrid:
    """The stage, beside it the list of knobs if it is open, and above it a long message or a menu.

    Nothing is on the stage while the run is not to be trusted.
    """
    grid, stage, panel = CellGrid(*size), stage_size(lab, size), lab.open_panel()
    lines = wrapped(str(lab.broken) or lab.message, message_room(stage.width))
    if not lab.broken:
        shown, covered = scene(lab, hints), panel is not None and stage == size
        if len(lines) > 1 or covered:
            shown = replace(shown, message="")  # too long for the title line, or nobody would see all of it there
        grid.blit(frame(shown, stage, look), 0, 0)
    if panel is not None:
        width = panel_width(lab, size)
        grid.blit(panel_grid(panel, (width, size.height), look), 0, size.width - width)
    _write_in_full(grid, lines, stage.width)
    if menu is not None:
        menu.draw(grid, look)
    return grid


def _write_in_full(grid: CellGrid, message: list[str], width: int) -> None:
    """A message is read in full even where the stage has no room for it, or the list of knobs is above it."""
    if all(any(line in grid.text(row) for row in range(grid.height)) for line in message):
        return
    for row, line in enumerate(message, max(grid.height - 1 - len(message), 0)):
        grid.fill(row, 0, 1, width, style=Style.ACCENT)
        grid.put(row, 1, line, Style.ACCENT)


def selected_lane_of(lab: Lab, number: int) -> LaneRef | None:
    """The selected lane of a server, by its resource; None where it has no such lane (any more)."""
    lane, lanes = lab.panes[number].lane, lanes_of(View(playback=lab.shown.playbacks[number], title=""))
    return lanes[lane] if lane is not None and lane < len(lanes) else None


def lane_number(playback: Playback, wanted: LaneRef) -> int | None:
    """The lane counted through all groups."""
    lanes = lanes_of(View(playback=playback, title=""))
    return lanes.index(wanted) if wanted in lanes else None


def request_on(playback: Playback, lane: LaneRef, t_s: float) -> int | None:
    """The request that a lane belonged to at a moment."""
    now = playback.at(t_s)
    pools = {pool.pool.name: pool.request for pool in now.pools}
    locks = {lock.lock.name: lock.holder for lock in now.locks}
    holders = pools.get(lane.group, locks.get(lane.group))
    if holders is None or holders[lane.lane] < 0:
        return None
    return int(holders[lane.lane])


def first_busy_lane(lab: Lab, number: int) -> int | None:
    """The first lane of a server that belongs to a request now."""
    playback, t_s = lab.shown.playbacks[number], lab.playhead.t_s
    lanes = enumerate(lanes_of(View(playback=playback, title="")))
    return next((i for i, lane in lanes if request_on(playback, lane, t_s) is not None), None)


def _words(prepared: Prepared | None, playback: Playback, number: int) -> tuple[str, str]:
    """Title and note of a server."""
    labels = playback.trace.labels
    if prepared is None:
        names = [*reversed(json.loads(labels.get("fronts", "{}"))), labels.get("model", "") or tell("a server")]
        note = [_size_of(playback.trace.plan), *_between(labels)]
        note += [tell("measured")] if labels.get("engine") == "measured" else []
        return " + ".join(names), translated(", ").join(note)
    side = prepared.setup.sides[number]
    named = [side.production.program.name] if side.production is not None else []
    return side.title, ", ".join([*named, _size_of(playback.trace.plan), *_between(labels)])


def _between(labels: Mapping[str, str]) -> list[str]:
    """What lies between nginx and the application, where somebody has asked for it: ``uwsgi``, ``7 middlewares``."""
    settings = json.loads(labels.get("settings", "{}"))
    protocol, layers = settings.get("protocol", "http"), settings.get("middlewares", 0)
    said = [] if protocol == "http" else [protocol]
    return [*said, *([tell_many("{n} middleware", "{n} middlewares", layers, n=layers)] if layers else [])]


def _costs(lab: Lab, playback: Playback) -> str:
    """``costs of uwsgi``, where servers in sight differ in it or somebody has chosen it; nothing of a measured run."""
    its = playback.trace.labels
    differ = len({each.trace.labels.get("profile") for each in lab.shown.playbacks}) > 1
    if "profile" not in its or (not differ and "profile_of" in its):
        return ""
    return tell("costs of {profile}", profile=its["profile"])


def _size_of(plan: Plan) -> str:
    """``4 workers``, ``2 processes of 8 threads``."""
    pool, processes = main_pool(plan), process_count(plan)
    if pool is None:
        return counted(processes, "process")
    count = slots_in_each(plan, pool)
    slots = counted(count, pool.name)
    whole = pool.size * pool.processes  # in each is as many as in all where there is one process, or each is a slot
    if count == whole:
        return slots
    return tell("{processes} of {slots} each", processes=counted(processes, "process"), slots=slots)
