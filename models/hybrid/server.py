"""Processes with an event loop each, for real, around one listening socket. Read serving.py beside model.py.

What to look at: ``perform`` forks, and that is all that the processes have to do with one another. Nobody deals out
connections: who gets one is decided by the kernel, and by which loop has a turn first.
"""

import asyncio

from models.hybrid.config import Config
from models.hybrid.serving import Process
from models.wire.stage import Stage, open_stage


def process(stage: Stage[Config], number: int) -> None:
    """One process with a loop of its own; it dies alone, and the master forks another."""
    asyncio.run(Process(stage, number).run())


def main() -> None:
    """Fork the processes, replace those that die, until stdin ends."""
    stage = open_stage(Config, __doc__)
    stage.perform(stage.config.processes, lambda number: process(stage, number))


if __name__ == "__main__":
    main()
