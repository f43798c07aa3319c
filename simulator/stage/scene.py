"""What the stage is asked to show: up to four runs at one moment, and what the person in front of it has chosen.

A scene is data. Two equal moments of equal runs give equal pictures, whoever asks: the terminal, a file or a test.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.stage.canvas.key_bar import KeyHint, KeyTarget

if TYPE_CHECKING:  # the first screen shows no run
    from simulator.stage.end_card import EndCard
    from simulator.trace.playback import Playback


COLUMN_STEPS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds that a column of the lanes can stand for; zooming goes from one to the next."""
DEFAULT_COLUMN_S = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneRef:
    """A lane: one slot of a pool, or one copy of a lock."""

    group: str
    """The name of the resource."""
    lane: int
    """Counted from 0 within the group."""


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """One run, and where in it somebody looks."""

    playback: "Playback"
    title: str
    """The name of the server, for example ``prefork``; ``nginx + prefork``."""
    note: str = ""
    """Its size in a few words: ``8 workers``."""
    costs: str = ""
    """Whose costs it has, where that is not what one would expect: ``costs of uwsgi``."""
    proposal: KeyHint | None = None
    """The one key that would help most at this server, as far as that was tried; shown with the claim."""
    why: str | None = None
    """A sentence to show instead of the one that the playback has for the moment."""
    ghost: "Playback | None" = None
    """The run before the last change; its curves are shown behind the present ones."""
    busy: str = ""
    """Set while the run is being computed anew: ``computing 40 %``."""
    selected_lane: LaneRef | None = None
    first_lane: int = 0
    """The lane at the top, counted through all groups; for scrolling."""
    selected_request: int | None = None
    """Its lane is marked, wherever it is."""


CAPTION_S = 6.0
"""So long a caption can be read, on the clock of whoever watches; the next one takes its place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Caption:
    """What somebody wants to be read from a moment on."""

    at_s: float
    text: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """Everything that a frame depends on besides its size and its look."""

    views: tuple[View, ...]
    """One (lab) to four (compare), all under the same requests."""
    load: str
    """The name of the scenario, as it is typed and as files are called."""
    title: str = ""
    """What the scenario calls itself; empty where it is not known."""
    story: str = ""
    """The first sentence that the scenario tells of itself, in the language of now; empty where it tells nothing."""
    t_s: float
    """The moment that is shown, seconds from the start of the run."""
    column_s: float = DEFAULT_COLUMN_S
    """Seconds that a column of the lanes stands for."""
    playing: bool = False
    speed: float = 1.0
    """Simulated seconds in a second."""
    reduced_motion: bool = False
    """Whether nothing travels: marks are where requests wait, or at work."""
    focus: int = 0
    """The view that keys act on."""
    zoomed: bool = False
    """Only the view in focus is shown."""
    message: str = ""
    """What the program has to say, in place of the story."""
    keys: tuple[KeyHint, ...] = field(default=())
    """The keys that do something now, the most important first."""
    presenting: bool = False
    """Whether it is shown to many people: large lanes, three figures, one sentence, and nothing else."""
    captions: tuple[Caption, ...] = ()
    """In the order of their time."""
    card: "EndCard | None" = None
    """What happened, over all the rest."""

    @property
    def end_s(self) -> float:
        """The end of the longest run."""
        return max((view.playback.end_s for view in self.views), default=0.0)

    @property
    def shown(self) -> tuple[int, ...]:
        """The numbers of the views that are to be seen."""
        if self.zoomed and self.views:
            return (min(max(self.focus, 0), len(self.views) - 1),)
        return tuple(range(len(self.views)))

    @property
    def now_s(self) -> float:
        """The moment, held within the run."""
        return min(max(self.t_s, 0.0), self.end_s)


def caption_now(scene: Scene) -> str:
    """What is to be read now; empty where nothing is."""
    begun = [each for each in scene.captions if each.at_s <= scene.now_s]
    return begun[-1].text if begun and scene.now_s < begun[-1].at_s + CAPTION_S * scene.speed else ""


def finer(column_s: float) -> float:
    """The next smaller step."""
    return max((step for step in COLUMN_STEPS_S if step < column_s * 0.999), default=COLUMN_STEPS_S[0])


def coarser(column_s: float) -> float:
    """The next larger step."""
    return min((step for step in COLUMN_STEPS_S if step > column_s * 1.001), default=COLUMN_STEPS_S[-1])


# What lies under a cell of a frame, for whoever points at it; besides these, a key of the key bar.


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneTarget:
    """A lane of a view."""

    view: int
    lane: LaneRef
    t_s: float | None
    """The middle of the column that was pointed at; None on the words beside the lane, which are about now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestTarget:
    """A request that is drawn by itself: in a queue, or parked."""

    view: int
    request: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeTarget:
    """A moment on the time bar."""

    t_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ViewTarget:
    """Elsewhere in a view."""

    view: int


Target = LaneTarget | RequestTarget | TimeTarget | ViewTarget | KeyTarget
