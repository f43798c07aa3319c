"""From a trace to the figures of a run, and to the sentences that explain them."""

from dataclasses import replace

from simulator.plan.words import Outcome
from simulator.trace.bottleneck import bottleneck
from simulator.trace.diagnosis import diagnose
from simulator.trace.figures import ClassSummary, Ends, Latency, Summary
from simulator.trace.measures import COMPLETED, SLOWEST, STATES, measure
from simulator.trace.outcomes import (
    failed_by_reason,
    latencies,
    latency,
    latency_of_class,
    outcome_counts,
    outcomes_by,
    rates,
)
from simulator.trace.residence import Floats
from simulator.trace.table import Trace
from simulator.trace.utilisation import NOTHING_S, resource_summaries


def summarise(trace: Trace) -> Summary:
    """All measures of a run, from its trace alone."""
    measures = measure(trace)
    counts = outcome_counts(trace)
    throughput, goodput = rates(trace)
    summary = Summary(
        offered=len(trace),
        completed=counts[Outcome.COMPLETED],
        open=counts[Outcome.OPEN],
        failed=failed_by_reason(counts),
        loop="closed" if trace.workload.clients_in_loop else "open",
        throughput_rps=throughput,
        goodput_rps=goodput,
        latency=(overall := latency(latencies(trace))),
        classes=_classes(trace, overall),
        clients=_clients(trace),
        resources=dict(resource_summaries(measures)),
        where_time_goes=_by_state(measures.mean_life(COMPLETED, SLOWEST)),
        where_slowest=_by_state(measures.mean_life(SLOWEST)),
        bottleneck=bottleneck(measures, throughput),
        window=measures.window,
        to_the_end=trace.window.to_the_end,
    )
    return replace(summary, findings=diagnose(measures, summary))


def _classes(trace: Trace, overall: Latency) -> dict[str, ClassSummary]:
    names = trace.workload.class_names
    return {
        name: ClassSummary(
            offered=sum(counts.values()),
            completed=counts[Outcome.COMPLETED],
            failed=failed_by_reason(counts),
            latency=latency_of_class(trace, i) if len(names) > 1 else overall,
        )
        for i, (name, counts) in enumerate(outcomes_by(trace.workload.request_class, names, trace).items())
    }


def _clients(trace: Trace) -> dict[str, Ends]:
    by_name = outcomes_by(trace.workload.client, trace.workload.client_names, trace)
    return {
        name: Ends(offered=sum(counts.values()), completed=counts[Outcome.COMPLETED], failed=failed_by_reason(counts))
        for name, counts in by_name.items()
    }


def _by_state(life: Floats) -> dict[str, float]:
    seconds = life.sum(axis=0)
    return {state.value: float(seconds[i]) for i, state in enumerate(STATES) if seconds[i] > NOTHING_S}
