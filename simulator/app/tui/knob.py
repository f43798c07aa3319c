"""One thing that can be turned."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.app.tui.setup import Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """It does nothing but make another setup."""

    id: str
    """``rate``, ``workers``, ``nginx``, ``nginx.connections``; unique among the knobs of a side."""
    group: str
    """What it belongs to, in words for a heading."""
    label: str
    value: str
    """How it stands, with its unit."""
    help: str
    """One sentence."""
    turn: Callable[[int], Setup]
    """The setup after one step up (1) or down (-1); the same one where it goes no further. Raises RefusalError."""
    default: bool = True
    """Whether it stands as its model declares it; always True for a load."""
