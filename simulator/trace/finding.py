"""What a rule of the diagnosis answers: a sentence, and as data what it is about, so that programs can go by it."""

from dataclasses import dataclass, replace
from enum import Enum

from simulator.trace.cures import Cure
from simulator.words.language import Said


class Kind(Enum):
    """What somebody who is named in a sentence is."""

    CLASS = "class"
    """A class of requests."""
    CLIENT = "client"
    RESOURCE = "resource"
    ENTRY = "entry"
    """An entry of the timeline."""
    ARRIVALS = "arrivals"
    """Many that come at once."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who does something to somebody, or to whom it is done."""

    kind: Kind
    name: str
    """As it is called in the scenario or in the plan."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence and its weight: the share of the requests' time, or of the requests, that it explains."""

    weight: float
    sentence: str | Said
    cures: tuple[Cure, ...] = ()
    """What might help, to be tried before it is said; the likeliest first."""
    culprit: Party | None = None
    victims: tuple[Party, ...] = ()
    rule: str = ""
    """The name of the rule that found it."""

    @property
    def text(self) -> str:
        """The sentence in the language of now."""
        return str(self.sentence)

    def found_by(self, rule: str) -> "Finding":
        """The same, with the name of its rule."""
        return replace(self, rule=rule)
