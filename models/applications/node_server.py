"""Node with our handler: ``python -m models.applications.node_server PORT THREADS BACKLOG`` starts node_server.js."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from models.wire.slow_disk import SPARE, slow_disk

SCRIPT = Path(__file__).with_name("node_server.js")


def main(argv: Sequence[str]) -> None:
    """Become Node; beside it runs what its files are on."""
    port, threads, backlog = map(int, argv)
    pipes = slow_disk(threads + SPARE)
    for pipe in pipes:
        os.set_inheritable(pipe, True)
    os.environ["UV_THREADPOOL_SIZE"] = str(threads)
    os.execvp("node", ["node", str(SCRIPT), json.dumps({"port": port, "backlog": backlog, "pipes": pipes})])


if __name__ == "__main__":
    main(sys.argv[1:])
