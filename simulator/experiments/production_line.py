"""A production server as it is typed, ``gunicorn -w 4 -k gthread``: read against a table, and never run as it stands.

What to watch: of a typed line only names that a table knows are taken over, and only values that are numbers or one of
a few words. What is started is built from those. Whatever would load code, read a file, or change who and where the
server is, is left out and said, or refused where leaving it out would measure something else.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence

from simulator.experiments.catalogue import server
from simulator.experiments.deployment import Deployment, configured
from simulator.experiments.production import Kind, Option, Production, Program
from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell
from simulator.words.nearest import nearest


def is_production(line: str) -> bool:
    """Whether a line begins with a production server's name, and not with the name of one of ours."""
    return next(iter(_words(line)), "") in _programs()


def no_such_server(line: str) -> str:
    """What is answered to a line that begins with no production server, where no model was named either."""
    name, known = next(iter(_words(line)), ""), list(_programs())
    return tell(
        "--server {name}: no production server that can be started here.{near} There are: {known}",
        name=name, near=nearest(name, known), known=", ".join(known),
    )  # fmt: skip


def deployed(line: str) -> Deployment:
    """The deployment that a command line describes: model, settings, and what to start. Raises RefusalError."""
    found = production(line)
    model = server(found.kind.model)
    known = {found.kind.roles[role]: value for role, value in found.roles if role in found.kind.roles}
    return Deployment(model=model, config=configured(model, {**found.kind.settings, **known, **dict(found.settings)}),
                      production=found)  # fmt: skip


def production(line: str) -> Production:
    """The command line, understood. Raises RefusalError."""
    name, *rest = _words(line)
    program = _programs()[name]
    pairs, left_out = [], []
    for option, text in _typed(program, rest):
        if option.does == "refused":
            raise RefusalError(_refused(program, option, text))
        if option.does == "left out":
            left_out.append(text)
        else:
            pairs.append((option, _value(program, option, text)))
    values: dict[str, str] = {option.role: value for option, value in pairs if option.role}
    roles = {**program.defaults, **{role: int(value) for role, value in values.items() if role != "kind"}}
    kind = _kind(program, values.get("kind", next(iter(program.kinds))), roles)
    arguments = [word for option, value in pairs if option.role != "kind" for word in _built(program, option, value)]
    return Production(
        program=program,
        kind=kind,
        roles=tuple(roles.items()),
        settings=tuple(option.gives for option, _ in pairs if option.gives[0]),
        arguments=(*arguments, *kind.argument.split()),
        left_out=tuple(left_out),
    )


def _kind(program: Program, typed: str, roles: Mapping[str, int]) -> Kind:
    with_threads = program.kinds.get(f"{typed}, threads")
    return with_threads if with_threads is not None and roles.get("threads", 1) > 1 else program.kinds[typed]


def _programs() -> Mapping[str, Program]:
    from simulator.experiments.production_table import PROGRAMS  # only who names a production server pays for it

    return PROGRAMS


def _words(line: str) -> list[str]:
    """The words of a line, from the server's name on: ``python -m gunicorn`` is gunicorn, as is its whole path."""
    try:
        words = shlex.split(line)
    except ValueError:
        raise RefusalError(
            tell("--server {line}: a quotation mark is missing; type it as in a shell", line=line)
        ) from None
    if len(words) > 2 and words[0].rpartition("/")[2].startswith("python") and words[1] == "-m":
        words = words[2:]
    if words:
        typed = words[0].rpartition("/")[2]
        words[0] = next((each.name for each in _programs().values() if typed in each.aliases), typed)
    return words


def _typed(program: Program, words: Sequence[str]) -> Iterator[tuple[Option, str]]:
    """Each option with the text behind it, in order; what names an application comes as an option that is left out."""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            yield Option(names=("APPLICATION",), takes="any", does="left out"), word
            continue
        name, equals, text = word.partition("=")
        option = program.option(name)
        if option is None and not name.startswith("--") and program.option(name[:2]) is not None:
            option, equals, text = program.option(name[:2]), "=", word[2:]  # -w4
        if option is None:
            near = nearest(name, program.names)
            raise RefusalError(
                tell("--server: {program} has no option {name} that is known here.{near}", program=program.name,
                     name=name, near=near)
            )  # fmt: skip
        if not option.takes:
            if equals and not name.startswith("--"):
                rest.insert(0, f"-{text}")  # -MT is -M -T
                word = word[:2]
            yield option, word
            continue
        if not equals:
            if not rest:
                raise RefusalError(tell("--server: {name} of {program} needs a value", name=name, program=program.name))
            text = rest.pop(0)
        yield option, f"{name} {text}" if option.does in ("left out", "refused") else text


def _value(program: Program, option: Option, text: str) -> str:
    """The text, if it is what the option takes. Raises RefusalError."""
    if option.takes in ("", "any"):
        return ""
    if option.words and text in option.words:
        return text
    if option.takes == "word":
        raise RefusalError(
            tell(
                "--server: {program} {name} {text}: expected one of {words}.{near}",
                program=program.name,
                name=option.name,
                text=text,
                words=", ".join(option.words),
                near=nearest(text, option.words),
            )
        )
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise RefusalError(
            tell("--server: {program} {name} {text}: expected a whole number", program=program.name, name=option.name,
                 text=text)
        )  # fmt: skip
    return text


def _built(program: Program, option: Option, value: str) -> list[str]:
    if not option.takes:
        return [option.name]
    return [f"{option.name}={value}"] if program.joined else [option.name, value]


def _refused(program: Program, option: Option, text: str) -> str:
    why = tell(option.why) if option.why else tell("only loopfork's own application is started, with no code besides")
    return tell(
        "--server: {program} {text} is not taken: {why}. Leave it out", program=program.name, text=text, why=why
    )
