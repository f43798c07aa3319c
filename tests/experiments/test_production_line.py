"""A server's command line: what it becomes, and that nothing of it is passed on that could load code."""

import shlex

import pytest

from models.profiles import PROFILES
from simulator.experiments.production import Program
from simulator.experiments.production_line import deployed, is_production, production, startable
from simulator.experiments.production_options import table
from simulator.experiments.production_table import PROGRAMS
from simulator.experiments.refusal import RefusalError

GUNICORN = "gunicorn -w 4 "
ALSO = {"granian": "granian --interface asgi"}
"""What is started of a server whose own default is not."""
STARTED = [program for program in PROGRAMS.values() if program.starts]


@pytest.mark.parametrize("program", ["gunicorn", "uwsgi"])
def test_an_option_for_sockets_of_their_own_is_passed_on_to_the_server(program: str) -> None:
    assert "--reuse-port" in production(f"{program} --reuse-port").arguments
    assert "--reuse-port" not in production(program).arguments


def test_sync_with_threads_becomes_gthread_as_gunicorn_makes_it() -> None:
    assert deployed("gunicorn --threads 2").model.name == "threaded"
    assert production("gunicorn --threads 2").arguments[-2:] == ("--worker-class", "gthread")
    assert deployed("gunicorn --threads 1").model.name == "prefork"


@pytest.mark.parametrize("line", ["uvicorn --reload --workers 4", "WEB_CONCURRENCY=4 uvicorn --reload"])
def test_uvicorn_that_reloads_has_one_process_as_it_says_itself(line: str) -> None:
    assert deployed(line).model.name == "coroutine"
    assert production(line).processes == 1
    assert production(line).arguments == ("--workers", "1")
    assert deployed(line.replace(" --reload", "")).model.name == "hybrid"


def test_short_flags_that_are_joined_are_all_taken() -> None:
    assert production("uwsgi -MTp 2").arguments == ("--master", "--enable-threads", "--processes", "2")
    with pytest.raises(RefusalError, match="no option -X"):
        production("uwsgi -MX")


@pytest.mark.parametrize("program", STARTED, ids=lambda program: program.name)
def test_of_every_option_of_the_table_only_names_numbers_and_known_words_are_passed_on(program: Program) -> None:
    for option in table(program.name).options:
        for name in option.names:
            known = option.words[0] if option.words else next(iter(program.kinds)) if option.takes == "word" else ""
            text = known or ("7" if option.takes in ("whole", "number") else "evil.py")
            start = ALSO.get(program.name, f"{program.name} {program.subcommand}")
            line = f"{start} {name}={text}" if option.takes else f"{start} {name}"
            if not name.startswith("-"):  # of the environment
                line = f"{name}={text} {start}"
            try:
                passed = startable(line).production
            except RefusalError:
                assert option.started == "refused" or option.what in ("kind", "greenlets"), name
                continue
            assert passed is not None
            assert option.started != "refused"
            assert not any("evil" in word for word in passed.arguments)
            assert (option.started == "left out") == bool(passed.left_out)


@pytest.mark.parametrize(
    "typed",
    [
        "--config conf.py", "-c conf.py", "-cconf.py", "--chdir /", "--pythonpath /x", "--env A=b",
        "--logger-class x.Y",
        "--paste x.ini", "--certfile x.pem", "-k tornado", "-k evil.Worker", "-w many", "-w -1", "-w 0", "-w '2; id'",
        "-t $(id)", "--workers", "--frobnicate", "-w 99999999999999",
    ],
)  # fmt: skip
def test_what_would_load_code_or_read_a_file_or_is_no_number_is_never_started(typed: str) -> None:
    with pytest.raises(RefusalError):
        startable(GUNICORN + typed)


@pytest.mark.parametrize(
    "typed",
    ["-b 0.0.0.0:80", "--bind=unix:/x", "-D", "--daemon", "-p x.pid", "-u root", "-g root", "--reload", "--preload",
     "--access-logfile -", "--log-level debug"],
)  # fmt: skip
def test_what_says_who_and_where_the_server_is_is_left_out_and_said(typed: str) -> None:
    found = production(GUNICORN + typed)
    assert found.arguments == ("--workers", "4")
    assert found.left_out == (typed.replace("=", " "),)


def test_only_what_starts_a_server_is_a_line() -> None:
    assert is_production("gunicorn -w 4")
    assert is_production("python -m uvicorn x:y")
    assert not is_production("asyncio")
    assert not is_production("django")
    assert not is_production("")


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=lambda program: program.name)
def test_a_row_of_the_table_says_all_that_is_needed(program: Program) -> None:
    known = table(program.name)
    assert len(known.names) == len(set(known.names))
    filled = {*program.defaults, "python", "port", "application", "uwsgi", "arguments"}
    assert {word.strip("{}") for word in shlex.split(program.starts) if word.startswith("{")} <= filled
    written = {option.what: option.default for option in known.options if option.does == "modelled" and option.default}
    own = {role: str(number) for role, number in program.defaults.items() if role in written}
    assert own == {role: default for role, default in written.items() if role in own}
    for name, kind in program.kinds.items():
        assert kind.profile in PROFILES
        assert set(kind.roles) <= {option.what for option in known.options} | {*program.defaults, "sharing"}, name
