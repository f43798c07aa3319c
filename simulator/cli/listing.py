"""What there is to choose from: the models with their flags, the loads with their stories, the schema of a scenario."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulator.cli.commands import Given
from simulator.cli.help import flag_rows
from simulator.experiments.catalogue import Model, catalogue, fronts, servers
from simulator.experiments.options import Section, section
from simulator.results.terminal import show, write, write_data
from simulator.words.language import tell, translated

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text


def run(_: Model | None, given: Given) -> int:
    """``simulate list``, ``list models`` or ``list loads``; returns the exit code."""
    what = given.get("what")
    if what != "loads":
        list_models([(model, section(model)) for model in catalogue().values()])
    if what != "models":
        list_loads()
    return 0


def schema(_: Model | None, __: Given) -> int:
    """``simulate schema``: the JSON Schema of scenario files; returns the exit code."""
    from simulator.workload.scenario import json_schema

    write_data(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n")
    return 0


def list_models(sections: Sequence[tuple[Model, Section]]) -> None:
    """Every model: what it demonstrates, and each of its flags."""
    from rich.text import Text

    show(
        part
        for model, section in sections
        for part in (_name(model.name, _role(model)), _paragraph(translated(model.claim)), _flags(section), Text())
    )


def list_loads() -> None:
    """Every shipped scenario with its story."""
    from rich.text import Text

    from simulator.workload.shipped_scenarios import shipped, told

    parts: list[RenderableType] = []
    for name in shipped():
        scenario = told(name)
        parts += [_name(name, scenario.title), _paragraph(scenario.story), Text()]
    show(parts)


def _role(model: Model) -> str:
    if model.stands_in_front:
        return tell("stands in front of any other: {flag}", flag=f"--{model.name}")
    return f"--model {model.name}"


def _name(name: str, remark: str) -> "Text":
    from rich.text import Text

    return Text.assemble((name, "bold cyan"), ("  " + remark, "bright_black"))


def _paragraph(text: str, indent: int = 2) -> "RenderableType":
    from rich.padding import Padding

    return Padding(" ".join(text.split()), (0, 0, 0, indent))


def _flags(its: Section) -> "RenderableType":
    from rich.padding import Padding
    from rich.table import Table

    rows = list(flag_rows(its))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold", width=max((len(flag) for flag, _ in rows), default=0))
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return Padding(table, (0, 0, 0, 4))


# What ``simulate`` says to somebody who typed nothing else: what to type first.

EXAMPLE = "simulate --model prefork --load slow-clients"


def orientation() -> int:
    """Print it; returns the exit code."""
    names = ", ".join(model.name for model in servers())
    front = next((f" --{front.name}" for front in fronts()), "")
    paragraphs = (
        tell("The same requests arrive. What happens to them under another server, and why?"),
        tell("Type first:"),
        f"    {EXAMPLE}",
        tell("then change one thing and look again:"),
        f"    {EXAMPLE}{front}\n    {EXAMPLE} --workers 16\n    {EXAMPLE.replace('prefork', 'coroutine')}",
        "\n".join(
            (
                tell("Servers: {names}", names=names),
                tell("Explained, with all their settings: {typed}", typed="simulate list models"),
                tell("Loads to try: {typed}", typed="simulate list loads"),
                tell("All flags of a server: {typed}", typed="simulate --model prefork --help"),
            )
        ),
    )
    write("\n\n".join(paragraphs) + "\n")
    return 0
