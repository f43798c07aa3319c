"""Starts server.js, if Node is installed: the loop, the threads and all that is measured are Node's.

What to look at: here is only what comes before and after. The socket listens already when Node gets it; who ends or
replaces whom is as with all servers. Beside Node runs a slow disk.
"""

import dataclasses
import json
import os
import sys
from pathlib import Path

from models.node.config import NEEDS, Config
from models.wire.options import is_installed
from models.wire.slow_disk import SPARE, slow_disk
from models.wire.stage import Stage, open_stage

SCRIPT = Path(__file__).with_name("server.js")


def main() -> None:
    """Fork, become Node, and replace it when it dies, until stdin ends."""
    if not is_installed(NEEDS):
        sys.exit(2)
    stage = open_stage(Config, __doc__)
    boots = os.memfd_create("boots")
    os.truncate(boots, 8 * stage.config.processes)
    stage.perform(1, lambda _: _become_node(stage, boots))


def _become_node(stage: Stage[Config], boots: int) -> None:
    listener, pipes = stage.listener.fileno(), slow_disk(stage.config.processes * (stage.config.pool + SPARE))
    for descriptor in (listener, boots, *pipes):
        os.set_inheritable(descriptor, True)
    settings = {
        **dataclasses.asdict(stage.config),
        "listener": listener,
        "report": stage.options.report,
        "idle": stage.options.idle_timeout,
        "pipes": pipes,
        "boots": boots,
    }
    os.environ["UV_THREADPOOL_SIZE"] = str(stage.config.pool)
    os.execvp("node", ["node", str(SCRIPT), json.dumps(settings)])


if __name__ == "__main__":
    main()
