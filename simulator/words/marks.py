"""What a state looks like wherever it is drawn: in printed bars, on the stage, in charts, lives and pictures.

What to watch: whoever has learned a mark in one place reads it in all others. No two states share one, in Unicode or in
ASCII; a colour is shared by states of one kind, and only repeats what the mark says. The names are those of ``State``.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell wide, everywhere."""

    unicode: str
    ascii: str
    colour: str = ""
    """In the names of Rich, for a background that nobody knows; the stage has its own shades of the same hue."""


WAITS, QUIET, LOCK = "", "bright_black", "gold3"
STATE_MARKS: Mapping[str, Mark] = {
    "CONNECTING": Mark("◌", "c", WAITS),
    "BACKLOG": Mark("○", "o", WAITS),
    "QUEUED": Mark("◎", "q", WAITS),
    "UPLOAD": Mark("▲", "^", "dodger_blue2"),
    "COMPUTING": Mark("█", "#", "dark_orange3"),
    "GIL": Mark("▒", "%", LOCK),
    "PROCESSOR": Mark("▞", "?", LOCK),
    "LOOP": Mark("▚", "&", LOCK),
    "CORE": Mark("░", "=", LOCK),
    "THROTTLED": Mark("╫", "T", LOCK),
    "GIL_OR_CORE": Mark("▓", "$", LOCK),
    "IO": Mark("~", "~", "medium_purple"),
    "BLOCKS": Mark("≡", "!", "medium_purple"),
    "DOWNLOAD": Mark("▼", "v", "spring_green4"),
    "CLOSING": Mark("▽", "u", "spring_green4"),
    "DELIVERY": Mark("→", ">", QUIET),
}
OTHER_MARKS: Mapping[str, Mark] = {
    "IDLE": Mark("·", ".", QUIET),
    "DOWN": Mark("\N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}", "/", QUIET),
    "DONE": Mark("✓", "+", "spring_green4"),
    "DROPPED": Mark("\N{MULTIPLICATION SIGN}", "x", "magenta"),
    "CRASHED": Mark("✘", "X", "red"),
}
"""What a slot does that serves nobody, and how a request ends."""
MARKS: Mapping[str, Mark] = {**STATE_MARKS, **OTHER_MARKS}
