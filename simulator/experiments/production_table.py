"""The servers that can be typed: which there are, which kinds of worker, and how some of them are started.

What to watch: this is data. A server more is a row of ``PROGRAMS``, a table in ``server_options``, what its workers are
in ``production_kinds``, and, where it is to be started, an application of ``models/applications``.
"""

from collections.abc import Mapping

from simulator.experiments import production_kinds as kinds
from simulator.experiments.production import Program

PROGRAMS: Mapping[str, Program] = {
    program.name: program
    for program in (
        Program(
            name="gunicorn",
            starts="{python} -m gunicorn --bind 127.0.0.1:{port} {arguments} {application}",
            kinds={
                "sync": kinds.SYNC,
                "sync, threads": kinds.GTHREAD,  # as gunicorn itself does with --threads
                "gthread": kinds.GTHREAD,
                "gevent": kinds.GEVENT,
                "tornado": kinds.TORNADO_WORKER,
                "asgi": kinds.GUNICORN_ASGI,
                "aiohttp.GunicornWebWorker": kinds.AIOHTTP_WORKER,
                "aiohttp.GunicornUVLoopWebWorker": kinds.AIOHTTP_WORKER,
                "uvicorn_worker.UvicornWorker": kinds.UVICORN_WORKER,
                "uvicorn.workers.UvicornWorker": kinds.UVICORN_WORKER,
                "uvicorn_worker.UvicornH11Worker": kinds.UVICORN_H11_WORKER,
                "uvicorn.workers.UvicornH11Worker": kinds.UVICORN_H11_WORKER,
            },
            defaults={"processes": 1, "threads": 1, "connections": 1000, "backlog": 2048},
        ),
        Program(
            name="uvicorn",
            starts="{python} -m uvicorn --host 127.0.0.1 --port {port} {arguments} {application}",
            kinds={"asyncio": kinds.UVICORN},
            defaults={"processes": 1, "backlog": 2048},
        ),
        Program(
            name="hypercorn",
            starts="{python} -m hypercorn --bind 127.0.0.1:{port} {arguments} {application}",
            kinds={"asyncio": kinds.HYPERCORN, "uvloop": kinds.HYPERCORN_UVLOOP, "trio": kinds.HYPERCORN_TRIO},
            defaults={"processes": 1, "backlog": 100},
        ),
        Program(
            name="granian",
            starts="{python} -m granian --host 127.0.0.1 --port {port} --no-access-log {arguments} {application}",
            kinds={
                "rsgi": kinds.GRANIAN_RSGI,
                "asgi": kinds.GRANIAN,
                "asginl": kinds.GRANIAN_RSGI,
                "wsgi": kinds.GRANIAN_WSGI,
            },
            defaults={"processes": 1, "backlog": 1024, "connections": 1024, "threads": 1024},
        ),
        Program(
            name="daphne",
            starts="{python} -m daphne --bind 127.0.0.1 --port {port} {arguments} {application}",
            kinds={"loop": kinds.DAPHNE},
            defaults={"backlog": 50},
        ),
        Program(
            name="uwsgi",
            starts="{uwsgi} --http-socket 127.0.0.1:{port} --module {application} --lazy-apps --need-app {arguments}",
            kinds={
                "processes": kinds.UWSGI,
                "processes, threads": kinds.UWSGI_THREADS,
                "processes, greenlets": kinds.UWSGI_GEVENT,
            },
            defaults={"processes": 1, "threads": 1, "backlog": 100},
        ),
        Program(
            name="waitress-serve",
            starts="{python} -m waitress --listen=127.0.0.1:{port} {arguments} {application}",
            kinds={"threads": kinds.WAITRESS},
            defaults={"threads": 4, "connections": 100, "backlog": 1024},
            joined=True,
            aliases=("waitress",),
        ),
        Program(
            name="tornado",
            starts="{python} -m {application} {port} {processes} {backlog}",
            kinds={"loop": kinds.TORNADO},
            defaults={"processes": 1, "backlog": 128},
        ),
        Program(
            name="twist",
            subcommand="web",
            starts="{python} -m twisted web --listen=tcp:{port}:interface=127.0.0.1 {arguments} {application}",
            kinds={"resource": kinds.TWISTED, "wsgi": kinds.TWISTED_WSGI},
            defaults={},
            aliases=("twistd",),
            modules=("twisted",),
        ),
        Program(
            name="aiohttp",
            starts="{python} -m {application} {port} {backlog}",
            kinds={"loop": kinds.AIOHTTP},
            defaults={"backlog": 128},
            modules=("aiohttp.web",),
        ),
        Program(
            name="flask",
            subcommand="run",
            kinds={"threads": kinds.FLASK, "one by one": kinds.ONE_BY_ONE},
            defaults={"backlog": 128},
        ),
        Program(
            name="manage.py",
            subcommand="runserver",
            kinds={"threads": kinds.RUNSERVER, "one by one": kinds.ONE_BY_ONE},
            defaults={"backlog": 10},
            aliases=("django-admin",),
            modules=("django",),
        ),
        Program(name="http.server", kinds={"threads": kinds.HTTP_SERVER}, defaults={"backlog": 5}),
        Program(
            name="node",
            starts="{python} -m {application} {port} {helpers} {backlog}",
            kinds={"loop": kinds.NODE},
            defaults={"backlog": 511, "helpers": 4},
            aliases=("nodejs",),
            own_flags=True,
        ),
        Program(name="go", kinds={"goroutines": kinds.GO}, defaults={"backlog": 4096}, own_flags=True),
        Program(
            name="celery",
            subcommand="worker",
            kinds={
                **dict.fromkeys(("prefork", "processes", "custom"), kinds.TASKS),
                "threads": kinds.TASKS_THREADS,
                "solo": kinds.TASKS_SOLO,
                **dict.fromkeys(("gevent", "eventlet"), kinds.TASKS_GREENLETS),
            },
            defaults={},
            refused="tasks",
        ),
    )
}
"""By the word that a command line begins with."""
