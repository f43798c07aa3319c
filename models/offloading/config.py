"""Settings of event loops that hand work to helpers."""

from dataclasses import dataclass
from typing import Literal

from models.settings import (
    MOST_CONNECTIONS,
    MOST_PROCESSES,
    Neighbours,
    SettingError,
    Size,
    check,
    setting,
)

MOST_HELPERS = 2_000_000
"""Of all processes together: MOST_PROCESSES of them can have the 40 that AnyIO gives to each."""
Kind = Literal["block", "native", "cpu"]
HANDED: dict[str, tuple[Kind, ...]] = {
    "whole": (),
    "blocking": ("block",),
    "native": ("block", "native"),
    "computing": ("block", "native", "cpu"),
}
"""Which pieces of a handler are handed over, each by itself; of ``whole`` none."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Event loops that hand work to threads, or to processes."""

    processes: int = setting(1, "Processes; each runs one event loop.", minimum=1, maximum=MOST_PROCESSES)
    pool: int = setting(
        40,
        "Helpers of each process (AnyIO 40); 0: one of its own for each piece (Django's sync views under ASGI).",
        minimum=0,
        maximum=MOST_PROCESSES,
    )
    hand_over: Literal["whole", "blocking", "native", "computing"] = setting(
        "blocking",
        "What helpers do: all of the handler (whole: def endpoints), calls that block (asyncio.to_thread around them), "
        "native code too, or computing in Python too.",
        choices=("whole", "blocking", "native", "computing"),
    )
    executor: Literal["threads", "processes"] = setting(
        "threads",
        "What helpers are: threads, which share the loop's GIL, or processes, each with its own.",
        choices=("threads", "processes"),
    )
    free_threaded: bool = setting(
        False,
        "Whether Python was built without a GIL (python3.14t): threads compute on all cores, each a little slower.",
        quiet=True,
    )
    backlog: int = setting(
        2048, "Connections that the kernel keeps waiting (uvicorn 2048).", minimum=0, maximum=MOST_CONNECTIONS
    )
    sharing: Literal["even", "warm", "reuseport"] = setting(
        "warm",
        "Who gets a connection for which several processes wait: a random one (even), the one that ran last (warm), or "
        "each has a socket and a backlog of its own (reuseport). For real servers only reuseport can be chosen.",
        choices=("even", "warm", "reuseport"),
    )

    @property
    def helper(self) -> str:
        """What one of the helpers is called."""
        return "thread" if self.executor == "threads" else "helper process"

    def __post_init__(self) -> None:
        """Refuse settings that no server could have."""
        check(self)
        if self.processes * self.pool > MOST_HELPERS:
            raise SettingError(
                "--processes {processes} --pool {pool}: expected at most {most} helpers in all",
                processes=self.processes,
                pool=self.pool,
                most=MOST_HELPERS,
            )


NEIGHBOURS = Neighbours(
    slots=(Size("pool", "{n} helper", "{n} helpers"),),
    processes=Size("processes", "{n} process", "{n} processes"),
    one_queue=("sharing", "even"),
    own_processes="prefork",
    native_too=("hand_over", "native"),
)

PROFILE = "uvicorn"
"""Whose costs it has, if nobody says something else."""
