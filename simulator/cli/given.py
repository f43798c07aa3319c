"""What was typed, as the values that the commands go by: a deployment, options of the screen, pictures."""

import shlex
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from simulator.cli.command import Given
from simulator.experiments.catalogue import Model, fronts, servers
from simulator.experiments.deployment import Deployment, configured
from simulator.experiments.deployment_words import setting_flags
from simulator.experiments.options import (
    PICTURES,
    RUN,
    SCREEN,
    SEPARATOR,
    PictureOptions,
    RunOptions,
    ScreenOptions,
    section,
)
from simulator.experiments.production_line import deployed, is_production, no_such_server, startable
from simulator.experiments.progress import talk
from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell

if TYPE_CHECKING:
    from simulator.lab.pictures import Pictures


SIMULATED = "--model"
"""What a server's name is typed after where it is only simulated."""


def deployment_of(model: Model | None, said: str, given: Given, options: RunOptions) -> Deployment:
    """What the flags describe; ``said`` is what the server's name is typed after."""
    if options.server and is_production(options.server):
        return _production_of(model, said, options, given)
    if options.server is not None and (model is None or not options.server or said == SIMULATED):
        raise RefusalError(no_such_server(options.server))
    if model is None:
        names = ", ".join(each.names for each in servers())
        raise RefusalError(tell("which server? Type {said} and one of: {names}", said=said, names=names))
    if options.load is None:
        raise RefusalError(which_load())
    return Deployment(
        model=model,
        config=configured(model, section(model).given(given)),
        fronts=_fronts(given),
        server=_real_server(model, options.server or ""),
    )


def _production_of(model: Model | None, said: str, options: RunOptions, given: Given) -> Deployment:
    """The server that ``--server`` describes, behind what was asked for."""
    found = (deployed if said == SIMULATED else startable)(options.server or "")
    if options.load is None:
        raise RefusalError(which_load())
    if model is not None and model != found.model:
        raise RefusalError(
            tell("--server {server} is {model}: leave {other} out, or type {model}", server=options.server,
                 model=found.model.name, other=model.name)
        )  # fmt: skip
    settings = section(found.model).given(given)
    for name, value in settings.items():
        flag = section(found.model).typed(name, value)
        if said == SIMULATED and found.production is not None and name not in found.production.kind.roles.values():
            raise RefusalError(
                tell("{flag}: no line of {program} says that, so type what it is here: {typed}", flag=flag,
                     program=found.production.program.name, typed=" ".join(_as_model(found, settings, given)))
            )  # fmt: skip
        raise RefusalError(
            tell("{flag}: with --server its own line says it all: --server {server}", flag=flag,
                 server=shlex.quote(options.server or ""))
        )  # fmt: skip
    return replace(found, fronts=_fronts(given))


def _as_model(found: Deployment, settings: Given, given: Given) -> list[str]:
    """What is typed for a server that is described by its model, with these settings and its own costs."""
    now = {field.name: getattr(found.config, field.name) for field in found.model.settings}
    flags = setting_flags(found.model, configured(found.model, {**now, **settings}))
    behind = [f"--{front.name}" for front, _ in _fronts(given)]
    return ["--model", found.model.name, *flags, *behind, RUN.flag("profile"), found.own_profile]


def say_left_out(deployment: Deployment) -> None:
    """Say on stderr what of a production server's line is not passed on."""
    production = deployment.production
    if production is not None and production.left_out:
        told = tell("--server {server}: left out, because address, application and logs are loopfork's own: {options}",
                    server=production.program.name, options=", ".join(production.left_out))  # fmt: skip
        talk(f"simulate: {told}\n")


def _fronts(given: Given) -> tuple[tuple[Model, Any], ...]:
    wanted = [front for front in fronts() if _asked_for(front, given)]
    return tuple((front, configured(front, section(front).given(given))) for front in wanted)


def which_load() -> str:
    """What is said where no load was typed."""
    return tell("which load? Type --load and a name from `simulate list loads`, or the path of a TOML file")


def _real_server(model: Model, name: str) -> str:
    """The name again. Raises RefusalError where the model has no such real server."""
    others = [other for other in model.real_servers if other]
    if name and name not in others and others:
        raise RefusalError(
            tell(
                "--server {name}: no such real server; besides its first one, {model} has {others}. "
                "Leave --server out for the first one",
                name=name,
                model=model.name,
                others=", ".join(others),
            )
        )
    if name and not others:
        raise RefusalError(
            tell(
                "--server {name}: no such real server; {model} has only one. Leave --server out",
                name=name,
                model=model.name,
            )
        )
    return name


def _asked_for(front: Model, given: Given) -> bool:
    """Whether the front is to stand there. Raises RefusalError for a setting of one that is not."""
    if given.get(front.folder + SEPARATOR):
        return True
    its = section(front)
    for name, value in its.given(given).items():
        flag = its.typed(name, value)
        raise RefusalError(tell("{flag} is a setting of {front}: add --{front}", flag=flag, front=front.name))
    return False


# The flags of the screen and of its pictures, and what they do not go together with.

WATCH, AT = "watch", "at"
LOOK = frozenset({"caption", "glyphs", "reduced_motion", "theme"})
"""Pictures have these too."""


def screen_options(given: dict[str, Any], outputs: Any) -> ScreenOptions:
    """The options that were typed. Raises RefusalError where they would have no effect.

    ``outputs``: an instance of the options that say where results go; a screen saves with a key instead.
    """
    typed, drawn = SCREEN.given(given), PICTURES.given(given)
    others = [name for name in given if not name.startswith(SCREEN.key + SEPARATOR)]
    lost = typed.keys() - LOOK if drawn else typed.keys()
    if lost and others and not typed.get(WATCH):
        raise RefusalError(tell("{flag} is about the screen: add --watch", flag=SCREEN.flag(min(lost))))
    lost_of_pictures = [name for name in drawn if name != AT]
    if typed.get(WATCH) and lost_of_pictures:
        flag = PICTURES.flag(lost_of_pictures[0])
        raise RefusalError(tell("{flag} does not go with --watch: press e in the screen to save", flag=flag))
    for field in fields(outputs) if typed.get(WATCH) else ():
        if getattr(outputs, field.name) != field.default:
            flag = "--" + field.name.replace("_", "-")
            raise RefusalError(
                tell("{flag} does not go with --watch: press e in the screen to save, or leave it out", flag=flag)
            )
    options = ScreenOptions(**typed)
    if options.caption:
        from simulator.lab.captions import typed_captions

        typed_captions(options.caption)  # what is wrong with one is said before the run
    return options


def moment(given: dict[str, Any]) -> float | None:
    """Where --watch is to open, in seconds; None where that was not typed. Raises RefusalError."""
    at = PICTURES.given(given).get(AT)
    if at is None:
        return None
    from simulator.lab.first_moment import typed_moment

    return typed_moment(at)


def pictures(given: dict[str, Any], screen: ScreenOptions) -> "Pictures | None":
    """What was asked for to be drawn, if anything was. Raises RefusalError where that cannot be right."""
    typed = PICTURES.given(given)
    if not typed:
        return None
    from simulator.lab.pictures import pictures_of

    return pictures_of(PictureOptions(**typed), screen)
