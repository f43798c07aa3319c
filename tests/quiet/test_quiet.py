"""Tight bars that hold on any machine, because the one that measures is emulated: nothing outside can make it late."""

import csv
import io
from collections.abc import Sequence

import pytest

from tests.quiet.__main__ import FENCE
from tests.quiet.machine import ready, run
from tests.quiet.table import bar_of, is_outside

pytestmark = [pytest.mark.slow, pytest.mark.real]
CASES = (
    "prefork --workers 8 --load slow-clients --rate 20 --duration 12s",
    "threaded --threads 16 --load mixed --rate 20 --duration 12s",
)
FIGURES_JUDGED = 10
"""At the very least: every case judges throughput, mean, p50 and shares of all requests and of each class."""

SERVERS = {
    "gunicorn": "gunicorn -b 127.0.0.1:8001 app:wsgi",
    "nginx": "nginx -c /tmp/nginx.conf",
    "uvicorn": "uvicorn --port 8003 app:asgi",
    "waitress": "waitress-serve --listen 127.0.0.1:8004 app:wsgi",
    "uwsgi": "uwsgi --http-socket 127.0.0.1:8005 --wsgi-file app.py --callable wsgi",
}
"""Each on the next port; nginx in front of gunicorn."""
PRODUCTION = """cd /tmp
cat > app.py <<'END'
def wsgi(environ, start):
    start("200 OK", [("Content-Length", "2")])
    return [b"hi"]

async def asgi(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})
END
cat > nginx.conf <<'END'
daemon off; error_log /dev/null; pid /tmp/nginx.pid; events {}
http { access_log off; server { listen 127.0.0.1:8002; location / { proxy_pass http://127.0.0.1:8001; } } }
END
cat > ask.py <<'END'
import sys, time, urllib.request
for port, name in enumerate(sys.argv[1:], 8001):
    for attempt in range(100):
        try:
            answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
        except OSError:
            time.sleep(0.1)
        else:
            print("answered" if answer == b"hi" else "said", name, flush=True)
            break
END
""" + "".join(
    [*(f"{command} >/dev/null 2>&1 &\n" for command in SERVERS.values()), f"python ask.py {' '.join(SERVERS)}\n"]
)


def _validated(cases: Sequence[str]) -> list[dict[str, str]]:
    lines = [
        f"simulate calibrate --quick --output /tmp/m.toml >/tmp/said 2>&1 || cat /tmp/said; echo {FENCE}",
        *(
            f"simulate validate {case} --repeat 1 --machine /tmp/m.toml --set machine.cores=1 --csv /tmp/{number}.csv"
            f" >/tmp/said 2>&1; cat /tmp/{number}.csv || cat /tmp/said; echo {FENCE}"
            for number, case in enumerate(cases)
        ),
    ]
    said = run("\n".join(lines), limit_s=1200)
    tables = said.split(FENCE)[1:-1]
    assert len(tables) == len(cases), said
    return [row for table in tables for row in csv.DictReader(io.StringIO(table.strip()))]


prepared = pytest.mark.skipif(not ready(), reason="the quiet machine is not prepared: python -m tests.quiet --prepare")


@prepared
def test_production_servers_and_nginx_answer_on_the_quiet_machine() -> None:
    said = run(PRODUCTION, limit_s=600)
    assert [line for line in said.splitlines() if line.startswith("answered")] == [
        f"answered {name}" for name in SERVERS
    ], said


@prepared
def test_there_a_production_server_is_calibrated_and_then_predicted_within_its_bars() -> None:
    said = run(
        "simulate calibrate --server 'gunicorn --workers 2' --quick --output /tmp/p.toml >/tmp/said 2>&1;"
        " simulate validate --server 'gunicorn --workers 2' --load steady --duration 15s --repeat 1"
        " --profile /tmp/p.toml --set machine.cores=1 --csv /tmp/csv >>/tmp/said 2>&1;"
        f" cat /tmp/said; echo {FENCE}; cat /tmp/csv",
        limit_s=1200,
    )
    rows = list(csv.DictReader(io.StringIO(said.partition(FENCE)[2].strip())))
    assert {row["figure"] for row in rows if bar_of(row) is not None} >= {"throughput", "mean", "p50"}, said
    assert [row for row in rows if is_outside(row)] == [], said


@prepared
def test_on_a_quiet_machine_no_figure_of_a_real_server_is_outside_its_bar() -> None:
    rows = _validated(CASES)
    judged = [row for row in rows if row["verdict"] in ("inside the spread", "inside the bar", "outside")]
    assert len(judged) >= FIGURES_JUDGED * len(CASES)
    assert [row for row in judged if row["verdict"] == "outside"] == []
