"""One trace out of the driver's result and the servers' reports, all written by hand."""

from dataclasses import replace
from math import nan
from pathlib import Path

import numpy as np
import pytest

from models.nginx.config import Config as Nginx
from models.nginx.model import in_front
from models.prefork.config import Config as Prefork
from models.prefork.model import plan as prefork
from models.threaded.config import Config as Threaded
from models.threaded.model import plan as threaded
from simulator.plan import Machine, Outcome, Plan
from simulator.real.job import Ending, Result
from simulator.real.merge import layers, merge
from simulator.real.reports import Report, read_reports
from simulator.trace.request_life import life
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.workload.table import Workload
from tests.trace.by_hand import Kind, load_at

START = 5000.0
MACHINE = Machine()
STEPS = (("cpu", 0.002), ("io", 0.03))
LOAD = load_at([0.0, 1.0], 2.0, page=Kind(steps=STEPS))
MARKS = (
    "receive=5000.20 parse=5000.21 handle.1=5000.22 handle.2=5000.23 respond=5000.25 send=5000.26"
    " release_worker=5000.27 left=5000.28"
)


def driven(load: Workload = LOAD, **columns: object) -> Result:
    """Everything answered 0.3 s after its arrival, the connection having stood after 0.1 s."""
    n = len(load)
    return replace(
        Result(
            start=START,
            ran_out=False,
            arrival=load.arrival,
            attempted=load.arrival + 0.1,
            stood=load.arrival + 0.1,
            sent=load.arrival + 0.25,  # the last byte comes when the server has it already: nobody waits
            finished=load.arrival + 0.3,
            ending=np.full(n, Ending.ANSWERED, np.int8),
            status=np.full(n, 200, np.int16),
            syn_retries=np.zeros(n, np.int16),
            cpu_at=np.array([0.0, 2.0]),
            cpu_used=np.array([0.0, 0.1]),
        ),
        **columns,  # type: ignore[arg-type]
    )


def reported(tmp_path: Path, *lines: str) -> list[Report]:
    file = tmp_path / "report"
    file.write_text("".join(lines))
    return list(read_reports(file, len(LOAD)))


def reached(trace: Trace, row: int) -> dict[str, float]:
    moments = zip(trace.places, trace.reached[row].tolist(), strict=True)
    return {place.name: moment for place, moment in moments if moment == moment}


def test_marks_become_places_on_the_clock_of_the_run(tmp_path: Path) -> None:
    reports = reported(tmp_path, f"0 2 2 completed {MARKS}\n")
    trace = merge([prefork(Prefork(), MACHINE)], LOAD, driven(), [reports])
    assert reached(trace, 0) == pytest.approx(
        {
            "connect backlog": 0.0,
            "accept worker": 0.1,
            "receive": 0.2,
            "parse": 0.21,
            "handle.1": 0.22,
            "handle.2": 0.23,
            "respond": 0.25,
            "send": 0.26,
            "release worker": 0.27,
        }
    )
    assert trace.left[0] == pytest.approx(0.28)
    assert (trace.process[0], trace.slot[0].tolist()) == (2, [2])
    assert reached(trace, 1) == pytest.approx({"connect backlog": 1.0, "accept worker": 1.1})  # nobody reported it
    assert (trace.process[1], trace.slot[1].tolist()) == (-1, [-1])
    assert trace.outcome.tolist() == [Outcome.COMPLETED] * 2


def test_a_merged_trace_can_be_read_like_any_other(tmp_path: Path) -> None:
    trace = merge([prefork(Prefork(), MACHINE)], LOAD, driven(), [reported(tmp_path, f"0 2 2 completed {MARKS}\n")])
    assert summarise(trace).completed == 2
    assert [stay.place for stay in life(trace, 0)][:3] == ["connect backlog", "accept worker", "receive"]


def test_lines_that_are_cut_off_or_about_nobody_are_passed_over(tmp_path: Path) -> None:
    lines = ("-1 0 0 status_400 left=5000.1\n", "7 0 0 completed left=5000.1\n", "garbage\n", "0 0 0 completed rec")
    assert reported(tmp_path, *lines) == []
    assert list(read_reports(tmp_path / "missing", 1)) == []


def test_the_server_may_see_the_connection_before_the_client_does(tmp_path: Path) -> None:
    early = MARKS.replace("receive=5000.20", "receive=5000.0999")
    trace = merge([prefork(Prefork(), MACHINE)], LOAD, driven(), [reported(tmp_path, f"0 0 0 completed {early}\n")])
    assert reached(trace, 0)["accept worker"] == reached(trace, 0)["receive"] == pytest.approx(0.0999)


def test_an_eager_accept_is_reported_by_its_lock(tmp_path: Path) -> None:
    line = "1 3 13 completed accept_GIL=5001.11 seize_thread=5001.12 receive=5001.15 left=5001.2\n"
    plan = threaded(Threaded(processes=4, accept="eager"), MACHINE)
    trace = merge([plan], LOAD, driven(), [reported(tmp_path, line)])
    its = reached(trace, 1)
    assert its["wait backlog"] == pytest.approx(1.1)
    assert (its["accept GIL"], its["seize thread"]) == pytest.approx((1.11, 1.12))
    assert (trace.process[1], trace.slot[1].tolist()) == (3, [13, -1])  # no line says that the main thread closed it
    assert trace.lock_wait.shape == (2, len(trace.lock_places))


def behind(nginx: Nginx) -> list[Plan]:
    alone = prefork(Prefork(), MACHINE)
    return [alone, in_front(alone, nginx, MACHINE)]


def test_a_proxy_and_the_server_behind_it_each_report_their_own_places(tmp_path: Path) -> None:
    front = (
        "0 9 -1 completed receive=5000.11 proxy=5000.13 connect_backlog=5000.15 send=5000.275 "
        "release_nginx_connection=5000.28 left=5000.29\n"
    )
    ours = reported(tmp_path, f"0 2 1 completed {MARKS}\n")
    trace = merge(behind(Nginx()), LOAD, driven(), [ours, reported(tmp_path, front)])
    assert reached(trace, 0) == pytest.approx(
        {
            "connect nginx backlog": 0.0,
            "accept nginx connection": 0.1,
            "receive": 0.11,
            "proxy": 0.13,
            "connect backlog": 0.15,
            "accept worker": 0.15,
            "receive #2": 0.2,
            "parse": 0.21,
            "handle.1": 0.22,
            "handle.2": 0.23,
            "respond": 0.25,
            "send": 0.26,
            "release worker": 0.27,
            "send #2": 0.275,
            "release nginx connection": 0.28,
        }
    )
    assert trace.process[0] == 2
    assert trace.left[0] == pytest.approx(0.29)


def test_without_buffering_the_servers_receive_and_send_are_the_only_ones() -> None:
    plans = behind(Nginx(request_buffering=False, response_buffering=False))
    server, proxy = layers(plans, phase_count=1)
    assert {"receive", "send"} <= server.keys()
    assert list(proxy) == ["connect nginx backlog", "accept nginx connection", "proxy", "release nginx connection"]
    assert sorted([*server.values(), *proxy.values()]) == list(range(len(server) + len(proxy)))


@pytest.mark.parametrize(
    ("ending", "status", "alone", "proxied"),
    [
        (Ending.ANSWERED, 200, Outcome.COMPLETED, Outcome.COMPLETED),
        (Ending.ANSWERED, 503, Outcome.QUEUE_FULL, Outcome.QUEUE_FULL),
        (Ending.ANSWERED, 504, Outcome.UPSTREAM_TIMEOUT, Outcome.UPSTREAM_TIMEOUT),
        (Ending.ANSWERED, 502, Outcome.BAD_GATEWAY, Outcome.BAD_GATEWAY),
        (Ending.ANSWERED, 500, Outcome.BROKEN, Outcome.BROKEN),
        (Ending.REFUSED, 0, Outcome.REFUSED, Outcome.REFUSED),
        (Ending.BROKEN, 0, Outcome.BROKEN, Outcome.CONNECTION_LIMIT),  # a proxy that has heard nothing closes: full
        (Ending.CONNECT_TIMEOUT, 0, Outcome.CONNECT_TIMEOUT, Outcome.CONNECT_TIMEOUT),
        (Ending.GAVE_UP, 0, Outcome.GAVE_UP, Outcome.GAVE_UP),
    ],
)
def test_every_ending_has_its_outcome(ending: Ending, status: int, alone: Outcome, proxied: Outcome) -> None:
    result = driven(ending=np.full(2, ending, np.int8), status=np.full(2, status, np.int16))
    plans = behind(Nginx())
    assert merge(plans[:1], LOAD, result, [[]]).outcome.tolist() == [alone] * 2
    assert merge(plans, LOAD, result, [[], []]).outcome.tolist() == [proxied] * 2


@pytest.mark.parametrize(
    ("ending", "status", "said", "outcome"),
    [
        (Ending.BROKEN, 0, "gave_up", Outcome.BROKEN),
        (Ending.BROKEN, 0, "connection_limit", Outcome.CONNECTION_LIMIT),
        (Ending.ANSWERED, 502, "status_502", Outcome.BAD_GATEWAY),
        (Ending.ANSWERED, 502, "upstream_refused", Outcome.REFUSED),
        (Ending.ANSWERED, 200, "upstream_refused", Outcome.COMPLETED),
        (Ending.GAVE_UP, 0, "connection_limit", Outcome.GAVE_UP),
    ],
)
def test_where_the_client_cannot_know_the_proxy_says_what_it_was(
    tmp_path: Path, ending: Ending, status: int, said: str, outcome: Outcome
) -> None:
    result = driven(ending=np.full(2, ending, np.int8), status=np.full(2, status, np.int16))
    reports = reported(tmp_path, *(f"{row} 0 -1 {said} receive=5000.1 left=5000.2\n" for row in range(2)))
    assert merge(behind(Nginx()), LOAD, result, [[], reports]).outcome.tolist() == [outcome] * 2


@pytest.mark.parametrize("ending", [Ending.OPEN, Ending.DRIVER_FAILED])
def test_what_is_open_has_no_end(ending: Ending) -> None:
    trace = merge([prefork(Prefork(), MACHINE)], LOAD, driven(ending=np.full(2, ending, np.int8)), [[]])
    assert trace.outcome.tolist() == [Outcome.OPEN] * 2
    assert np.isnan(trace.finished).all()


def test_of_a_closed_loop_only_what_was_sent_is_there_in_order_of_arrival(tmp_path: Path) -> None:
    load = load_at([nan] * 4, 2.0, page=Kind(steps=STEPS))
    load = replace(load, clients_in_loop=2, think=np.zeros(4), upload=np.array([1.0, 2.0, 3.0, 4.0]))
    result = driven(load, arrival=np.array([0.5, 0.1, nan, 0.4]), finished=np.array([0.9, 0.3, nan, 0.7]))
    file = tmp_path / "report"
    file.write_text(f"1 0 0 completed {MARKS}\n")
    trace = merge([prefork(Prefork(), MACHINE)], load, result, [read_reports(file, 4)])
    assert trace.arrival.tolist() == [0.1, 0.4, 0.5]
    assert trace.workload.upload.tolist() == [2.0, 4.0, 1.0]
    assert reached(trace, 0)["parse"] == pytest.approx(0.21)
