"""A run, and the advice on it, as the command line would give it."""

from dataclasses import dataclass, replace
from typing import Any

from models.profiles import MINI
from simulator.experiments.advice import Advice, Trial, advise
from simulator.experiments.catalogue import server
from simulator.experiments.deployment import Deployment, configured
from simulator.experiments.options import RunOptions
from simulator.experiments.run import run_checked
from simulator.experiments.setup import Setup, prepared, with_front
from simulator.trace.cures import Cure
from simulator.trace.finding import Finding
from simulator.trace.summary import summarise
from simulator.words.language import Said


@dataclass(frozen=True)
class Asked:
    """A run that can be advised on."""

    side: Deployment
    options: RunOptions

    def advice(self, *cures: Cure, **how: Any) -> Advice:
        """What is advised; with cures, as if the rules had named these."""
        ready = prepared(Setup(sides=(self.side,), options=self.options))
        (trace,) = run_checked(ready)
        summary = summarise(trace)
        if cures:
            summary = replace(summary, findings=(Finding(0.5, Said("Something is wrong.", {}), cures),))
        return advise(ready, trace, summary, **how)

    def with_side(self, side: Deployment) -> "Asked":
        """The same load for another server."""
        return Asked(side, self.options)


def asked(model: str, load: str, *, nginx: bool = False, keys: tuple[str, ...] = (), **settings: Any) -> Asked:
    """A server under a load, with some settings, and keys of the scenario overridden.

    It has the costs of our own servers: what is told of advice is about trying, whoever's costs they are.
    """
    side = Deployment(model=server(model), config=configured(server(model), settings))
    return Asked(
        with_front(side, "nginx") if nginx else side, RunOptions(model=model, load=load, set=keys, profile=MINI)
    )


def by_change(advice: Advice) -> dict[str, Trial]:
    """What was tried, by its name."""
    return {str(trial.change): trial for trial in advice.trials}


def recommended(advice: Advice) -> list[str]:
    """What helps, the best first."""
    return [str(trial.change) for trial in advice.trials if trial.better]
