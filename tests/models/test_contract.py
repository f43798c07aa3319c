"""What every model promises, whichever it is: a new folder under models/ is tested without a line here."""

import ast
import dataclasses
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import models
from models.settings import SettingError
from simulator.experiments.catalogue import Model, catalogue, fronts, servers
from simulator.experiments.run import run
from simulator.plan import Machine, Outcome, Plan
from simulator.plan.walk import walk
from simulator.workload.draw import draw
from simulator.workload.load import load, shipped
from tests.engine.deployments import cut_short

FOLDER = Path(models.__file__).parent
MODELS, SERVERS, FRONTS = list(catalogue().values()), list(servers()), list(fronts())
MOST_LINES = 80
"""What fits on one screen beside the animation."""


def name_of(model: Model) -> str:
    return model.name


every_model = pytest.mark.parametrize("model", MODELS, ids=name_of)
every_server = pytest.mark.parametrize("model", SERVERS, ids=name_of)
every_load = pytest.mark.parametrize("load_name", shipped())


def plan_of(model: Model, config: Any = None, machine: Machine | None = None) -> Plan:
    """The plan of a server, or of the first server behind a front, with these settings or the defaults."""
    machine = machine or Machine()
    config = config or model.config()
    if not model.stands_in_front:
        return model.plan(config, machine)
    return model.in_front(plan_of(SERVERS[0], machine=machine), config, machine)


def module(model: Model, name: str) -> ast.Module:
    return ast.parse((FOLDER / model.folder / name).read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            assert node.module is not None
            yield node.module


def test_every_folder_with_a_model_is_found() -> None:
    assert {model.folder for model in MODELS} == {path.parent.name for path in FOLDER.glob("*/model.py")}
    assert set(FRONTS) | set(SERVERS) == set(MODELS)


# --- what a reader meets ----------------------------------------------------------------------------------------------


@every_model
def test_a_model_has_a_readme_that_opens_with_a_title(model: Model) -> None:
    text = (FOLDER / model.folder / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert f"--{model.name}" in text or f"--model {model.name}" in text


@pytest.mark.parametrize(
    "path",
    sorted([*FOLDER.glob("*/model.py"), *FOLDER.glob("*/server.py")]),
    ids=lambda path: str(path.relative_to(FOLDER)),
)
def test_a_model_and_its_server_fit_on_one_screen(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@every_model
def test_a_model_opens_with_its_claim_and_what_to_watch(model: Model) -> None:
    paragraphs = (ast.get_docstring(module(model, "model.py")) or "").split("\n\n")
    assert len(paragraphs) >= 2
    assert model.claim == " ".join(paragraphs[0].split())
    assert model.claim.endswith(".")
    assert paragraphs[1].startswith("What to watch: ")


@every_model
def test_a_model_knows_of_the_simulator_only_the_words_of_a_plan(model: Model) -> None:
    own = {"simulator.plan", "models.settings", f"models.{model.folder}.config"}
    for file in ("model.py", "config.py"):
        foreign = {name for name in imported(module(model, file)) if name.split(".")[0] not in sys.stdlib_module_names}
        assert foreign <= own


# --- settings ---------------------------------------------------------------------------------------------------------


@every_model
def test_every_setting_is_explained_in_a_sentence(model: Model) -> None:
    assert model.settings
    for field in model.settings:
        text = field.metadata["help"]
        assert text[0].isupper(), field.name
        assert text.endswith("."), field.name


@every_model
def test_every_number_has_a_lower_bound_and_every_word_its_choices(model: Model) -> None:
    for field in model.settings:
        is_word = isinstance(field.default, str)
        is_number = isinstance(field.default, int | float) and not isinstance(field.default, bool)
        assert (field.metadata["choices"] is not None) == is_word, field.name
        assert (field.metadata["minimum"] is not None) == is_number, field.name


def least(field: dataclasses.Field[Any]) -> Any:
    """The lower bound of a setting, as a value of its kind."""
    kind: Any = type(field.default)
    return kind(field.metadata["minimum"])


def bounded(only: type[int | float | str] | None = None) -> list[Any]:
    """Every setting that has a lower bound, or choices if strings are wanted."""
    key = "choices" if only is str else "minimum"
    return [
        pytest.param(model, field, id=f"{model.name} {field.name}")
        for model in MODELS
        for field in model.settings
        if field.metadata[key] is not None
    ]


@pytest.mark.parametrize(("model", "field"), bounded())
def test_a_plan_can_be_made_with_each_setting_at_its_lower_bound(model: Model, field: dataclasses.Field[Any]) -> None:
    plan = plan_of(model, model.config(**{field.name: least(field)}))
    workload = draw(cut_short("steady", "1 s"))
    assert len(run(plan, workload)) == len(workload)


@every_model
def test_a_plan_can_be_made_with_all_settings_at_their_lower_bounds(model: Model) -> None:
    lowest = {field.name: least(field) for field in model.settings if field.metadata["minimum"] is not None}
    workload = draw(cut_short("steady", "1 s"))
    assert len(run(plan_of(model, model.config(**lowest)), workload)) == len(workload)


@pytest.mark.parametrize(("model", "field"), bounded())
def test_below_its_lower_bound_a_setting_is_refused_by_its_flag(model: Model, field: dataclasses.Field[Any]) -> None:
    minimum = field.metadata["minimum"]
    flag = "--" + field.name.replace("_", "-")
    with pytest.raises(SettingError, match=rf"^{flag} .*: expected at least {minimum}$"):
        model.config(**{field.name: least(field) - 1})


@every_model
def test_a_plan_can_be_made_with_each_setting_at_its_upper_bound(model: Model) -> None:
    workload = draw(cut_short("steady", "1 s"))
    for field in model.settings:
        if field.metadata["maximum"] is not None:
            kind: Any = type(field.default)
            most = kind(field.metadata["maximum"])
            assert len(run(plan_of(model, model.config(**{field.name: most})), workload)) == len(workload)


@every_model
def test_above_its_upper_bound_a_setting_is_refused_by_its_flag_and_every_number_has_one(model: Model) -> None:
    for field in model.settings:
        most = field.metadata["maximum"]
        assert (most is None) == (field.metadata["minimum"] is None)
        if most is not None:
            flag = "--" + field.name.replace("_", "-")
            with pytest.raises(SettingError, match=rf"^{flag} .*: expected at most "):
                model.config(**{field.name: most + 1})


@pytest.mark.parametrize(
    ("name", "setting", "most", "what"),
    [("threaded", "threads", 1_000_000, "threads"), ("offloading", "pool", 2_000_000, "helpers")],
)
def test_threads_are_counted_in_all_processes_together(name: str, setting: str, most: int, what: str) -> None:
    config, each = catalogue()[name].config, most // 1000
    assert config(processes=1000, **{setting: each})
    with pytest.raises(
        SettingError, match=f"^--processes 1001 --{setting} {each}: expected at most {most} {what} in all$"
    ):
        config(processes=1001, **{setting: each})


@pytest.mark.parametrize(("model", "field"), bounded(str))
def test_a_word_that_is_no_choice_is_refused_by_its_flag(model: Model, field: dataclasses.Field[Any]) -> None:
    flag = "--" + field.name.replace("_", "-")
    with pytest.raises(SettingError, match=f"^{flag} nonsense: expected one of "):
        model.config(**{field.name: "nonsense"})


@pytest.mark.parametrize(("model", "field"), bounded(str))
def test_a_plan_can_be_made_with_every_choice(model: Model, field: dataclasses.Field[Any]) -> None:
    """Of several processes, that accept eagerly where they may: otherwise there is nothing to share."""
    several = {"processes": 2, "accept": "eager"}
    around = {name: value for name, value in several.items() if name in {other.name for other in model.settings}}
    plans = {plan_of(model, model.config(**around | {field.name: choice})) for choice in field.metadata["choices"]}
    assert len(plans) == len(field.metadata["choices"])


# --- plans ------------------------------------------------------------------------------------------------------------


@every_model
def test_the_same_settings_make_the_same_plan(model: Model) -> None:
    assert plan_of(model) == plan_of(model)


@every_model
def test_every_place_has_a_name_of_its_own(model: Model) -> None:
    names = [place.name for place in walk(plan_of(model), 3)]
    assert len(set(names)) == len(names)


@every_model
def test_the_machine_decides_the_cores_the_buffers_and_the_retries(model: Model) -> None:
    machine = Machine(cores=7, syn_retries="classic", receive_buffer=12345.0)
    plan = plan_of(model, machine=machine)
    assert plan.cores == machine.processor
    assert plan != plan_of(model, machine=dataclasses.replace(machine, receive_buffer=54321.0))
    assert plan != plan_of(model, machine=dataclasses.replace(machine, syn_retries="linear"))
    assert plan != plan_of(model, machine=dataclasses.replace(machine, full_backlog="refuse"))


@every_load
@every_server
def test_a_plan_works_under_every_shipped_load_alone_and_behind_every_front(model: Model, load_name: str) -> None:
    scenario = load(load_name)
    workload = draw(cut_short(load_name, "25 s"))
    plain = plan_of(model, machine=scenario.machine)
    for plan in (plain, *(front.in_front(plain, front.config(), scenario.machine) for front in FRONTS)):
        trace = run(plan, workload, redraw=partial(draw, cut_short(load_name, "25 s")))
        assert not (trace.outcome == Outcome.OPEN).any()
        assert (trace.outcome == Outcome.COMPLETED).any()
