"""Names as they stand in a sentence, in the language of now: for the fields of a message.

What to watch: a name is given in English and in the singular, and that is how it stands in a plan. Only English has
plurals, articles and verbs that go by a number; what other languages have is in the catalogue.
"""

from collections.abc import Sequence

from simulator.words.language import language, later, tell, translated
from simulator.words.numbers import count

NOUNS = (later("core"), later("request"), later("slot"))
"""Names that stand in no plan."""


def plural(name: str, number: float = 2) -> str:
    """``worker`` or ``workers``; ``event loop`` or ``event loops``."""
    if language() != "en":
        return translated(name)
    if number == 1:
        return name
    return name + ("es" if name.endswith(("s", "x", "ch", "sh")) else "s")


def counted(number: float, name: str) -> str:
    """A number of things: ``1 request``, ``1 234 requests``."""
    return tell("{number} {names}", number=count(number), names=plural(name, number))


def cores_of(number: int, quota: float) -> str:
    """``2 cores``, or what a container has of them."""
    return tell("a quota of {quota} cores", quota=f"{quota:g}") if quota else counted(number, "core")


def numbered(slot: str) -> str:
    """One of several, as it was recorded: ``worker 3`` in the language of now."""
    name, _, number = slot.rpartition(" ")
    return tell("{name} {number}", name=translated(name), number=number) if number.isdigit() else translated(slot)


def a(name: str) -> str:
    """With its article: ``a worker``, ``an event loop``."""
    message = later("an {name}") if name[0].lower() in "aeio" else later("a {name}")
    return tell(message, name=translated(name))


def all_of(name: str, number: int) -> str:
    """The one, or all of several: ``the worker``, ``both cores``, ``the 4 workers``."""
    if number == 1:
        return tell("the {name}", name=translated(name))
    if number == 2:
        return tell("both {names}", names=plural(name))
    return tell("the {number} {names}", number=count(number), names=plural(name))


def some_of(number: int, size: int, name: str) -> str:
    """``the worker``, ``both workers``, ``all 8 workers``, ``7 of 8 workers``."""
    if number == size:
        return all_of(name, size) if size <= 2 else tell("all {number} {names}", number=count(size), names=plural(name))
    return tell("{some} of {number} {names}", some=count(number), number=count(size), names=plural(name, size))


def listed(parts: Sequence[str]) -> str:
    """``one``, ``one and two``, ``one, two and three``."""
    if len(parts) == 1:
        return parts[0]
    return tell("{first} and {last}", first=in_a_row(parts[:-1]), last=parts[-1])


def in_a_row(parts: Sequence[str]) -> str:
    """``one, two, three``."""
    row = parts[0]
    for part in parts[1:]:
        row = tell("{first}, {next}", first=row, next=part)
    return row


def clauses(parts: Sequence[str]) -> str:
    """Of one sentence: ``this is so; that is so too``."""
    joined = parts[0]
    for part in parts[1:]:
        joined = tell("{first}; {next}", first=joined, next=part)
    return joined


def is_or_are(number: int) -> str:
    """The verb for so many, in English."""
    return "is" if number == 1 else "are"


def capital(text: str) -> str:
    """With a capital at the start."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The same, with a full stop at the end."""
    return capital(text) + ("" if text.endswith((".", "。")) else ".")


def first_sentence(text: str) -> str:
    """Up to the first full stop or question mark that ends a word, in one line."""
    if "。" in text:
        return text.partition("。")[0] + "。"
    words = text.split()
    for number, word in enumerate(words, 1):
        if word.endswith((".", "?")):
            return " ".join(words[:number])
    return " ".join(words)
