"""``simulate calibrate``: measure, print what was found, and save the machine file.

Exit code 1: something could not be measured; nothing is saved then.
"""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from simulator.app.calibrate.clock import Samples
from simulator.app.calibrate.findings import Finding, bare_findings, machine_of, server_findings
from simulator.app.calibrate.servers import ServerCost, measured_servers
from simulator.app.calibrate.tables import tables
from simulator.app.catalogue import servers
from simulator.app.machine import calibrated_path
from simulator.app.options import CalibrateOptions
from simulator.app.patience import shown_while
from simulator.app.real.processes import MeasureError, running
from simulator.app.refusal import RefusalError
from simulator.app.terminal import show
from simulator.app.whole_files import refuse_unwritable, whole_files
from simulator.plan import Machine
from simulator.workload.machine_file import machine_text

DONE, FAILED = 0, 1
BARE = "simulator.app.calibrate.bare"
BARE_LIMIT_S = 30.0
"""All its probes end by themselves long before."""
USUAL_S = 20.0
BUSY = 0.5
"""Programs that want each core, in the last minute."""


def calibrate(options: CalibrateOptions) -> int:
    """Do it; returns the exit code. Raises RefusalError for what the user can put right."""
    target = _target(options)
    _refuse_elsewhere()
    _warn_if_busy()
    samples, requests = (3, 20) if options.quick else (20, 150)
    try:
        with shown_while("measuring this machine", USUAL_S, "of measuring"):
            bare = _bare_samples(samples)
            costs = list(measured_servers(samples // 2 + 1, requests))
    except MeasureError as error:
        sys.stderr.write(f"simulate: not calibrated: {error}\n")
        return FAILED
    findings = _findings(bare, costs)
    machine = machine_of(findings)
    _save(machine, target)
    show(tables(findings, costs, machine, f"Saved as {target}; use it with --machine {options.output or 'calibrated'}"))
    return DONE


def _findings(bare: Mapping[str, Samples], costs: list[ServerCost]) -> list[Finding]:
    found = list(bare_findings(bare))
    known = {each.field: each.median for each in found if each.field and each.samples}
    return [*found, *server_findings(costs, known)]


def _bare_samples(samples: int) -> dict[str, Samples]:
    """What a small process of its own measures. Raises MeasureError."""
    schedulers = [name for model in servers() if find_spec(name := f"models.{model.folder}.scheduler")]
    with TemporaryDirectory(prefix="loopfork-") as folder:
        file = Path(folder) / "samples.json"
        with running("the calibration", Path(folder), BARE, str(file), str(samples), *schedulers) as process:
            process.done(BARE_LIMIT_S)
        found: dict[str, Samples] = json.loads(file.read_text(encoding="utf-8"))
        return found


def _target(options: CalibrateOptions) -> Path:
    """Where the file will be, known to be writable. Raises RefusalError."""
    if options.output is not None:
        target = Path(options.output)
    else:
        target = calibrated_path()
        with suppress(OSError):  # the next line says it better
            target.parent.mkdir(parents=True, exist_ok=True)
    refuse_unwritable(target)
    return target


def _save(machine: Machine, target: Path) -> None:
    with whole_files() as files:
        files.write(target, partial(_write, machine_text(machine)))


def _write(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")


def _refuse_elsewhere() -> None:
    if not (hasattr(os, "sched_setaffinity") and Path("/proc/self/smaps_rollup").exists()):
        raise RefusalError(f"calibrating needs Linux with /proc; this is {sys.platform}. The defaults hold without it")


def _warn_if_busy() -> None:
    busy = os.getloadavg()[0] / len(os.sched_getaffinity(0))
    if busy > BUSY:
        sys.stderr.write(
            f"simulate: other programs have kept this machine busy ({busy:.1f} for each core in the last minute): "
            "expect times that are too long, and calibrate again when it is quiet\n"
        )
