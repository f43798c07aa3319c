"""What a server's command line became here, as three lists: modelled, without effect here, and not modelled although
it matters.

What to watch: nothing that was typed is missing from the lists, and none of it is in two.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.experiments.production import Kind, Option, Piece, Production, Program
from simulator.experiments.production_options import table
from simulator.experiments.production_reasons import HARMLESS, MATTERS
from simulator.experiments.production_words import INSTRUMENTS, VARIABLE, is_free_threaded
from simulator.words.language import tell, translated

CONFIGURATION = (".ini", ".yaml", ".yml", ".xml", ".json", ".toml", ".conf")
ADDRESSES = ("manage.py", "http.server")
"""Programs for which a word alone is where they listen."""
ASGI_PROFILES = ("uvicorn",)
"""Costs of servers under which an endpoint may be a plain function, that frameworks run in a thread."""
HABITS = ("worker-timeout", "keep-alive", "silent", "healthcheck", "recycle", "harakiri", "prefetch")
"""What a server does that nobody typed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something of a line, and what is said about it."""

    typed: str
    told: str
    """In the language of now."""
    key: str
    """The same for programs: a setting, or the name of a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The three lists, and what the server has by itself."""

    line: str
    program: str
    version: str
    """Of the server, as its table of options has it."""
    model: str
    modelled: tuple[Entry, ...]
    harmless: tuple[Entry, ...]
    matters: tuple[Entry, ...]
    by_itself: Mapping[str, str]
    """Options that nobody typed, with their values."""


def answer(found: Production) -> Answer:
    """What became of a line, in the language of now."""
    lists: dict[str, list[Entry]] = {"modelled": [], "harmless": [], "matters": []}
    for number, piece in enumerate(found.pieces, start=1):
        name, entry = _entry(found, piece, found.pieces[number:])
        lists[name].append(entry)
    lists["matters"] += [Entry(found.program.name, translated(MATTERS[note]), note) for note in found.kind.notes]
    typed = {piece.option for piece in found.pieces}
    return Answer(
        line=found.line,
        program=found.program.name,
        version=table(found.program.name).version,
        model=found.kind.model,
        modelled=tuple(lists["modelled"]),
        harmless=tuple(lists["harmless"]),
        matters=tuple(lists["matters"]),
        by_itself=_by_itself(found, typed),
    )


def answer_to(line: str) -> Answer | None:
    """The same for a line that was saved; None where today's tables cannot read it any more."""
    from simulator.experiments.production_line import production
    from simulator.experiments.refusal import RefusalError

    try:
        return answer(production(line))
    except RefusalError:
        return None


def data(given: Answer) -> dict[str, Any]:
    """The answer for programs."""
    return {
        "line": given.line,
        "program": given.program,
        "options_of_version": given.version,
        "model": given.model,
        "modelled": {entry.typed: entry.key for entry in given.modelled},
        "makes_no_difference": {entry.typed: entry.key for entry in given.harmless},
        "not_modelled": {entry.typed: entry.key for entry in given.matters},
        "by_itself": dict(given.by_itself),
    }


def _entry(found: Production, piece: Piece, behind: Sequence[Piece]) -> tuple[str, Entry]:
    """The list that a piece belongs to, and what is said there; ``behind``: what was typed after it."""
    option = piece.option
    if option is None:
        return _word(found, piece)
    if option.does == "modelled":
        if any(each.option is not None and each.option.what == option.what for each in behind):
            return "harmless", _harmless(piece, "overridden")
        became = _became(found, option, piece)
        return ("modelled", became) if became else ("harmless", _harmless(piece, "no-effect"))
    if option.does == "matters":
        return "matters", _matters(piece, option.what)
    return "harmless", _harmless(piece, option.what)


def _became(found: Production, option: Option, piece: Piece) -> Entry | None:
    """What it is of the model; None where it is nothing with this kind of worker."""
    kind = found.kind
    if option.what == "kind":
        return _model(piece, kind)
    if option.what not in kind.roles:
        return None
    setting = kind.roles[option.what]
    value = option.gives or str(dict(found.roles).get(option.what, piece.value))
    words = f"{setting} {value}".replace("_", " ")
    return Entry(piece.typed, words, f"{setting}={value}")


def _model(piece: Piece, kind: Kind) -> Entry:
    """What says which kind of worker it is."""
    words = " ".join([kind.model, *(f"{name} {value}" for name, value in kind.settings.items())])
    return Entry(piece.typed, words, words)


def _word(found: Production, piece: Piece) -> tuple[str, Entry]:
    """What is no option: the application, a file, what stood before the server's name."""
    word, program = piece.words[0], found.program
    if piece.before:
        if is_free_threaded(piece):
            set_ = "free_threaded" in dict(found.settings)
            modelled = Entry(piece.typed, "free threaded", "free_threaded=True")
            return ("modelled", modelled) if set_ else ("harmless", _harmless(piece, "no-effect"))
        if word in INSTRUMENTS:
            return "matters", _matters(piece, "instrumented")
        return "harmless", _harmless(piece, "variable" if VARIABLE.match(word) else "prefix")
    if word == program.subcommand:
        return "modelled", _model(piece, found.kind)
    if program.own_flags:
        scripts = [each for each in found.pieces if each.option is None and not each.before]
        is_script = program.name == "node" and scripts[0] is piece
        return "harmless", _harmless(piece, "application" if is_script else "own")
    if word.endswith(CONFIGURATION) and program.name == "uwsgi":
        return "matters", _matters(piece, "file")
    if program.name in ADDRESSES:
        return "harmless", _harmless(piece, "address")
    return "harmless", _harmless(piece, "endpoints" if found.kind.profile in ASGI_PROFILES else "application")


def _harmless(piece: Piece, why: str) -> Entry:
    return Entry(piece.typed, translated(HARMLESS[why]), why)


def _matters(piece: Piece, why: str) -> Entry:
    return Entry(piece.typed, translated(MATTERS[why]), why)


def _by_itself(found: Production, typed: set[Option | None]) -> dict[str, str]:
    """Defaults of what is modelled with this kind of worker, or would matter."""
    said = {piece.option.what for piece in found.pieces if piece.option is not None}
    found_defaults: dict[str, str] = {}
    roles = dict(found.roles)
    for option in table(found.program.name).options:
        is_role = option.does == "modelled" and option.what in found.kind.roles and option.what not in said
        if is_role and not option.gives:
            value = str(roles.get(option.what, option.default))
            found_defaults |= {option.name: value} if value else {}
        elif option.what in HABITS and option.default not in ("", "0") and option not in typed:
            found_defaults[option.name] = option.default
    return found_defaults


def short_lists(given: Answer) -> Iterator[str]:
    """The lists for a summary: of what makes no difference only the names."""
    if given.modelled:
        became = [tell("{typed} ({became})", typed=each.typed, became=each.told) for each in given.modelled]
        yield tell("modelled: {typed}", typed=_in_a_row(became))
    if given.harmless:
        yield tell("makes no difference here: {typed}", typed=_in_a_row(each.typed for each in given.harmless))
    for why, typed in _by_reason(given.matters):
        yield tell("not modelled: {typed}: {why}", typed=typed, why=why)


def _in_a_row(parts: Iterable[str]) -> str:
    return translated(", ").join(parts)


def _by_reason(entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """Each reason once, with all that was typed for it."""
    reasons = dict.fromkeys(entry.told for entry in entries)
    for told in reasons:
        yield told, _in_a_row(entry.typed for entry in entries if entry.told == told)


# All there is, for pages.


def kinds_of(program: Program) -> list[tuple[str, str]]:
    """Each kind of worker as it is typed, and what it is here; those that are the same together."""
    same: dict[int, list[str]] = {}
    for name, kind in program.kinds.items():
        same.setdefault(id(kind), []).append(name)
    rows = []
    for names in same.values():
        kind = program.kinds[names[0]]
        settings = "".join(f" --{name} {value}" for name, value in kind.settings.items())
        typed, rest = ", ".join(names), f"{settings} --profile {kind.profile}"
        rows.append((typed, f"--model {kind.model}{rest}"))
        if kind.several:
            rows.append((tell("{kinds}: several processes", kinds=typed), f"--model {kind.several}{rest}"))
    return rows


def modelled_options(program: Program) -> list[str]:
    """The options that set something here."""
    return [", ".join(option.names) for option in table(program.name).options if option.does == "modelled"]
