"""From samples to the machine: each finding says what was measured, and which value of the machine it is, if any.

What to watch: the value is the median. Where a cost cannot be measured alone, it is what the simplest servers that pay
it need beyond what is known already: nothing is fitted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import fmean, median
from typing import Any

from simulator.plan import Machine
from simulator.real.calibrate.gil_model import asker_wins
from simulator.real.calibrate.probes import BESIDE, SCHEDULER
from simulator.real.calibrate.samples import Samples
from simulator.real.calibrate.servers import ServerCost
from simulator.real.cpu_quota import cores_here
from simulator.words.language import tell
from simulator.workload.table_fields import cores_and_quota

BLOCKING = {"accept_cost_s", "request_cost_s", "response_cost_s"}
"""What a server pays that has neither a loop nor a second thread."""
KERNEL_SETTINGS = Path("/proc/sys/net/ipv4")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the table."""

    what: str
    """In the language of now."""
    samples: Samples
    """Seconds, or bytes."""
    field: str | None = None
    """Of Machine."""
    in_bytes: bool = False
    is_share: bool = False
    """Whether the samples are parts of a whole; their value is the mean."""

    @property
    def median(self) -> float:
        """The value."""
        return round(fmean(self.samples), 3) if self.is_share else median(self.samples)


def bare_findings(samples: Mapping[str, Samples]) -> Iterator[Finding]:
    """What was measured without a server."""
    for key, what, field in (
        ("accept", tell("accept a connection"), "accept_cost_s"),
        ("respond", tell("build a response, write, close"), "response_cost_s"),
        ("process_switch", tell("switch between processes"), "switch_cost_s"),
        ("thread_switch", tell("switch between threads"), None),
        ("time_slice", tell("another process has the core"), "time_slice_s"),
        ("gil_waits_1", tell("wait for the GIL, one computes"), "gil_switch_interval_s"),
        ("loop_turn", tell("turn of an event loop"), "loop_turn_cost_s"),
        ("asyncio_switch", tell("switch of coroutines, asyncio"), "task_switch_cost_s"),
        *(
            (key, tell("the same, {scheduler}", scheduler=key.removeprefix(SCHEDULER + "models.")), None)
            for key in samples
            if key.startswith(SCHEDULER)
        ),
        ("thread_start", tell("start and join a thread"), None),
        ("fork", tell("fork, exit and wait"), None),
    ):
        yield Finding(what=what, samples=samples[key], field=field)
    for key, what, field in (
        ("receive_buffer", tell("taken from a slow client"), "receive_buffer"),
        ("receive_buffer_fast", tell("taken from a fast client"), None),
        ("send_buffer", tell("taken for a slow client"), "send_buffer"),
        ("send_buffer_most", tell("the same while it reads, at most"), "send_buffer_most"),
        ("send_buffer_fast", tell("taken for a fast client"), None),
        ("thread_memory", tell("memory of a thread"), None),
    ):
        yield Finding(what=what, samples=samples[key], field=field, in_bytes=True)


def gil_findings(samples: Mapping[str, Samples]) -> Iterator[Finding]:
    """Who gets the GIL, and how often a call loses it."""
    interval_s = median(samples["gil_waits_1"])
    wins = asker_wins(interval_s, {hogs: samples[f"gil_waits_{hogs}"] for hogs in BESIDE})
    yield Finding(what=tell("who asks for the GIL gets it"), samples=wins, field="gil_asker_wins", is_share=True)
    what = tell("a call loses the GIL, one computes")
    yield Finding(what=what, samples=samples["gil_calls"], field="gil_release_loss", is_share=True)


def server_findings(servers: Sequence[ServerCost], known: Mapping[str, float]) -> Iterator[Finding]:
    """What only whole servers show; ``known`` has the costs that were measured alone."""
    blocking = [each for each in servers if not each.in_front and each.work.keys() <= BLOCKING]
    request = Finding(
        what=tell("read and parse"), samples=_beyond(blocking, "request_cost_s", known), field="request_cost_s"
    )
    yield request
    known = {**known, "request_cost_s": request.median}
    handing = [each for each in servers if "hand_over_cost_s" in each.work]
    yield Finding(
        what=tell("hand over to a thread"),
        samples=_beyond(handing, "hand_over_cost_s", known),
        field="hand_over_cost_s",
    )
    fronts = [each for each in servers if each.in_front]
    yield Finding(
        what=tell("pass on, as a proxy"), samples=_beyond(fronts, "proxy_cost_s", known), field="proxy_cost_s"
    )
    memory = [size for each in servers if not each.in_front for size in each.process_bytes]
    yield Finding(what=tell("memory of a process"), samples=memory, in_bytes=True)
    held = [each.connection_bytes for each in servers if each.connection_bytes]
    yield Finding(what=tell("memory of a connection"), samples=held, in_bytes=True)


def machine_of(findings: Sequence[Finding]) -> Machine:
    """The machine as it was found; what has no samples keeps its default."""
    names = {field.name for field in fields(Machine)}
    measured: dict[str, Any] = {
        str(each.field): each.median for each in findings if each.field in names and each.samples
    }
    cores, quota = cores_and_quota(cores_here())
    read: dict[str, Any] = {
        "cores": cores,
        "cpu_quota": quota,
        "syn_retries": "linear" if _kernel_setting("tcp_syn_linear_timeouts") else "classic",
        "full_backlog": "refuse" if _kernel_setting("tcp_abort_on_overflow") else "drop",
    }
    return Machine(**read, **measured)


def _beyond(servers: Sequence[ServerCost], field: str, known: Mapping[str, float]) -> Samples:
    """What the servers need beyond the known costs, for each time that they pay the unknown one."""
    return [
        max(used - sum(times * known[name] for name, times in each.work.items() if name != field), 0.0)
        / each.work[field]
        for each in servers
        for used in each.request_s
    ]


def _kernel_setting(name: str) -> int:
    """A number; 0 where this kernel has no such setting."""
    try:
        return int((KERNEL_SETTINGS / name).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
