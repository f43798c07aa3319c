"""Everything that needs no server, in a small process of its own: what it forks is small, and what it starts ends.

Run as ``python -m simulator.app.calibrate.bare FILE SAMPLES [MODULE ...]``; the modules are those of schedulers.
"""

import importlib
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from simulator.app.calibrate import beginnings, buffers, switches, turns
from simulator.app.calibrate.clock import Samples

PROBES: dict[str, Callable[[int], Samples]] = {
    "accept": beginnings.accept,
    "process_switch": switches.process_switch,
    "thread_switch": switches.thread_switch,
    "time_slice": turns.time_slice,
    "gil_delay": partial(turns.gil_delay, 1),
    "gil_delay_2": partial(turns.gil_delay, 2),
    "loop_turn": switches.loop_turn,
    "asyncio_switch": switches.asyncio_switch,
    "thread_start": beginnings.thread_start,
    "fork": beginnings.fork,
    "thread_memory": beginnings.thread_memory,
    "receive_buffer": partial(buffers.receive_buffer, slow=True),
    "receive_buffer_fast": partial(buffers.receive_buffer, slow=False),
    "send_buffer": partial(buffers.send_buffer, slow=True),
    "send_buffer_fast": partial(buffers.send_buffer, slow=False),
}
SCHEDULER = "scheduler "
"""Begins the key of a scheduler; its module follows."""


def main(file: str, samples: str, *schedulers: str) -> None:
    """Take the samples and write them as JSON."""
    found = {name: probe(int(samples)) for name, probe in PROBES.items()}
    for module in schedulers:
        scheduler = importlib.import_module(module).Scheduler
        found[SCHEDULER + module] = switches.scheduler_switch(scheduler, int(samples))
    Path(file).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
