"""The two ways in which a command can fail: the user can put it right, or only we can."""

from collections.abc import Iterable


class RefusalError(Exception):
    """The command cannot be carried out as typed; the message says what was given, what was expected, what to do.

    One message and exit code 2, never a traceback.
    """


class InvariantError(Exception):
    """A run contradicts itself: a mistake in the program, never the user's. Nothing of such a run is shown."""


def nearest(word: str, words: Iterable[str]) -> str:
    """`` Did you mean ...?`` for the closest of the words, or nothing where none is close."""
    from difflib import get_close_matches  # only a mistake pays for it

    close = get_close_matches(word, list(words), n=1, cutoff=0.5)
    return f" Did you mean {close[0]}?" if close else ""
