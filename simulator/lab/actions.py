"""What the keys do to what is watched: one line for every action; each has its row in ``keys`` too.

What to watch: no action runs anything or draws anything.
"""

from collections.abc import Callable, Mapping
from functools import partial

from simulator.lab import changes as turning
from simulator.lab import navigation as looking
from simulator.lab.knobs import SIZE
from simulator.lab.lab import Sitting

SEEK_S = 1.0
Action = Callable[[Sitting], None]

ACTIONS: Mapping[str, Action] = {
    "play": looking.play,
    "step-back": partial(looking.step, direction=-1),
    "step": partial(looking.step, direction=1),
    "back": partial(looking.seek, seconds=-SEEK_S),
    "forward": partial(looking.seek, seconds=SEEK_S),
    "start": looking.start,
    "end": looking.end,
    "slower": partial(looking.speed, direction=-1),
    "faster": partial(looking.speed, direction=1),
    "jump": looking.jump,
    "select-up": partial(looking.select, direction=-1),
    "select-down": partial(looking.select, direction=1),
    "next-pane": partial(looking.focus, direction=1),
    "previous-pane": partial(looking.focus, direction=-1),
    "zoom-pane": looking.zoom_pane,
    "finer": looking.finer,
    "coarser": looking.coarser,
    "log-scale": looking.log_scale,
    "more-load": partial(turning.turn, id="rate", direction=1),
    "less-load": partial(turning.turn, id="rate", direction=-1),
    "more-slow": partial(turning.turn, id="slow", direction=1),
    "less-slow": partial(turning.turn, id="slow", direction=-1),
    "more-io": partial(turning.turn, id="io", direction=1),
    "less-io": partial(turning.turn, id="io", direction=-1),
    "more-cpu": partial(turning.turn, id="cpu", direction=1),
    "less-cpu": partial(turning.turn, id="cpu", direction=-1),
    "next-seed": partial(turning.turn, id="seed", direction=1),
    "larger": partial(turning.turn, id=SIZE, direction=1),
    "smaller": partial(turning.turn, id=SIZE, direction=-1),
    "front": turning.front,
    "next-model": partial(turning.next_model, direction=1),
    "previous-model": partial(turning.next_model, direction=-1),
    "compare": turning.compare,
    "fewer-panes": turning.fewer_panes,
    "panel": turning.panel,
    "kill": turning.kill,
    "burst": turning.burst,
    "slow-io": turning.slow_io,
    "shrink": partial(turning.resize, direction=-1),
    "grow": partial(turning.resize, direction=1),
    "undo": turning.undo,
    "redo": turning.redo,
    "remove": turning.remove,
}


def perform(sitting: Sitting, id: str) -> None:
    """Do what the key does."""
    ACTIONS[id](sitting)
    sitting.touch()
