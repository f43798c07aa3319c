"""Names as they stand in a sentence."""

from collections.abc import Sequence

from simulator.words.numbers import count


def plural(name: str, number: float = 2) -> str:
    """``worker`` or ``workers``; ``event loop`` or ``event loops``."""
    if number == 1:
        return name
    return name + ("es" if name.endswith(("s", "x", "ch", "sh")) else "s")


def counted(number: float, name: str) -> str:
    """A number of things: ``1 request``, ``1 234 requests``."""
    return f"{count(number)} {plural(name, number)}"


def a(name: str) -> str:
    """With its article: ``a worker``, ``an event loop``."""
    return ("an " if name[0].lower() in "aeio" else "a ") + name


def all_of(name: str, number: int) -> str:
    """The one, or all of several: ``the worker``, ``both cores``, ``the 4 workers``."""
    if number == 1:
        return f"the {name}"
    return f"both {plural(name)}" if number == 2 else f"the {count(number)} {plural(name)}"


def some_of(number: int, size: int, name: str) -> str:
    """``the worker``, ``both workers``, ``all 8 workers``, ``7 of 8 workers``."""
    if number == size:
        return all_of(name, size) if size <= 2 else f"all {count(size)} {plural(name)}"
    return f"{count(number)} of {count(size)} {plural(name, size)}"


def listed(parts: Sequence[str]) -> str:
    """``one``, ``one and two``, ``one, two and three``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def is_or_are(number: int) -> str:
    """The verb for so many."""
    return "is" if number == 1 else "are"


def sentence(text: str) -> str:
    """With a capital at the start and a full stop at the end."""
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")
