"""All real servers, each with what it promises: one parameter here is all that a new one needs."""

from tests.servers.stage import Cast

_EAGER = (
    *("accept_GIL", "seize_thread", "receive", "parse", "respond", "send", "release_thread"),
    *("seize_main_thread", "close", "release_main_thread"),
)
_LOOP = ("accept_event_loop", "receive", "parse", "respond", "send")

DEV_SERVER = Cast(
    "models.dev_server.server",
    parallel=1,
    shields=False,
    places=("receive", "parse", "respond", "send", "release_process"),
)
PREFORK = Cast(
    "models.prefork.server",
    ("--workers", "3"),
    processes=3,
    parallel=3,
    shields=False,
    places=("receive", "parse", "respond", "send", "release_worker"),
)
THREADED = Cast(
    "models.threaded.server",
    ("--processes", "2", "--threads", "2"),
    processes=2,
    parallel=4,
    shields=False,
    places=("receive", "parse", "respond", "send", "release_thread"),
)
EAGER = Cast(
    "models.threaded.server", ("--accept", "eager", "--threads", "3"), parallel=3, shields=False, places=_EAGER
)
BUFFERED = Cast(
    "models.threaded.server",
    ("--accept", "buffered", "--threads", "3", "--connections", "2000"),
    parallel=3,
    places=("accept_GIL", "receive", "parse", "seize_thread", "respond", "release_thread", "send"),
)
CALLBACK = Cast("models.callback.server", places=_LOOP)
GREENLET = Cast(
    "models.greenlet.server",
    ("--processes", "2"),
    processes=2,
    places=("accept_hub", "receive", "parse", "respond", "send"),
    needs="gevent",
)
HYBRID = Cast("models.hybrid.server", ("--processes", "2"), processes=2, places=_LOOP)
COROUTINE = Cast("models.coroutine.server", ("--processes", "2"), processes=2, places=_LOOP)
ASYNCIO = Cast("models.coroutine.asyncio_server", places=_LOOP)
OFFLOADING = Cast("models.offloading.server", ("--processes", "2"), processes=2, places=_LOOP)
WHOLE = Cast(
    "models.offloading.server",
    ("--hand-over", "whole", "--pool", "30"),
    parallel=30,
    places=("accept_event_loop", "receive", "parse", "hand_over", "seize_thread", "release_thread", "respond", "send"),
)
FOR_EACH = Cast("models.offloading.server", ("--pool", "0"), places=_LOOP)
NODE = Cast("models.node.server", beside=1, places=_LOOP, needs="node")
NODES = Cast("models.node.server", ("--processes", "2"), processes=2, beside=2, places=_LOOP, needs="node")
TWISTED = Cast("models.twisted.server", places=("accept_reactor", *_LOOP[1:]), needs="twisted")
GOROUTINE = Cast("models.goroutine.server", places=("accept_P", "receive", "parse", "respond", "send"), needs="go")
NGINX = Cast(
    "models.nginx.server",
    places=("receive", "proxy", "connect_backlog", "send", "release_nginx_connection"),
    behind=Cast("models.coroutine.server", places=_LOOP),
)
UNBUFFERED = Cast(
    "models.nginx.server",
    ("--no-request-buffering", "--no-response-buffering"),
    places=("receive", "proxy", "connect_backlog", "send", "release_nginx_connection"),
    behind=Cast("models.callback.server", places=_LOOP),
)
PACKETS = Cast(
    "models.nginx.server",
    ("--speak", "uwsgi"),
    places=("receive", "proxy", "connect_backlog", "send", "release_nginx_connection"),
    behind=Cast(
        "models.prefork.server",
        ("--workers", "3", "--protocol", "uwsgi"),
        processes=3,
        parallel=3,
        places=("receive", "parse_uwsgi", "respond", "send", "release_worker"),
    ),
)
PYTHON = (DEV_SERVER, PREFORK, THREADED, EAGER, BUFFERED, CALLBACK, GREENLET, HYBRID, COROUTINE, ASYNCIO, OFFLOADING)
SERVERS = (*PYTHON, FOR_EACH, NODE, NODES, TWISTED, GOROUTINE)
ALL = (*SERVERS, WHOLE, NGINX, UNBUFFERED, PACKETS)
