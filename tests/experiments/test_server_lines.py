"""Lines as the servers' own documentation has them, and what each becomes; and lines that no server would take."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.experiments.production_answer import Answer, answer
from simulator.experiments.production_changes import reconfigured
from simulator.experiments.production_line import deployed, production
from simulator.experiments.refusal import RefusalError

UWSGI_OF_DJANGO = (
    "uwsgi --chdir=/path/to/your/project --module=mysite.wsgi:application --env DJANGO_SETTINGS_MODULE=mysite.settings "
    "--master --pidfile=/tmp/project-master.pid --socket=127.0.0.1:49152 --processes=5 --uid=1000 --gid=2000 "
    "--harakiri=20 --max-requests=5000 --vacuum --home=/path/to/virtual/env --daemonize=/var/log/uwsgi/yourproject.log"
)
LINES: list[tuple[str, str, dict[str, Any], str]] = [
    # gunicorn: its own pages, and those of Flask, Django, uvicorn and aiohttp.
    ("gunicorn", "prefork", {"workers": 1, "backlog": 2048, "sharing": "even"}, ""),
    ("gunicorn -w 4 myapp:app", "prefork", {"workers": 4}, ""),
    ("gunicorn -w4 --backlog=64 app", "prefork", {"workers": 4, "backlog": 64}, ""),
    ("gunicorn --workers=4 --bind=0.0.0.0:8000 app:app", "prefork", {"workers": 4}, ""),
    ("gunicorn -w 4 'hello:create_app()'", "prefork", {"workers": 4}, ""),
    ("gunicorn -w 4 -b 0.0.0.0 'hello:create_app()'", "prefork", {"workers": 4}, ""),
    ("gunicorn -w 4 --access-logfile=- 'hello:create_app()'", "prefork", {"workers": 4}, ""),
    ("gunicorn myproject.wsgi", "prefork", {"workers": 1}, ""),
    ("/opt/site/bin/gunicorn --workers 4", "prefork", {"workers": 4}, ""),
    ("gunicorn -w 4 --reuse-port", "prefork", {"workers": 4, "sharing": "reuseport"}, ""),
    ("gunicorn -w 2 --timeout 120 --max-requests 1000 app:app", "prefork", {"workers": 2}, "recycle worker-timeout"),
    ("gunicorn --certfile=server.crt --keyfile=server.key test:app", "prefork", {"workers": 1}, "tls"),
    ("gunicorn -c gunicorn.conf.py app:app", "prefork", {"workers": 1}, "file"),
    (
        "gunicorn -w 4 -k gthread --threads 8 --worker-connections 50",
        "threaded",
        {"accept": "eager", "processes": 4, "threads": 8, "connections": 50, "backlog": 2048, "sharing": "warm"},
        "",
    ),
    ("gunicorn --workers=2 --threads=4 --timeout 30 test:app", "threaded", {"threads": 4}, "worker-timeout"),
    ("gunicorn -k gthread", "threaded", {"accept": "eager", "processes": 1, "threads": 1}, ""),
    ("gunicorn --keep-alive 5 --threads 2 app", "threaded", {"threads": 2, "connections": 1000}, "keep-alive"),
    ("gunicorn -k tornado -w 2 app", "callback", {"processes": 2}, ""),
    ("gunicorn myapp:app -k asgi -w 4", "hybrid", {"processes": 4, "backlog": 100}, "borrowed-costs"),
    ("gunicorn -k asgi --backlog 500", "coroutine", {"backlog": 100}, "borrowed-costs"),  # which it forgets
    ("gunicorn -w 2 -k uvicorn_worker.UvicornWorker", "hybrid", {"processes": 2, "backlog": 2048}, ""),
    ("gunicorn example:app -w 4 -k uvicorn.workers.UvicornWorker", "hybrid", {"processes": 4}, ""),
    ("python -m gunicorn myproject.asgi:application -k uvicorn_worker.UvicornWorker", "coroutine", {}, ""),
    ("gunicorn app --bind localhost:8080 --worker-class aiohttp.GunicornWebWorker", "coroutine", {"processes": 1}, ""),
    ("WEB_CONCURRENCY=3 gunicorn app:app", "prefork", {"workers": 3}, ""),
    ("WEB_CONCURRENCY=3 gunicorn -w 2 app:app", "prefork", {"workers": 2}, ""),
    ("GUNICORN_CMD_ARGS='--bind=127.0.0.1 --workers=3' gunicorn app:app", "prefork", {"workers": 3}, ""),
    ("exec poetry run gunicorn -w 3 app:app", "prefork", {"workers": 3}, ""),
    ("env DEBUG=0 ddtrace-run gunicorn -w 3 app:app", "prefork", {"workers": 3}, "instrumented"),
    ("PYTHON_GIL=0 gunicorn --threads 4 app:app", "threaded", {"threads": 4, "free_threaded": True}, ""),
    ("python3.14t -m gunicorn --threads 4 app:app", "threaded", {"free_threaded": True}, ""),
    ("python -X gil=0 -m waitress app:app", "threaded", {"free_threaded": True}, ""),
    ("PYTHON_GIL=0 gunicorn -w 4 app:app", "prefork", {"workers": 4}, ""),
    # uvicorn
    ("uvicorn main:app --reload", "coroutine", {"processes": 1, "backlog": 2048}, ""),
    ("uvicorn example:app --host 0.0.0.0 --port 80 --workers 4", "hybrid", {"processes": 4}, ""),
    ("uvicorn --factory main:create_app", "coroutine", {"processes": 1}, ""),
    ("uvicorn --fd 0 main:app", "coroutine", {"processes": 1}, ""),
    ("python -m uvicorn myproject.asgi:application", "coroutine", {"processes": 1}, ""),
    ("uvicorn app:app --limit-concurrency 100 --timeout-keep-alive 75", "coroutine", {}, "keep-alive limit"),
    ("uvicorn app:app --loop asyncio --http h11", "coroutine", {"processes": 1}, "costs"),
    ("UVICORN_WORKERS=4 uvicorn app:app", "hybrid", {"processes": 4}, ""),
    ("uvicorn main:app --ssl-keyfile=./key.pem --ssl-certfile=./cert.pem", "coroutine", {}, "tls"),
    ("uv run --frozen uvicorn main:app --workers 2 --backlog 128", "hybrid", {"processes": 2, "backlog": 128}, ""),
    # hypercorn, granian, daphne
    ("hypercorn module:app", "coroutine", {"processes": 1, "backlog": 100}, "borrowed-costs"),
    ("hypercorn --bind 0.0.0.0:5000 -w 4 -k uvloop module:app", "hybrid", {"processes": 4}, "borrowed-costs"),
    ("hypercorn -c file:conf.py module:app", "coroutine", {}, "borrowed-costs file"),
    (
        "hypercorn --quic-bind localhost:4433 --certfile cert.pem --keyfile key.pem --bind localhost:4433 module:app",
        "coroutine", {}, "borrowed-costs http2 tls",
    ),
    ("granian --interface asgi main:app", "coroutine", {"backlog": 1024, "sharing": "reuseport"}, "borrowed-costs"),
    ("granian --interface rsgi --workers 2 main:app", "hybrid", {"processes": 2}, "borrowed-costs"),
    (
        "granian --interface wsgi --workers 4 main:app", "threaded",
        {"processes": 4, "threads": 256, "connections": 256, "accept": "buffered"}, "borrowed-costs",
    ),
    ("granian --interface wsgi --blocking-threads 2 main:app", "threaded", {"threads": 2}, "borrowed-costs"),
    ("GRANIAN_WORKERS=3 granian main:app", "hybrid", {"processes": 3}, "borrowed-costs"),
    ("daphne -b 0.0.0.0 -p 8001 django_project.asgi:application", "coroutine", {"backlog": 50}, "borrowed-costs"),
    ("python -m daphne myproject.asgi:application", "coroutine", {"processes": 1}, "borrowed-costs"),
    ("daphne -t 30 app.asgi:application", "coroutine", {}, "borrowed-costs silent"),
    # uWSGI
    ("uwsgi --http 127.0.0.1:8000 --master -p 4 -w hello:app", "prefork", {"workers": 4, "backlog": 100}, "router"),
    (
        "uwsgi --http :9090 --wsgi-file foobar.py --master --processes 4 --threads 2", "threaded",
        {"accept": "idle", "processes": 4, "threads": 2}, "router",
    ),
    (
        "uwsgi --socket 127.0.0.1:3031 --wsgi-file foobar.py --master --processes 4 --threads 2 --stats 127.0.0.1:9191",
        "threaded", {"processes": 4, "threads": 2}, "",
    ),
    (UWSGI_OF_DJANGO, "prefork", {"workers": 5}, "harakiri recycle"),
    ("uwsgi yourfile.ini", "prefork", {"workers": 1}, "file"),
    ("uwsgi --ini yourfile.ini", "prefork", {"workers": 1}, "file"),
    ("uwsgi -p 3 --threads 2 -l 50", "threaded", {"processes": 3, "threads": 2, "backlog": 50}, ""),
    ("uwsgi --http-socket :8000 -p 8 --cheaper 2 --cheaper-initial 2", "prefork", {"workers": 8}, "scaling"),
    ("UWSGI_PROCESSES=6 uwsgi --http-socket :8000", "prefork", {"workers": 6}, ""),
    ("uwsgi -p 2 --reuse-port", "prefork", {"workers": 2, "sharing": "even"}, ""),  # one socket with a flag
    # waitress
    ("waitress-serve --host 127.0.0.1 --call hello:create_app", "threaded", {"accept": "buffered", "threads": 4}, ""),
    ("waitress-serve --port=8041 --url-scheme=https myapp:wsgifunc", "threaded", {"connections": 100}, ""),
    ("waitress-serve --threads=6 --listen=*:8041 app:app", "threaded", {"threads": 6, "backlog": 1024}, ""),
    # servers for one's own desk
    ("flask --app hello run --debug", "threaded", {"threads": 1000, "backlog": 128}, "threads-started"),
    ("flask run --host=0.0.0.0 --without-threads", "dev-server", {"backlog": 128}, ""),
    ("python -m flask run -p 8080", "threaded", {"accept": "eager"}, "threads-started"),
    ("django-admin runserver 1.2.3.4:8000", "threaded", {"backlog": 10}, "threads-started"),
    ("python manage.py runserver 0.0.0.0:8000 --noreload", "threaded", {"backlog": 10}, "threads-started"),
    ("./manage.py runserver --nothreading", "dev-server", {"backlog": 10}, ""),
    ("python -m http.server 9000", "threaded", {"backlog": 5, "threads": 1000}, "threads-started"),
    ("python3 -m http.server --bind 127.0.0.1 --directory /tmp/", "threaded", {"backlog": 5}, "threads-started"),
    # frameworks with a server in them
    ("python -m aiohttp.web -H localhost -P 8080 package.module:init_func", "coroutine", {"backlog": 128}, ""),
    ("tornado --processes 2", "callback", {"processes": 2, "backlog": 128}, ""),
    ("twist web --class=site.Root --listen tcp:8080", "twisted", {"pool": 10, "backlog": 50}, ""),
    ("python -m twisted web --wsgi hello.app", "threaded", {"accept": "buffered", "threads": 10}, "borrowed-costs"),
    ("UV_THREADPOOL_SIZE=16 node --max-old-space-size=4096 server.js --port 80", "node", {"pool": 16}, "memory"),
]  # fmt: skip

REFUSED = [
    ("gunicorn --wrokers 4", "gunicorn has no option --wrokers that is known here. Did you mean --workers?"),
    ("uvicorn --worker 4", "Did you mean --workers?"),
    ("hypercorn --treads 4", "hypercorn has no option --treads that is known here."),
    ("granian --worker 4", "Did you mean --workers?"),
    ("daphne --prot 80", "Did you mean --port?"),
    ("uwsgi --proceses 4", "Did you mean --processes?"),
    ("waitress-serve --thread=4", "Did you mean --threads?"),
    ("flask run --withot-threads", "Did you mean --without-threads?"),
    ("manage.py runserver --nothreadin", "Did you mean --nothreading?"),
    ("celery -A proj worker --concurency=4", "Did you mean --concurrency?"),
    ("guincorn -w 4", "no server that is known here. Did you mean gunicorn?"),
    ("python app.py", "what it starts is not known here; type that line itself"),
    ("npm start", "what it starts is not known here; type that line itself"),
    ("fastapi run main.py", "type what serves it, like --server 'uvicorn --workers N'"),
    ("gunicorn -k eventlet", "Did you mean gevent?"),
    ("gunicorn -k gthraed", "expected one of sync, gthread, gevent"),
    ("gunicorn -w four", "--server: gunicorn --workers four: expected a whole number"),
    ("gunicorn --timeout 30s", "--server: gunicorn --timeout 30s: expected a whole number"),
    ("gunicorn -w $(nproc)", "no shell is asked"),
    ("gunicorn -w", "--server: -w of gunicorn needs a value"),
    ("gunicorn -w 0", "--workers 0: expected at least 1"),
    ("gunicorn --preload=yes", "--preload of gunicorn takes no value"),
    ("gunicorn '", "a quotation mark is missing"),
    ("gunicorn -w 4 && echo done", "&& is for a shell"),
    ("gunicorn --check-config", "gunicorn prints something and ends"),
    ("granian --interface cgi", "expected one of rsgi, asgi, asginl, wsgi"),
    ("uvicorn --lifespan maybe", "expected one of auto, on, off"),
    ("flask shell", "flask shell does not serve; flask run does"),
    ("manage.py migrate", "manage.py migrate does not serve; manage.py runserver does"),
    ("celery -A proj worker -c 10 -l INFO", "as if tasks came as requests: --model prefork --workers 10"),
    ("celery -A proj worker -P threads -c 8", "--model threaded --threads 8"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "model", "its", "matters"), LINES, ids=[line for line, *_ in LINES])
def test_a_line_of_the_documentation_becomes_a_model_with_the_servers_own_defaults(
    line: str, model: str, its: dict[str, Any], matters: str
) -> None:
    side = deployed(line)
    assert side.model.name == model
    assert {name: getattr(side.config, name) for name in its} == its
    assert side.production is not None
    assert sorted({entry.key for entry in answer(side.production).matters}) == matters.split()


@pytest.mark.parametrize(("line", "says"), REFUSED, ids=[line for line, _ in REFUSED])
def test_what_no_server_would_take_is_refused_by_name(line: str, says: str) -> None:
    with pytest.raises(RefusalError) as refused:
        deployed(line)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("line", [line for line, *_ in LINES])
def test_nothing_that_was_typed_is_missing_from_the_lists_and_nothing_is_in_two(line: str) -> None:
    found = production(line)
    given_ = answer(found)
    listed = [entry.typed for entry in (*given_.modelled, *given_.harmless, *given_.matters)]
    notes = [found.program.name] * len(found.kind.notes)
    assert sorted(listed) == sorted([*(piece.typed for piece in found.pieces), *notes])
    assert given_ == answer(production(found.line))


OPTIONS = ("-w 3", "-k gthread", "--threads=4", "-b :80", "--timeout 60", "--preload", "app:app", "--backlog 7", "-t 5")


def lists(of: Answer) -> tuple[dict[str, str], ...]:
    return tuple({entry.typed: entry.key for entry in each} for each in (of.modelled, of.harmless, of.matters))


@settings(deadline=None, max_examples=60)
@given(st.permutations(OPTIONS[:-1]))
def test_the_order_of_options_makes_no_difference(options: list[str]) -> None:
    asked, again = deployed(f"gunicorn {' '.join(options)}"), deployed(f"gunicorn {' '.join(OPTIONS[:-1])}")
    assert asked.config == again.config
    assert asked.production is not None
    assert again.production is not None
    assert lists(answer(asked.production)) == lists(answer(again.production))


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.sampled_from([each for each in OPTIONS if each != "-k gthread"])), st.integers(1, 9), st.integers(1, 9)
)
def test_a_line_is_rewritten_for_other_settings(options: list[str], processes: int, threads: int) -> None:
    side = deployed(f"gunicorn -k gthread {' '.join(options)}")
    config = type(side.config)(accept="eager", processes=processes, threads=threads, backlog=side.config.backlog)
    changed = reconfigured(side, config)
    assert changed.production is not None
    assert deployed(changed.production.line).config == config
    kept = [piece.typed for piece in changed.production.pieces if piece.typed in options]
    wanted = [each for each in options if each.split()[0] not in ("-w", "--threads=4")]
    assert [each for each in kept if each in wanted] == wanted


@pytest.mark.parametrize(
    ("line", "settings", "rewritten"),
    [
        ("gunicorn -w4 app", {"workers": 8}, "gunicorn -w8 app"),
        ("gunicorn app", {"workers": 8}, "gunicorn --workers 8 app"),
        ("WEB_CONCURRENCY=2 gunicorn app", {"workers": 8}, "WEB_CONCURRENCY=2 gunicorn --workers 8 app"),
        ("gunicorn --workers=2", {"workers": 8}, "gunicorn --workers=8"),
        ("gunicorn -w 2", {"sharing": "reuseport"}, "gunicorn -w 2 --reuse-port"),
        ("gunicorn -w 2 --reuse-port", {"sharing": "even"}, "gunicorn -w 2"),
        ("waitress-serve app", {"threads": 9}, "waitress-serve --threads=9 app"),
        ("flask run", {"backlog": 9}, None),
        ("gunicorn --threads 4", {"accept": "idle"}, None),
        ("gunicorn -w 2 --threads 4", {"threads": 1}, None),  # which would be class sync
    ],
)
def test_what_is_changed_stands_in_the_line_or_the_model_takes_its_place(
    line: str, settings: dict[str, Any], rewritten: str | None
) -> None:
    side = deployed(line)
    given_ = {name: getattr(side.config, name) for name in side.config.__dataclass_fields__}
    config = type(side.config)(**{**given_, **settings})
    changed = reconfigured(side, config)
    assert changed.config == config
    assert (changed.production and changed.production.line) == rewritten
    assert changed.own_profile == side.own_profile or changed.profile == side.own_profile


def test_a_process_more_may_be_another_model_and_stays_the_same_server() -> None:
    side = deployed("uvicorn app:app")
    more = reconfigured(side, type(side.config)(processes=3))
    assert more.production is not None
    assert (more.model.name, more.production.line) == ("hybrid", "uvicorn --workers 3 app:app")
    assert reconfigured(more, type(more.config)(processes=1)).model.name == "coroutine"


@pytest.mark.parametrize("line", ["gunicorn -w 4 --threads 2", "uvicorn --workers 2", "GOMAXPROCS=2 ./server"])
def test_equal_lines_are_equal_servers(line: str) -> None:
    assert deployed(line) == deployed(line)
    assert hash(deployed(line)) == hash(deployed(line))


@pytest.mark.parametrize("line", ["uvicorn app:app", "daphne app.asgi:application", "gunicorn -k asgi app:app"])
def test_whoever_types_an_asgi_server_reads_what_its_plain_functions_are(line: str) -> None:
    side = deployed(line)
    assert side.production is not None
    (told,) = [entry.told for entry in answer(side.production).harmless if entry.key == "endpoints"]
    assert told.endswith("of those in plain def, which run in threads: --model offloading --hand-over whole")


@pytest.mark.parametrize(
    "line", ["gunicorn app:app", "waitress-serve app:app", "gunicorn -k aiohttp.GunicornWebWorker app:app"]
)
def test_other_applications_have_no_such_functions(line: str) -> None:
    found = deployed(line)
    assert found.production is not None
    assert "endpoints" not in {entry.key for entry in answer(found.production).harmless}


def test_where_uwsgi_finds_its_application_makes_no_difference_and_its_socket_leads_to_nginx() -> None:
    side = deployed("uwsgi --socket :3031 --wsgi-file app.py --callable app")
    assert side.production is not None
    found = answer(side.production)
    assert not found.matters
    assert {entry.typed: entry.key for entry in found.harmless} == {
        "--socket :3031": "uwsgi-socket",
        "--wsgi-file app.py": "application",
        "--callable app": "application",
    }


def test_of_an_option_that_is_typed_twice_only_the_last_one_is_said_to_count() -> None:
    found = answer(production("WEB_CONCURRENCY=2 gunicorn -w 3 --backlog 64 -w 3 -w 5"))
    assert [(entry.typed, entry.key) for entry in found.modelled] == [
        ("--backlog 64", "backlog=64"),
        ("-w 5", "workers=5"),
    ]
    assert [(entry.typed, entry.key) for entry in found.harmless] == [
        (typed, "overridden") for typed in ("WEB_CONCURRENCY=2", "-w 3", "-w 3")
    ]
