"""Measure a deployment: start the real servers, let the driver send them the workload, and put one trace together.

What to watch: the trace has the same plan and the same workload as a simulated one. So everything that reads traces
reads this one, and the two can be compared request by request.
"""

import fcntl
import os
import select
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from simulator.engine.record import Shortage
from simulator.experiments.deployment import Deployment
from simulator.experiments.refusal import RefusalError
from simulator.experiments.run import Draw, Progress, with_more_rows
from simulator.plan import Machine, Plan
from simulator.plan.walk import walk
from simulator.real.driver_fitness import driver_label, fitness
from simulator.real.job import Job, Result, read_result, write_job
from simulator.real.merge import deadly, merge
from simulator.real.other_programs import moment, share_of_others
from simulator.real.processes import START_LIMIT_S, MeasureError, running
from simulator.real.production.installed import refuse_missing
from simulator.real.reports import Silence
from simulator.real.servers import Servers, production_labels, start
from simulator.trace.driver_words import LABEL
from simulator.trace.facts import OTHERS
from simulator.trace.table import Trace
from simulator.words.language import tell
from simulator.words.numbers import json_number
from simulator.workload.interventions import Do
from simulator.workload.table import Workload

GRACE_S = 60.0
"""After the last arrival, where clients have no limit to their patience."""
SPARE_S = 15.0
"""For the driver to end by itself after its own limit."""
SETTLE_S = 2.0
"""For the servers to finish, and report, what clients no longer wait for."""
LOOK_S = 0.02
DRIVER = "simulator.real.driver"
MEASURED = "measured"


def refuse_unmeasurable(deployment: Deployment) -> None:
    """Raise RefusalError where there is nothing to measure, or no way to."""
    if not hasattr(select, "epoll"):
        raise RefusalError(
            tell(
                "measuring needs Linux (epoll); this is {platform}. Simulate instead: --model NAME",
                platform=sys.platform,
            )
        )
    if deployment.production is not None:
        refuse_missing(deployment.production)
    for model in (deployment.model, *(front for front, _ in deployment.fronts)):
        if "" not in model.real_servers:
            file = f"models/{model.folder}/server.py"
            raise RefusalError(
                tell("{model} has no real server that could be measured (no {file})", model=model.name, file=file)
            )
        what, command = model.missing
        if what:
            raise RefusalError(
                tell(
                    "{model}: its real server runs on {what}, which is not installed here. Type {command}",
                    model=model.name, what=what, command=command,
                )
            )  # fmt: skip


def measure(
    deployment: Deployment,
    machine: Machine,
    workload: Workload,
    *,
    redraw: Draw | None = None,
    progress: Progress | None = None,
) -> Trace:
    """Run the workload for real; takes as long as the workload lasts. Raises MeasureError.

    Raises RefusalError for a load whose timeline nobody could carry out.
    In a closed loop that has too few rounds, ``redraw`` is asked for twice as many, and the run begins anew; without a
    ``redraw`` that is a ValueError.
    ``progress`` is called now and then with the seconds so far. The label ``driver`` says how the driver did, and
    ``others`` which part of the cores other programs had meanwhile.
    """
    if any(entry.do is not Do.BURST for entry in workload.interventions):
        raise RefusalError(
            tell(
                "a real server is measured undisturbed, and the timeline of this load kills, resizes or slows down: "
                "leave it out with --set timeline=[]"
            )
        )
    while (trace := _measured_once(deployment, machine, workload, progress)) is None:
        workload = with_more_rows(workload, Shortage.ROUNDS, redraw)
    return trace


def _measured_once(
    deployment: Deployment, machine: Machine, workload: Workload, progress: Progress | None
) -> Trace | None:
    """The trace of one run; None where a closed loop needed more rows than there are."""
    plans = deployment.plans(machine)
    with scratch_folder() as folder:
        with ExitStack() as while_driven:
            servers = start(deployment, folder, while_driven, machine)
            groups = [process.pid for process in servers.processes]
            before = moment(groups)
            result = drive(job_for(plans[-1], workload, servers.port), folder, progress)
            others = share_of_others(before, moment(groups))
            _check_alive(servers, deadly(workload))
            _let_settle(servers, int(np.count_nonzero(~np.isnan(result.stood))))
        if result.ran_out:
            return None
        trace = merge(plans, workload, result, [its.read(len(workload)) for its in servers.told])
    about = driver_label(fitness(result, workload.rtt), result)
    trace.labels.update({"engine": MEASURED, LABEL: about, OTHERS: str(json_number(others))})
    trace.labels.update(production_labels(deployment, trace))
    return trace


def job_for(plan: Plan, workload: Workload, port: int) -> Job:
    """The driver's job: connecting is given up when the plan says, waiting when nobody would wait any longer."""
    connects = [place for place in walk(plan, 0) if place.knocks_at is not None]
    patience = workload.patience
    longest = float(patience[np.isfinite(patience)].max(initial=0.0))
    grace = longest + 1.0 if np.isfinite(patience).all() else max(longest, GRACE_S)
    return Job(workload=workload, port=port, connect_timeout_s=connects[0].timeout_s, grace_s=grace)


def drive(job: Job, folder: Path, progress: Callable[[float], None] | None = None) -> Result:
    """Send the job's requests, in a process of its own. Raises MeasureError."""
    to, back = folder / "job.npz", folder / "result.npz"
    write_job(to, job)
    limit_s = job.workload.duration + job.grace_s + START_LIMIT_S + SPARE_S
    with running(tell("the load driver"), folder, DRIVER, str(to), str(back)) as driver:
        driver.done(limit_s, progress)
    return read_result(back)


def _check_alive(servers: Servers, dies_of_requests: bool) -> None:
    for process in servers.processes:
        if not process.has_ended(0.0):
            continue
        if dies_of_requests:
            raise MeasureError(
                tell(
                    "{what} died of a request of this load and came back no more, because nothing replaces its "
                    "process: start it with several (--workers 2, or uwsgi with --master), or leave the crashes out",
                    what=process.what,
                )
            )
        raise process.error(tell("{what} ended while it was being measured", what=process.what))


def _let_settle(servers: Servers, connections: int) -> None:
    """Wait until every connection is reported by the outermost server, but not for long."""
    latest = time.monotonic() + SETTLE_S
    outermost = next(its for its in reversed(servers.told) if not isinstance(its, Silence))
    while time.monotonic() < latest:
        if outermost.count() >= connections:
            return
        time.sleep(LOOK_S)


# The temporary folder of a run, and those that killed runs have left behind. A folder belongs to a living run as long
# as somebody holds the lock on the file inside it. The kernel lets go of the lock when its holder ends, also by
# SIGKILL, so no process number has to be believed.

PREFIX = "loopfork-"
LOCK = "in-use"
YOUNGEST_S = 60.0
"""A folder that is younger may belong to a run that has not locked it yet."""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for as long as the block lasts; folders of runs that are dead are removed first."""
    remove_dead_folders()
    with TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        with (folder / LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder


def remove_dead_folders(now: float | None = None) -> None:
    """Remove folders of this user in which nobody holds the lock; ``now`` in seconds since 1970."""
    latest = (time.time() if now is None else now) - YOUNGEST_S
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # another run removes it, or it is no folder of ours
            about = folder.lstat()
            if about.st_uid == os.getuid() and about.st_mtime < latest:
                _remove_unless_locked(folder)


def _remove_unless_locked(folder: Path) -> None:
    with (folder / LOCK).open("rb") as lock:  # without one it is not a folder of ours
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
