"""A link opens a state: the address of the served page says what is watched, and is read as a command line is.

``/?load=slow-clients&server=prefork&nginx=1&at=20s``; with two to four ``server`` they stand side by side. A server is
written as after ``compare``: ``prefork+nginx:workers=8``.

What to watch: whoever makes somebody click on a link chooses what is in it. So it can name what is simulated and how
that is looked at, and nothing else: no file but those of the command line of ``simulate serve``, no output, no engine.
What is in it is never seen by a shell, and never can be taken for another flag.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import get_type_hints

from models.profiles import PROFILES
from simulator.experiments.catalogue import Model, fronts
from simulator.experiments.deployment import Deployment
from simulator.experiments.deployment_words import SWITCH, named, pane
from simulator.experiments.options import COMPARE, PICTURES, RUN, SCREEN, Section, section
from simulator.experiments.profiles import OWN
from simulator.experiments.refusal import RefusalError
from simulator.experiments.setup import MOST_SIDES
from simulator.words.language import LANGUAGES, tell
from simulator.words.nearest import nearest
from simulator.workload.shipped_scenarios import shipped

Pairs = Sequence[tuple[str, str]]
"""Keys and values of an address, in their order; a key may come several times."""
SERVER, LANG = "server", "lang"
FILES = ("load", "machine", "profile")
"""Values of these can be names of files."""
CHOSEN = {
    RUN.key: (*FILES, "seed", "rate", "duration", "cores", "set"),
    PICTURES.key: ("at",),
    SCREEN.key: ("theme", "glyphs", "caption"),
}
"""What a link can say besides servers and their settings."""
SWITCHES: Mapping[str, bool] = {**SWITCH, "1": True, "0": False, "": True}
LIKE = "?server=prefork&load=slow-clients"


def linked(pairs: Pairs, own: Collection[str]) -> list[str]:
    """The words of a command line that shows what a link says. Raises RefusalError.

    ``own``: the words of the command line of the server, whose files a link may name too.
    """
    words = [value for key, value in pairs if key == SERVER]
    if not 1 <= len(words) <= MOST_SIDES or not any(key == "load" for key, _ in pairs):
        raise RefusalError(
            tell("a link names one to {most} servers and a load, like {example}", most=MOST_SIDES, example=LIKE)
        )
    sides = [pane(word) for word in words]
    for side in sides:
        if side.profile:
            _refuse_files("profile", side.profile, own)
    known = _known(sides)
    rest = [word for key, value in pairs if key != SERVER for word in _words(key, value, known, own)]
    start = named(sides[0]) if len(sides) == 1 else ["compare", *words]
    return [*start, *rest, "--watch"]


def _known(sides: Sequence[Deployment]) -> dict[str, tuple[Section | None, str, bool]]:
    """The keys of a link: for each its section and field, and whether it is a switch. Fronts are in no section."""
    run = RUN if len(sides) == 1 else COMPARE
    known: dict[str, tuple[Section | None, str, bool]] = {LANG: (None, LANG, False)}
    for its in (run, PICTURES, SCREEN):
        known |= {its.flag(field)[2:]: (its, field, False) for field in CHOSEN[its.key]}
    known |= {front.name: (None, front.name, True) for front in fronts()}
    for model in _programs(sides):
        its, hints = section(model), get_type_hints(model.config)
        known |= {its.flag(field)[2:]: (its, field, hints[field] is bool) for field in its.fields}
    return known


def _programs(sides: Sequence[Deployment]) -> tuple[Model, ...]:
    """Whose settings can be keys: of one server alone, as on the command line."""
    return (sides[0].model, *fronts()) if len(sides) == 1 else ()


def _words(
    key: str, value: str, known: Mapping[str, tuple[Section | None, str, bool]], own: Collection[str]
) -> tuple[str, ...]:
    if key not in known:
        message = tell(
            "link: no key {key}.{nearest} There are: {names}",
            key=key,
            nearest=nearest(key, known),
            names=", ".join((SERVER, *known)),
        )
        raise RefusalError(message)
    its, field, switch = known[key]
    if switch:
        on = SWITCHES.get(value.lower())
        if on is None:
            raise RefusalError(tell("link: {key}={value}: expected 1 or 0", key=key, value=value))
        return (its.typed(field, on),) if its is not None else (f"--{field}",) * on
    _refuse_files(key, value, own)
    if key == LANG and value not in LANGUAGES:
        languages = ", ".join(LANGUAGES)
        raise RefusalError(
            tell("link: {key}={value}: expected one of {values}", key=key, value=value, values=languages)
        )
    return (f"--{key}={value}",)


def _files(own: Collection[str]) -> set[str]:
    """What the server was started with where a file can be named."""
    typed = {f"--{key}" for key in FILES}
    apart = {value for flag, value in pairwise(own) if flag in typed}
    return apart | {word.partition("=")[2] for word in own if word.partition("=")[0] in typed}


def _refuse_files(key: str, value: str, own: Collection[str]) -> None:
    """Raise RefusalError for a file that whoever started the server did not name.

    A scenario reads files where a key of it is called ``file``; TOML can write that with backslashes too.
    """
    named = key in FILES and value not in (*shipped(), *PROFILES, OWN, *_files(own))
    if named or (key == "set" and ("file" in value.lower() or "\\" in value)):
        raise RefusalError(
            tell(
                "link: {key}={value}: a link can name no file but those that `simulate serve` was started with",
                key=key,
                value=value,
            )
        )
