"""A production server's command line: what it becomes, and that nothing of it is passed on that could load code."""

import shlex

import pytest

from models.profiles import PROFILES
from simulator.experiments.production import Program
from simulator.experiments.production_line import deployed, is_production, production
from simulator.experiments.production_table import PROGRAMS
from simulator.experiments.refusal import RefusalError

GUNICORN = "gunicorn -w 4 "


@pytest.mark.parametrize(
    ("line", "model", "settings"),
    [
        ("gunicorn", "prefork", {"workers": 1, "backlog": 2048}),
        ("gunicorn -w 4", "prefork", {"workers": 4, "backlog": 2048}),
        ("gunicorn -w4 --backlog=64", "prefork", {"workers": 4, "backlog": 64}),
        ("python3 -m gunicorn --workers 4 mysite.wsgi", "prefork", {"workers": 4}),
        ("/opt/site/bin/gunicorn --workers 4", "prefork", {"workers": 4}),
        (
            "gunicorn -w 4 -k gthread --threads 8 --worker-connections 50",
            "threaded",
            {"accept": "eager", "processes": 4, "threads": 8, "connections": 50, "backlog": 2048},
        ),
        ("gunicorn -k gthread", "threaded", {"accept": "eager", "processes": 1, "threads": 1}),
        ("gunicorn -w 2 -k uvicorn_worker.UvicornWorker", "coroutine", {"processes": 2, "backlog": 2048}),
        ("gunicorn -k uvicorn.workers.UvicornWorker", "coroutine", {"processes": 1}),
        ("gunicorn -w 4 --reuse-port", "prefork", {"workers": 4, "sharing": "reuseport"}),
        ("gunicorn -w 4", "prefork", {"sharing": "even"}),
        ("gunicorn -w 2 --threads 4 --reuse-port", "threaded", {"accept": "eager", "sharing": "reuseport"}),
        ("gunicorn -w 2 --threads 4", "threaded", {"sharing": "warm"}),
        ("gunicorn -k uvicorn_worker.UvicornWorker --reuse-port", "coroutine", {"sharing": "reuseport"}),
        ("uwsgi -p 2 --reuse-port", "prefork", {"workers": 2, "sharing": "even"}),  # one socket with a flag
        ("uvicorn app:app --workers 3", "coroutine", {"processes": 3, "backlog": 2048}),
        ("uwsgi --http :8000 --processes 3 --master", "prefork", {"workers": 3, "backlog": 100}),
        ("uwsgi -p 3 --threads 2 -l 50", "threaded", {"accept": "idle", "processes": 3, "threads": 2, "backlog": 50}),
        (
            "waitress-serve --threads=6 app:app",
            "threaded",
            {"accept": "buffered", "threads": 6, "connections": 100, "backlog": 1024},
        ),
        ("waitress app:app", "threaded", {"threads": 4, "backlog": 1024}),
        ("tornado --processes 2", "callback", {"processes": 2, "backlog": 128}),
        ("aiohttp", "coroutine", {"processes": 1, "backlog": 128}),
    ],
)
def test_a_line_becomes_a_model_with_the_servers_own_defaults(
    line: str, model: str, settings: dict[str, object]
) -> None:
    deployment = deployed(line)
    assert deployment.model.name == model
    assert {name: getattr(deployment.config, name) for name in settings} == settings


@pytest.mark.parametrize("program", ["gunicorn", "uwsgi"])
def test_an_option_for_sockets_of_their_own_is_passed_on_to_the_server(program: str) -> None:
    assert "--reuse-port" in production(f"{program} --reuse-port").arguments
    assert "--reuse-port" not in production(program).arguments


def test_sync_with_threads_becomes_gthread_as_gunicorn_makes_it() -> None:
    assert deployed("gunicorn --threads 2").model.name == "threaded"
    assert production("gunicorn --threads 2").arguments[-2:] == ("--worker-class", "gthread")
    assert deployed("gunicorn --threads 1").model.name == "prefork"


def test_short_flags_that_are_joined_are_all_taken() -> None:
    assert production("uwsgi -MTp 2").arguments == ("--master", "--enable-threads", "--processes", "2")
    with pytest.raises(RefusalError, match="no option -X"):
        production("uwsgi -MX")


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=lambda program: program.name)
def test_of_every_option_of_the_table_only_names_numbers_and_known_words_are_passed_on(program: Program) -> None:
    for option in program.options:
        for name in option.names:
            text = option.words[0] if option.words else "7" if option.takes == "whole" else "evil.py"
            line = f"{program.name} {name}={text}" if option.takes else f"{program.name} {name}"
            try:
                passed = production(line)
            except RefusalError:
                assert option.does == "refused", name
                continue
            assert option.does != "refused"
            assert not any("evil" in word for word in passed.arguments)
            assert (option.does == "left out") == bool(passed.left_out)


@pytest.mark.parametrize(
    "typed",
    [
        "--config conf.py", "-c conf.py", "-cconf.py", "--chdir /", "--pythonpath /x", "--env A=b",
        "--logger-class x.Y",
        "--paste x.ini", "--certfile x.pem", "-k gevent", "-k evil.Worker", "-w many", "-w -1", "-w 0", "-w '2; id'",
        "-t $(id)", "--workers", "--frobnicate", "-w 99999999999999",
    ],
)  # fmt: skip
def test_what_would_load_code_or_read_a_file_or_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(RefusalError):
        deployed(GUNICORN + typed)


@pytest.mark.parametrize(
    "typed",
    ["-b 0.0.0.0:80", "--bind=unix:/x", "-D", "--daemon", "-p x.pid", "-u root", "-g root", "--reload", "--preload",
     "--access-logfile -", "--log-level debug", "app:application"],
)  # fmt: skip
def test_what_says_who_and_where_the_server_is_is_left_out_and_said(typed: str) -> None:
    found = production(GUNICORN + typed)
    assert found.arguments == ("--workers", "4")
    assert found.left_out == (typed.replace("=", " "),)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "gunicorn --wrokers 4",
            "gunicorn has no option --wrokers that is known here. Did you mean --workers?",
        ),
        ("uvicorn --worker 4", "Did you mean --workers?"),
        ("gunicorn -k gthraed", "expected one of sync, gthread, uvicorn_worker.UvicornWorker"),
        ("gunicorn -w four", "--server: gunicorn --workers four: expected a whole number"),
        ("gunicorn -w", "--server: -w of gunicorn needs a value"),
        ("gunicorn '", "a quotation mark is missing"),
        ("gunicorn --config x.py", "gunicorn --config x.py is not taken: it names a file"),
        ("uwsgi --gevent 100", "this kind of worker is not modelled yet"),
        ("uvicorn --limit-concurrency 5", "a limit that answers 503 is not modelled"),
    ],
)
def test_a_line_that_cannot_be_understood_is_answered_with_what_was_given_and_what_is_expected(
    line: str, said: str
) -> None:
    with pytest.raises(RefusalError) as refused:
        deployed(line)
    assert said in str(refused.value)


def test_only_the_names_of_production_servers_begin_a_line() -> None:
    assert is_production("gunicorn -w 4")
    assert is_production("python -m uvicorn x:y")
    assert not is_production("asyncio")
    assert not is_production("")


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=lambda program: program.name)
def test_a_row_of_the_table_says_all_that_is_needed_to_start_it(program: Program) -> None:
    assert len(program.names) == len(set(program.names))
    known = {*program.defaults, "python", "port", "application", "uwsgi", "arguments"}
    assert {word.strip("{}") for word in shlex.split(program.starts) if word.startswith("{")} <= known
    roles = {option.role for option in program.options if option.role and option.role != "kind"}
    assert roles <= set(program.defaults)
    for kind in program.kinds.values():
        assert kind.profile in PROFILES
        assert set(kind.roles) <= set(program.defaults)
