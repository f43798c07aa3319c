"""A deployment: one of the models with its settings, and what stands in front of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.settings import SettingError, check_alone
from simulator.experiments.catalogue import Model
from simulator.experiments.production import Production
from simulator.experiments.refusal import RefusalError
from simulator.plan import Machine, Plan, PlanError
from simulator.words.language import tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A server with its settings, and what stands in front of it."""

    model: Model
    config: Any
    fronts: tuple[tuple[Model, Any], ...] = ()
    server: str = ""
    """Which of the model's real servers is measured; makes no difference to the model."""
    production: Production | None = None
    """The production server that is measured instead of one of the model's."""
    profile: str = ""
    """Whose costs it has, said of it alone; nothing: what is said of all, or its own."""

    @property
    def own_profile(self) -> str:
        """Whose costs it has if nobody says anything: those of the server that it is, or that its model stands for."""
        return self.model.profile(self.config) if self.production is None else self.production.kind.profile

    @property
    def programs(self) -> "tuple[tuple[Model, Any], ...]":
        """All of it, each with its settings: the server, then what stands in front, the nearest first."""
        return ((self.model, self.config), *self.fronts)

    @property
    def title(self) -> str:
        """``nginx + prefork``: in the order in which a request meets them."""
        return " + ".join(model.name for model, _ in reversed(self.programs))

    def plan(self, machine: Machine) -> Plan:
        """The plan of the whole; the front that is named first stands next to the server. Raises RefusalError."""
        return self.plans(machine)[-1]

    def plans(self, machine: Machine) -> list[Plan]:
        """The plan of the server alone, then with each front. Raises RefusalError."""
        if not self.fronts:
            _refuse_alone(self.model, self.config)
        try:
            plans = [self.model.plan(self.config, machine)]
            for front, config in self.fronts:
                plans.append(front.in_front(plans[-1], config, machine))
        except PlanError as error:
            raise RefusalError(tell("{model}: {problem}", model=self.model.name, problem=error)) from None
        return plans


def _refuse_alone(model: Model, config: Any) -> None:
    try:
        check_alone(config)
    except SettingError as error:
        problem = tell(error.message, **error.fields)
        raise RefusalError(tell("{model}: {problem}", model=model.name, problem=problem)) from None


def changed(model: Model, config: Any) -> dict[str, Any]:
    """The settings that are not the default, in the model's order: what has to be written down of a program."""
    values = {field.name: (getattr(config, field.name), field.default) for field in model.settings}
    return {name: value for name, (value, default) in values.items() if value != default}


def configured(model: Model, settings: Mapping[str, Any]) -> Any:
    """The model's settings with some given. Raises RefusalError where the model cannot use one."""
    try:
        return model.config(**settings)
    except SettingError as error:
        problem = tell(error.message, **error.fields)
        raise RefusalError(tell("{model}: {problem}", model=model.name, problem=problem)) from None
