"""Digits typed into the list of knobs: 6 3 and enter set 63/s.

What to watch: a digit begins it. From then on every character belongs to the value, also one that is a key elsewhere
(``ms``), until enter sets it, escape drops it, or another line is chosen.
"""

from simulator.lab import changes
from simulator.lab.lab import Lab
from simulator.words.language import said

LONGEST = 12
"""Characters of a value; more would not be seen."""


def takes(lab: Lab, key: str, character: str | None) -> bool:
    """Whether a key belongs to the value that is typed; if so it has been taken in."""
    state = lab.open_panel()
    if state is None or state.knob is None:
        return False
    if key == "backspace" and lab.typed:
        lab.typed = lab.typed[:-1]
    elif character is None or not character.isprintable() or not (lab.typed or character in "0123456789"):
        return False
    elif state.knob.enter is None:
        lab.say(said("Nothing can be typed here: left and right turn it."))
    else:
        lab.typed = (lab.typed + character)[:LONGEST]
    lab.touch()
    return True


def confirm(lab: Lab) -> bool:
    """Enter: set what was typed, or switch what is only on or off. False where no list is open."""
    state = lab.open_panel()
    if state is None:
        return False
    if state.knob is None:
        return True
    if lab.typed:
        text, lab.typed = lab.typed, ""
        changes.enter(lab, state.knob.id, text)
    elif state.knob.enter is None:
        changes.turn_selected(lab, 1)
    return True
