"""What somebody meant who typed a word that there is not: the likeliest of those that there are."""

from collections.abc import Iterable

from simulator.words.language import tell

LONGEST = 100
"""Characters that are looked at: whoever typed more meant none of ours, and comparing would take long."""
OF_FLAGS, OF_KEYS = 0.65, 0.5
"""How alike two words have to be, from 0 to 1. Below the first a name or a flag is rather something else than a slip of
the pen; the keys of a file are few in their place, so less will do."""


def did_you_mean(word: str, valid: Iterable[str]) -> str:
    """In a message about a file: a remark in brackets, or nothing where none of the words is near."""
    near = _nearest(word, valid, OF_KEYS)
    return tell(' (did you mean "{word}"?)', word=near) if near else ""


def nearest(word: str, words: Iterable[str]) -> str:
    """In a message about what was typed: `` Did you mean ...?``, or nothing where none of the words is near."""
    near = _nearest(word, words, OF_FLAGS)
    return tell(" Did you mean {word}?", word=near) if near else ""


def _nearest(word: str, words: Iterable[str], alike: float) -> str | None:
    from difflib import get_close_matches  # only a mistake pays for it

    known = {each.lstrip("-").lower(): each for each in words}  # dashes that both have make nobody alike
    close = get_close_matches(word.lstrip("-").lower()[:LONGEST], known, n=1, cutoff=alike)
    return known[close[0]] if close else None
