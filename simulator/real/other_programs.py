"""What other programs take of this machine while a server is measured, or have taken before.

What to watch: a server that waits because something else runs looks exactly like one that has too few cores. The kernel
counts what every core does (/proc/stat); what is neither idle nor ours was somebody else's, also where that is another
virtual machine on the same computer ("steal").
"""

import os
import resource
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
USER, NICE, SYSTEM, STEAL = 0, 1, 2, 7
"""Columns of a core in /proc/stat. Interrupts are nobody's; a guest is in ``user`` already."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What had been used by now, in seconds of processor time on the cores that we may use."""

    at: float
    by_all: float
    by_us: float


def moment(groups: Iterable[int] = ()) -> Moment:
    """Now; ``groups`` are the process groups that are ours, besides this process and what it has waited for."""
    cores = os.sched_getaffinity(0)
    ours = resource.getrusage(resource.RUSAGE_CHILDREN)
    waited_for = ours.ru_utime + ours.ru_stime
    return Moment(
        at=time.monotonic(),
        by_all=sum(used for core, used in _used(cores)),
        by_us=time.process_time() + waited_for + sum(map(_used_by_group, groups)),
    )


def share_of_others(before: Moment, after: Moment) -> float:
    """The part of all cores that others have had from one moment to another; 0 where nobody can tell."""
    offered = len(os.sched_getaffinity(0)) * (after.at - before.at)
    by_others = (after.by_all - before.by_all) - (after.by_us - before.by_us)
    return min(max(by_others / offered, 0.0), 1.0) if offered > 0.0 else 0.0


CROWDED = 0.5
"""Programs that wanted each core in the last minute."""


def crowd_before() -> float | None:
    """How many wanted each core in the last minute, where that is a bad beginning; for before anything of ours runs."""
    crowd = os.getloadavg()[0] / len(os.sched_getaffinity(0))
    return crowd if crowd > CROWDED else None


def members(group: int) -> list[int]:
    """The processes of a group."""
    return [pid for pid, fields in processes() if int(fields[2]) == group]


def processes() -> Iterator[tuple[int, list[str]]]:
    """The number of each process, and its fields from the state on (proc(5): field 3 comes first)."""
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            yield int(stat.parent.name), stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue


def _used(cores: set[int]) -> Iterator[tuple[int, float]]:
    try:
        lines = (PROC / "stat").read_text(encoding="ascii").splitlines()
    except OSError:
        return
    for line in lines:
        name, *columns = line.split()
        if name.startswith("cpu") and name != "cpu" and int(name[3:]) in cores:
            ticks = [int(column) for column in columns]
            yield int(name[3:]), sum(ticks[each] for each in (USER, NICE, SYSTEM, STEAL)) / TICKS_PER_S


def _used_by_group(group: int) -> float:
    """By its processes, and by those of their children that they have waited for."""
    return sum(sum(map(int, fields[11:15])) for _, fields in processes() if int(fields[2]) == group) / TICKS_PER_S
