"""A run, and the advice on it, as the command line would give it."""

from dataclasses import dataclass
from typing import Any

from simulator.experiments.advice import Advice, Trial, advise
from simulator.experiments.catalogue import server
from simulator.experiments.deployment import Deployment, configured
from simulator.experiments.options import RunOptions
from simulator.experiments.run import run_checked
from simulator.experiments.setup import Prepared, Setup, prepared, with_front
from simulator.trace.summary import summarise


@dataclass(frozen=True)
class Asked:
    """A run that can be advised on."""

    ready: Prepared

    def advice(self, **how: Any) -> Advice:
        """What is advised."""
        (trace,) = run_checked(self.ready)
        return advise(self.ready, trace, summarise(trace), **how)


def asked(model: str, load: str, *, nginx: bool = False, keys: tuple[str, ...] = (), **settings: Any) -> Asked:
    """A server under a load, with some settings, and keys of the scenario overridden."""
    side = Deployment(model=server(model), config=configured(server(model), settings))
    side = with_front(side, "nginx") if nginx else side
    return Asked(prepared(Setup(sides=(side,), options=RunOptions(model=model, load=load, set=keys))))


def by_change(advice: Advice) -> dict[str, Trial]:
    """What was tried, by its name."""
    return {str(trial.change): trial for trial in advice.trials}
