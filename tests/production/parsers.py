"""What servers' own parsers take: every option with what stands behind it, and its default where they say one.

What to watch: their modules are imported, and asked for their parsers. None of them is started.
"""

import argparse
import re
import runpy
import subprocess
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from simulator.experiments.production_options import table
from simulator.real.production.installed import uwsgi_binary

NOTHING, VALUE, PERHAPS, UNKNOWN = "nothing", "a value", "perhaps a value", "not asked"


@dataclass(frozen=True, slots=True)
class Theirs:
    """An option of a server."""

    behind: str
    default: str = ""
    """Nothing where it is not said, or is none."""


def argparse_options(parser: argparse.ArgumentParser, defaults: Mapping[str, Any] | None = None) -> dict[str, Theirs]:
    """Of a parser of the standard library; ``defaults`` by destination, where the parser itself has none."""
    found = {}
    for action in parser._actions:
        behind = NOTHING if action.nargs == 0 else PERHAPS if action.nargs == "?" else VALUE
        default = action.default if defaults is None else defaults.get(action.dest)
        for name in action.option_strings:
            found[name] = Theirs(behind, _text(default) if behind == VALUE else "")
    return found


def click_options(*commands: Any) -> dict[str, Theirs]:
    """Of click commands, one of which may be in the other."""
    found = {"--help": Theirs(NOTHING)}
    for parameter in (parameter for command in commands for parameter in command.params):
        if parameter.param_type_name == "argument":
            continue
        alone = parameter.is_flag or parameter.count
        default = "" if alone or parameter.multiple else _text(parameter.default)
        for name in (*parameter.opts, *parameter.secondary_opts):
            found[name] = Theirs(NOTHING if alone else VALUE, default)
    return found


def _text(default: Any) -> str:
    value = default.value if isinstance(default, Enum) and isinstance(default.value, str | int) else default
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def parser_of(main: Callable[[], object], method: str = "parse_args") -> argparse.ArgumentParser:
    """The parser whose method is the first that a main function calls; it gets no further."""
    found = list[argparse.ArgumentParser]()

    def caught(self: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        found.append(self)
        raise SystemExit

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(argparse.ArgumentParser, method, caught)
        with pytest.raises(SystemExit):
            main()
    return found[0]


def gunicorn() -> dict[str, Theirs]:
    config = import_module("gunicorn.config").Config()
    defaults = {name: setting.default for name, setting in config.settings.items()}
    return argparse_options(config.parser(), defaults)


def uvicorn() -> dict[str, Theirs]:
    return click_options(import_module("uvicorn.main").main)


def hypercorn() -> dict[str, Theirs]:
    parser = parser_of(lambda: import_module("hypercorn.__main__").main([]))
    config = import_module("hypercorn.config").Config()
    names = {"keep_alive": "keep_alive_timeout", "log_level": "loglevel"}
    others = ("bind", "cert_reqs", "verify_mode")  # not what is typed
    known = [action.dest for action in parser._actions if action.dest not in others]
    return argparse_options(parser, {name: getattr(config, names.get(name, name), None) for name in known})


def granian() -> dict[str, Theirs]:
    return click_options(import_module("granian.cli").cli)


def daphne() -> dict[str, Theirs]:
    return argparse_options(import_module("daphne.cli").CommandLineInterface().parser)


def waitress() -> dict[str, Theirs]:
    adjustments = import_module("waitress.adjustments")
    found = {"--help": Theirs(NOTHING), "--call": Theirs(NOTHING), "--app": Theirs(VALUE)}
    for name, cast in adjustments.Adjustments._params:
        option = name.replace("_", "-")
        if cast is adjustments.asbool:
            found |= {f"--{option}": Theirs(NOTHING), f"--no-{option}": Theirs(NOTHING)}
        else:
            found[f"--{option}"] = Theirs(VALUE, _text(getattr(adjustments.Adjustments, name, None)))
    del found["--sockets"]  # for who calls it from Python
    return found


def flask() -> dict[str, Theirs]:
    cli = import_module("flask.cli")
    return click_options(cli.FlaskGroup(), cli.run_command)


def django() -> dict[str, Theirs]:
    runserver = import_module("django.core.management.commands.runserver").Command()
    static = import_module("django.contrib.staticfiles.management.commands.runserver").Command()
    return argparse_options(runserver.create_parser("manage.py", "runserver")) | argparse_options(
        static.create_parser("manage.py", "runserver")
    )


def http_server() -> dict[str, Theirs]:
    file = str(import_module("http.server").__file__)
    return argparse_options(parser_of(lambda: runpy.run_path(file, run_name="__main__")))


def twisted() -> dict[str, Theirs]:
    found = {}
    warnings.simplefilter("ignore", DeprecationWarning)  # within Twisted itself; pytest restores the filters
    for module, name in (("twisted.application.twist._options", "TwistOptions"), ("twisted.web.tap", "Options")):
        options = getattr(import_module(module), name)()
        takes = {each.rstrip("="): VALUE if each.endswith("=") else NOTHING for each in options.longOpt}
        for short, long in options.synonyms.items():
            behind = takes[long]
            default = _text(options.defaults.get(long)) if behind == VALUE else ""
            found["-" + short if len(short) == 1 else "--" + short] = Theirs(behind, default)
    return found


def aiohttp() -> dict[str, Theirs]:
    return argparse_options(parser_of(lambda: import_module("aiohttp.web").main([]), "parse_known_args"))


def celery() -> dict[str, Theirs]:
    group, worker = import_module("celery.bin.celery").celery, import_module("celery.bin.worker").worker
    return click_options(group, worker)


def uwsgi() -> dict[str, Theirs]:
    """Asked of the program itself: it says which of its options take no value.

    Some act as soon as they are read, so those that the table knows to do so are not asked for that.
    """
    names = re.findall(r"^    (?:(-\w)\|)?(--\S+)", _said(["--help"]), re.MULTILINE)
    acting = {name for option in table("uwsgi").options if option.does == "prints" for name in option.names}
    found = {}
    for short, long in names:
        flag = long in acting or "doesn't allow" in _said([f"{long}=1", "--no-such"])
        found[long] = Theirs(UNKNOWN if long in acting else NOTHING if flag else VALUE)
        found |= {short: found[long]} if short else {}
    return found


def _said(words: Iterable[str]) -> str:
    """What it says, in a folder of its own: it may write files."""
    command = [uwsgi_binary() or "uwsgi", *words]
    with TemporaryDirectory() as folder:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


PARSERS: Mapping[str, tuple[str, Callable[[], dict[str, Theirs]]]] = {
    "gunicorn": ("gunicorn", gunicorn),
    "uvicorn": ("uvicorn", uvicorn),
    "hypercorn": ("hypercorn", hypercorn),
    "granian": ("granian", granian),
    "daphne": ("daphne", daphne),
    "uwsgi": ("uWSGI", uwsgi),
    "waitress-serve": ("waitress", waitress),
    "twist": ("twisted", twisted),
    "aiohttp": ("aiohttp", aiohttp),
    "flask": ("flask", flask),
    "manage.py": ("django", django),
    "http.server": ("", http_server),
    "celery": ("celery", celery),
}
"""By program: the package that it is in, and what reads its options."""
