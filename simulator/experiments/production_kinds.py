"""What each kind of worker of a real server is here: a model, its settings, and whose costs it has.

What to watch: what is typed sets roles, ``processes`` or ``threads``, and a kind says which setting of its model each
of them is. A role that it does not name has no effect with it.
"""

from dataclasses import replace

from simulator.experiments.production import Kind

WSGI, ASGI = "models.applications.wsgi:application", "models.applications.asgi:application"
ROLES = {"processes": "processes", "backlog": "backlog", "sharing": "sharing"}
WITH_THREADS = {**ROLES, "threads": "threads"}
FORKED = {"processes": "workers", "backlog": "backlog", "sharing": "sharing"}
EACH_ITS_OWN = 1000
"""Threads where each connection has one: more than ever come at once to a server of that kind."""

SYNC = Kind(
    model="prefork",
    settings={},
    roles=FORKED,
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
GEVENT = Kind(
    model="greenlet",
    settings={},
    roles={**ROLES, "connections": "pool"},
    profile="gunicorn-gevent",
    application=WSGI,
    needs=("gunicorn", "gevent"),
    argument="--worker-class gevent",
)
TORNADO_WORKER = Kind(
    model="callback",
    settings={},
    roles=ROLES,
    profile="tornado",
)
UVICORN = Kind(
    model="coroutine",
    several="hybrid",
    settings={},
    roles=ROLES,
    profile="uvicorn",
    application=ASGI,
    needs=("uvicorn",),
)
UVICORN_WORKER = replace(
    UVICORN,
    needs=("gunicorn", "uvicorn", "uvicorn-worker"),
    argument="--worker-class uvicorn_worker.UvicornWorker",
)
UVICORN_H11_WORKER = replace(UVICORN_WORKER, application="", notes=("borrowed-costs",))
AIOHTTP_WORKER = Kind(model="coroutine", several="hybrid", settings={}, roles=ROLES, profile="aiohttp")
GUNICORN_ASGI = replace(  # its server listens again, with asyncio's own backlog: _start_serving, asyncio/base_events.py
    UVICORN_H11_WORKER,
    settings={"backlog": 100},
    roles={"processes": "processes", "sharing": "sharing"},
    needs=(),
    argument="",
)

HYPERCORN = replace(UVICORN, needs=("hypercorn",), notes=("borrowed-costs",))
HYPERCORN_UVLOOP = replace(HYPERCORN, needs=("hypercorn", "uvloop"), argument="--worker-class uvloop")
HYPERCORN_TRIO = replace(HYPERCORN, application="")  # ours is for asyncio
GRANIAN = replace(  # each process has a socket of its own
    HYPERCORN,
    settings={"sharing": "reuseport"},
    roles={"processes": "processes", "backlog": "backlog"},
    needs=("granian",),
    argument="--interface asgi",
)
GRANIAN_RSGI = replace(GRANIAN, application="", argument="")  # an interface of its own
GRANIAN_WSGI = Kind(  # threads in Rust read and write, so that those that run the application never wait for a client
    model="threaded",
    settings={"accept": "buffered", "sharing": "reuseport"},
    roles={"processes": "processes", "threads": "threads", "connections": "connections", "backlog": "backlog"},
    profile="waitress",
    application=WSGI,
    needs=("granian",),
    argument="--interface wsgi",
    notes=("borrowed-costs",),
    shares={"connections": "backlog", "threads": "connections"},
)
DAPHNE = replace(HYPERCORN, several="", roles={"backlog": "backlog"}, needs=("daphne",))

UWSGI = Kind(
    model="prefork",
    settings={},
    roles={"processes": "workers", "backlog": "backlog"},
    profile="uwsgi",
    application=WSGI,
    needs=("uWSGI",),
)
UWSGI_THREADS = Kind(
    model="threaded",
    settings={"accept": "idle"},
    roles={"processes": "processes", "threads": "threads", "backlog": "backlog"},
    profile="uwsgi",
    application=WSGI,
    needs=("uWSGI",),
)
UWSGI_GEVENT = Kind(
    model="greenlet",
    settings={},
    roles={"processes": "processes", "backlog": "backlog", "greenlets": "pool"},
    profile="gunicorn-gevent",
    notes=("borrowed-costs",),
)
WAITRESS = Kind(
    model="threaded",
    settings={"accept": "buffered"},
    roles={"threads": "threads", "connections": "connections", "backlog": "backlog"},
    profile="waitress",
    application=WSGI,
    needs=("waitress",),
)

TORNADO = Kind(
    model="callback",
    settings={},
    roles=ROLES,
    profile="tornado",
    application="models.applications.tornado_server",
    needs=("tornado",),
)
TWISTED = Kind(
    model="twisted",
    settings={},
    roles={},
    profile="twisted",
    application="--class=models.applications.twisted_resource.Root",
    needs=("twisted",),
)
TWISTED_WSGI = Kind(  # the reactor reads and writes; each whole request is a call in one of its threads
    model="threaded",
    settings={"accept": "buffered", "threads": 10, "backlog": 50},
    roles={},
    profile="twisted",
    application="--wsgi=models.applications.wsgi.application",
    needs=("twisted",),
    notes=("borrowed-costs",),
)
AIOHTTP = Kind(
    model="coroutine",
    settings={},
    roles={"backlog": "backlog"},
    profile="aiohttp",
    application="models.applications.aiohttp_server",
    needs=("aiohttp",),
)

# Servers for one's own desk: a thread for each connection, or none but the main one.
THREAD_EACH = Kind(
    model="threaded",
    settings={"accept": "eager", "threads": EACH_ITS_OWN, "connections": EACH_ITS_OWN},
    roles={"backlog": "backlog"},
    profile="wsgiref",
    notes=("threads-started",),
)
ONE_BY_ONE = Kind(model="dev-server", settings={}, roles={"backlog": "backlog"}, profile="wsgiref")
FLASK = RUNSERVER = HTTP_SERVER = THREAD_EACH

NODE = Kind(
    model="node",
    settings={},
    roles={"backlog": "backlog", "helpers": "pool"},
    profile="node",
    application="models.applications.node_server",
    needs=("node",),
)
GO = Kind(model="goroutine", settings={}, roles={"gomaxprocs": "gomaxprocs", "backlog": "backlog"}, profile="go")

# Of a program that takes tasks: what would be like it.
TASKS = Kind(model="prefork", settings={}, roles={"processes": "workers"}, profile="gunicorn-sync")
TASKS_THREADS = Kind(model="threaded", settings={}, roles={"processes": "threads"}, profile="uwsgi")
TASKS_SOLO = Kind(model="dev-server", settings={}, roles={}, profile="wsgiref")
TASKS_GREENLETS = Kind(model="greenlet", settings={}, roles={"processes": "pool"}, profile="gunicorn-gevent")
