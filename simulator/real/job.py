"""What goes to the driver's process and what comes back, each as one file of NumPy arrays."""

import dataclasses
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.workload.table import Workload

Floats = NDArray[np.float64]


class Ending(IntEnum):
    """How a request ended for the driver, more exactly than an ``Outcome`` can say it."""

    OPEN = 0
    ANSWERED = 1
    """With a status, 200 or another."""
    REFUSED = 2
    BROKEN = 3
    """The connection stood, and broke before the whole response was there."""
    CONNECT_TIMEOUT = 4
    GAVE_UP = 5
    DRIVER_FAILED = 6
    """The driver had no socket or no port left: says nothing about the server."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Job:
    """What to send, where to, and how long at most. Times in seconds."""

    workload: Workload
    port: int
    """On 127.0.0.1."""
    connect_timeout_s: float
    """How long a client tries to connect."""
    grace_s: float
    """How long after the last arrival to wait for answers; what is open then stays open."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """Columns over the n rows of the workload. Times in seconds from the start of the run; nan: it did not happen."""

    start: float
    """The start of the run on the clock of time.monotonic()."""
    ran_out: bool
    """A closed loop needed more rows than there were; the run was stopped."""
    arrival: Floats
    """When the client meant to start; nan: this row was not sent."""
    attempted: Floats
    """When the driver began to connect; that is due 1.5 round trips after the arrival, less what the network takes."""
    stood: Floats
    """When the connection stood."""
    sent: Floats
    """When the last byte of the request was handed to the kernel."""
    finished: Floats
    """When it was over for the client; nan while open."""
    ending: NDArray[np.int8]
    """An ``Ending``."""
    status: NDArray[np.int16]
    """Of the response; 0: there was none."""
    syn_retries: NDArray[np.int16]
    """As the kernel counted them."""
    cpu_at: Floats
    """Moments, about one second apart, and ..."""
    cpu_used: Floats
    """... seconds of processor time that the driver had used by then."""
    network_rtt: float = 0.0
    """Seconds of each round trip that the network between driver and server took itself."""
    priority: str = ""
    """With which the driver ran, where it is known."""


def write_job(path: Path, job: Job) -> None:
    """Save the job."""
    arrays = {f"workload.{name}": value for name, value in _fields(job.workload).items() if value is not None}
    _save(path, arrays | {name: value for name, value in _fields(job).items() if name != "workload"})


def read_job(path: Path) -> Job:
    """The job again."""
    with np.load(path) as file:
        values = {name: _plain(file[name]) for name in file.files}
    start = "workload."
    workload = {name.removeprefix(start): value for name, value in values.items() if name.startswith(start)}
    for name in ("class_names", "client_names"):
        workload[name] = tuple(workload[name].tolist())
    rest = {name: value for name, value in values.items() if not name.startswith(start)}
    return Job(workload=Workload(**workload), **rest)


def write_result(path: Path, result: Result) -> None:
    """Save the result."""
    _save(path, _fields(result))


def read_result(path: Path) -> Result:
    """The result again."""
    with np.load(path) as file:
        return Result(**{name: _plain(file[name]) for name in file.files})


def _save(path: Path, values: dict[str, Any]) -> None:
    arrays: dict[str, Any] = {name: np.asarray(value) for name, value in values.items()}
    np.savez(path, **arrays)


def _fields(table: Any) -> dict[str, Any]:
    return {field.name: getattr(table, field.name) for field in dataclasses.fields(table)}


def _plain(array: NDArray[Any]) -> Any:
    """A number for an array that is only one."""
    return array.item() if array.ndim == 0 else array
