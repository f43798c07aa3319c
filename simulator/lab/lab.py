"""The lab: which servers are watched under which load, and how they are looked at. It knows no screen.

What to watch: everything that a key can do is a function in ``actions`` or ``changes`` and changes only this. The
screen asks for a picture; where ``version`` and the moment are the same, the picture is the same.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from simulator.experiments.refusal import RefusalError
from simulator.experiments.setup import Prepared, Setup
from simulator.lab.computing import Traces, broken_laws, traces_of
from simulator.lab.history import History, Result
from simulator.lab.interventions import timeline
from simulator.lab.knobs import knobs
from simulator.lab.panel import Panel
from simulator.lab.playhead import Now, Playhead
from simulator.stage.scene import DEFAULT_COLUMN_S, Caption
from simulator.stage.verdict import Verdict
from simulator.words.language import Said, said

MESSAGE_S = 6.0
Compute = Callable[[Prepared], None]
"""Runs a setup, at once or in a thread, and gives what came of it to ``Lab.computed``."""


@dataclass(frozen=True, slots=True)
class Pane:
    """Where in one of the servers somebody looks."""

    lane: int | None = None
    """The selected lane, counted through all groups."""
    first: int = 0
    """The lane at the top."""


@dataclass(eq=False)
class Lab:
    """One to four servers, and whoever looks at them."""

    history: History
    playhead: Playhead
    now: Now = time.monotonic
    compute: Compute | None = None
    """Put here by the screen; without one, every setup is run at once."""
    panes: list[Pane] = field(default_factory=lambda: [Pane()])
    focus: int = 0
    zoomed: bool = False
    column_s: float = DEFAULT_COLUMN_S
    log_s: bool = False
    followed: int | None = None
    """The request whose life was looked at last: it is lit on the stage. Its row is the same under every server."""
    panel: int | None = None
    """The selected line of the list of knobs; None while it is closed."""
    typed: str = ""
    """What was typed into the selected knob so far."""
    menu_page: int | None = None
    """The page of the list of all keys; None while it is closed."""
    presenting: bool = False
    """Whether only what many people can read from afar is shown."""
    reduced_motion: bool = False
    """Whether nothing travels on the stage."""
    card: bool = False
    """Whether the card with the verdict lies above the stage."""
    verdicts: tuple[Verdict, ...] = ()
    """On the runs that are shown, one each and without their titles; empty until they are worked out."""
    captions: tuple[Caption, ...] = ()
    """Those that were typed; the scenario may have some too."""
    busy: str | Said = ""
    version: int = 0
    """Grows with every change that can be seen."""
    broken: str | Said = ""
    """Why nothing of the run is drawn: it contradicts itself, or nobody could find out."""
    unchecked: bool = False
    """Whether the laws of the run that is shown are still to be checked."""
    _message: str | Said = ""
    _said_s: float = 0.0
    _at_end: bool = False

    @property
    def shown(self) -> Result:
        """What is on the screen."""
        return self.history.shown

    @property
    def pane(self) -> Pane:
        """That of the server in focus."""
        return self.panes[self.focus]

    def change_pane(self, **changes: int | None) -> None:
        """Look elsewhere in the server in focus."""
        self.panes[self.focus] = replace(self.pane, **changes)  # type: ignore[arg-type]

    def touch(self) -> None:
        """Something that can be seen has changed."""
        self.version += 1

    @property
    def message(self) -> str:
        """What is told in the picture now, in the language of now."""
        return str(self._message)

    def say(self, message: str | Said) -> None:
        """Tell it in the picture, for some seconds."""
        self._message, self._said_s = message, self.now()
        self.touch()

    def expire(self) -> None:
        """Forget a message that was there long enough."""
        if self.message and self.now() - self._said_s > MESSAGE_S:
            self._message = ""
            self.touch()

    def follow(self) -> None:
        """Open the card when the moment comes to the end of the run, and close it when it leaves the end."""
        at_end = self.playhead.t_s >= self.playhead.end_s
        if at_end is not self._at_end:
            self._at_end = self.card = at_end
            self.touch()

    def calm(self, *, reduced_motion: bool) -> None:
        """Whether anything travels from now on."""
        if reduced_motion is not self.reduced_motion:
            self.reduced_motion = reduced_motion
            self.touch()

    @property
    def at_end(self) -> bool:
        """Whether the moment is the end of the run."""
        return self._at_end

    def judge(self, run: Result, verdicts: tuple[Verdict, ...]) -> None:
        """What came of the runs, if they are still the ones that are shown."""
        if run is self.shown:
            self.verdicts = verdicts
            self.touch()

    def choose_line(self, number: int | None) -> None:
        """Another line of the list of knobs, or none: what was typed into the one before is forgotten."""
        self.panel, self.typed = number, ""

    def close(self) -> bool:
        """Take away what lies above the stage, one thing at a time; False where nothing does."""
        if self.card:
            self.card = False
        elif self.typed:
            self.typed = ""
        elif self.panel is not None:
            self.choose_line(None)
        else:
            return False
        return True

    def open_panel(self) -> Panel | None:
        """The list of knobs, if it is open."""
        wanted = self.history.wanted
        if self.panel is None or wanted is None:
            return None
        focus = min(self.focus, len(wanted.setup.sides) - 1)
        state = Panel(knobs=knobs(wanted, focus), timeline=timeline(wanted), selected=self.panel, typed=self.typed)
        return replace(state, selected=min(max(self.panel, 0), state.count - 1))

    # --- another run ----------------------------------------------------------------------------------------------

    def change(self, make: Callable[[Prepared], Setup | None]) -> None:
        """Go on with the setup that is made of the newest one; where it cannot be, say why and stay."""
        wanted = self.history.wanted
        if wanted is None:
            self.say(said("This run was saved or measured: it can be watched, but not changed."))
            return
        self._message = ""  # it was about the run before
        try:
            setup = make(wanted)
            found = None if setup is None else self.history.change(setup)
        except RefusalError as error:
            self.say(" ".join(str(error).split()))
            return
        self.start(found)

    def start(self, wanted: Prepared | None) -> None:
        """Have a setup computed, if there is one to compute."""
        if wanted is not None:
            (self.compute or self._compute_at_once)(wanted)
        self.touch()

    def _compute_at_once(self, wanted: Prepared) -> None:
        start_s = time.perf_counter()
        traces = traces_of(wanted)
        if self.computed(wanted, traces, time.perf_counter() - start_s):
            self.checked(wanted, broken_laws(traces))

    def computed(self, done: Prepared, traces: Traces, seconds: float) -> bool:
        """A setup was run for so many seconds, or refused: show what came of it, if it is still what is wanted.

        Returns whether it is shown now. Whoever calls this has the laws checked, and tells ``checked`` what came of it.
        """
        if done is not self.history.wanted:
            return False
        if isinstance(traces, RefusalError):
            self.history.fail(done)
            self.busy = ""
            self.say(str(traces))
            return False
        self.history.took(done, seconds)
        self.history.finish(done, traces)
        self._show_newest()
        return True

    def _show_newest(self) -> None:
        """The moment stays, as far as it exists in the new run."""
        count = len(self.shown.playbacks)
        self.panes = [*self.panes, *[Pane()] * count][:count]
        self.focus = min(self.focus, count - 1)
        if self.broken:
            self.history.before = None  # nor is it shown behind this one
        self.busy = self.broken = ""
        self.verdicts, self.unchecked = (), True
        self.playhead.end_at(max(playback.end_s for playback in self.shown.playbacks))
        self.touch()

    def checked(self, run: Prepared, why: str | Said) -> None:
        """The laws of a run were checked; with a reason nothing of it is drawn any more, if it is the one shown."""
        if run is self.shown.prepared:
            self.unchecked, self.broken = False, why
            self.touch()


def open_lab(shown: Result, now: Now = time.monotonic) -> Lab:
    """At the start of a run, paused."""
    end_s = max(playback.end_s for playback in shown.playbacks)
    return Lab(
        history=History(shown),
        playhead=Playhead(end_s, now),
        now=now,
        panes=[Pane() for _ in shown.playbacks],
    )
