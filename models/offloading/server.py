"""Event loops of asyncio that hand work to threads or processes. Read serving.py beside model.py, then helpers.py.

What to look at: two lines start all of it. What stops everybody and what does not is decided in ``serving.py``, where
somebody writes ``await helpers.piece(...)`` or forgets to.
"""

import asyncio

from models.offloading.config import Config
from models.offloading.serving import Server
from models.wire.stage import Stage, open_stage, stop_signal


async def process(stage: Stage[Config], number: int) -> None:
    """One process with one loop."""
    await Server(stage, number).run(stop_signal())


def main() -> None:
    """Fork the processes, replace those that die, until stdin ends."""
    stage = open_stage(Config, __doc__)
    stage.perform(stage.config.processes, lambda number: asyncio.run(process(stage, number)))


if __name__ == "__main__":
    main()
