"""The models there are, found by looking into the ``models`` package: the simulator knows no architecture by name.

What to watch: a model with ``plan()`` is a server of its own; one with ``in_front()`` changes the plan of another
server and becomes a switch (``--name``) beside it.
"""

import dataclasses
import functools
import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from models.settings import Neighbours
from simulator.experiments.refusal import RefusalError
from simulator.plan import Machine, Plan
from simulator.words.language import tell
from simulator.words.nearest import nearest

SERVER = "server"
"""``models/*/server.py`` is a model's real server; another one beside it is ``asyncio_server.py`` or the like."""


@dataclass(frozen=True, slots=True)
class Model:
    """One folder of the ``models`` package."""

    folder: str

    @property
    def name(self) -> str:
        """What a user types."""
        return self.folder.replace("_", "-")

    @property
    def config(self) -> type[Any]:
        """The class of its settings, a dataclass."""
        config: type[Any] = importlib.import_module(f"models.{self.folder}.config").Config
        return config

    @property
    def settings(self) -> tuple[dataclasses.Field[Any], ...]:
        """Its settings, each with help and bounds in its metadata."""
        return dataclasses.fields(self.config)

    @property
    def neighbours(self) -> Neighbours:
        """What could be done about it, as it says itself."""
        module = importlib.import_module(f"models.{self.folder}.config")
        neighbours: Neighbours = getattr(module, "NEIGHBOURS", Neighbours())
        return neighbours

    def profile(self, config: Any) -> str:
        """Whose costs it has with these settings, if nobody says something else."""
        module = importlib.import_module(f"models.{self.folder}.config")
        own: str | Mapping[str, str] = getattr(module, "PROFILE", "mini")
        if isinstance(own, str):
            return own
        return next(name for choice, name in own.items() if choice in dataclasses.asdict(config).values())

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names under which people know it, each of them as good as its own."""
        aliases: tuple[str, ...] = getattr(importlib.import_module(f"models.{self.folder}.config"), "ALIASES", ())
        return aliases

    @property
    def names(self) -> str:
        """Its name, with the others in brackets."""
        return f"{self.name} ({', '.join(self.aliases)})" if self.aliases else self.name

    @property
    def missing(self) -> tuple[str, str]:
        """What its real server runs on and is not installed here, and what to type; nothing where it can be started."""
        from shutil import which

        module = importlib.import_module(f"models.{self.folder}.config")
        needs: tuple[str, str] = getattr(module, "NEEDS", ("", ""))
        program, _ = needs
        return needs if program and which(program) is None and find_spec(program) is None else ("", "")

    @property
    def own_costs(self) -> str:
        """The profile of its real server beside the model: that of this project's, unless it is somebody else's."""
        name: str = getattr(importlib.import_module(f"models.{self.folder}.config"), "OWN_COSTS", "mini")
        return name

    @property
    def summary(self) -> str:
        """What it is, in one line."""
        return _first_paragraph(self.config.__doc__)

    @property
    def claim(self) -> str:
        """What it exists to demonstrate."""
        return _first_paragraph(self._module.__doc__)

    @property
    def stands_in_front(self) -> bool:
        """Whether it changes another server's plan instead of having one."""
        return hasattr(self._module, "in_front")

    def plan(self, config: Any, machine: Machine) -> Plan:
        """The plan of this server."""
        plan: Plan = self._module.plan(config, machine)
        return plan

    def in_front(self, plan: Plan, config: Any, machine: Machine) -> Plan:
        """The plan of another server behind this one."""
        changed: Plan = self._module.in_front(plan, config, machine)
        return changed

    @property
    def real_servers(self) -> dict[str, str]:
        """Its real servers by the name that tells them apart, each with its module; the first one's name is empty."""
        from pkgutil import iter_modules

        package = importlib.import_module(f"models.{self.folder}")
        modules = [module.name for module in iter_modules(package.__path__) if module.name.endswith(SERVER)]
        names = {name.removesuffix(SERVER).rstrip("_"): f"models.{self.folder}.{name}" for name in modules}
        return dict(sorted(names.items()))

    @property
    def _module(self) -> ModuleType:
        return importlib.import_module(f"models.{self.folder}.model")


@functools.cache
def catalogue() -> Mapping[str, Model]:
    """Every model by its name, in alphabetical order."""
    from pkgutil import iter_modules

    import models

    folders = sorted(
        module.name for module in iter_modules(models.__path__) if module.ispkg and _describes(module.name)
    )
    return {model.name: model for model in map(Model, folders)}


def servers() -> tuple[Model, ...]:
    """The models that serve on their own."""
    return tuple(model for model in catalogue().values() if not model.stands_in_front)


def fronts() -> tuple[Model, ...]:
    """The models that stand in front of another."""
    return tuple(model for model in catalogue().values() if model.stands_in_front)


def called(name: str) -> Model | None:
    """The model of that name, or known by it."""
    word, models = name.replace("_", "-"), catalogue()
    return models.get(word) or next((model for model in models.values() if word in model.aliases), None)


def all_names(models: Iterable[Model]) -> list[str]:
    """Every word by which one of these is found."""
    return [name for model in models for name in (model.name, *model.aliases)]


def server(name: str, said: str = "--model") -> Model:
    """The server of that name, which stood after ``said``. Raises RefusalError with the names there are."""
    model, names = called(name), all_names(servers())
    if model is None:
        from simulator.experiments.real_servers import answer_to_name  # only a mistake pays for it

        known = ", ".join(each.names for each in servers())
        unknown = tell(
            "{said} {name}: no such model.{near} There are: {known}",
            said=said, name=name, near=nearest(name, names), known=known,
        )  # fmt: skip
        raise RefusalError(answer_to_name(name, said) or unknown)
    if model.stands_in_front:
        typed = f"{said} {names[0]} --{name}"
        raise RefusalError(
            tell(
                "{said} {name}: {name} stands in front of another model. Type {typed}",
                said=said,
                name=name,
                typed=typed,
            )
        )
    return model


def _describes(folder: str) -> bool:
    """Whether the folder describes an architecture; others hold what real servers share."""
    return all(find_spec(f"models.{folder}.{part}") for part in ("config", "model"))


def _first_paragraph(docstring: str | None) -> str:
    return " ".join((docstring or "").strip().split("\n\n")[0].split())
