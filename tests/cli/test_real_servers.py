"""Whoever types the name or a flag of a real server is told what it is here."""

import re
import shlex
from typing import Any

import pytest

from simulator.cli.commands import THE_RUN
from simulator.cli.parser import parse
from simulator.experiments.catalogue import fronts, server, servers
from simulator.experiments.production_line import deployed, is_production
from simulator.experiments.real_servers import ABOUT, INSTEAD, NOT_MODELLED, SERVERS

LOADED = "--model prefork --load steady "


@pytest.mark.parametrize("name", SERVERS)
def test_what_is_answered_to_a_name_can_be_typed(name: str) -> None:
    for row in SERVERS[name]:
        typed = row.typed("--model").replace(" N", " 2")
        if row.front:
            assert typed in [f"--{front.name}" for front in fronts()]
        else:
            understood = parse([*shlex.split(typed), "--load", "steady"])
            assert understood is not None
            assert understood.model == server(row.model)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("--model gunicorn --load steady", "--model prefork --workers N"),
        ("--model gunicorn --load steady", "--model threaded --accept eager --processes N --threads N"),
        ("--model Gunicorn-gthread --load steady", "--model threaded --accept eager"),
        ("--model FastAPI --load steady", "--model hybrid --processes N"),
        ("--model django --load steady", "--model dev-server"),
        ("--model django --load steady", "--model offloading --hand-over whole --pool 0"),
        ("--model fastapi --load steady", "--model offloading --hand-over whole"),
        ("--model celery --load steady", "tasks from a queue"),
        ("--model haproxy --load steady", "--nginx"),
        ("compare wsgi prefork --load steady", "compare threaded:accept=eager,processes=N,threads=N"),
        ("--model gunicorn --load steady", 'As you start it: --server "gunicorn -w N"'),
        ("measure uwsgi --load steady", "measure prefork --workers N"),
        ("measure uwsgi --load steady", "To start it itself: measure --server uwsgi"),
        ("validate gunicorn --load steady", "To start it itself: validate --server gunicorn"),
        ("measure --server xyzzy --load steady", "There are: gunicorn, uvicorn, hypercorn, granian"),
        ("validate --server xyzzy --load steady", "There are: gunicorn, uvicorn, hypercorn, granian"),
        ("validate --server= --load steady", "There are: gunicorn, uvicorn, hypercorn, granian"),
        ("measure prefork --server= --load steady", "There are: gunicorn, uvicorn, hypercorn, granian"),
        (LOADED + "-w 4", "--workers 4"),
        (LOADED + "-w", "--workers N"),
        ("--model threaded --load steady -w 4", "-w: here it is --processes 4"),
        ("--model coroutine --load steady --worker 3", "--worker: here it is --processes 3"),
        (LOADED + "-p 4", "-p: here it is --workers 4"),
        ("--model dev-server --load steady -w 4", "-w: here it is --workers 4"),
        ("measure threaded --load steady -w 4", "-w: here it is --processes 4"),
        (LOADED + "--timeout 30", "not modelled"),
        (LOADED + "--timeout=30", "patience"),
        (LOADED + "--harakiri 30", "patience"),
        (LOADED + "--limit-req 10", "limits rates"),
        (LOADED + "--max-requests 1000", "workers are not replaced"),
        (LOADED + "--read-timeout 60s", "--connect-timeout"),
        (LOADED + "-k gthread", "--model threaded --accept eager"),
        (LOADED + "--worker-class gevent", "--model greenlet"),
        (LOADED + "--config gunicorn.conf.py", "configuration files"),
        (LOADED + "--bind :8000", "nothing listens"),
        (LOADED + "--concurrency 10", "arrivals.clients=10"),
        (LOADED + "-c 10", "arrivals.clients=10"),
        (LOADED + "-c gunicorn.conf.py", "configuration files"),
        (LOADED + "-n 500", "arrivals.requests=500"),
        (LOADED + "-w 4 -k gthread", "-w -k: here it is --model threaded --accept eager --processes 4 --threads N"),
        (LOADED + "-k gthread --workers=4 --threads 8", "--model threaded --accept eager --processes 4 --threads 8"),
        (LOADED + "-k uvicorn.workers.UvicornWorker -w 2", "here it is --model hybrid --processes 2"),
        (LOADED + "-w 4 -k sync", "here it is --model prefork --workers 4"),
        (LOADED + "-w 4 -k nonsense", "-w: here it is --workers 4"),
        ("measure prefork --load steady -w 4 -k gthread", "measure threaded --accept eager --processes 4"),
        ("gunicorn -w 4", "--model prefork --workers N"),
        (LOADED + "--keepalive 5", "connection of its own"),
        (LOADED + "--listen 100", "--backlog 100"),
        (LOADED + "--listen :80", "--backlog N"),
    ],
)
def test_a_known_word_is_answered_with_what_is_modelled(line: str, says: str, simulate: Any) -> None:
    done = simulate(*line.split())
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert "Did you mean" not in done.err


def test_what_is_answered_to_a_name_is_what_its_line_becomes() -> None:
    rows = {row for rows in SERVERS.values() for row in rows}
    typed = [row for row in rows if is_production(row.real.replace(" N", " 2"))]
    assert len(typed) > 10
    for row in typed:
        side = deployed(row.real.replace(" N", " 2"))
        words = dict(pair.split("=") for pair in row.settings if "=" in pair)
        assert side.model.name == row.model, row
        assert {name: getattr(side.config, name) for name in words} == words
        if " N" in row.real:
            assert all(getattr(side.config, name) == 2 for name in row.settings if "=" not in name), row


def test_no_known_name_hides_a_model_and_none_is_in_both_tables() -> None:
    assert not {model.name for model in servers()} & SERVERS.keys()
    assert not SERVERS.keys() & NOT_MODELLED
    assert not INSTEAD.keys() & ABOUT.keys()


def test_no_known_flag_hides_a_flag_of_ours() -> None:
    ours = {flag for model in servers() for flag in THE_RUN.flags(model)}
    assert not ours & (INSTEAD.keys() | ABOUT.keys())


@pytest.mark.parametrize("typed", INSTEAD.values())
def test_what_is_to_be_typed_instead_is_a_flag(typed: str) -> None:
    ours = {flag.replace("--no-", "--") for model in servers() for flag in THE_RUN.flags(model)}
    assert {flag.replace("--no-", "--") for flag in re.findall(r"--[\w-]+", typed)} <= ours


@pytest.mark.parametrize("flag", ["--limit-rec", "--xyzzy", "-q"])
def test_what_is_far_from_everything_gets_no_suggestion(flag: str, simulate: Any) -> None:
    done = simulate(*LOADED.split(), flag, "3")
    assert done.code == 2
    assert "Did you mean" not in done.err
