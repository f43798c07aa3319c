"""The load driver, a process of its own: ``python -m simulator.real.driver JOB RESULT``.

It reads the job, says on stdout when the run starts (a moment of time.monotonic()), and writes the result when the run
is over. It ends without a result when its stdin does: then nobody is left who wants one. Requests go to 127.0.0.1 only.

The clients stand for other machines, which do not wait for the server's cores. So the driver asks to go before
everybody else (real-time priority, or else a low niceness). It gets that only where it may; what it used of a core, and
how late it was nevertheless, is in the result.
"""

import gc
import os
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from simulator.real.clients import Crowd, ParentGoneError
from simulator.real.job import read_job, write_result
from simulator.trace.driver_words import HIGHER, REAL_TIME, USUAL

NICENESS = -10
STDIN = 0


def main(argv: Sequence[str]) -> int:
    """Drive one run; the exit code is 0 if there is a result."""
    job_file, result_file = map(Path, argv)
    crowd = Crowd(read_job(job_file), STDIN)
    _more_descriptors()
    priority = _go_first()
    gc.collect()
    gc.disable()  # a pause of its own making would look like the server's
    try:
        result = crowd.run()
    except (ParentGoneError, KeyboardInterrupt):
        return 1
    write_result(result_file, replace(result, priority=priority))
    return 0


def _go_first() -> str:
    """Which priority it got."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(os.sched_get_priority_min(os.SCHED_RR)))
        return REAL_TIME
    except OSError:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
            return HIGHER
    return USUAL


def _more_descriptors() -> None:
    """As many sockets at once as this process may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
