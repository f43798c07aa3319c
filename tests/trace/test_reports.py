"""What people have reported in public, with their figures: the run shows what they saw, and the sentence says why.

Each names the issue that it retells; what a report does not say of its traffic is marked as assumed.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.plan import Machine, Outcome
from simulator.trace.cures import Cure
from simulator.trace.figures import Summary
from simulator.trace.finding import Finding, Kind, Party
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.workload.draw import draw
from simulator.workload.load import load
from tests.models.serving import latencies, of_class, serve


@dataclass(frozen=True)
class Told:
    """A run and what is said of it."""

    trace: Trace
    summary: Summary

    def by(self, rule: str) -> Finding:
        """What a rule said."""
        return next(each for each in self.summary.findings if each.rule == rule)


def told(folder: Path, text: str, arrivals: list[tuple[float, str]], model: str, cores: int, **settings: Any) -> Told:
    """A scenario in TOML, with its arrivals in a file beside it, on a server."""
    rows = "".join(f"{at},{name}\n" for at, name in sorted(arrivals, key=lambda each: each[0]))
    (folder / "arrivals.csv").write_text(f"time_s,class\n{rows}", encoding="utf-8")
    text = f'title = "A report"\n{text}'
    if arrivals:
        text = f'{text}\n[arrivals]\nkind = "trace"\nfile = "arrivals.csv"\n'
    (folder / "report.toml").write_text(text, encoding="utf-8")
    trace = serve(model, draw(load(str(folder / "report.toml"))), Machine(cores=cores), **settings)
    return Told(trace, summarise(trace))


BACKUP = """
duration = "200 s"
[[requests]]
name = "big"
upload = "100 MB"
steps = [{cpu = "5 ms"}]
clients = ["slow"]
[[requests]]
name = "page"
steps = [{cpu = "5 ms"}, {io = "20 ms"}]
clients = ["lan"]
[[clients]]
name = "slow"
up = "1 MB/s"
[[clients]]
name = "lan"
"""


def test_danbyte_229_three_uploads_take_all_workers_and_a_page_waits_seventy_seconds(tmp_path: Path) -> None:
    """100 MB at 1 MB/s with request buffering off take a worker for 100 s. Assumed: 3 workers, two pages a second."""
    pages = [(60.0 + i / 2, "page") for i in range(200)]
    arrivals = [(30.0, "big"), (40.0, "big"), (50.0, "big"), *pages]
    nginx = {"request_buffering": False}
    run = told(tmp_path, BACKUP, arrivals, "prefork", 2, workers=3, nginx=nginx)
    np.testing.assert_allclose(latencies(run.trace, "big"), 100.0, atol=0.1)
    assert 69.0 < latencies(run.trace, "page").max() < 71.0
    found = run.summary.findings[0]
    assert (found.rule, found.resource, found.culprits) == ("episode", "worker", (Party(Kind.CLASS, "big"),))
    assert found.cures[0] is Cure.PROXY
    assert found.text.startswith(
        "From 50 s to 133 s all 3 workers were taken: up to 141 requests waited at once, one of"
    )
    assert 'It began with 3 requests of "big" that held a worker for 100 s each' in found.text
    assert "mostly waiting for the client to send" in found.text
    assert found.victims == (Party(Kind.CLASS, "page"),)
    waited = latencies(run.trace, "page") - latencies(run.trace, "page").min()
    waited = waited[waited > 0.5]  # the last one came when it was over
    assert f'{len(waited)} requests of "page" waited, {waited.mean():.1f} s on average.' in found.text


BLOB = """
duration = "60 s"
[arrivals]
kind = "constant"
rate = 0.02
[[requests]]
name = "blob"
steps = [{cpu = "2 ms"}]
response = "1 GiB"
[[clients]]
name = "curl"
down = "15.4 MB/s"
"""


def test_gunicorn_1736_one_reader_has_the_only_worker_all_the_time(tmp_path: Path) -> None:
    """1 GiB at 15.4 MB/s from one sync worker: who comes meanwhile waits, be it that hardly anybody came."""
    run = told(tmp_path, BLOB, [], "prefork", 2, workers=1)
    assert run.summary.resources["worker"].utilisation > 0.99
    found = run.summary.findings[0]
    assert (found.rule, found.resource) == ("taken", "worker")
    assert found.text.startswith("The worker is in use 100 % of the time, 100 % waiting for the client to read, though")


PREDICT = """
duration = "300 s"
[machine]
cores = 8
[arrivals]
kind = "closed"
clients = 20
think = "1 s"
[[requests]]
name = "predict"
steps = [{cpu = "200 ms"}]
""" + "".join(f'[[timeline]]\nat = "{100 + i} s"\ndo = "kill"\nprocess = {i}\nboot = "30 s"\n' for i in range(5))


def test_gunicorn_2417_workers_that_restart_together_leave_nobody(tmp_path: Path) -> None:
    """Five workers that need 30 s to load, and go one second apart. Assumed: 20 clients, 200 ms each."""
    run = told(tmp_path, PREDICT, [], "prefork", 8, workers=5)
    assert (run.trace.outcome == Outcome.CRASHED).sum() == 5
    assert run.summary.latency.max > 26.0
    found = run.summary.findings[0]
    assert found.rule == "crashes"
    assert "From 104 s to 130 s none of the 5 processes was up." in found.text
    assert "went on" not in found.text


HOG = """
duration = "4 s"
[[requests]]
name = "hog"
steps = [{cpu = "10 s"}]
[[requests]]
name = "msg"
upload = "10 kB"
response = "10 kB"
steps = [{cpu = "10 us"}]
"""


def test_dask_5450_a_thread_that_computes_lets_others_have_the_gil_once_a_switch_interval(tmp_path: Path) -> None:
    """At most 200 times a second; a third of that where one thread accepts and closes: each takes an interval too."""
    arrivals = [(0.0, "hog"), *((1.0 + i / 500, "msg") for i in range(1400))]
    for accept, per_second in (("idle", 172.0), ("eager", 70.0)):
        run = told(tmp_path, HOG, arrivals, "threaded", 2, processes=1, threads=2, accept=accept)
        done = run.trace.finished[of_class(run.trace, "msg")]
        assert np.count_nonzero((done > 1.0) & (done < 4.0)) / 3.0 == pytest.approx(per_second, rel=0.1)
        found = run.by("gil_saturated")
        assert found.culprits == (Party(Kind.CLASS, "hog"),)
        assert '"hog" computes for up to 10 s at a time' in found.text
        assert "waits a switch interval of 5 ms" in found.text


LOGIN = """
duration = "40 s"
[[requests]]
name = "login"
steps = [{cpu = "250 ms"}]
clients = ["user"]
[[requests]]
name = "livez"
steps = [{cpu = "100 us"}]
clients = ["kubelet"]
[[clients]]
name = "kubelet"
patience = "20 s"
[[clients]]
name = "user"
"""


def test_akb_283_a_health_check_dies_behind_logins_that_hash_on_the_loop(tmp_path: Path) -> None:
    """150 logins at once, some 250 ms of bcrypt each: 37.5 s of queue, and a probe that gives up after 20 s."""
    arrivals = [*((1.0, "login") for _ in range(150)), *((float(i), "livez") for i in range(40))]
    run = told(tmp_path, LOGIN, arrivals, "coroutine", 4)
    gone = (run.trace.outcome == Outcome.GAVE_UP).sum()
    assert gone == 18
    found = run.summary.findings[0]
    assert (found.rule, found.culprits) == ("loop_saturated", (Party(Kind.CLASS, "login"),))
    assert found.victims == (Party(Kind.CLASS, "livez"),)
    assert found.text.startswith('"login" blocks the event loop for up to 250 ms at a time')
    assert found.text.endswith('18 of 40 "livez" gave up.')
    assert run.by("episode").text.startswith("From 1 s to 38.5 s requests had to wait for the event loop")


DEPLOY = """
duration = "2 s"
[[requests]]
name = "deploy"
steps = [{cpu = "60 s"}]
"""


def test_gunicorn_2938_a_hundred_at_once_are_measured_until_the_last_is_through(tmp_path: Path) -> None:
    """Ten loops, 100 requests at once, each of which blocks for 60 s: the last is through after ten minutes."""
    run = told(tmp_path, DEPLOY, [(1.0, "deploy")] * 100, "callback", 10, processes=10)
    assert run.summary.latency.max == pytest.approx(600.0, abs=0.1)
    found = run.by("episode")
    assert (found.resource, found.culprits) == ("event loop", (Party(Kind.ARRIVALS, "at once"),))
    assert found.text.startswith("From 1 s to 541 s requests had to wait for the 10 event loops: up to 90 at once")
    assert "It began when 100 requests came at once." in found.text
    assert '"deploy" makes up 100 % of what is computed, up to 60 s at a time.' in run.by("cores_saturated").text


SCREENS = """
duration = "300 s"
[arrivals]
kind = "poisson"
rate = 2.5
batch = 5
[[requests]]
name = "channels"
weight = 4
steps = [{cpu = "20 ms"}, {io = "11 ms"}]
[[requests]]
name = "games"
steps = [{cpu = "300 ms"}, {io = "60 ms"}]
"""


def test_diplicity_1108_calls_that_come_in_fives_wait_for_one_another(tmp_path: Path) -> None:
    """One sync worker; channels p50 105, p99 303, max 966 ms, games p50 483, p95 1 065 ms. Assumed: a screen in 2 s."""
    run = told(tmp_path, SCREENS, [], "prefork", 2, workers=1)
    channels, games = (run.summary.classes[name].latency for name in ("channels", "games"))
    assert 0.07 < channels.p50 < 0.16
    assert 0.35 < games.p50 < 0.65
    found = run.summary.findings[0]
    assert (found.rule, found.resource, found.culprits) == ("siblings", "worker", (Party(Kind.ARRIVALS, "together"),))
    assert found.text.startswith(
        "Requests spend 72 % of their time waiting for the worker, though it is in use only 24 %"
    )
    assert "they come 5 at once on average" in found.text
    assert not any("held" in sentence for sentence in run.summary.diagnosis)


STORM = """
duration = "120 s"
[arrivals]
kind = "poisson"
rate = 40
[[requests]]
name = "stock"
steps = [{io = "40 ms"}]
[[clients]]
name = "order-service"
patience = "1 s"
[[timeline]]
at = "30 s"
do = "slow-io"
factor = 50
for = "20 s"
"""


def test_a_slow_query_leaves_a_queue_that_outlives_it_by_a_minute(tmp_path: Path) -> None:
    """From lukretium.com's story of a retry storm: a lookup takes 2 s instead of 40 ms. Assumed: 40 a second."""
    run = told(tmp_path, STORM, [], "prefork", 2, workers=2)
    late = (run.trace.arrival > 52.0) & (run.trace.arrival < 110.0)
    assert (run.trace.outcome[late] == Outcome.GAVE_UP).all()
    found = run.summary.findings[0]
    assert (found.rule, found.resource, found.culprits) == ("episode", "worker", (Party(Kind.ENTRY, "slow-io"),))
    assert "It began when I/O took 50 times as long, from 30 s to 50 s. It outlasted its cause by 70" in found.text


CURLS = """
duration = "2 s"
[[requests]]
name = "query"
steps = [{io = "5 s"}]
"""


def test_ten_curls_at_one_worker_are_told_with_the_time_of_each(tmp_path: Path) -> None:
    run = told(tmp_path, CURLS, [(1.0, "query")] * 10, "prefork", 2, workers=1)
    found = run.summary.findings[0]
    assert found.text.startswith(
        "From 1 s to 46 s the worker was taken: up to 9 requests waited at once, one of them for 45"
    )
    assert "It began when 10 requests came at once." in found.text
    assert not any("run longer" in sentence for sentence in run.summary.diagnosis)


AB = """
duration = "1 h"
[arrivals]
kind = "closed"
clients = 50
requests = 2000
think = "0 s"
[[requests]]
name = "list"
steps = [{cpu = "20 ms"}, {io = "35 ms"}]
"""


def test_ab_of_fifty_clients_is_no_burst_and_workers_are_told_once(tmp_path: Path) -> None:
    """All come at once in the beginning, and then whenever there is an answer: no arrival rate is to blame."""
    threads = told(tmp_path, AB, [], "threaded", 4, processes=4)
    assert not any("at other times" in sentence for sentence in threads.summary.diagnosis)
    workers = told(tmp_path, AB, [], "prefork", 4, workers=4)
    assert [found.rule for found in workers.summary.findings if found.resource == "worker"] == ["held_by_io"]
