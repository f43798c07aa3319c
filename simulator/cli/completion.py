"""What a shell needs to complete a command line: commands, models, loads, and every flag there is.

What to watch: the script that Cyclopts makes is fixed; it asks nobody while somebody types. So it knows the flags of
all models at once, whichever is named; a model of one's own is in it after the next ``simulate completion``.
"""

from collections.abc import Iterator, Sequence
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import cyclopts

from simulator.cli.command import Command, Given
from simulator.cli.commands import COMMANDS, SHELLS, THE_RUN
from simulator.cli.flags import signature, switch
from simulator.cli.parser import Stub
from simulator.experiments.catalogue import Model, all_names, catalogue, fronts, servers
from simulator.experiments.options import RUN, Section, section
from simulator.experiments.refusal import RefusalError
from simulator.results.terminal import write
from simulator.words.language import LANGUAGES, tell
from simulator.workload.shipped_scenarios import shipped

Shell = Literal["bash", "zsh", "fish"]


def run(_: Model | None, given: Given) -> int:
    """Print the script, or put it where the shell looks for it; returns the exit code. Raises RefusalError."""
    shell = given.get("shell") or _shell_of_now()
    write(_installed(shell) if given.get("install") else script(shell))
    return 0


def script(shell: Shell) -> str:
    """What Cyclopts makes for the shell, where a load may be a file too, and flags are offered behind other flags."""
    text, loads = app().generate_completion(shell=shell), shipped()
    commands = " ".join(COMMANDS)
    changes = {
        "bash": {"complete -F": "complete -o default -F"},
        "zsh": {f":load:({' '.join(loads)})": f":load:{{compadd -- {' '.join(loads)}; _files}}"},
        "fish": {
            "-n __fish_use_subcommand -l": f"-n 'not __fish_seen_subcommand_from {commands}' -l",
            "-l load -x": "-l load -r -F",
        },
    }
    for found, wanted in changes[shell].items():
        text = text.replace(found, wanted)
    return text


def _installed(shell: Shell) -> str:
    try:
        place = app().install_completion(shell=shell)
        place.write_text(script(shell), encoding="utf-8")
    except OSError as error:
        raise RefusalError(tell("cannot write {file}: {why}", file=error.filename, why=error.strerror)) from None
    return tell("{file} is written: {shell} completes simulate in every new shell.", shell=shell, file=place) + "\n"


def _shell_of_now() -> Shell:
    from cyclopts.completion.detect import ShellDetectionError, detect_shell

    try:
        detected: str = detect_shell()
    except ShellDetectionError:
        detected = ""
    found = next((each for each in get_args(SHELLS) if each == detected), None)
    if found is None:
        raise RefusalError(tell("which shell? Type {line}, or zsh, or fish", line="simulate completion bash"))
    shell: Shell = found
    return shell


def app() -> cyclopts.App:
    """All that can be typed, as Cyclopts describes it to a shell."""
    found = cyclopts.App(name="simulate", help_flags=("--help", "-h"), version_flags=("--version", "-V"))
    found.default(Stub(THE_RUN, _everything(THE_RUN)))
    for command in COMMANDS.values():
        # what can be shown in a browser is what can be run
        its = _everything(THE_RUN, command.first) if command.passes_on else _everything(command)
        found.command(Stub(command, its), name=command.name)
    return found


def _everything(command: Command, first: Sequence[Parameter] = ()) -> Signature:
    """Its parameters with the settings of every model, each flag once."""
    sections: list[Section] = list(command.sections)
    if command.has_settings:
        sections[1:1] = map(section, catalogue().values())
    switches = [switch(front.name) for front in fronts()] if command.has_fronts else []
    seen: dict[str, Parameter] = {}
    for each in signature(sections, first=(*first, *command.first, *switches, *_always())).parameters.values():
        flags = [part.name for part in each.annotation.__metadata__ if isinstance(part, cyclopts.Parameter)]
        seen.setdefault(str(flags[0]) if flags else each.name, each)
    return Signature([_with_choices(each) for each in seen.values()])


def _always() -> Iterator[Parameter]:
    for name, hint in (("--lang", Literal[LANGUAGES]), ("--help-all", bool)):
        about = cyclopts.Parameter(name=name, negative="")
        yield Parameter(
            name.strip("-").replace("-", "_"), Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[hint, about]
        )


def _with_choices(parameter: Parameter) -> Parameter:
    """The same; a name of a model, or of a load beside files, becomes a choice that a shell can offer."""
    hint: Any
    name = parameter.name
    if name in ("models", "model", f"{RUN.key}__model"):
        hint = Literal[tuple(all_names(servers()))]
    elif name == f"{RUN.key}__load":
        hint = Literal[tuple(shipped())] | Path
    elif name.endswith(("__machine", "__json", "__csv", "__parquet", "__report", "__picture", "__film", "__output")):
        hint = Path
    elif name == "topic":
        hint = Literal[(*COMMANDS, *all_names(catalogue().values()))]
    else:
        return parameter
    _, *about = get_args(parameter.annotation)
    return parameter.replace(annotation=Annotated[(hint, *about)])
