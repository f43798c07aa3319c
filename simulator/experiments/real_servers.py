"""What real servers, and their flags, are called here: for whoever types what they know from their own deployment.

What to watch: a name that stands here is answered with what to type, never guessed. Rows are typed words, and the same
in every language; sentences are only about what is not modelled.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.experiments.production_table import PROGRAMS
from simulator.words.language import later, tell


@dataclass(frozen=True, slots=True)
class Row:
    """A real server as it is started, and what it is here."""

    real: str
    model: str
    settings: tuple[str, ...] = ()
    """Names of settings to be given a number, or one that has a word, ``accept=eager``."""
    front: bool = False
    """Whether the model stands in front of others."""

    def typed(self, said: str, numbers: Mapping[str, str] | None = None) -> str:
        """What to type; ``said`` is what the server's name was typed after; numbers where they are known."""
        pairs = [pair.partition("=")[::2] for pair in self.settings]
        words = [(name, value or (numbers or {}).get(name, "")) for name, value in pairs]
        if self.front:
            return f"--{self.model}"
        if said == "compare":
            settings = ",".join(f"{name}={value or 'N'}" for name, value in words)
            return f"compare {self.model}{':' if settings else ''}{settings}"
        return " ".join([said, self.model, *(f"--{name} {value or 'N'}" for name, value in words)])


SYNC = Row("gunicorn -w N", "prefork", ("workers",))
GTHREAD = Row("gunicorn -w N -k gthread --threads N", "threaded", ("accept=eager", "processes", "threads"))
GEVENT = Row("gunicorn -w N -k gevent", "greenlet", ("processes",))
UVICORN = Row("uvicorn --workers N", "hybrid", ("processes",))
UNDER_GUNICORN = Row("gunicorn -w N -k uvicorn_worker.UvicornWorker", "hybrid", ("processes",))
FASTAPI_DEF = Row("ASGI, def", "offloading", ("hand-over=whole",))
DJANGO_ASGI = Row("ASGI, def", "offloading", ("hand-over=whole", "pool=0"))
HYPERCORN = Row("hypercorn -w N", "hybrid", ("processes",))
UWSGI = Row("uwsgi --processes N", "prefork", ("workers",))
UWSGI_THREADS = Row("uwsgi --processes N --threads N", "threaded", ("processes", "threads"))
UWSGI_GEVENT = Row("uwsgi --processes N --gevent N", "greenlet", ("processes", "pool"))
RUNSERVER = Row("manage.py runserver --nothreading", "dev-server")
FLASK_RUN = Row("flask run", "threaded", ("threads",))
WSGIREF = Row("wsgiref", "dev-server")
TORNADO = Row("tornado", "callback", ("processes",))
TWISTED = Row("twist web", "twisted")
NODE = Row("node server.js", "node")
WAITRESS = Row("waitress-serve --threads N", "threaded", ("accept=buffered", "threads"))
CHEROOT = Row("cheroot --threads N", "threaded", ("accept=eager", "threads"))
APACHE = Row("Apache, mpm_prefork", "prefork", ("workers",))
APACHE_WORKER = Row("Apache, mpm_worker or mpm_event", "threaded", ("accept=eager", "processes", "threads"))
MOD_WSGI = Row("mod_wsgi processes=N threads=N", "threaded", ("processes", "threads"))
PROXY = Row("nginx", "nginx", front=True)

SERVERS: Mapping[str, tuple[Row, ...]] = {
    "gunicorn": (SYNC, GTHREAD, UNDER_GUNICORN, GEVENT),
    "sync": (SYNC,),
    "gthread": (GTHREAD,),
    "gevent": (GEVENT, UWSGI_GEVENT),
    "eventlet": (GEVENT,),
    "uwsgi": (UWSGI, UWSGI_THREADS, UWSGI_GEVENT),
    "uvicorn": (UVICORN, UNDER_GUNICORN),
    "hypercorn": (HYPERCORN,),
    "daphne": (Row("daphne", "coroutine"),),
    "granian": (Row("granian --workers N", "hybrid", ("processes",)),),
    "asgi": (UVICORN, HYPERCORN),
    "wsgi": (SYNC, GTHREAD, UWSGI, UWSGI_THREADS),
    "fastapi": (UVICORN, UNDER_GUNICORN, FASTAPI_DEF),
    "starlette": (UVICORN, UNDER_GUNICORN, FASTAPI_DEF),
    "litestar": (UVICORN, UNDER_GUNICORN),
    "quart": (HYPERCORN, UVICORN),
    "sanic": (Row("sanic --workers N", "hybrid", ("processes",)),),
    "aiohttp": (Row("aiohttp", "coroutine"),),
    "asyncio": (Row("asyncio", "coroutine"),),
    "django": (SYNC, GTHREAD, UWSGI, UVICORN, DJANGO_ASGI, RUNSERVER),
    "runserver": (RUNSERVER,),
    "flask": (SYNC, GTHREAD, UWSGI, FLASK_RUN),
    "wsgiref": (WSGIREF,),
    "werkzeug": (FLASK_RUN,),
    "bottle": (WSGIREF, SYNC),
    "pyramid": (WAITRESS, SYNC),
    "tornado": (TORNADO,),
    "scrapy": (TWISTED,),
    "twist": (TWISTED,),
    "nestjs": (NODE,),
    "fastify": (NODE,),
    "waitress": (WAITRESS,),
    "cheroot": (CHEROOT,),
    "cherrypy": (CHEROOT,),
    "apache": (APACHE, APACHE_WORKER, MOD_WSGI),
    "httpd": (APACHE, APACHE_WORKER, MOD_WSGI),
    "mod-wsgi": (MOD_WSGI,),
    "php-fpm": (Row("php-fpm, pm.max_children = N", "prefork", ("workers",)),),
    "unicorn": (Row("unicorn, worker_processes N", "prefork", ("workers",)),),
    "puma": (Row("puma -w N -t N:N", "threaded", ("accept=eager", "processes", "threads")),),
    "nginx": (PROXY,),
    "haproxy": (Row("haproxy", "nginx", front=True),),
    "caddy": (Row("caddy reverse-proxy", "nginx", front=True),),
    "traefik": (Row("traefik", "nginx", front=True),),
    "envoy": (Row("envoy", "nginx", front=True),),
}
"""By what somebody types, in small letters with dashes; the likeliest first."""

NOT_MODELLED = frozenset({"celery", "rq", "dramatiq", "huey", "kafka", "rabbitmq"})
"""Programs that take tasks from a queue instead of connections."""


def answer_to_name(name: str, said: str) -> str:
    """What to type for a real server's name; nothing where it is unknown."""
    word = _known(name)
    if word in NOT_MODELLED:
        return tell(
            "{said} {name}: programs that take tasks from a queue, without connections, are not modelled yet "
            "(docs/limits.md)",
            said=said, name=name,
        )  # fmt: skip
    rows = [(row.real, row.typed(said)) for row in SERVERS.get(word, ())]
    if not rows:
        return ""
    width = max(len(real) for real, _ in rows)
    lines = [f"  {real:{width}}  ->  {typed}" for real, typed in rows]
    if said in ("measure", "validate") and name in PROGRAMS:
        lines.append(tell("To start it itself: {typed}", typed=f"{said} --server {name}"))
    elif word in PROGRAMS:
        lines.append(tell("As you start it: {typed}", typed=f'--server "{SERVERS[word][0].real}"'))
    return "\n".join(
        [tell("{said} {name}: here models have the names of architectures:", said=said, name=name), *lines]
    )


def _known(name: str) -> str:
    """The known word in a name like ``gunicorn-gthread``: the last one says the most."""
    whole = name.lower().replace("_", "-")
    words = [whole, *reversed(re.split(r"[^a-z]+", whole))]
    return next((word for word in words if word in SERVERS or word in NOT_MODELLED), "")


# Flags of real servers, proxies and load generators. A value that was typed is taken along.

INSTEAD: Mapping[str, str] = {
    "-w": "--workers {value}",
    "--worker": "--workers {value}",
    "--worker-processes": "--workers {value}",
    "-p": "--processes {value}",
    "--process": "--processes {value}",
    "--worker-connections": "--connections {value}",
    "--listen-backlog": "--backlog {value}",
    "--proxy-connect-timeout": "--nginx --connect-timeout {value}",
    "--proxy-request-buffering": "--nginx --no-request-buffering",
    "--proxy-buffering": "--nginx --no-response-buffering",
    "--proxy-max-temp-file-size": "--nginx --temp-file {value}",
    "--cpus": "--cores {value}",
    "--cpu": "--cores {value}",
    "--rps": "--rate {value}",
    "--qps": "--rate {value}",
    "--run-time": "--duration {value}",
}
"""What to type instead; ``{value}`` is what was typed behind the flag."""

OF_PROCESSES = ("-w", "--worker", "--worker-processes", "-p", "--process")
"""Of those, what is called as the server at hand calls it."""

NO_KILLER = later(
    "{flag}: servers that kill a worker that takes too long are not modelled; how long clients wait is: "
    '--set clients.NAME.patience="10 s"'
)
NO_RECYCLING = later("{flag}: workers are not replaced after so many requests here; leave it out")
NO_ADDRESS = later("{flag}: nothing listens in a simulation, so there is no address; leave it out")
NO_FILE = later("{flag}: configuration files of real servers are not read; `simulate list models` has every setting")
NO_KEEPALIVE = later("{flag}: keep-alive is not modelled: each request has a connection of its own (docs/limits.md)")
NO_LIMIT = later("{flag}: no model that is shipped limits rates or connections by client; leave it out")
NO_TIMEOUTS = later("{flag}: of nginx's time limits only the one for connecting is modelled: --nginx --connect-timeout")
NO_TLS = later("{flag}: TLS is not modelled (docs/limits.md); leave it out")
NO_DIFFERENCE = later("{flag}: makes no difference to what is simulated; leave it out")
CHOOSE = later(
    "{flag}: here the kind of worker is the model: sync is --model prefork, gthread is --model threaded "
    "--accept eager, gevent is --model greenlet, uvicorn's are --model hybrid"
)
CLIENTS = later(
    '{flag}: the load says who comes; one of kind "closed" has a number of clients: --load think-time --set '
    "arrivals.clients={value}"
)
REQUESTS = later(
    '{flag}: --rate and --duration say how many requests come; a load of kind "closed" can have a number of them: '
    "--load think-time --set arrivals.requests={value}"
)
LISTEN = later(
    "{flag}: the queue of connections is --backlog {value}; an address needs none, because nothing listens here"
)

ABOUT: Mapping[str, str] = {
    flag: message
    for message, flags in (
        (NO_KILLER, "--timeout -t --graceful-timeout --harakiri --request-timeout --worker-timeout --time-limit"),
        (NO_RECYCLING, "--max-requests --max-requests-jitter --limit-max-requests --reload-on-rss"),
        (NO_ADDRESS, "-b --bind --host --socket -s --http --http-socket --https --address --uds"),
        (NO_FILE, "-c --config --conf --ini --toml --env-file --settings"),
        (NO_KEEPALIVE, "--keepalive --keep-alive --http-keepalive --keepalive-timeout --timeout-keep-alive"),
        (NO_LIMIT, "--limit-req --limit-conn --limit-rate --rate-limit --limit-concurrency"),
        (NO_TIMEOUTS, "--read-timeout --send-timeout --write-timeout --proxy-read-timeout --proxy-send-timeout"),
        (NO_TIMEOUTS, "--client-header-timeout --client-body-timeout --channel-timeout"),
        (NO_TLS, "--ssl --tls --certfile --keyfile --ssl-certfile --ssl-keyfile"),
        (NO_DIFFERENCE, "--preload --reload --daemon -D --log-level --access-logfile --error-logfile --log-config"),
        (NO_DIFFERENCE, "--pid --user --group --chdir --master --vacuum --module --wsgi-file --loop --gzip"),
        (CHOOSE, "-k --worker-class --worker-type --gevent --async --asyncio"),
        (CLIENTS, "--concurrency -u --users --clients --vus"),
        (REQUESTS, "-n --requests"),
        (LISTEN, "--listen"),
    )
    for flag in flags.split()
}
"""What is modelled of it, and what is not."""


KIND, PROCESSES, THREADS = ("-k", "--worker-class"), ("-w", "--workers", "--processes"), ("--threads",)
GUNICORNS = frozenset(KIND + PROCESSES + THREADS)
"""Flags of gunicorn that belong together."""


def answer_to_gunicorn(tokens: Sequence[str], said: str) -> str:
    """What to type for a kind of worker and their number, which are one answer; nothing where it is not both."""
    flags = [token for token in tokens if token.partition("=")[0] in GUNICORNS]
    kind, processes, threads = (_value_of(names, tokens) for names in (KIND, PROCESSES, THREADS))
    row = next(iter(SERVERS.get(_known(kind), ())), None)
    if row is None or row.front or not processes:
        return ""
    typed = row.typed(said, {"workers": processes, "processes": processes, "threads": threads})
    return tell("{flag}: here it is {typed}", flag=" ".join(flags), typed=typed)


def _value_of(flags: Sequence[str], tokens: Sequence[str]) -> str:
    """What was typed behind one of the flags, or after its equals sign."""
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        flag, equals, behind = token.partition("=")
        if flag in flags:
            return behind if equals else following
    return ""


def answer_to_flag(flag: str, value: str, processes: str = "") -> str:
    """What to type for the flag of another program, with the value behind it; nothing where the flag is unknown.

    ``processes`` is what a server that is named has for its processes.
    """
    if flag in INSTEAD:
        instead = f"{processes} {{value}}" if processes and flag in OF_PROCESSES else INSTEAD[flag]
        return tell("{flag}: here it is {typed}", flag=flag, typed=instead.format(value=value or "N"))
    if flag in ABOUT:
        about = CLIENTS if flag == "-c" and value.isdecimal() else ABOUT[flag]  # gunicorn's is a file, ab's a number
        return tell(about, flag=flag, value=value if value.isdecimal() else "N")
    return ""
