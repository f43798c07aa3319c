"""A server as it is typed, ``gunicorn -w 4 -k gthread``: read against a table, and never run as it stands.

What to watch: of a typed line only names that a table knows are taken over, and only values that are numbers or one of
a few words. What is started is built from those. Whatever would load code, read a file, or change who and where the
server is, is left out and said, or refused where leaving it out would measure something else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from shlex import quote
from typing import Any

from simulator.experiments.catalogue import server
from simulator.experiments.deployment import Deployment, configured
from simulator.experiments.production import Kind, Option, Piece, Production, Program
from simulator.experiments.production_pieces import pieces, value_of
from simulator.experiments.production_words import PYTHON, is_free_threaded, line_of, split
from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell
from simulator.words.nearest import nearest

FREE = "free_threaded"
"""The setting that says so."""
STARTERS = ("npm", "npx", "yarn", "pnpm", "pm2", "docker", "sh", "bash", "make", "honcho", "supervisord", "systemctl")
"""What starts something that stands elsewhere."""


def is_production(line: str) -> bool:
    """Whether there is a server's command in a line, and not the name of one of ours."""
    return line_of(line, _programs()) is not None


def no_such_server(line: str) -> str:
    """What is answered to a line that has no server in it, where no model was named either."""
    from simulator.experiments.real_servers import SERVERS  # only a mistake pays for it

    name, known = next(iter(split(line)), ""), list(_programs())
    if name in STARTERS or PYTHON.match(name):
        return tell(
            "--server {name}: what it starts is not known here; type that line itself. There are: {known}",
            name=name, known=", ".join(known),
        )  # fmt: skip
    if row := next((row for row in SERVERS.get(name, ()) if row.real.split()[0] in known), None):
        return tell(
            "--server {name}: no server by itself; type what serves it, like --server {typed}",
            name=name, typed=quote(row.real),
        )  # fmt: skip
    return tell(
        "--server {name}: no server that is known here.{near} There are: {known}",
        name=name, near=nearest(name, known), known=", ".join(known),
    )  # fmt: skip


def is_like_a_line(words: str) -> bool:
    """Whether it looks as if a program was started with something, whatever that is."""
    first, *others = words.split() or [""]
    started = first in STARTERS or PYTHON.match(first)
    return bool(others) and bool(started or any(each.startswith("-") or "." in each for each in others))


def deployed(line: str) -> Deployment:
    """The deployment that a command line describes: model, settings, and what to start. Raises RefusalError."""
    found = production(line)
    if found.program.refused:
        raise RefusalError(_closest(found))
    return Deployment(model=server(found.kind.model), config=config_of(found), production=found)


def config_of(found: Production) -> Any:
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
    if any(piece.option and piece.option.alone for piece in read):  # uvicorn --reload: --workers says nothing
        read = [
            replace(piece, value="1") if piece.option and piece.option.what == "processes" else piece for piece in read
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
        settings=_without_gil(kind, read) + tuple((kind.roles[role], value) for role, value in said.items()
                       if role in kind.roles and not value.isdecimal()),
        arguments=(*(word for option, value in options for word in _built(program, option, value)),
                   *kind.argument.split()),
        begins=begins,
        pieces=tuple(read),
    )  # fmt: skip


def _without_gil(kind: Kind, parts: Sequence[Piece]) -> tuple[tuple[str, Any], ...]:
    """What a Python without a GIL sets, where the model has threads that compute."""
    has = any(field.name == FREE for field in server(kind.model).settings)
    return ((FREE, True),) if has and any(map(is_free_threaded, parts)) else ()


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
    if FREE in dict(found.settings):
        raise RefusalError(
            tell("--server: what is started runs on the Python that runs loopfork; leave {typed} out",
                 typed=next(piece.typed for piece in found.pieces if is_free_threaded(piece)))
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
