"""Every field of a model's settings is a flag, and every wrong command line gets one message and exit code 2."""

import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import simulator
from simulator.cli.command import Command
from simulator.cli.commands import COMMANDS
from simulator.cli.parser import parse
from simulator.experiments.catalogue import Model, catalogue, fronts, servers
from simulator.experiments.options import section
from simulator.lab.home_menus import first_home
from simulator.tui import opening
from tests.cli.conftest import ROOT

SERVERS = servers()
ALL = tuple(catalogue().values())


def named(model: Model) -> str:
    return model.name


@pytest.mark.parametrize("model", SERVERS, ids=named)
def test_the_help_of_a_model_shows_its_flags_and_those_of_what_can_stand_in_front(model: Model, simulate: Any) -> None:
    done = simulate("--model", model.name, "--help")
    own = section(model)
    assert done.code == 0
    assert all(own.flag(name) in done.out for name in own.fields)
    assert all(f"--{front.name}" in done.out for front in fronts())


def test_help_without_a_model_shows_no_models_flags(simulate: Any) -> None:
    done = simulate("--help")
    assert done.code == 0
    assert "--load" in done.out
    assert "--workers" not in done.out


@pytest.mark.parametrize("model", ALL, ids=named)
def test_the_list_of_models_explains_every_flag(model: Model, simulate: Any) -> None:
    words = " ".join(simulate("list", "models").out.split())
    assert model.claim in words
    for field in model.settings:
        assert section(model).typed(field.name, not field.default if field.default is True else 1) in words
        assert field.metadata["help"] in words


def test_the_list_of_loads_tells_their_stories(simulate: Any) -> None:
    done = simulate("list", "loads")
    assert done.code == 0
    assert "slow-clients  Slow clients" in done.out


def test_the_schema_is_a_json_schema(simulate: Any) -> None:
    import json

    assert json.loads(simulate("schema").out)["properties"]["arrivals"]


def test_without_arguments_the_command_says_what_to_type_and_that_works(simulate: Any) -> None:
    done = simulate()
    assert done.code == 0
    example = next(line for line in done.out.splitlines() if line.startswith("    simulate "))
    assert simulate(*example.split()[1:], "--duration", "6s", "--quiet").code == 0


def test_settings_reach_the_plan(results: Callable[..., dict[str, Any]]) -> None:
    found = results("--workers", "7", "--backlog=9")
    assert found["resources"]["worker"]["size"] == 7
    assert found["resources"]["backlog"]["size"] == 10
    assert found["settings"] == {"workers": 7, "backlog": 9, "sharing": "even", "protocol": "http", "middlewares": 0}


def test_a_front_stands_in_front_with_its_settings(results: Callable[..., dict[str, Any]]) -> None:
    assert results()["in_front"] == {}
    found = results("--nginx", "--no-request-buffering", "--nginx-connections", "99")
    assert found["in_front"]["nginx"]["request_buffering"] is False
    assert found["resources"]["nginx connection"]["size"] == 99


def test_the_scenario_can_be_changed_from_the_command_line(results: Callable[..., dict[str, Any]]) -> None:
    found = results("--seed", "3", "--rate", "10", "--duration", "2s", "--set", "machine.cores=1", "--set=warmup=1 s")
    assert (found["seed"], found["duration_s"], found["cores"]) == (3, 2.0, 1)
    assert found["window_s"] == {"start": 1.0, "end": 2.0}
    assert found["requests"]["offered"] < results()["requests"]["offered"] / 2


def test_both_engines_answer_and_say_who_they_are(results: Callable[..., dict[str, Any]]) -> None:
    kernel, reference = results(), results("--engine", "reference")
    assert (kernel.pop("engine"), reference.pop("engine")) == ("kernel", "reference")
    assert kernel["latency_ms"]["p99"] == pytest.approx(reference["latency_ms"]["p99"], abs=1e-6)
    assert kernel["requests"] == reference["requests"]


def test_a_flag_means_the_same_with_every_model(simulate: Any) -> None:
    """A front's setting whose name some server has too carries the front's name, whichever server is chosen."""
    own = {field.name for model in SERVERS for field in model.settings}
    for front in fronts():
        flags = {field.name: section(front).flag(field.name) for field in front.settings}
        assert all((f"--{front.name}-" in flag) == (name in own) for name, flag in flags.items())


WRONG = [
    ("--model nginx --load steady", "stands in front of another model"),
    ("--model pre-fork --load steady", "Did you mean prefork?"),
    ("--load steady", "which server? Type --model"),
    ("--model prefork", "which load? Type --load"),
    ("--model", "--model requires an argument"),
    ("--model --load steady", "--model"),
    ("--model prefork --load slow-client", "slow-clients"),
    ("--model prefork --load /nowhere/load.toml", "no such file"),
    ("--model prefork --load steady --wokers 3", "Did you mean --workers?"),
    (
        "--model prefork --load steady --threads 3",
        "--threads is a setting of threaded; prefork has --workers --backlog",
    ),
    ("--load steady --threads 3", "--threads is a setting of threaded: name the server too"),
    (
        "--model prefork --load steady --no-request-buffering",
        "--no-request-buffering is a setting of nginx: add --nginx",
    ),
    ("--model prefork --load steady --workers 0", "--workers 0: expected at least 1"),
    ("--model prefork --load steady --workers 2.5", "--workers 2.5: expected a whole number"),
    ("--model prefork --load steady --workers many", "--workers many: expected a whole number"),
    ("--model prefork --load steady --workers", "--workers requires an argument"),
    ("--model prefork --load steady --workers 2 --workers 3", "--workers specified multiple times"),
    ("--model prefork --load steady --nginx --nginx-connections 0", "--nginx-connections 0: expected at least 1"),
    ("--model prefork --load steady --nginx --connect-timeout soon", "--connect-timeout"),
    ("--model prefork --load steady --nginx --connect-timeout nan", "--connect-timeout nan: expected"),
    (
        "--model prefork --load steady --nginx --temp-file 1e400",
        "--temp-file 1e400: unreasonably large; expected a size",
    ),
    ("--model prefork --load steady --nginx --temp-file nan", "--temp-file nan: expected a size"),
    ("--model threaded --load steady --accept eagerly", "--accept eagerly: expected one of idle, eager"),
    ("--model prefork --load steady --seed -1", "--seed -1: expected at least 0"),
    ("--model prefork --load steady --seed x", "--seed x: expected a whole number"),
    ("--model prefork --load steady --rate fast", "rate"),
    ("--model prefork --load steady --rate -3", "rate"),
    ("--model prefork --load steady --duration 90", "unit"),
    ("--model prefork --load steady --engine warp", "--engine warp: expected one of kernel, reference"),
    ("--model prefork --load steady --set rate", "--set rate: expected KEY=VALUE"),
    ("--model prefork --load steady --set requests.pag.response=1B", "pag"),
    ("--model prefork --load steady leftover", "leftover: not understood here"),
    ("--model prefork --load steady --json", "--json requires an argument"),
    ("--model prefork --load steady --json /nowhere/at/all.json", "there is no folder /nowhere/at"),
    ("--model prefork --load steady --csv /nowhere/at/all", "there is no folder /nowhere/at"),
    ("--model prefork --load steady --parquet /", "is a folder"),
    (f"--model prefork --load steady --parquet {'x' * 300}", "xx: File name too long"),
    (f"--model prefork --load {'x' * 300}", "cannot be read: File name too long"),
    (f"show {'x' * 300}", "no such file"),
    ("shwo run.parquet", "Did you mean show?"),
    ("show", "show what? Type simulate show FILE"),
    ("show /nowhere/run.parquet", "no such file"),
    ("show /nowhere/run.parquet --request one", "--request"),
    ("show /nowhere/run.parquet --workers 3", "--workers: no such flag"),
    ("show /nowhere/run.parquet --fps 3", "--fps is about the screen: add --watch"),
    (
        "--model coroutine --load steady --workers 4",
        "--workers is a setting of prefork; the worker processes of coroutine are --processes",
    ),
    ("measure --workers 3", "--workers is a setting of prefork: name the server too, right after measure"),
    ("validate --workers 3", "--workers is a setting of prefork: name one server alone, right after validate"),
    ("compare prefork --workers 3", "write it behind the name, as in compare prefork:workers=8 coroutine"),
    ("show /nowhere/run.parquet --reqest 3", "--reqest: no such flag. Did you mean --request?"),
    ("--model prefork --load steady --json /tmp/x --parquet /tmp/x", "/tmp/x is named for two outputs"),
    ("list machines", "list machines: expected one of models, loads"),
    ("--model prefork --load steady --picture /tmp/x.txt --json /tmp/x.txt", "/tmp/x.txt is named for two outputs"),
    ("--model prefork --load steady --thread 3", "Did you mean --threads?"),
    ("--model prefork --load steady --rate -1", "--rate -1: expected a number above 0"),
    ("--model prefork --load steady --cores 0", "--cores 0: expected at least 0.01"),
    ("prefork", "prefork: no such command. Type simulate --model prefork --load slow-clients"),
    ("spike --rate 3", "spike: no such command. Type simulate --model prefork --load spike"),
    ("help nothing", "help nothing: no such command and no such model"),
    ("completion tcsh", "completion tcsh: expected one of bash, zsh, fish"),
    ("explain backlogs", "Did you mean backlog?"),
    ("schema extra", "extra"),
]


@pytest.mark.parametrize(("line", "says"), WRONG, ids=[line for line, _ in WRONG])
def test_a_wrong_command_line_gets_one_message_and_exit_code_2(line: str, says: str, simulate: Any) -> None:
    done = simulate(*line.split())
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("simulate: ")
    assert says in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_every_command_of_the_table_is_in_the_help_and_has_a_function_behind_it(
    command: Command, simulate: Any
) -> None:
    module, _, function = command.run.partition(":")
    assert callable(getattr(import_module(module), function))
    assert " ".join(command.help.split())[:40] in " ".join(simulate("--help").out.replace("│", " ").split())
    assert simulate(command.name, "--help").code == 0


def test_a_wrong_scenario_gets_all_its_mistakes_in_one_message(simulate: Any, load: Path) -> None:
    load.write_text(load.read_text(encoding="utf-8").replace("rate = 40", "rat = 40").replace("2 ms", "2 sm"), "utf-8")
    done = simulate("--model", "prefork", "--load", load)
    assert (done.code, done.out) == (2, "")
    assert "rat" in done.err
    assert "2 sm" in done.err
    assert done.err.count("simulate: ") == 1


def test_a_folder_of_models_that_describes_no_architecture_is_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import models

    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "__init__.py").touch()
    monkeypatch.setattr(models, "__path__", [*models.__path__, str(tmp_path)])
    catalogue.cache_clear()
    found = set(catalogue())
    catalogue.cache_clear()
    assert found >= {"prefork", "dev-server"}
    assert "shared" not in found


@pytest.mark.parametrize(
    ("typed", "bytes_"), [("100MB", 100_000_000), ("1.5 KiB", 1536), ("0", 0), ("4096", 4096), ("64KiB", 65536)]
)
def test_a_size_may_have_a_unit(typed: str, bytes_: int, results: Callable[..., dict[str, Any]]) -> None:
    assert results("--nginx", "--temp-file", typed)["in_front"]["nginx"]["temp_file"] == bytes_


@pytest.mark.parametrize(("typed", "seconds"), [("500ms", 0.5), ("2 min", 120.0), ("5", 5.0)])
def test_a_time_may_have_a_unit(typed: str, seconds: float, results: Callable[..., dict[str, Any]]) -> None:
    assert results("--nginx", "--connect-timeout", typed)["in_front"]["nginx"]["connect_timeout"] == seconds


def test_sizes_and_times_are_written_with_their_units(simulate: Any, run: Callable[..., Any]) -> None:
    said = " ".join(run("--nginx", "--temp-file", "100MiB", "--connect-timeout", "1500ms").out.split())
    assert "temp file 100 MiB" in said
    assert "memory buffers 36 KiB" in said
    assert "connect timeout 1.5 s" in said
    assert "Default: 1 GiB." in " ".join(simulate("list", "models").out.split())


def test_compare_takes_sizes_with_units_too(simulate: Any, load: Path) -> None:
    word = "prefork+nginx:nginx.temp_file=1MiB,nginx.connect_timeout=5s"
    assert simulate("compare", word, "prefork", "--load", load).code == 0
    done = simulate("compare", "prefork+nginx:nginx.temp_file=1MX", "prefork", "--load", load)
    assert done.code == 2
    assert 'unknown unit "MX"' in done.err


def test_cores_is_a_flag(results: Callable[..., dict[str, Any]]) -> None:
    assert results("--cores", "7")["cores"] == 7


@pytest.mark.parametrize("command", ["measure", "validate", "compare"])
def test_where_servers_are_words_the_flag_for_a_model_works_as_well(command: str) -> None:
    plain = parse([command, "prefork", "--load", "steady"])
    for line in ("--model prefork --load steady", "--load steady --model=prefork"):
        assert parse([command, *line.split()]) == plain


def test_list_alone_lists_models_and_loads(simulate: Any) -> None:
    both = simulate("list").out
    assert both == simulate("list", "models").out + simulate("list", "loads").out


def test_python_runs_the_package_as_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulator", "-V"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == simulator.__version__ + "\n"


@pytest.mark.parametrize(
    ("line", "chosen"),
    [
        ("--load spike", ("spike",)),
        ("--model threaded", ("threaded",)),
        ("--model threaded --nginx --watch --glyphs ascii", ("threaded", "nginx")),
    ],
)
def test_half_of_a_run_opens_the_first_screen_with_that_half_chosen(
    line: str, chosen: tuple[str, ...], simulate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def open_home(_: object, names: tuple[str, ...] = ()) -> int:
        opened.append(names)
        return 0

    monkeypatch.setattr(opening, "has_terminal", lambda: True)
    monkeypatch.setattr(opening, "open_home", open_home)
    assert simulate(*line.split()).code == 0
    assert opened == [chosen]
    home = first_home(chosen)
    assert set(chosen) <= {menu.choices[menu.selected].name for menu in home.menus}


@pytest.mark.parametrize(
    ("line", "says"), [("--load spike --rate 3", "which server?"), ("--model prefork --workers 8", "which load?")]
)
def test_half_of_a_run_with_more_than_its_name_is_asked_for_the_other_half(
    line: str, says: str, simulate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first screen would forget what else was typed."""
    monkeypatch.setattr(opening, "has_terminal", lambda: True)
    done = simulate(*line.split())
    assert done.code == 2
    assert says in done.err
