"""Who suffers is named beside who did it, by class or by client, and nobody is where there is nobody else."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.trace.finding import Kind as KindOf
from simulator.trace.finding import Party
from simulator.trace.rules_capacity import held_by_uploads
from simulator.trace.rules_waiting import episode
from simulator.workload.table import Workload
from tests.trace.by_hand import Kind, load_at, simulate
from tests.trace.causes import PAGE, UPLOAD, facts, forked, of

QUICK = Kind(steps=(("io", 0.01),))
LOGIN = Kind(steps=(("io", 0.25),))


def by_client(load: Workload) -> Workload:
    """The same requests, all of one class: only their clients differ."""
    return replace(
        load,
        class_names=("form",),
        phase_kinds=load.phase_kinds[:1],
        request_class=np.zeros(len(load.arrival), np.int16),
    )


def test_quick_clients_who_wait_behind_slow_ones_are_named() -> None:
    load = by_client(of(20, office=PAGE, phones=UPLOAD))
    found = held_by_uploads(facts(simulate(forked(4), load)))
    assert found is not None
    assert (found.culprits, found.victims) == (
        (Party(KindOf.CLIENT, "phones"),),
        (Party(KindOf.CLIENT, "office"),),
    )
    assert 'A request from "phones" holds a worker for' in found.text
    assert 'Requests from "office" wait ' in found.text


@pytest.mark.parametrize(("own_s", "workers", "named"), [(1.0, 12, True), (3.0, 14, False)])
def test_who_waits_for_less_than_half_of_their_time_is_no_victim(own_s: float, workers: int, named: bool) -> None:
    page = Kind(steps=(("io", own_s),))
    phones = Kind(steps=(("io", 1.0),), every=4, upload=20_000.0, up=1_000.0)
    found = held_by_uploads(facts(simulate(forked(workers), of(2, 600.0, page=page, phones=phones))))
    assert found is not None
    assert found.culprits == (Party(KindOf.CLASS, "phones"),)
    assert (found.victims == (Party(KindOf.CLASS, "page"),)) == named
    assert ('Requests of "page" wait' in found.text) == named


def test_a_crowd_of_one_class_is_called_by_its_name_and_so_is_who_waits_behind_it() -> None:
    """100 logins at once; somebody looks once a second whether the server is alive."""
    moments = [1.0] * 100 + [0.5 + second for second in range(30)]
    load = load_at(moments, 30.0, login=LOGIN, livez=QUICK)
    names = np.array([0] * 100 + [1] * 30, np.int16)
    order = np.argsort(np.array(moments), kind="stable")
    load = replace(
        load,
        arrival=np.array(moments)[order],
        request_class=names[order],
        client=names[order],
        phases=np.where(names[order] == 0, 0.25, 0.01)[:, None],
    )
    found = episode(facts(simulate(forked(2), load)))
    assert found is not None
    assert found.culprits == (Party(KindOf.ARRIVALS, "at once"), Party(KindOf.CLASS, "login"))
    assert found.victims == (Party(KindOf.CLASS, "livez"),)
    assert 'It began when 100 requests of "login" came at once. 13 requests of "livez" waited, ' in found.text


def test_one_who_waits_at_a_time_is_not_told_in_the_plural() -> None:
    found = episode(facts(simulate(forked(4), load_at([1.0] * 5, 30.0, page=Kind(steps=(("io", 2.0),))))))
    assert found is not None
    assert found.text.startswith("From 1 s to 3 s all 4 workers were taken: one request at a time waited, the longest")
