"""The production servers that can be started: how, with which defaults, and which model each kind of worker is.

What to watch: this is data. A server more is a row of ``PROGRAMS``, its options in ``production_options``, and an
application of ``models/applications`` where its interface is a new one.
"""

from collections.abc import Mapping

from simulator.experiments.production import Kind, Program
from simulator.experiments.production_options import AIOHTTP, GUNICORN, TORNADO, UVICORN, UWSGI, WAITRESS

WSGI, ASGI = "models.applications.wsgi:application", "models.applications.asgi:application"
ROLES = {"processes": "processes", "backlog": "backlog"}
WITH_THREADS = {**ROLES, "threads": "threads"}
SYNC = Kind(
    model="prefork",
    settings={},
    roles={"processes": "workers", "backlog": "backlog"},
    profile="gunicorn-sync",
    application=WSGI,
    needs=("gunicorn",),
)
GTHREAD = Kind(
    model="threaded",
    settings={"accept": "eager"},
    roles={**WITH_THREADS, "connections": "connections"},
    profile="gunicorn-gthread",
    application=WSGI,
    needs=("gunicorn",),
    argument="--worker-class gthread",
)
UVICORN_WORKER = Kind(
    model="coroutine",
    settings={},
    roles=ROLES,
    profile="uvicorn",
    application=ASGI,
    needs=("gunicorn", "uvicorn", "uvicorn-worker"),
    argument="--worker-class uvicorn_worker.UvicornWorker",
)

PROGRAMS: Mapping[str, Program] = {
    program.name: program
    for program in (
        Program(
            name="gunicorn",
            starts="{python} -m gunicorn --bind 127.0.0.1:{port} {arguments} {application}",
            options=GUNICORN,
            kinds={
                "sync": SYNC,
                "sync, threads": GTHREAD,  # as gunicorn itself does with --threads
                "gthread": GTHREAD,
                "uvicorn_worker.UvicornWorker": UVICORN_WORKER,
                "uvicorn.workers.UvicornWorker": UVICORN_WORKER,
            },
            defaults={"processes": 1, "threads": 1, "connections": 1000, "backlog": 2048},
        ),
        Program(
            name="uvicorn",
            starts="{python} -m uvicorn --host 127.0.0.1 --port {port} {arguments} {application}",
            options=UVICORN,
            kinds={
                "asyncio": Kind(
                    model="coroutine",
                    settings={},
                    roles=ROLES,
                    profile="uvicorn",
                    application=ASGI,
                    needs=("uvicorn",),
                )
            },
            defaults={"processes": 1, "backlog": 2048},
        ),
        Program(
            name="uwsgi",
            starts="{uwsgi} --http-socket 127.0.0.1:{port} --module {application} --lazy-apps --need-app {arguments}",
            options=UWSGI,
            kinds={
                "processes": Kind(
                    model="prefork",
                    settings={},
                    roles={"processes": "workers", "backlog": "backlog"},
                    profile="uwsgi",
                    application=WSGI,
                    needs=("uWSGI",),
                ),
                "processes, threads": Kind(
                    model="threaded",
                    settings={"accept": "idle"},
                    roles=WITH_THREADS,
                    profile="uwsgi",
                    application=WSGI,
                    needs=("uWSGI",),
                ),
            },
            defaults={"processes": 1, "threads": 1, "backlog": 100},
        ),
        Program(
            name="waitress-serve",
            starts="{python} -m waitress --listen=127.0.0.1:{port} {arguments} {application}",
            options=WAITRESS,
            kinds={
                "threads": Kind(
                    model="threaded",
                    settings={"accept": "buffered"},
                    roles={"threads": "threads", "connections": "connections", "backlog": "backlog"},
                    profile="waitress",
                    application=WSGI,
                    needs=("waitress",),
                )
            },
            defaults={"threads": 4, "connections": 100, "backlog": 1024},
            joined=True,
            aliases=("waitress",),
        ),
        Program(
            name="tornado",
            starts="{python} -m {application} {port} {processes} {backlog}",
            options=TORNADO,
            kinds={
                "loop": Kind(
                    model="callback",
                    settings={},
                    roles=ROLES,
                    profile="tornado",
                    application="models.applications.tornado_server",
                    needs=("tornado",),
                )
            },
            defaults={"processes": 1, "backlog": 128},
        ),
        Program(
            name="aiohttp",
            starts="{python} -m {application} {port} {backlog}",
            options=AIOHTTP,
            kinds={
                "loop": Kind(
                    model="coroutine",
                    settings={},
                    roles={"backlog": "backlog"},
                    profile="aiohttp",
                    application="models.applications.aiohttp_server",
                    needs=("aiohttp",),
                )
            },
            defaults={"backlog": 128},
        ),
    )
}
"""By the word that a command line begins with."""
