"""What the palette lists on every screen, and how it is found: by plain words, or by the name of an action.

What to watch: nothing here needs a run, so the first screen has it too.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

from simulator.lab.keys import Key
from simulator.stage.canvas.look import GLYPH_SETS, THEMES, Look
from simulator.words.language import LANGUAGES, Language, language, later, tell, translated

NAMES: dict[Language, str] = {"en": "English", "zh": "中文"}
LOOKS = (
    *(later("dark"), later("light"), later("high-contrast"), later("colour-blind"), later("mono")),
    *(later("unicode"), later("ascii")),
)
"""Names of themes and of sets of glyphs, for the catalogue."""


@dataclass(frozen=True, slots=True)
class Press:
    """As if the key had been pressed."""

    id: str


@dataclass(frozen=True, slots=True)
class Wear:
    """Another look."""

    what: Literal["theme", "glyphs"]
    name: str


@dataclass(frozen=True, slots=True)
class Speak:
    """Another language."""

    language: Language


Deed = Press | Wear | Speak | Callable[[], None]
"""What choosing a command does; what only the lab needs is done by calling it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A line of the palette."""

    words: str
    """In the language of now."""
    deed: Deed
    also: str = ""
    """What it is found by besides: the name of the action."""

    @property
    def key(self) -> str:
        """The id of the key that does the same; empty where there is none."""
        return self.deed.id if isinstance(self.deed, Press) else ""


def of_keys(keys: Iterable[tuple[Key, str]]) -> Iterator[Command]:
    """One for each key, in the words that are given with it."""
    for key, words in keys:
        yield Command(words=words, deed=Press(key.id), also=f"{key.id} {translated(key.does)}")


def of_looks(look: Look) -> Iterator[Command]:
    """Other colours, glyphs and languages than the present ones, by their names."""
    for other in LANGUAGES:
        if other != language():
            words = tell("language: {name}", name=NAMES[other])
            yield Command(words=words, deed=Speak(other), also=f"language {' '.join(NAMES.values())}")
    for name in THEMES:
        if name != look.theme.name:
            yield Command(
                words=tell("theme: {name}", name=translated(name)), deed=Wear("theme", name), also=f"theme {name}"
            )
    for name in GLYPH_SETS:
        if name != look.glyphs.name:
            yield Command(
                words=tell("glyphs: {name}", name=translated(name)), deed=Wear("glyphs", name), also=f"glyphs {name}"
            )


# How they are found.


@dataclass(frozen=True, slots=True)
class Found:
    """A command, and which parts of its words were typed."""

    command: Command
    typed: tuple[tuple[int, int], ...] = ()
    """From where to where."""


def found(commands: Sequence[Command], typed: str) -> list[Found]:
    """The commands in which every typed word stands, somewhere in their words or in the name of their action.

    Those that begin with what was typed come first, then those in whose words all of it stands.
    """
    wanted = typed.casefold().split()
    ranked = [(rank, each) for each in commands if (rank := _rank(each, wanted)) is not None]
    return [Found(each, tuple(_spans(each.words, wanted))) for _, each in sorted(ranked, key=itemgetter(0))]


def _rank(command: Command, wanted: Sequence[str]) -> int | None:
    words, also = command.words.casefold(), command.also.casefold()
    if not all(word in words or word in also for word in wanted):
        return None
    if not wanted or words.startswith(" ".join(wanted)) or wanted == [command.key]:
        return 0
    if all(_begins(word, words) for word in wanted):
        return 1
    return 2 if all(word in words for word in wanted) else 3


def _begins(wanted: str, words: str) -> bool:
    """Whether a word begins like that; characters of Chinese have no blanks between them."""
    at = words.find(wanted)
    return at >= 0 and (at == 0 or not words[at - 1].isalnum() or not wanted.isascii())


def _spans(words: str, wanted: Sequence[str]) -> Iterator[tuple[int, int]]:
    folded = words.casefold()
    if len(folded) != len(words):  # a letter that is folded into two: rather mark nothing than something else
        return
    for word in wanted:
        at = folded.find(word)
        if at >= 0:
            yield at, at + len(word)
