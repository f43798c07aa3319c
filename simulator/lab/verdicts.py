"""What came of runs, as the end card tells it: on the screen, where it is worked out meanwhile, and in a picture.

What to watch: what was tried comes from the same advice as that of the summary, so the two cannot differ.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.stage.verdict import Tried, Verdict
from simulator.words.language import said

if TYPE_CHECKING:  # what is tried is simulated, which a picture of a moment does not need
    from simulator.experiments.advice import Advice
    from simulator.experiments.trial import Figures
    from simulator.trace.table import Trace


def verdicts_of(traces: "Sequence[Trace]", advices: "Sequence[Advice | None]") -> tuple[Verdict, ...]:
    """On runs one each, with what was tried where something was."""
    from simulator.trace.summary import summarise

    verdicts = [Verdict(title="", summary=summarise(trace)) for trace in traces]
    tried = zip(verdicts, advices, strict=True)
    return tuple(verdict if found is None else advised(verdict, found) for verdict, found in tried)


def advised(verdict: Verdict, found: "Advice") -> Verdict:
    """With what was tried about the server, and what it gave."""
    if not found.trials:
        return replace(verdict, remark=found.remark or "")
    before, victim = found.trials[0].before, found.felt_by
    measure = said('p95 of "{victim}"', victim=victim) if victim else verdict.measure

    def seconds(figures: "Figures") -> float:
        return figures.victims_p95_s if victim else figures.p95_s

    tried = [Tried(name=said("as it was"), seconds=seconds(before), lost=before.lost)]
    tried += [
        Tried(
            name=trial.change,
            seconds=seconds(trial.after),
            lost=trial.after.lost,
            better=trial.better,
            sentence=trial.sentence,
            front=trial.flags == ("--nginx",),
        )
        for trial in found.trials
    ]
    return replace(verdict, tried=tuple(tried), measure=measure, remark=found.remark or "")
