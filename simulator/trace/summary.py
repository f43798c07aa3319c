"""From a trace to the figures of a run, and to the sentences that explain them."""

from dataclasses import replace

import numpy as np

from simulator.plan.words import Outcome
from simulator.trace.diagnosis import diagnose
from simulator.trace.figures import ClassSummary, Latency, Summary
from simulator.trace.measures import COMPLETED, SLOWEST, STATES, measure
from simulator.trace.outcomes import latencies, latency, latency_of_class, outcome_counts, rates
from simulator.trace.residence import Floats
from simulator.trace.table import Trace
from simulator.trace.utilisation import NOTHING_S, bottleneck, resource_summaries


def summarise(trace: Trace) -> Summary:
    """All measures of a run, from its trace alone."""
    measures = measure(trace)
    counts = outcome_counts(trace)
    throughput, goodput = rates(trace)
    summary = Summary(
        offered=len(trace),
        completed=counts[Outcome.COMPLETED],
        open=counts[Outcome.OPEN],
        failed={outcome.words: n for outcome, n in counts.items() if n and outcome.loss},
        loop="closed" if trace.workload.clients_in_loop else "open",
        throughput_rps=throughput,
        goodput_rps=goodput,
        latency=(overall := latency(latencies(trace))),
        classes=_classes(trace, overall),
        resources=dict(resource_summaries(measures)),
        where_time_goes=_by_state(measures.mean_life(COMPLETED, SLOWEST)),
        where_slowest=_by_state(measures.mean_life(SLOWEST)),
        bottleneck=bottleneck(measures, throughput),
        window=measures.window,
        to_the_end=trace.window.to_the_end,
    )
    return replace(summary, findings=diagnose(measures, summary))


def _classes(trace: Trace, overall: Latency) -> dict[str, ClassSummary]:
    names, completed = trace.workload.class_names, trace.outcome == Outcome.COMPLETED
    found = {}
    for i, name in enumerate(names):
        of_class = trace.workload.request_class == i
        found[name] = ClassSummary(
            offered=int(np.count_nonzero(of_class)),
            completed=int(np.count_nonzero(of_class & completed)),
            latency=latency_of_class(trace, i) if len(names) > 1 else overall,
        )
    return found


def _by_state(life: Floats) -> dict[str, float]:
    seconds = life.sum(axis=0)
    return {state.value: float(seconds[i]) for i, state in enumerate(STATES) if seconds[i] > NOTHING_S}
