"""What there is to choose from: the models with their flags, the loads with their stories, the schema of a scenario."""

import json
from collections.abc import Iterator

from models.profiles import PROFILES, Profile
from simulator.cli.command import Given
from simulator.cli.help import flag_rows
from simulator.cli.page import HEADING, beside, page_width, print_page, wrapped
from simulator.experiments.catalogue import Model, catalogue, fronts, servers
from simulator.experiments.options import section
from simulator.results.terminal import write, write_data
from simulator.words.language import tell, translated
from simulator.words.numbers import short_duration


def run(_: Model | None, given: Given) -> int:
    """``simulate list``, ``list models``, ``loads``, ``profiles`` or ``servers``; returns the exit code."""
    what, width = given.get("what"), page_width()
    models = models_page(width) if what in (None, "models") else ()
    loads = loads_page(width) if what in (None, "loads") else ()
    profiles = profiles_page(width) if what == "profiles" else ()
    typed = servers_page(width) if what == "servers" else ()
    print_page([*models, *loads, *profiles, *typed])
    return 0


def schema(_: Model | None, __: Given) -> int:
    """``simulate schema``: the JSON Schema of scenario files; returns the exit code."""
    from simulator.workload.scenario import json_schema

    write_data(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n")
    return 0


def models_page(width: int) -> Iterator[str]:
    """Every model: what it demonstrates, and each of its flags."""
    for model in catalogue().values():
        yield f"{HEADING}{model.name}  {_role(model)}"
        yield from (f"  {line}" for line in wrapped(translated(model.claim), width - 2))
        if model.aliases:
            yield f"  {tell('Also called: {names}', names=', '.join(model.aliases))}"
        yield from beside(flag_rows(section(model)), width=width, indent=4)
        yield ""


def loads_page(width: int) -> Iterator[str]:
    """Every shipped scenario with its story."""
    from simulator.workload.shipped_scenarios import shipped, told

    for name in shipped():
        scenario = told(name)
        yield f"{HEADING}{name}  {scenario.title}"
        yield from (f"  {line}" for line in wrapped(scenario.story, width - 2))
        yield ""


def profiles_page(width: int) -> Iterator[str]:
    """Every profile: what its server needs for a request, hot and cold, and where that is known from."""
    sources: list[str] = []
    for profile in PROFILES.values():
        if profile.source not in sources:
            sources.append(profile.source)
        costs = translated("; ").join(_costs(profile)) or tell("the costs of the [machine] table as it is")
        yield from beside(
            [
                (
                    profile.name,
                    tell(
                        "{title} [{source}]: {costs}",
                        title=translated(profile.title),
                        source=sources.index(profile.source) + 1,
                        costs=costs,
                    ),
                )
            ],
            width=width,
            indent=0,
        )
    yield ""
    for number, source in enumerate(sources, 1):
        yield from beside([(f"[{number}]", translated(source))], width=width, indent=0)


def servers_page(width: int) -> Iterator[str]:
    """Every server that can be typed as it is started: what its kinds of worker are here, and which options count."""
    from simulator.experiments.production_answer import kinds_of, modelled_options
    from simulator.experiments.production_options import table
    from simulator.experiments.production_table import PROGRAMS

    for program in PROGRAMS.values():
        version = table(program.name).version
        yield HEADING + tell("{program}, options of {version}", program=program.name, version=version)
        yield from beside(kinds_of(program), width=width, indent=2)
        options = ", ".join(modelled_options(program))
        yield from (f"  {line}" for line in wrapped(tell("modelled: {typed}", typed=options), width - 2) if options)
        yield ""
    yield from wrapped(tell("What becomes of a line: {typed}", typed='simulate explain "gunicorn -w 4"'), width)


def _costs(profile: Profile) -> Iterator[str]:
    if profile.hot_s is not None and profile.cold_s is not None:
        hot, cold = short_duration(profile.hot_s), short_duration(profile.cold_s)
        yield tell("a request takes {hot} of computing where it is hot, {cold} where it is cold", hot=hot, cold=cold)
    yield ", ".join(
        f"{name.removesuffix('_s')} {short_duration(cost)}" if name.endswith("_s") else f"{name} {cost:g}"
        for name, cost in profile.costs.items()
        if cost
    )


def _role(model: Model) -> str:
    if model.stands_in_front:
        return tell("stands in front of any other: {flag}", flag=f"--{model.name}")
    return f"--model {model.name}"


# What ``simulate`` says to somebody who typed nothing else: what to type first.

EXAMPLE = "simulate --model prefork --load slow-clients"


def orientation() -> int:
    """Print it; returns the exit code."""
    names = ", ".join(model.names for model in servers())
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
