"""What lies under a cell of a frame, for whoever points at it."""

from dataclasses import dataclass

from simulator.stage.scene import KeyHint, LaneRef


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


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyTarget:
    """A key in the key bar."""

    hint: KeyHint


Target = LaneTarget | RequestTarget | TimeTarget | ViewTarget | KeyTarget
