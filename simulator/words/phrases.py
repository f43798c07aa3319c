"""Figures and names as they stand in a sentence."""


def percent(share: float) -> str:
    """A share between 0 and 1: ``71 %``, ``under 1 %``."""
    if 0.0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 0.9995:
        return "over 99 %"
    return f"{share * 100:.0f} %"


def duration(seconds: float) -> str:
    """Three digits at most, in the unit that suits: ``0.42 ms``, ``126 ms``, ``1.3 s``."""
    if seconds < 0.0095:
        return f"{seconds * 1e3:.2g} ms"
    if seconds < 0.9995:
        return f"{seconds * 1e3:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 99.95 else f"{seconds:.0f} s"


def count(number: float) -> str:
    """A whole number with thin groups: ``12 400``."""
    return f"{number:,.0f}".replace(",", " ")


def plural(name: str, number: float = 2) -> str:
    """``worker`` or ``workers``; ``event loop`` or ``event loops``."""
    if number == 1:
        return name
    return name + ("es" if name.endswith(("s", "x", "ch", "sh")) else "s")


def a(name: str) -> str:
    """With its article: ``a worker``, ``an event loop``."""
    return ("an " if name[0].lower() in "aeio" else "a ") + name


def all_of(name: str, number: int) -> str:
    """The one, or all of several: ``the worker``, ``both cores``, ``the 4 workers``."""
    if number == 1:
        return f"the {name}"
    return f"both {plural(name)}" if number == 2 else f"the {count(number)} {plural(name)}"


def is_or_are(number: int) -> str:
    """The verb for so many."""
    return "is" if number == 1 else "are"


def sentence(text: str) -> str:
    """With a capital at the start and a full stop at the end."""
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")
