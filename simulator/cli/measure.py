"""``simulate measure``: from the flags to a run on real servers, and to the same outputs as a simulated one.

Exit code 1: the run could not be carried out, or the driver was the bottleneck and the figures are its own.
"""

import json
from dataclasses import replace
from functools import partial

from simulator.cli.command import Given
from simulator.cli.given import deployment_of, say_left_out
from simulator.cli.outputs import STDOUT, put_out, refuse_early
from simulator.experiments.catalogue import Model
from simulator.experiments.deployment import Deployment
from simulator.experiments.options import MEASURE, OUTPUT, OutputOptions, RunOptions
from simulator.experiments.progress import MEASURING, shown_while, talk
from simulator.experiments.run import labels_of
from simulator.experiments.scenario import scenario_of
from simulator.real.cpu_quota import limited
from simulator.real.measure import MEASURED, measure, refuse_unmeasurable
from simulator.real.processes import MeasureError
from simulator.real.servers import server_name
from simulator.trace.checks import check_measured
from simulator.trace.driver_words import LABEL, driver_reasons
from simulator.trace.table import Trace
from simulator.words.language import tell
from simulator.words.phrases import clauses
from simulator.workload.draw import draw
from simulator.workload.scenario import Scenario

DONE, FAILED = 0, 1


def run(model: Model | None, given: Given) -> int:
    """Carry the command out; returns the exit code. Raises RefusalError."""
    options, outputs = RunOptions(**MEASURE.given(given)), OutputOptions(**OUTPUT.given(given))
    deployment = deployment_of(model, "measure", given, options)
    (options,) = limited([options])
    return measured(deployment, options, outputs)


def measured(deployment: Deployment, options: RunOptions, outputs: OutputOptions) -> int:
    """Measure and put out; returns the exit code. Raises RefusalError for what the user can put right."""
    scenario = scenario_of(options)
    refuse_early(outputs, tables=True, read=(options.load, options.machine, options.profile))
    refuse_unmeasurable(deployment)
    say_left_out(deployment)
    try:
        trace = _measured(deployment, scenario, options)
    except MeasureError as error:
        talk("simulate: " + tell("not measured: {why}", why=error) + "\n")
        return FAILED
    for violation in check_measured(trace):
        told = tell("warning: the servers' reports contradict one another: {violation}", violation=violation)
        talk(f"simulate: {told}\n")
    labels = labels_of(deployment, scenario, options) | trace.labels | {"engine": MEASURED}
    for key in ("profile", "profile_of"):
        labels.pop(key, None)  # nothing of it is predicted
    put_out(replace(trace, labels=labels), outputs)
    driver = json.loads(labels[LABEL])
    if driver["valid"]:
        return DONE
    if outputs.quiet or outputs.json == STDOUT:  # else the summary says it
        why = clauses(driver_reasons(driver))
        told = tell("the load driver was the bottleneck, so the figures are its own: {why}", why=why)
        talk(f"simulate: {told}\n")
    return FAILED


def _measured(deployment: Deployment, scenario: Scenario, options: RunOptions) -> Trace:
    server = server_name(deployment) or deployment.model.name
    what = tell("{server} under {load}", server=server, load=options.load)
    with shown_while(what, scenario.duration, MEASURING) as progress:
        return measure(
            deployment,
            scenario.machine,
            draw(scenario),
            redraw=partial(draw, scenario),
            progress=progress,
        )
