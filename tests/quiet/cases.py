"""What is measured on the quiet machine: each line as one would type it after ``simulate validate``.

Its one core is about a tenth of a current one, and clients, load driver and servers share it, so that rates are low
and fixed costs show ten times as much as elsewhere. Where the loop or the GIL is to be loaded, requests compute longer
than in the shipped load, so that the driver's share stays small.
"""

COMPUTING = (
    '--set requests.list.steps=[{cpu="20 ms"},{io="50 ms"},{cpu="20 ms"},{io="100 ms"},{cpu="20 ms"}]'
    ' --set requests.detail.steps=[{cpu="40 ms"},{io="120 ms"},{cpu="20 ms"}]'
)
"""io-heavy with twenty times the computing: one loop carries 16 requests a second."""
BIG = '--set requests.page.response="4MiB"'
"""More than the send buffers of loopback take, so that slow readers hold whoever sends."""

FAR = "(network) "
"""In front of a case: loopback itself takes the 40 ms there and back that the clients of these loads have, so that
handshakes take that long too. A jitter of 2 ms keeps clients apart whose timers run out in the same tick of the
kernel."""
NEAR = '--set clients.browser.rtt="0 ms"'
NETWORK = "insmod /netem.ko; /bin/tc qdisc add dev lo root netem delay 20ms 2ms limit 100000"
NO_NETWORK = "/bin/tc qdisc del dev lo root"

HANDING = ("greenlet", "goroutine", "twisted", "offloading --hand-over whole")
"""Servers that have threads, processors or a hub for what would stop a loop; Go's has the costs of Python's here, a
tenth of what its requests compute."""
MINI = (
    # Mostly waiting, at 30, 60 and 90 % of what four workers or threads carry, and half as much again: saturation.
    *(
        f"{server} --load io-heavy --rate {rate}"
        for server in ("prefork --workers 4", "threaded --threads 4")
        for rate in (8, 16, 23.5, 40)
    ),
    "callback --load io-heavy --rate 23.5",
    "coroutine --load io-heavy --rate 23.5",
    # The same for one event loop, and what happens beyond its capacity.
    *(
        f"{server} --load io-heavy {COMPUTING} --rate {rate} --duration 20s"
        for server in ("callback", "coroutine")
        for rate in (5, 10, 14.5, 24)
    ),
    # Mostly computing, 60 % of the core.
    *(
        f"{server} --load cpu-heavy --rate 15 --duration 20s"
        for server in ("prefork --workers 4", "threaded", "callback", "coroutine", *HANDING, "hybrid")
    ),
    # A few long computations among many short ones; under one GIL a convoy, in both accept styles.
    *(
        f"{server} --load mixed --rate 20 --duration 20s"
        for server in (
            "prefork --workers 16",
            "threaded --threads 16",
            "threaded --threads 16 --accept eager",
            "callback",
            "coroutine",
            *HANDING,
        )
    ),
    # What event loops hand to threads, and what waits in a call that does not come back before.
    *(
        f"{server} --load {load} --rate {rate} --duration 20s"
        for server in ("twisted", "offloading", "greenlet", "goroutine")
        for load, rate in (("passwords", 2), ("blocking-call", 8))
    ),
    # Slow uploads, then slow downloads, alone and behind a buffering proxy.
    "prefork --workers 8 --load slow-clients --rate 20 --duration 30s",
    "prefork --workers 8 --load slow-clients --rate 20 --duration 30s --nginx",
    f"prefork --workers 8 --load slow-clients --rate 3 --duration 30s {BIG}",
    f"prefork --workers 8 --load slow-clients --rate 3 --duration 30s {BIG} --nginx",
    "coroutine --load slow-clients --rate 20 --duration 30s",
    # Half as much again as two workers carry, and no room to wait: on loopback, where a handshake takes no time however
    # long the driver then lets its clients wait, and over a network.
    f"prefork --workers 2 --backlog 8 --load steady --rate 116 --duration 20s {NEAR}",
    f"{FAR}prefork --workers 2 --backlog 8 --load steady --rate 116 --duration 20s",
    f"{FAR}coroutine --backlog 8 --load mixed --rate 40 --duration 20s",
)

SERVERS = (
    "gunicorn --workers 4",
    "gunicorn --workers 1 --threads 4",
    "uvicorn",
    "waitress-serve --threads=4",
    "uwsgi --processes 4",
    "uwsgi --processes 1 --threads 4",
    "gunicorn --worker-class gevent",
    "node server.js",
)
"""Production servers, each as its own command line."""
LOOPS = ("uvicorn", "gunicorn --worker-class gevent", "node server.js")
"""Of these, those that nothing but computing saturates."""
LONG = "--duration 200s"
"""At 16 requests a second more than 3 000."""


def _production(server: str, rest: str) -> str:
    return f'--server "{server}" {rest}'


SHORT = (
    '--load steady --set requests.page.steps=[{cpu="0.5 ms"},{io="5 ms"}] --set clients.browser.rtt="0 ms"'
    " --rate 40 --duration 80s"
)
"""Short requests of near clients: what a server adds is a tenth of their time."""

PRODUCTION = (
    # Mostly waiting, at 60 % of what four workers or threads carry, alone and behind nginx.
    *(_production(server, f"--load io-heavy --rate 16 {LONG}") for server in SERVERS),
    *(_production(server, f"--load io-heavy --rate 16 {LONG} --nginx") for server in SERVERS),
    *(_production(server, SHORT) for server in SERVERS),
    # A few long computations among many short requests: threads beside computing, a blocked loop.
    *(
        _production(server, f"--load mixed --rate 10 {LONG}")
        for server in (
            "gunicorn --workers 1 --threads 16",
            "uvicorn",
            "gunicorn --worker-class gevent",
            "node server.js",
            "waitress-serve --threads=16",
            "uwsgi --processes 1 --threads 16",
            "gunicorn --workers 16",
        )
    ),
    # At 90 %, and half as much again as they carry: where each of them saturates.
    *(_production(server, f"--load io-heavy --rate 23.5 {LONG}") for server in SERVERS[:2]),
    *(_production(server, "--load io-heavy --rate 40 --duration 60s") for server in SERVERS if server not in LOOPS),
    *(_production(server, f"--load io-heavy {COMPUTING} --rate 24 --duration 20s") for server in LOOPS),
    # Distant clients: a sync worker waits for each of them to close.
    f"{FAR}{_production('gunicorn --workers 1', '--load steady --rate 10 --duration 100s')}",
)
"""The same for servers that people deploy. What each of them costs was measured there before, on another load."""
CASES = (*PRODUCTION, *MINI)
