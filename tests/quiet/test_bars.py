"""Which bar a figure of the quiet machine is held to."""

import pytest

from tests.quiet.__main__ import _job, _profile_of, _servers, _words
from tests.quiet.cases import CASES, FAR, MINI, PRODUCTION
from tests.quiet.table import bar_of, is_outside

MEAN = {"server": "prefork", "load": "io-heavy", "figure": "mean", "unit": "ms", "error": "-0.06", "bar": "0.1"}
INSIDE, UNJUDGED = {"verdict": "inside the bar"}, {"verdict": "not judged"}
THEIRS = {"server": "gunicorn 27.0.1 --workers 4 behind nginx 1.22.1"}
THROUGHPUT = {"figure": "throughput", "unit": "1/s"}


@pytest.mark.parametrize(
    ("changes", "bar"),
    [
        ({}, 0.10),
        (THEIRS, 0.05),
        (THEIRS | {"load": "mixed --rate 10"}, 0.10),
        (THEIRS | {"figure": "p99"}, 0.15),
        (THEIRS | THROUGHPUT | {"bar": "0.03"}, 0.02),
        (THEIRS | THROUGHPUT | {"bar": "0.1"}, 0.05),
        (THEIRS | {"figure": "completed", "unit": "share", "bar": "0.03"}, 0.03),
        (THEIRS | UNJUDGED, None),
    ],
)
def test_servers_that_people_deploy_have_narrower_bars(changes: dict[str, str], bar: float | None) -> None:
    assert bar_of(MEAN | INSIDE | changes) == bar


def test_a_figure_is_outside_its_own_bar_unless_it_is_inside_the_spread() -> None:
    assert is_outside(MEAN | INSIDE | THEIRS)
    assert not is_outside(MEAN | INSIDE)
    assert not is_outside(MEAN | THEIRS | {"verdict": "inside the spread"})
    assert not is_outside(MEAN | THEIRS | UNJUDGED)


def test_every_production_case_names_its_server_and_no_other_does() -> None:
    assert all(_servers(case) for case in PRODUCTION)
    assert not any(_servers(case) for case in MINI)
    programs = {_servers(case)[0].split()[0] for case in PRODUCTION}
    assert programs == {"gunicorn", "uvicorn", "waitress-serve", "uwsgi", "node"}


def test_a_server_behind_nginx_has_the_costs_of_both() -> None:
    profiles = {
        "gunicorn-sync": '[profile]\n[profile.costs]\nrequest_cost = "1 ms"\n',
        "nginx": '[profile.costs]\nproxy_cost = "2 ms"\n',
    }
    found = _profile_of('--server "gunicorn --workers 4" --load steady --nginx', profiles)
    assert "request_cost" in found
    assert "proxy_cost" in found
    assert "proxy_cost" not in _profile_of('--server "gunicorn --workers 4" --load steady', profiles)


def test_each_case_is_one_line_of_the_job_and_a_network_is_taken_away_again() -> None:
    far = next(case for case in CASES if case.startswith(FAR) and not _servers(case))
    job = _job([far, MINI[0]], "[machine]", {}, 1)
    assert job.count("simulate validate") == 2
    assert job.index("netem.ko") < job.index("qdisc del")


def test_words_of_a_case_may_have_blanks() -> None:
    assert _words('--server "gunicorn --workers 4" --set a=[{cpu="2 ms"}]') == [
        "--server",
        "gunicorn --workers 4",
        "--set",
        'a=[{cpu="2 ms"}]',
    ]
