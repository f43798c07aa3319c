"""What is going on at a moment of a run, from its trace alone, and without any looks."""

from simulator.trace.playback.activity import OF_STATE, Activity
from simulator.trace.playback.events import Event, EventKind, Events
from simulator.trace.playback.lane_groups import GroupKind, LaneGroup, lane_groups
from simulator.trace.playback.moment import BacklogNow, LockNow, Moment, PoolNow, Present
from simulator.trace.playback.playback import Playback

__all__ = [
    "OF_STATE",
    "Activity",
    "BacklogNow",
    "Event",
    "EventKind",
    "Events",
    "GroupKind",
    "LaneGroup",
    "LockNow",
    "Moment",
    "Playback",
    "PoolNow",
    "Present",
    "lane_groups",
]
