"""What a rule of the diagnosis answers: a sentence, and as data what it is about, so that programs can go by it.

What to watch: a sentence says the cause and what it did, and gives no advice. What might help stands in ``cures``, and
is told once a run of exactly that has shown what it gives.
"""

from dataclasses import dataclass
from enum import Enum
from functools import partial

from simulator.trace.cures import Cure
from simulator.words.language import Said, said
from simulator.words.phrases import capital


class Kind(Enum):
    """What somebody is who does something, or to whom it is done."""

    CLASS = "class"
    """A class of requests."""
    CLIENT = "client"
    ENTRY = "entry"
    """An entry of the timeline."""
    ARRIVALS = "arrivals"
    """Many that come at once."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who does something to somebody, or to whom it is done."""

    kind: Kind
    name: str
    """As it is called in the scenario."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence and its weight: the share of the requests' time, or of the requests, that it explains."""

    weight: float
    sentence: Said
    cures: tuple[Cure, ...] = ()
    """What might help, to be tried before it is said; the likeliest first."""
    resource: str = ""
    """What is short: the name of a pool, a lock, a backlog, or the cores."""
    culprits: tuple[Party, ...] = ()
    """Who did it: a class of requests, the clients of one name, or both."""
    victims: tuple[Party, ...] = ()
    rule: str = ""
    """The name of the rule that found it."""

    @property
    def text(self) -> str:
        """The sentence in the language of now."""
        return capital(str(self.sentence))


def told(*sentences: Said | None) -> Said:
    """Several sentences, one after the other; what is None is left out."""
    first, *more = [each for each in sentences if each is not None]
    for each in more:
        first = said("{first} {second}", first=first, second=partial(_sentence, each))
    return first


def _sentence(each: Said) -> str:
    return capital(str(each))
