"""The two ways in which a command can fail: the user can put it right, or only we can."""

from collections.abc import Iterable

from simulator.words.language import tell

NEAR = 0.65
"""How alike a suggestion has to be, from 0 to 1: below this it is rather something else than a slip of the pen."""


class RefusalError(Exception):
    """The command cannot be carried out as typed; the message says what was given, what was expected, what to do.

    One message and exit code 2, never a traceback.
    """


class InvariantError(Exception):
    """A run contradicts itself: a mistake in the program, never the user's. Nothing of such a run is shown."""


def nearest(word: str, words: Iterable[str]) -> str:
    """`` Did you mean ...?`` for the closest of the words, or nothing where none is close."""
    from difflib import get_close_matches  # only a mistake pays for it

    known = {each.lstrip("-"): each for each in words}  # dashes that both have make nobody alike
    close = get_close_matches(word.lstrip("-"), known, n=1, cutoff=NEAR)
    return tell(" Did you mean {word}?", word=known[close[0]]) if close else ""
