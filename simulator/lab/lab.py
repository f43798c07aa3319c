"""What is being watched and how: the sitting, the clock, and what somebody chose to look at. It knows no screen.

What to watch: everything that a key can do is a function in ``actions.py`` and changes only this. The screen asks for a
scene and draws it; where ``version`` and the moment are the same, the picture is the same.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from simulator.experiments.refusal import RefusalError
from simulator.experiments.setup import Prepared, Setup
from simulator.lab.history import Session, Shown
from simulator.lab.interventions import listed
from simulator.lab.knobs import knobs
from simulator.lab.panel import Panel
from simulator.lab.playhead import Clock, Source
from simulator.stage.scene import DEFAULT_COLUMN_S

MESSAGE_S = 6.0
REPORT = "Please report it with the command."
Compute = Callable[[Prepared], None]
"""Runs a setup, at once or beside the screen, and tells the sitting in the end."""


@dataclass(frozen=True, slots=True)
class Pane:
    """Where in one of the servers somebody looks."""

    lane: int | None = None
    """The selected lane, counted through all groups."""
    first: int = 0
    """The lane at the top."""


@dataclass(eq=False)
class Sitting:
    """One sitting in front of one to four servers."""

    session: Session
    clock: Clock
    now: Source = time.monotonic
    compute: Compute = field(default=lambda _: None)
    """Put here by the screen."""
    panes: list[Pane] = field(default_factory=lambda: [Pane()])
    focus: int = 0
    zoomed: bool = False
    column_s: float = DEFAULT_COLUMN_S
    log_s: bool = False
    panel: int | None = None
    """The selected line of the list of knobs; None while it is closed."""
    busy: str = ""
    version: int = 0
    """Grows with every change that can be seen."""
    broken: str = ""
    """Why nothing of the run is drawn: it contradicts itself."""
    message: str = ""
    _said_s: float = 0.0

    @property
    def shown(self) -> Shown:
        """What is on the screen."""
        return self.session.shown

    @property
    def pane(self) -> Pane:
        """That of the server in focus."""
        return self.panes[self.focus]

    def look(self, **changes: int | None) -> None:
        """Look elsewhere in the server in focus."""
        self.panes[self.focus] = replace(self.pane, **changes)  # type: ignore[arg-type]

    def touch(self) -> None:
        """Something that can be seen has changed."""
        self.version += 1

    def say(self, message: str) -> None:
        """Tell it in the picture, for some seconds."""
        self.message, self._said_s = message, self.now()
        self.touch()

    def expire(self) -> None:
        """Forget a message that was there long enough."""
        if self.message and self.now() - self._said_s > MESSAGE_S:
            self.message = ""
            self.touch()

    def change(self, make: Callable[[Prepared], Setup | None]) -> None:
        """Go on with the setup that is made of the newest one; where it cannot be, say why and stay."""
        wanted = self.session.wanted
        if wanted is None:
            self.say("this run was saved or measured: it can be watched, and nothing can be turned")
            return
        self.message = ""  # it was about the run before
        try:
            setup = make(wanted)
            found = None if setup is None else self.session.change(setup)
        except RefusalError as error:
            self.say(" ".join(str(error).split()))
            return
        self.start(found)

    def start(self, wanted: Prepared | None) -> None:
        """Have a setup computed, if there is one to compute."""
        if wanted is not None:
            self.compute(wanted)
        self.touch()

    def arrived(self) -> None:
        """Another setup is shown now: the moment stays, as far as it exists."""
        count = len(self.shown.playbacks)
        self.panes = [*self.panes, *[Pane()] * count][:count]
        self.focus = min(self.focus, count - 1)
        if self.broken:
            self.session.before = None  # nor is it shown behind this one
        self.busy = self.broken = ""
        self.clock.end_at(max(playback.end_s for playback in self.shown.playbacks))
        self.touch()

    def distrust(self, run: Prepared, why: str) -> None:
        """A run broke a law: nothing of it is drawn any more, if it is the one that is shown."""
        if run is self.shown.prepared:
            self.broken = f"INTERNAL ERROR: {why}. Nothing of it is shown: undo, or change something. {REPORT}"
            self.touch()

    def panel_state(self) -> Panel | None:
        """The list of knobs, if it is open."""
        wanted = self.session.wanted
        if self.panel is None or wanted is None:
            return None
        focus = min(self.focus, len(wanted.setup.sides) - 1)
        state = Panel(knobs=knobs(wanted, focus), timeline=listed(wanted), selected=self.panel)
        return replace(state, selected=min(max(self.panel, 0), state.count - 1))


def begin(shown: Shown, now: Source = time.monotonic) -> Sitting:
    """Begin at the start of a run, paused."""
    end_s = max(playback.end_s for playback in shown.playbacks)
    return Sitting(
        session=Session(shown),
        clock=Clock(end_s, now),
        now=now,
        panes=[Pane() for _ in shown.playbacks],
    )
