"""A server as it is typed, ``gunicorn -w 4 -k gthread``: read against a table, and never run as it stands.

What to watch: of a typed line only names that a table knows are taken over, and only values that are numbers or one of
a few words. What is started is built from those. Whatever would load code, read a file, or change who and where the
server is, is left out and said, or refused where leaving it out would measure something else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from shlex import quote
from typing import Any

from simulator.experiments.catalogue import server
from simulator.experiments.deployment import Deployment, configured
from simulator.experiments.production import Kind, Option, Piece, Production, Program
from simulator.experiments.production_options import table
from simulator.experiments.production_pieces import pieces, value_of
from simulator.experiments.production_words import line_of, split
from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell
from simulator.words.nearest import nearest


def is_production(line: str) -> bool:
    """Whether there is a server's command in a line, and not the name of one of ours."""
    return line_of(line, _programs()) is not None


def no_such_server(line: str) -> str:
    """What is answered to a line that has no server in it, where no model was named either."""
    name, known = next(iter(split(line)), ""), list(_programs())
    return tell(
        "--server {name}: no server that is known here.{near} There are: {known}",
        name=name, near=nearest(name, known), known=", ".join(known),
    )  # fmt: skip


def deployed(line: str) -> Deployment:
    """The deployment that a command line describes: model, settings, and what to start. Raises RefusalError."""
    found = production(line)
    if found.program.refused:
        raise RefusalError(_closest(found))
    return Deployment(model=server(found.kind.model), config=_config(found), production=found)


def _config(found: Production) -> Any:
    """The settings of the model that it is. Raises RefusalError."""
    known = {found.kind.roles[role]: value for role, value in found.roles if role in found.kind.roles}
    return configured(server(found.kind.model), {**found.kind.settings, **known, **dict(found.settings)})


def _closest(found: Production) -> str:
    """What is said of a server that is understood, and not modelled: what is closest to it."""
    numbers = dict(found.roles)
    settings = [f"--{setting} {numbers[role]}" for role, setting in found.kind.roles.items() if role in numbers]
    return tell(
        "--server {line}: tasks from a queue are not modelled yet (docs/limits.md). Closest is a server of that size, "
        "as if tasks came as requests: {typed}",
        line=quote(found.line), typed=" ".join(["--model", found.kind.model, *settings]),
    )  # fmt: skip


def production(line: str) -> Production:
    """The command line, understood. Raises RefusalError."""
    found = line_of(line, _programs())
    if found is None:
        raise RefusalError(no_such_server(line))
    return understood(found.program, found.begins, pieces(found))


def understood(program: Program, begins: tuple[str, ...], parts: Sequence[Piece]) -> Production:
    """What the pieces of a line say; of an option that is there twice the last counts. Raises RefusalError."""
    kinds = [kind for kind in program.kinds if "," not in kind]
    read = [
        replace(piece, value=value_of(program, piece.option, piece.value, kinds)) if piece.option else piece
        for piece in parts
    ]
    options = [(piece.option, piece.value) for piece in read if piece.option is not None]
    if prints := next((piece for piece in read if piece.option and piece.option.does == "prints"), None):
        raise RefusalError(
            tell("--server: with {option} {program} prints something and ends; leave it out", option=prints.typed,
                 program=program.name)
        )  # fmt: skip
    said = {option.what: option.gives or value for option, value in options if option.does == "modelled"}
    numbers = {role: int(value) for role, value in said.items() if role != "kind" and value.isdecimal()}
    kind = _kind(program, said.get("kind", next(iter(program.kinds))), numbers)
    roles = {**program.defaults, **numbers}
    for role, whole in kind.shares.items():
        if role not in numbers:
            roles[role] = max(roles[whole] // (roles["processes"] if whole == "backlog" else 1), 1)
    return Production(
        program=program,
        kind=kind,
        roles=tuple(roles.items()),
        settings=tuple((kind.roles[role], value) for role, value in said.items()
                       if role in kind.roles and not value.isdecimal()),
        arguments=(*(word for option, value in options for word in _built(program, option, value)),
                   *kind.argument.split()),
        begins=begins,
        pieces=tuple(read),
    )  # fmt: skip


def _kind(program: Program, typed: str, numbers: Mapping[str, int]) -> Kind:
    """Threads, or greenlets, make another kind of some; several processes make another model."""
    for role, from_ in (("greenlets", 1), ("threads", 2)):
        if numbers.get(role, 0) >= from_ and (found := program.kinds.get(f"{typed}, {role}")):
            return found
    kind = program.kinds[typed]
    return _several(kind) if kind.several and numbers.get("processes", 1) > 1 else kind


@cache
def _several(kind: Kind) -> Kind:
    """The same for equal lines: kinds are only equal to themselves."""
    return replace(kind, model=kind.several)


def _programs() -> Mapping[str, Program]:
    from simulator.experiments.production_table import PROGRAMS  # only who names a server pays for it

    return PROGRAMS


def _built(program: Program, option: Option, value: str) -> list[str]:
    """The words of what is started; the kind of worker comes last, as ours calls it."""
    if option.started != "passed" or option.what == "kind" or not option.name.startswith("-"):
        return []
    if not option.takes:
        return [option.name]
    if option.takes == "maybe":
        return []
    return [f"{option.name}={value}"] if program.joined else [option.name, value]


# Starting it for real.


def startable(line: str) -> Deployment:
    """The same, where such a server can be started with what was typed, and nothing else. Raises RefusalError."""
    side = deployed(line)
    found = side.production
    assert found is not None  # a line describes one
    refuse_unstartable(found)
    return side


def refuse_unstartable(found: Production) -> None:
    """Raise RefusalError where it is only simulated, or where something of it is never passed on."""
    program = found.program
    if not program.starts or not found.kind.application:
        started = ", ".join(each.name for each in _programs().values() if each.starts)
        raise RefusalError(
            tell("--server: {server} is simulated, but not started here. Started are: {started}",
                 server=" ".join([program.name, *_kind_words(found)]), started=started)
        )  # fmt: skip
    for piece in found.pieces:
        if piece.option is not None and piece.option.started == "refused":
            raise RefusalError(_refused(program, piece))


def _kind_words(found: Production) -> list[str]:
    kinds = [piece for piece in found.pieces if piece.option is not None and piece.option.what in ("kind", "greenlets")]
    return [word for piece in kinds for word in piece.words]


def _refused(program: Program, piece: Piece) -> str:
    from simulator.experiments.production_reasons import REASONS
    from simulator.words.language import translated

    assert piece.option is not None
    why = (
        translated(REASONS[piece.option.what])
        if piece.option.does == "matters"
        else tell("only loopfork's own application is started, with no code besides")
    )
    return tell(
        "--server: {program} {text} is not passed on to a server that is started: {why}. Leave it out",
        program=program.name, text=piece.typed, why=why,
    )  # fmt: skip


# The line again, with another number in it.


def reconfigured(side: Deployment, config: Any) -> Deployment:
    """The server with other settings: its line says them, or it is described by its model where no line could."""
    found = side.production
    if found is None:
        return replace(side, config=config)
    roles = {setting: role for role, setting in found.kind.roles.items()}
    for field in fields(config):
        new = getattr(config, field.name)
        if found is not None and new != getattr(side.config, field.name):
            found = rewritten(found, roles[field.name], new) if field.name in roles else None
    if found is not None and _shared(_config(found), config):
        return replace(side, model=server(found.kind.model), config=_config(found), production=found)
    own = side.own_profile
    costs = side.profile or ("" if own == side.model.profile(config) else own)
    return replace(side, config=config, production=None, profile=costs)


def _shared(one: Any, other: Any) -> bool:
    """Whether all settings that both have are the same; several processes may be another model."""
    names = {field.name for field in fields(one)} & {field.name for field in fields(other)}
    return all(getattr(one, name) == getattr(other, name) for name in names)


def rewritten(found: Production, role: str, value: Any) -> Production | None:
    """The same line with another number of processes or threads; None where nothing on a line says that."""
    options = [each for each in table(found.program.name).options if each.does == "modelled" and each.what == role]
    if not options:
        return None
    option = options[0]
    if not option.name.startswith("-"):
        return _with_variable(found, option, value)
    kept = [piece for piece in found.pieces if piece.before or piece.option not in options]
    if not option.takes:
        new = [Piece((option.name,), option)] if option.gives == value else []
        at = _place(kept, found.program)
        return understood(found.program, found.begins, [*kept[:at], *new, *kept[at:]])
    old = [at for at, piece in enumerate(found.pieces) if piece.option is option and not piece.before]
    piece = _renumbered(found.pieces[old[-1]] if old else None, option, value, joined=found.program.joined)
    at = sum(1 for each in found.pieces[: old[-1]] if each in kept) if old else _place(kept, found.program)
    return understood(found.program, found.begins, [*kept[:at], piece, *kept[at:]])


def _renumbered(old: Piece | None, option: Option, value: int, *, joined: bool) -> Piece:
    """Written as it was: ``-w4``, ``-w 4`` or ``--workers=4``."""
    name = option.name if old is None else next(name for name in option.names if old.words[0].startswith(name))
    if (old is None and not joined) or (old is not None and len(old.words) > 1):
        return Piece((name, str(value)), option, str(value))
    return Piece((f"{name}={value}" if name.startswith("--") else f"{name}{value}",), option, str(value))


def _with_variable(found: Production, option: Option, value: int) -> Production:
    word = f"{option.name}={value}"
    new = Piece((word,), option, str(value), before=True)
    kept = [piece for piece in found.pieces if piece.option is not option]
    others = [each for each in found.begins if not each.startswith(f"{option.name}=")]
    return understood(found.program, (word, *others), [new, *kept])


def _place(pieces: Sequence[Piece], program: Program) -> int:
    """Where a new option stands: behind the others, or behind the word that makes it serve; never before the name."""
    last = (at for at, piece in enumerate(pieces) if piece.before or piece.option or piece.typed == program.subcommand)
    return max(last, default=-1) + 1
