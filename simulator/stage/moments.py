"""The moments of one or several runs that one should see, in order of time: what ``j`` walks through, and what the
time bar marks.

What to watch: servers that are compared meet the same requests. What is done to all of them at once is one moment, not
one for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import ref

from simulator.stage.cache import kept
from simulator.stage.canvas.style import Style
from simulator.stage.scene import Caption
from simulator.trace.playback import Event, EventKind, Playback

OF_THE_LOAD = (EventKind.SPIKE, EventKind.INTERVENED, EventKind.BACK)
"""What happens to all servers alike."""
ROUNDING_S = 1e-6

STYLES = {
    EventKind.SYN_DROPPED: Style.BAD,
    EventKind.FAILED: Style.BAD,
    EventKind.MANY_FAILED: Style.BAD,
    EventKind.BLOCKED: Style.CPU,
    EventKind.INTERVENED: Style.ACCENT,
    EventKind.SPIKE: Style.ACCENT,
    EventKind.HELD: Style.UPLOAD,
    EventKind.BACK: Style.GOOD,
    EventKind.GONE: Style.GOOD,
    EventKind.SPIKE_OVER: Style.GOOD,
}
"""Of the marks of moments; of all others it is a warning."""


@dataclass(frozen=True, slots=True)
class NotableMoment:
    """A moment that one should see."""

    event: Event
    view: int
    """The number of the run; of what happens to all, the first one."""
    shared: bool = False
    """Whether it happens to all runs alike."""

    @property
    def look_s(self) -> float:
        """When it can be seen best."""
        return self.event.look_s

    @property
    def text(self) -> str:
        """What happens, in the language of now."""
        return self.event.text

    @property
    def kind(self) -> EventKind:
        """Which kind of thing it is."""
        return self.event.kind

    @property
    def style(self) -> Style:
        """Of its mark."""
        return STYLES.get(self.event.kind, Style.WARN)


@dataclass(frozen=True, slots=True)
class CaptionMoment:
    """A moment at which somebody wants something to be read, in whatever run."""

    look_s: float
    text: str
    view: int = 0
    shared: bool = True
    style: Style = Style.HEADING


Stop = NotableMoment | CaptionMoment
"""Where ``j`` stops."""


def stops(playbacks: Sequence[Playback], captions: Sequence[Caption]) -> tuple[Stop, ...]:
    """The moments of all runs together, with those of captions among them."""
    told = [CaptionMoment(each.at_s, each.text) for each in captions]
    return tuple(sorted((*moments(playbacks), *told), key=lambda each: each.look_s)) if told else moments(playbacks)


def moments(playbacks: Sequence[Playback]) -> tuple[NotableMoment, ...]:
    """The moments of all runs together."""
    if not playbacks:
        return ()
    runs = tuple(ref(playback) for playback in playbacks)
    return kept(playbacks[0], ("moments", runs), lambda: _moments(playbacks))


def _moments(playbacks: Sequence[Playback]) -> tuple[NotableMoment, ...]:
    found: list[NotableMoment] = []
    told: set[tuple[EventKind, float]] = set()
    for number, playback in enumerate(playbacks):
        for event in playback.interesting:
            shared = len(playbacks) > 1 and event.kind in OF_THE_LOAD
            key = event.kind, round(event.time_s, 3)
            if not (shared and key in told):
                found.append(NotableMoment(event, number, shared))
            if shared:
                told.add(key)
    return tuple(sorted(found, key=lambda each: each.look_s))


def moments_before(all_of_them: Sequence[Stop], t_s: float) -> int:
    """How many of them lie at or before a moment."""
    return sum(each.look_s <= t_s + ROUNDING_S for each in all_of_them)
