"""A server's line again, with another number in it: ``gunicorn -w 5`` where somebody wants a worker more.

What to watch: what a line cannot say is said of the model, which then has the costs of that server.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from simulator.experiments.catalogue import server
from simulator.experiments.deployment import Deployment
from simulator.experiments.production import Option, Piece, Production, Program
from simulator.experiments.production_line import config_of, understood
from simulator.experiments.production_options import table


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
    if found is not None and _shared(config_of(found), config):
        return replace(side, model=server(found.kind.model), config=config_of(found), production=found)
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
