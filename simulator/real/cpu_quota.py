"""What a container may compute on this machine: the quota of its control group, version 2 or 1.

What to watch: a group is limited by those above it too, so the smallest quota on the way up counts. What cannot be
read, or is no number, is no limit; and within a container a path may lead to nothing, since its own group is the root.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from simulator.experiments.options import RUN, RunOptions
from simulator.experiments.progress import talk
from simulator.words.language import tell

ROOT = Path("/")
"""Where files are looked for; tests have a tree of their own."""
UNIFIED, MOUNTED = "sys/fs/cgroup", ("sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct", "sys/fs/cgroup/cpuacct,cpu")
"""Of version 2, and of version 1, whose controllers have folders of their own. (A hybrid has version 2 in a folder.)"""
LEAST = 0.01
"""Of a core: what a scenario can say."""


def cores_here() -> float:
    """How many cores this process may use, or the quota of its container where that is less."""
    there, quota = len(os.sched_getaffinity(0)), cpu_quota()
    return there if quota is None or quota >= there else quota


def cpu_quota() -> float | None:
    """How many cores the control group may use, to a hundredth; None if nothing limits it."""
    quota = min(_quotas(), default=None)
    return None if quota is None else max(round(quota, 2), LEAST)


def limited(many: Sequence[RunOptions]) -> list[RunOptions]:
    """Real servers are measured under the quota that there is here, so they are predicted with it; and that is said."""
    if not hasattr(os, "sched_getaffinity"):
        return list(many)
    cores, there = cores_here(), len(os.sched_getaffinity(0))
    if cores == there:
        return list(many)
    fields = {"cores": f"{cores:g}", "there": there, "flag": RUN.flag("cores")}
    if not all(map(_says_cores, many)):
        told = tell(
            "this container may use {cores} of {there} cores (its CPU quota): what is predicted, or compared with the "
            "cores, has {flag} {cores}",
            **fields,
        )
    else:
        told = tell("this container may use {cores} of {there} cores (its CPU quota), whatever {flag} says", **fields)
    talk(f"simulate: {told}\n")
    return [options if _says_cores(options) else replace(options, cores=cores) for options in many]


def _says_cores(options: RunOptions) -> bool:
    """Whether the command line does."""
    return options.cores is not None or any(each.partition("=")[0].strip() == "machine.cores" for each in options.set)


def _quotas() -> Iterator[float]:
    """Of every group on the way up that has one."""
    for controllers, path in _groups():
        if not controllers:
            for folder in _upwards(ROOT / UNIFIED, path):
                yield from _ratio(*_words(folder / "cpu.max"))
        elif "cpu" in controllers.split(","):
            for mounted in MOUNTED:
                for folder in _upwards(ROOT / mounted, path):
                    yield from _ratio(*_words(folder / "cpu.cfs_quota_us"), *_words(folder / "cpu.cfs_period_us"))


def _groups() -> Iterator[tuple[str, str]]:
    """The lines of /proc/self/cgroup: controllers, empty for version 2, and the path."""
    for line in _text(ROOT / "proc/self/cgroup").splitlines():
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        yield controllers, path


def _upwards(mounted: Path, path: str) -> Iterator[Path]:
    inside = PurePosixPath(path.lstrip("/"))
    if ".." in inside.parts:  # a group beside the root of a namespace: only the root can be seen
        inside = PurePosixPath()
    yield from (mounted / each for each in (inside, *inside.parents))


def _ratio(*words: str) -> Iterator[float]:
    """A quota and a period, both in microseconds; ``max`` and -1 are none."""
    try:
        quota, period = map(int, words)
    except ValueError:
        return
    if quota > 0 and period > 0:
        yield quota / period


def _words(file: Path) -> tuple[str, ...]:
    return tuple(_text(file).split())


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
