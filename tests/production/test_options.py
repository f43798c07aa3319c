"""The tables of options, held against the servers' own parsers: nothing of theirs is missing, nothing is invented."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from simulator.experiments.production import Option
from simulator.experiments.production_options import table
from simulator.experiments.production_table import PROGRAMS
from simulator.real.production.installed import version_of
from tests.production.conftest import missing
from tests.production.parsers import NOTHING, PARSERS, PERHAPS, UNKNOWN, VALUE, Theirs

ROOT = Path(__file__).parents[2]
OURS_ALONE = {
    "aiohttp": {"--backlog"},  # an argument of run_app, which that command line does not have
    "http.server": {
        "--cgi",
        "--protocol",
        "-p",
        "--tls-cert",
        "--tls-key",
        "--tls-password-file",
    },  # not in each Python
}
LIBRARIES = (
    "ssl",
    "https",
    "sni",
    "legion",
    "xml",
    "yaml",
    "yml",
    "json",
    "js",
    "route",
    "cap",
    "pcre",
    "zlib",
    "http",
)
"""How options of uWSGI begin that are there only where it was compiled with some library."""


def behind(option: Option) -> str:
    return {"": NOTHING, "maybe": PERHAPS}.get(option.takes, VALUE)


@cache
def theirs(program: str) -> dict[str, Theirs]:
    package, read = PARSERS[program]
    if package and version_of(package) is None:
        missing(f"{package} is not installed")
    return read()


def ours(program: str) -> dict[str, Option]:
    return {name: option for option in table(program).options for name in option.names}


def test_each_server_with_a_command_line_of_its_own_is_asked() -> None:
    assert {*PARSERS} == {*PROGRAMS} - {"tornado", "node", "go"}  # ours, a runtime with V8's options, and no options


@pytest.mark.parametrize("program", PARSERS)
def test_every_option_of_the_server_is_in_the_table(program: str) -> None:
    assert sorted(theirs(program).keys() - ours(program)) == []


@pytest.mark.parametrize("program", PARSERS)
def test_no_option_of_the_table_is_invented(program: str) -> None:
    invented = {name for name in ours(program) if name.startswith("-")} - theirs(program).keys()
    if program == "uwsgi":
        invented = {name for name in invented if not name.removeprefix("--").startswith(LIBRARIES)}
    assert sorted(invented - OURS_ALONE.get(program, set())) == []


@pytest.mark.parametrize("program", PARSERS)
def test_behind_each_option_stands_what_the_server_takes_there(program: str) -> None:
    known = ours(program)
    wrong = {
        name: (behind(known[name]), option.behind)
        for name, option in theirs(program).items()
        if name in known and option.behind not in (UNKNOWN, behind(known[name]))
        and not (program == "uwsgi" and behind(known[name]) == PERHAPS)  # it does not say so
    }  # fmt: skip
    assert wrong == {}


@pytest.mark.parametrize("program", PARSERS)
def test_defaults_of_the_table_are_those_of_the_server(program: str) -> None:
    known = ours(program)
    wrong = {
        name: (known[name].default, option.default)
        for name, option in theirs(program).items()
        if name in known and option.default and known[name].default and known[name].default != option.default
    }
    assert wrong == {}


def test_what_is_installed_is_what_the_tables_were_read_from() -> None:
    lines = (Path(__file__).parent / "versions.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    packages = {program: package.lower() for program, (package, _) in PARSERS.items() if package}
    assert {name: pinned[package] for name, package in packages.items()} == {
        name: table(name).version for name in packages
    }
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert sorted(re.split(r"[<>=~]", line)[0] for line in extra["servers"]) == sorted(pinned)
