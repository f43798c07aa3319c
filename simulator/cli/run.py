"""``simulate --model MODEL --load LOAD``: from the flags to a run, and to everything that was asked for of it."""

from simulator.cli.command import Given
from simulator.cli.given import SIMULATED, deployment_of, moment, pictures, screen_options
from simulator.experiments.catalogue import Model, fronts
from simulator.experiments.deployment_words import pane_words
from simulator.experiments.options import OUTPUT, PICTURES, RUN, SCREEN, SEPARATOR, OutputOptions, RunOptions
from simulator.experiments.progress import shown_while
from simulator.experiments.setup import Setup, prepared
from simulator.words.language import tell


def run(model: Model | None, given: Given) -> int:
    """Carry the command out; returns the exit code. Raises RefusalError."""
    options, outputs = RunOptions(**RUN.given(given)), OutputOptions(**OUTPUT.given(given))
    screen = screen_options(given, outputs)
    home = not screen.caption  # on the first screen there is no run that they could be read in
    if home and given and all(name.startswith(SCREEN.key + SEPARATOR) for name in given):
        from simulator.tui.opening import open_home, refuse_without_terminal

        refuse_without_terminal()
        return open_home(screen)
    if chosen := _half(model, options, given) if home else ():
        from simulator.tui.opening import open_home

        return open_home(screen, chosen)
    deployment = deployment_of(model, SIMULATED, given, options)
    setup = Setup(sides=(deployment,), options=options)
    if screen.watch:
        from simulator.tui.opening import open_setup

        return open_setup(setup, screen, moment(given))
    from simulator.cli.outputs import put_out, refuse_early
    from simulator.experiments.room import say_before
    from simulator.experiments.run import run_checked

    refuse_early(
        outputs, tables=True, read=(options.load, options.machine, options.profile), drawn=PICTURES.given(given)
    )
    drawn = pictures(given, screen)
    ready = prepared(setup)
    what = tell("{server} under {load}", server=pane_words(deployment), load=options.load)
    say_before(ready)
    with shown_while(what, ready.scenario.duration) as progress:
        (trace,) = run_checked(ready, detail=drawn is not None, progress=progress)
    put_out(trace, outputs, drawn, None if options.no_advice else ready)
    return 0


def _half(model: Model | None, options: RunOptions, given: Given) -> tuple[str, ...]:
    """What is to be selected on the first screen, where only a server or only a load was typed, in a terminal.

    Nothing else may have been typed: it would be lost there.
    """
    if (model is None) == (options.load is None):
        return ()
    from simulator.tui.opening import has_terminal
    from simulator.workload.shipped_scenarios import shipped

    in_front = {front.folder + SEPARATOR: front.name for front in fronts()}
    halves = {RUN.key + SEPARATOR + name for name in ("model", "load")}
    lost = [name for name in given if name not in {*halves, *in_front} and not name.startswith(SCREEN.key + SEPARATOR)]
    if lost or options.load not in (None, *shipped()) or not has_terminal():
        return ()
    return (model.name if model else str(options.load), *(in_front[name] for name in given if name in in_front))
