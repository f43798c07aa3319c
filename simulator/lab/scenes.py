"""From what is watched to a scene that can be drawn."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulator.experiments.deployment import Deployment
from simulator.experiments.setup import Prepared
from simulator.lab.lab import Sitting
from simulator.lab.scenario_knobs import scenario_knobs
from simulator.plan import Plan
from simulator.plan.processes import main_pool, process_count, slots_in_each
from simulator.stage.cache import kept
from simulator.stage.canvas.key_bar import KeyHint
from simulator.stage.frame import lanes_of
from simulator.stage.scene import LaneRef, Scene, View
from simulator.trace.playback import Playback
from simulator.words.phrases import plural

BAR = (
    "play", "step", "faster", "larger", "front", "kill", "help", "quit", "inspect", "panel", "compare", "more-load",
    "more-slow", "next-model", "jump", "charts", "source", "undo", "export", "copy", "burst",
)  # fmt: skip
"""What the key bar shows, the most important first."""
BAR_PANES = ("next-pane", "zoom-pane")
BAR_REPLAY = ("play", "step", "faster", "jump", "select-down", "inspect", "charts", "help", "export", "quit")
SHORT_KNOBS = ("rate", "slow", "io", "cores", "seed")
LONGEST_KNOBS = 3


def bar(sitting: Sitting) -> tuple[str, ...]:
    """The actions that the key bar offers."""
    if sitting.shown.prepared is None:
        return BAR_REPLAY
    return (*BAR[:4], *BAR_PANES, *BAR[4:]) if len(sitting.panes) > 1 else BAR


def scene(sitting: Sitting, hints: tuple[KeyHint, ...] = ()) -> Scene:
    """What the stage is to show now, and which keys it names."""
    prepared, playbacks = sitting.shown.prepared, sitting.shown.playbacks
    labels = playbacks[0].trace.labels
    return Scene(
        views=tuple(view(sitting, number) for number in range(len(playbacks))),
        load=labels.get("load") or labels.get("title", "a run"),
        t_s=sitting.clock.t_s,
        column_s=sitting.column_s,
        playing=sitting.clock.playing,
        speed=sitting.clock.speed,
        focus=sitting.focus,
        zoomed=sitting.zoomed,
        knobs="" if prepared is None else kept(playbacks[0], "load words", lambda: _load_words(prepared)),
        message=sitting.message,
        keys=tuple(
            replace(hint, does="pause") if sitting.clock.playing and hint.action == "play" else hint for hint in hints
        ),
        log_s=sitting.log_s,
    )


def view(sitting: Sitting, number: int) -> View:
    """One of the servers."""
    shown, pane, before = sitting.shown, sitting.panes[number], sitting.session.before
    playback = shown.playbacks[number]
    title, note, knobs = kept(playback, "words", lambda: _words(shown.prepared, playback, number))
    return View(
        playback=playback,
        title=title,
        note=note,
        knobs=knobs,
        ghost=before.playbacks[number] if before and number < len(before.playbacks) else None,
        busy=sitting.busy,
        selected_lane=lane_ref(sitting, number),
        first_lane=pane.first,
    )


def lane_ref(sitting: Sitting, number: int) -> LaneRef | None:
    """The selected lane of a server, by its resource; None where it has no such lane (any more)."""
    lane, lanes = sitting.panes[number].lane, lanes_of(View(playback=sitting.shown.playbacks[number], title=""))
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


def first_taken(sitting: Sitting, number: int) -> int | None:
    """The first lane of a server that belongs to a request now."""
    playback, t_s = sitting.shown.playbacks[number], sitting.clock.t_s
    lanes = enumerate(lanes_of(View(playback=playback, title="")))
    return next((i for i, lane in lanes if request_on(playback, lane, t_s) is not None), None)


def _load_words(prepared: Prepared) -> str:
    words = [f"{each.label} {each.value}" for each in scenario_knobs(prepared, SHORT_KNOBS)]
    return " · ".join(words)


def _words(prepared: Prepared | None, playback: Playback, number: int) -> tuple[str, str, str]:
    """Title, note and knobs of a server."""
    labels = playback.trace.labels
    if prepared is None:
        names = [*reversed(json.loads(labels.get("fronts", "{}"))), labels.get("model", "a server")]
        note = [_size_of(playback.trace.plan), *(["measured"] if labels.get("engine") == "measured" else [])]
        return " + ".join(names), ", ".join(note), _settings(json.loads(labels.get("settings", "{}")))
    side = prepared.setup.sides[number]
    return side.title, _size_of(playback.trace.plan), _changed(side)


def _size_of(plan: Plan) -> str:
    """``4 workers``, ``2 processes of 8 threads``."""
    pool, processes = main_pool(plan), process_count(plan)
    if pool is None:
        return f"{processes} {plural('process', processes)}"
    count = slots_in_each(plan, pool)
    slots = f"{count} {plural(pool.name, count)}"
    whole = pool.size * pool.processes  # in each is as many as in all where there is one process, or each is a slot
    return slots if count == whole else f"{processes} {plural('process', processes)} of {slots}"


def _changed(side: Deployment) -> str:
    settings = {field.name: getattr(side.config, field.name) for field in side.model.settings}
    return _settings(settings)


def _settings(settings: Mapping[str, Any]) -> str:
    words = [f"{name.replace('_', ' ')} {value}" for name, value in settings.items() if not isinstance(value, bool)]
    return " · ".join(words[:LONGEST_KNOBS])
