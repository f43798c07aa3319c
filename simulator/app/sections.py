"""Which flags the command has: of the run, of the chosen model, of what can stand in front of it, of the output."""

from collections.abc import Iterable, Sequence
from inspect import Parameter, Signature

from simulator.app.catalogue import Model, fronts, servers
from simulator.app.flags import Section, signature, switch
from simulator.app.options import (
    CalibrateOptions,
    ComparisonOptions,
    OutputOptions,
    PictureOptions,
    RunOptions,
    ScreenOptions,
    ValidationOptions,
)

RUN = Section(key="run", title="Run", options=RunOptions, left_out=frozenset({"server"}))
HELP = frozenset({"--help", "-h"})
MEASURE = Section(key="run", title="Run", options=RunOptions, left_out=frozenset({"model", "engine"}))
CALIBRATE = Section(key="calibrate", title="Calibrate", options=CalibrateOptions)
OUTPUT = Section(key="output", title="Output", options=OutputOptions)
COMPARE = Section(key="run", title="Run", options=RunOptions, left_out=frozenset({"model", "server"}))
COMPARISON = Section(key="comparison", title="Output", options=ComparisonOptions)
PICTURES = Section(key="pictures", title="Pictures of the stage", options=PictureOptions)
SCREEN = Section(key="screen", title="Screen", options=ScreenOptions)
VALIDATION = Section(key="validation", title="Validation", options=ValidationOptions)


def section(model: Model) -> Section:
    """The flags of a model's settings.

    A setting of a front has the bare word as its flag, unless some server has the same word: a flag must not change its
    meaning with the model.
    """
    if not model.stands_in_front:
        return Section(key=model.folder, title=f"Model: {model.name}", options=model.config, negatable=True)
    taken = {field.name for each in servers() for field in each.settings}
    return Section(
        key=model.folder,
        title=model.name,
        options=model.config,
        prefixed=frozenset(field.name for field in model.settings if field.name in taken),
        negatable=True,
    )


def sections(model: Model | None, run: Section = RUN, last: Section = OUTPUT) -> tuple[Section, ...]:
    """Everything that can be said to the command, in the order of its help.

    ``run`` is RUN or MEASURE, ``last`` is OUTPUT or VALIDATION.
    """
    chosen = (section(model),) if model else ()
    screen = (PICTURES, SCREEN) if run is RUN else ()
    return (run, *chosen, *map(section, fronts()), last, *screen)


def run_signature(
    model: Model | None,
    tokens: Sequence[str],
    run: Section = RUN,
    first: Iterable[Parameter] = (),
    last: Section = OUTPUT,
) -> Signature:
    """The parameters of a run: a switch for every front, then the sections. For the help all of them."""
    only = None if HELP.intersection(tokens) else {token.partition("=")[0] for token in tokens}
    order = {each.title: place for place, each in enumerate(sections(model, run, last))}
    switches = [switch(front.name, front.summary, front.name, order[front.name]) for front in fronts()]
    return signature(sections(model, run, last), first=(*first, *switches), only=only)
