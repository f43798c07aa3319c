"""``simulate calibrate``: measure, print what was found, and save the machine file.

Exit code 1: something could not be measured; nothing is saved then.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean

from rich.console import RenderableType
from rich.text import Text

from simulator.cli.command import Given
from simulator.cli.outputs import write_text
from simulator.experiments.catalogue import Model, servers
from simulator.experiments.options import CALIBRATE, CalibrateOptions
from simulator.experiments.progress import ABOUT, shown_while, talk
from simulator.experiments.refusal import RefusalError
from simulator.experiments.scenario import calibrated_path
from simulator.plan import Machine
from simulator.real.calibrate.findings import Finding, bare_findings, gil_findings, machine_of, server_findings
from simulator.real.calibrate.gil_model import simulated_waits
from simulator.real.calibrate.probes import BESIDE
from simulator.real.calibrate.samples import Samples, spread
from simulator.real.calibrate.servers import ServerCost, measured_servers, seconds_of
from simulator.real.measure import refuse_unmeasurable, scratch_folder
from simulator.real.other_programs import crowd_before, moment, share_of_others
from simulator.real.processes import MeasureError, running
from simulator.results.terminal import show
from simulator.results.whole_files import refuse_unwritable, whole_files
from simulator.trace.facts import BUSY
from simulator.words.columns import aligned, columns
from simulator.words.language import tell, tell_many
from simulator.words.numbers import MISSING, duration, percent, share_in_words, size, to_places
from simulator.words.prose import Prose
from simulator.workload.machine_table import machine_text

DONE, FAILED = 0, 1
BARE = "simulator.real.calibrate.probes"
BARE_LIMIT_S = 120.0
"""All its probes end by themselves long before."""
USUAL_S, USUAL_SERVER_S = 30.0, 45.0


def run(_: Model | None, given: Given) -> int:
    """Carry the command out; returns the exit code. Raises RefusalError."""
    return calibrate(CalibrateOptions(**CALIBRATE.given(given)))


def calibrate(options: CalibrateOptions) -> int:
    """Do it; returns the exit code. Raises RefusalError for what the user can put right."""
    if options.server is not None:
        return _calibrate_server(options, options.server)
    target = _target(options, calibrated_path())
    _refuse_elsewhere()
    _warn_if_busy()
    samples, requests = (3, 20) if options.quick else (20, 150)
    before = moment()
    try:
        with shown_while(tell("measuring this machine"), USUAL_S, ABOUT):
            bare = _bare_samples(samples)
            costs = list(measured_servers(samples // 2 + 1, requests))
    except MeasureError as error:
        talk("simulate: " + tell("not calibrated: {why}", why=error) + "\n")
        return FAILED
    _warn_if_disturbed(share_of_others(before, moment()))
    findings = _findings(bare, costs)
    machine = machine_of(findings)
    save(machine_text(machine), target, missing_folders(target) if options.output is None else ())
    use = f"--machine {options.output or 'calibrated'}"
    if machine.cpu_quota:
        talk(f"simulate: {_quota_words(machine)}\n")
    show(_gil_table(bare, machine))
    show(tables(findings, costs, machine, tell("Saved as {file}; use it with {flag}", file=target, flag=use)))
    return DONE


def _calibrate_server(options: CalibrateOptions, line: str) -> int:
    from simulator.cli.calibrate_server import measured_states, named_server, profile_name, profile_table, written

    deployment = named_server(line)
    target = _target(options, calibrated_path().with_name(f"{profile_name(deployment)}.toml"))
    _refuse_elsewhere()
    refuse_unmeasurable(deployment)
    _warn_if_busy()
    before = moment()
    try:
        with shown_while(tell("measuring {server}", server=line), 4.0 if options.quick else USUAL_SERVER_S, ABOUT):
            lines = measured_states(deployment, quick=options.quick)
    except MeasureError as error:
        talk("simulate: " + tell("not calibrated: {why}", why=error) + "\n")
        return FAILED
    _warn_if_disturbed(share_of_others(before, moment()))
    save(written(deployment, lines), target, missing_folders(target) if options.output is None else ())
    use = f"--profile {target}"
    show(profile_table(deployment, lines, tell("Saved as {file}; use it with {flag}", file=target, flag=use)))
    return DONE


def _findings(bare: Mapping[str, Samples], costs: list[ServerCost]) -> list[Finding]:
    found = [*bare_findings(bare), *gil_findings(bare)]
    known = {each.field: each.median for each in found if each.field and each.samples}
    return [*found, *server_findings(costs, known)]


def _bare_samples(samples: int) -> dict[str, Samples]:
    """What a small process of its own measures. Raises MeasureError."""
    schedulers = [name for model in servers() if find_spec(name := f"models.{model.folder}.scheduler")]
    with scratch_folder() as folder:
        file = folder / "samples.json"
        with running(tell("the calibration"), folder, BARE, str(file), str(samples), *schedulers) as process:
            process.done(BARE_LIMIT_S)
        found: dict[str, Samples] = json.loads(file.read_text(encoding="utf-8"))
        return found


def _target(options: CalibrateOptions, usual: Path) -> Path:
    """Where the file will be, known to be writable. Raises RefusalError."""
    target = usual if options.output is None else Path(options.output)
    missing = missing_folders(target) if options.output is None else []
    refuse_unwritable(missing[0] if missing else target, folder=bool(missing))
    return target


def missing_folders(target: Path) -> list[Path]:
    """The folders above the place of calibrated machines that are not there yet, the outermost first."""
    return [folder for folder in reversed(target.parents) if not folder.exists()]


def save(text: str, target: Path, missing: Sequence[Path] = ()) -> None:
    """Write the file, and the folders that are missing above it."""
    with whole_files() as files:
        for folder in missing:
            files.folder(folder)
        write_text(files, str(target), lambda: text)


def _refuse_elsewhere() -> None:
    if not (hasattr(os, "sched_setaffinity") and Path("/proc/self/smaps_rollup").exists()):
        raise RefusalError(
            tell(
                "calibrating needs Linux with /proc; this is {system}. The defaults hold without it",
                system=sys.platform,
            )
        )


def _warn_if_busy() -> None:
    crowd = crowd_before()
    if crowd is not None:
        warning = tell(
            "other programs have kept this machine busy ({crowd} for each core in the last minute): expect times that "
            "are too long, and calibrate again when it is quiet",
            crowd=to_places(crowd, 1),
        )
        talk(f"simulate: {warning}\n")


def _warn_if_disturbed(others: float) -> None:
    if others >= BUSY:
        warning = tell(
            "other programs had {share} of the processor meanwhile: expect times that are too long, and calibrate "
            "again when it is quiet",
            share=share_in_words(others),
        )
        talk(f"simulate: {warning}\n")


def _quota_words(machine: Machine) -> str:
    return tell(
        "this container may use {cores} of {there} cores (its CPU quota), and the file says so: cores = {cores}. What "
        "takes longer than a part of 100 ms may have been measured while it was throttled",
        cores=f"{machine.cpu_quota:g}",
        there=len(os.sched_getaffinity(0)),
    )


# What calibrating found, as two tables: the constants with their spread, and the servers beside what they explain.

QUIET = "bright_black"
MODELLED = 400
"""Waits of the model beside each number of threads."""
INDENT = 2


def tables(
    findings: Sequence[Finding], servers: Sequence[ServerCost], machine: Machine, ending: str
) -> Iterator[RenderableType]:
    """Both tables, and a last line."""
    yield Text(tell("What this machine needs"), style="bold cyan")
    yield _table(("", tell("median"), "p10", "p90", "[machine]"), [_finding_row(each) for each in findings], {1, 2, 3})
    yield Text()
    yield Text(tell("Computing of a real server for a request, and its memory"), style="bold cyan")
    heads = ("", tell("median"), "p10", "p90", tell("by the file"), tell("process"), tell("connection"))
    yield _table(heads, [_server_row(each, machine) for each in servers], {1, 2, 3, 4, 5, 6})
    yield Text()
    yield Prose(ending)


def _gil_table(bare: Mapping[str, Samples], machine: Machine) -> Iterator[RenderableType]:
    """How long a waiter was kept waiting, beside what the machine's own figures say of it."""
    yield Text(tell("Waiting for the GIL beside threads that compute, measured and by the file"), style="bold cyan")
    heads = ("", "", tell("mean"), tell("median"), "p90", "p99", tell("longest"))
    rows = []
    for hogs in BESIDE:
        waited = bare[f"gil_waits_{hogs}"]
        beside = tell_many("{n} thread", "{n} threads", hogs, n=hogs)
        rows.append([beside, tell("measured"), *_spread_of_waits(waited)])
        if hogs:
            rows.append(["", tell("by the file"), *_spread_of_waits(simulated_waits(machine, hogs, MODELLED))])
    yield _table(heads, rows, {2, 3, 4, 5, 6})
    yield Text()


def _spread_of_waits(waited: Samples) -> list[str]:
    ordered, last = sorted(waited), len(waited) - 1
    found = [fmean(ordered), *(ordered[round(part * last)] for part in (0.5, 0.9, 0.99, 1.0))]
    return [duration(each) for each in found]


def _finding_row(finding: Finding) -> list[str]:
    written = percent if finding.is_share else size if finding.in_bytes else duration
    figures = [written(each) for each in spread(finding.samples)] if finding.samples else [MISSING] * 3
    return [finding.what, *figures, (finding.field or "").removesuffix("_s")]


def _server_row(server: ServerCost, machine: Machine) -> list[str]:
    figures = [duration(each) for each in spread(server.request_s)]
    process = size(spread(server.process_bytes)[0]) if server.process_bytes else MISSING
    held = size(server.connection_bytes) if server.connection_bytes else MISSING
    return [server.name, *figures, duration(seconds_of(server.work, machine)), process, held]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: set[int]) -> RenderableType:
    lines = [[Text(head, style=QUIET) for head in heads], *([Text(cell) for cell in row] for row in rows)]
    for line in lines[1:]:
        line[1].stylize("bold")
    return aligned(lines, frozenset(right), INDENT, columns())
