"""Compiles ``loop.c`` and runs it on a workload."""

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.workload.table import Workload
from tests.bench.plain_simpy import Server

SOURCE = Path(__file__).with_name("loop.c")
POINTERS = ("arrival", "rtt", "upload", "response", "work", "up_rate", "down_rate", "request_class", "client", "kinds")
RESULTS = ("reached", "finished", "slot")


class Scene(ctypes.Structure):
    """The struct of the same name in loop.c."""

    _fields_ = (
        ("n", ctypes.c_int64),
        *((name, ctypes.c_int32) for name in ("phases", "workers", "cores")),
        *((name, ctypes.c_double) for name in ("efficiency", "parse_s", "respond_s", "receive_buffer", "send_buffer")),
        *((name, ctypes.c_void_p) for name in (*POINTERS, *RESULTS)),
    )


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Times:
    """When each request reached each step, and when its client had the last byte."""

    reached: NDArray[np.float64]
    finished: NDArray[np.float64]
    slot: NDArray[np.int32]


Simulate = Callable[[Server, float, Workload], Times]


def compiled(folder: Path) -> Simulate | None:
    """The loop, ready to run; None where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    library = folder / "loop.so"
    subprocess.run([compiler, "-O3", "-shared", "-fPIC", "-o", library, SOURCE, "-lm"], check=True)
    loop = ctypes.CDLL(str(library)).simulate

    def simulate(server: Server, efficiency: float, workload: Workload) -> Times:
        n, phases = workload.phases.shape
        times = Times(
            reached=np.full((n, 7 + phases), np.nan), finished=np.full(n, np.nan), slot=np.full(n, -1, np.int32)
        )
        given = {"work": workload.phases, "kinds": workload.phase_kinds}
        columns = {name: given.get(name, getattr(workload, name, None)) for name in POINTERS}
        columns |= {name: getattr(times, name) for name in RESULTS}
        # kept in a variable until the loop is through: the struct itself holds addresses only
        arrays = {name: np.ascontiguousarray(column) for name, column in columns.items()}
        costs = (server.parse_s, server.respond_s)
        numbers = (server.workers, server.cores, efficiency, *costs, server.receive_buffer, server.send_buffer)
        addresses = (arrays[name].ctypes.data for name in (*POINTERS, *RESULTS))
        loop(ctypes.byref(Scene(n, phases, *numbers, *addresses)))
        return times

    return simulate
