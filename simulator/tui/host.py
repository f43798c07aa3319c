"""What a screen needs of the application around it."""

from typing import Protocol

from simulator.lab.playhead import Now
from simulator.stage.canvas.look import Look
from simulator.tui.terminal import Pace


class Host(Protocol):
    """What a screen needs of the application around it."""

    look: Look
    fps: int
    now: Now
    pace: Pace
    reduced_motion: bool
    """Whether nothing is to travel, however fast the terminal is."""
    drew: bool
    """Whether a picture was drawn that the terminal has not been asked about."""

    @property
    def leaving(self) -> bool:
        """Whether somebody wants to leave: from then on nothing is drawn."""

    @property
    def can_leave(self) -> bool:
        """Whether another screen is below the present one."""

    def pressed(self, id: str) -> str:
        """What is pressed for an action, as it is written on a keyboard."""

    def next_look(self, what: str) -> None:
        """The next set of ``glyphs``, or the next ``theme``."""

    def wear(self, what: str, name: str) -> None:
        """This set of ``glyphs``, or this ``theme``."""

    def leave(self, code: int) -> None:
        """End the program with this exit code."""
