"""Event loops that run coroutines, on the scheduler in scheduler.py. Read serving.py beside model.py.

What to look at: nothing but the scheduler's name tells this file from asyncio_server.py. A coroutine does not know who
wakes it.
"""

from models.coroutine.config import Config
from models.coroutine.scheduler import Scheduler
from models.coroutine.serving import Server
from models.wire.application import check
from models.wire.options import always
from models.wire.stage import Stage, open_stage, stop_signal


def process(stage: Stage[Config], number: int) -> None:
    """One process with one scheduler."""
    scheduler = Scheduler()
    scheduler.run(Server(scheduler, stage, number).run(stop_signal()))


def main() -> None:
    """Fork the processes, replace those that die, until stdin ends."""
    stage = open_stage(Config, __doc__, calls=always)
    check(stage)
    stage.perform(stage.config.processes, lambda number: process(stage, number))


if __name__ == "__main__":
    main()
