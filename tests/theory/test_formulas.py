"""The formulas that judge the engines are themselves held against constants that were computed elsewhere.

All constants are for a mean service time of 1 s unless the row says otherwise.
"""

from math import log

import numpy as np
import pytest

from simulator.workload.distribution import Distribution, Hyperexponential
from tests.theory import formulas, formulas_bursts, formulas_service
from tests.theory.systems import SERVICES

DIGITS = 1.1e-6
"""Constants are printed with six decimals, some rounded and some cut."""

Row = tuple[float, ...]


def near(expected: float | Row) -> object:
    return pytest.approx(expected, abs=DIGITS, rel=1e-7)


def _row(means: formulas.Means) -> Row:
    return (means.number, means.queue, means.sojourn, means.wait)


@pytest.mark.parametrize(
    ("rate", "means", "percentiles"),
    [
        (0.5, (1, 0.5, 2, 1), (1.386294, 5.991465, 9.210340)),
        (0.8, (4, 3.2, 5, 4), (3.465736, 14.978661, 23.025851)),
        (0.9, (9, 8.1, 10, 9), (6.931472, 29.957323, 46.051702)),
        (0.95, (19, 18.05, 20, 19), (13.862944, 59.914645, 92.103404)),
    ],
)
def test_one_exponential_server(rate: float, means: Row, percentiles: Row) -> None:
    """Number, queue, sojourn, wait; the 50th, 95th and 99th percentile of the sojourn."""
    assert _row(formulas.mmc(rate, 1)) == near(means)
    for beyond, printed in zip((0.5, 0.05, 0.01), percentiles, strict=True):
        assert formulas.quantile(lambda t: formulas.mmc_sojourn_beyond(rate, 1, t), beyond) == near(printed)
        assert -log(beyond) / (1 - rate) == near(printed)


@pytest.mark.parametrize(
    ("servers", "used", "waits", "means", "percentiles"),
    [
        (2, 0.8, 0.711111, (4.444444, 2.844444, 2.777778, 1.777778), (10.660609, 11.937370)),
        (4, 0.5, 0.173913, (2.173913, 0.173913, 1.086957, 0.086957), (1.427985, 4.764248)),
        (4, 0.8, 0.596432, (5.585730, 2.385730, 1.745541, 0.745541), (5.110476, 6.893204)),
        (4, 0.9, 0.787753, (10.689779, 7.089779, 2.969383, 1.969383), (10.916500, 12.193167)),
        (9, 0.8, 0.432222, (8.928889, 1.728889, 1.240123, 0.240123), (2.092419, 5.030845)),
        (9, 0.9, 0.684535, (14.260816, 6.160816, 1.760595, 0.760595), (4.695728, 6.607932)),
        (9, 0.95, 0.834584, (24.407096, 15.857096, 2.854631, 1.854631), (9.831885, 11.158774)),
        (17, 0.9, 0.580556, (20.525001, 5.225001, 1.341503, 0.341503), (2.389059, 5.197142)),
        (32, 0.9, 0.458197, (32.923770, 4.123770, 1.143186, 0.143186), (1.195223, 4.794356)),
    ],
)
def test_several_exponential_servers(servers: int, used: float, waits: float, means: Row, percentiles: Row) -> None:
    """Number, queue, sojourn, wait; the 99th percentiles of wait and sojourn."""
    rate = servers * used
    assert formulas.erlang_c(servers, rate) == near(waits)
    assert _row(formulas.mmc(rate, servers)) == near(means)
    assert _row(formulas_service.shared_cores(rate, servers)) == near(means)  # processor sharing has the same means
    found = (
        formulas.quantile(lambda t: formulas.mmc_wait_beyond(rate, servers, t), 0.01),
        formulas.quantile(lambda t: formulas.mmc_sojourn_beyond(rate, servers, t), 0.01),
    )
    assert found == near(percentiles)


@pytest.mark.parametrize(
    ("servers", "places", "rate", "lost", "served", "means"),
    [
        (1, 5, 0.8, 0.088819, 0.728944, (1.868332, 1.139388, 2.563065, 1.563065)),
        (1, 10, 1.2, 0.192586, 0.968896, (6.710709, 5.741812, 6.926138, 5.926138)),
        (4, 4, 3.2, 0.228145, 2.469936, (2.469936, 0, 1, 0)),
        (4, 20, 3.2, 0.003403, 3.189109, (5.321438, 2.132328, 1.668628, 0.668628)),
        (4, 20, 4.4, 0.108322, 3.923381, (13.665815, 9.742433, 3.483173, 2.483173)),
        (4, 104, 4.4, 0.090914, 3.999979, (94.005529, 90.005550, 23.501508, 22.501508)),
        (9, 2057, 10, 0.1, 9, (2048, 2039, 227.555556, 226.555556)),
    ],
)
def test_a_limited_number_of_places(
    servers: int, places: int, rate: float, lost: float, served: float, means: Row
) -> None:
    full = formulas.mmck(rate, servers, places)
    assert (full.lost, full.rate) == near((lost, served))
    assert _row(full.means) == near(means)


@pytest.mark.parametrize(
    ("servers", "load", "lost"),
    [
        (1, 1, 0.5), (4, 2, 0.095238), (4, 3.2, 0.228145), (10, 8, 0.121661), (10, 9, 0.167963),
        (25, 20, 0.050222), (100, 100, 0.075700),
    ],
)  # fmt: skip
def test_no_place_to_wait(servers: int, load: float, lost: float) -> None:
    assert formulas.erlang_b(servers, load) == near(lost)
    assert formulas.mmck(load, servers, servers).lost == near(lost)


@pytest.mark.parametrize(
    ("servers", "rate", "impatience", "abandoned", "waits", "number"),
    [
        (4, 3.2, 0.1, 0.040430, 0.531168, 4.364371),
        (4, 4.4, 0.1, 0.136537, 0.884199, 9.806847),
        (4, 8, 0.1, 0.5, 1, 44),
        (9, 10, 0.05, 0.106998, 0.970637, 30.329581),
    ],
)
def test_impatient_clients(
    servers: int, rate: float, impatience: float, abandoned: float, waits: float, number: float
) -> None:
    theory = formulas.erlang_a(rate, servers, impatience)
    # The row with rate 8 is printed rounded to whole numbers; its shares are up to 3e-7 away from them.
    assert theory.abandoned == near(abandoned)
    assert theory.waits == near(waits)
    assert theory.number == pytest.approx(number, abs=3e-6)


def test_a_call_centre_that_was_published() -> None:
    """Garnett, Mandelbaum and Reiman (2002), table 1: 48 calls per minute of one minute each, for 50 agents.

    With callers who would wait for two minutes on average, 3.1 % of them leave, and the mean wait is 3.7 s instead of
    20.8 s; the queue is 3 calls long instead of 17.
    """
    patient, impatient = formulas.mmc(48, 50), formulas.erlang_a(48, 50, 0.5)
    assert [60 * patient.wait, 60 * impatient.wait_of_all] == pytest.approx([20.8, 3.7], abs=0.05)
    assert [patient.queue, impatient.queue] == pytest.approx([17, 3], abs=0.5)
    assert 100 * impatient.abandoned == pytest.approx(3.1, abs=0.05)


@pytest.mark.parametrize(("servers", "rate", "impatience"), [(4, 3.2, 0.1), (4, 8, 0.1), (9, 10, 0.05), (1, 0.9, 2)])
def test_how_long_impatient_clients_wait(servers: int, rate: float, impatience: float) -> None:
    """The same from Baccelli and Hebuterne's density of the time that a client of endless patience would have to wait:

    proportional to exp(rate (1 - exp(-impatience t)) / impatience - c t).
    """
    theory, t = formulas.erlang_a(rate, servers, impatience), np.linspace(0, 200, 2_000_001)
    density = np.exp(rate * (1 - np.exp(-impatience * t)) / impatience - servers * t)
    density *= theory.waits / density.sum()
    stays = np.exp(-impatience * t)  # the share of the clients who are still there then
    assert theory.abandoned == pytest.approx(float(density @ (1 - stays)), rel=1e-3)
    assert theory.wait == pytest.approx(float(density @ (t * stays)) / (1 - theory.abandoned), rel=1e-3)
    assert theory.wait_of_all == pytest.approx(float(density @ (1 - stays)) / impatience, rel=1e-3)


def test_clients_who_hardly_ever_leave_are_patient_ones() -> None:
    theory, patient = formulas.erlang_a(3.2, 4, 1e-9), formulas.mmc(3.2, 4)
    assert [theory.wait, theory.wait_of_all, theory.queue] == pytest.approx([patient.wait, patient.wait, patient.queue])


@pytest.mark.parametrize(
    ("rate", "wait", "within"),
    [
        (0.5, 0.5, (0.5, 0.824361, 0.946961, 0.998764)),
        (0.8, 2, (0.2, 0.445108, 0.634520, 0.899503)),
        (0.9, 4.5, (0.1, 0.245960, 0.383600, 0.668709)),
    ],
)
def test_constant_service(rate: float, wait: float, within: tuple[float, ...]) -> None:
    assert formulas_service.mg1_wait(rate, formulas_service.moments(SERVICES["deterministic"])) == near(wait)
    for t, printed in zip((0, 1, 2, 5), within, strict=True):
        assert formulas_service.md1_wait_within(rate, t) == near(printed)
    waits, means = formulas_service.mdc(rate, 1)
    assert (waits, means.wait) == (near(rate), near(wait))


@pytest.mark.parametrize(
    ("servers", "used", "waits", "wait"),
    [(2, 0.8, 0.701898, 0.903284), (4, 0.8, 0.578282, 0.386095), (4, 0.9, 0.775437, 0.999966)],
)
def test_constant_service_by_several(servers: int, used: float, waits: float, wait: float) -> None:
    found, means = formulas_service.mdc(servers * used, servers)
    assert (found, means.wait) == (near(waits), near(wait))


@pytest.mark.parametrize(
    ("name", "waits", "spread"),
    [
        ("deterministic", (0.5, 2, 4.5), 2.309401),
        ("Erlang-4", (0.625, 2.5, 5.625), 2.958040),
        ("exponential", (1, 4, 9), 4.898979),
        ("lognormal cv 1", (1, 4, 9), 5.163978),
        ("lognormal cv 2", (2.5, 10, 22.5), 16.329932),
        ("lognormal cv 3", (5, 20, 45), 41.633320),
        ("hyperexponential cv 2", (2.5, 10, 22.5), 13.416408),
        ("bounded Pareto", (5.442400, 21.769600, 48.981599), 46.833825),
    ],
)
def test_service_of_any_law(name: str, waits: tuple[float, float, float], spread: float) -> None:
    moments = formulas_service.moments(SERVICES[name])
    assert moments.first == pytest.approx(1, abs=1e-12)
    for rate, wait in zip((0.5, 0.8, 0.9), waits, strict=True):
        assert formulas_service.mg1_wait(rate, moments) == near(wait)
    assert formulas_service.mg1_wait_spread(0.8, moments) == near(spread)


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_law_of_service_has_a_mean_of_one_second(service: Distribution) -> None:
    assert service.mean == pytest.approx(1, abs=1e-12)


def test_switching_costs_more_the_shorter_the_quantum() -> None:
    rows = [(0.1, 0.001, 0.808407), (0.1, 0.01, 0.884067), (0.01, 0.001, 0.880401), (0.05, 0.005, 0.882017)]
    for quantum, cost, load in rows:
        assert formulas_service.quantum_load(0.8, quantum, cost) == near(load)


def test_what_is_under_way_without_a_queue() -> None:
    within = [formulas_service.poisson_within(5, n) for n in (0, 5, 10)]
    assert within == [near(0.006738), near(0.615961), near(1 - 0.013695)]


@pytest.mark.parametrize(
    ("clients", "think", "service", "servers", "printed"),
    [
        (10, 5, 1, 1, (0.981615, 5.187289, 0.981615)),
        (20, 5, 0.2, 1, (3.600549, 0.554708, 0.720110)),
        (30, 5, 0.2, 1, (4.736984, 1.333143, 0.947397)),
        (50, 5, 0.2, 1, (4.999982, 5.000036, 0.999996)),
        (50, 5, 0.2, 2, (8.894188, 0.621649, 0.889419)),
        (100, 7, 0.2, 4, (13.779813, 0.256992, 0.688991)),
        (200, 7, 0.2, 4, (19.999987, 3.000007, 0.999999)),
        (500, 7, 0.05, 4, (70.249975, 0.117440, 0.878125)),
    ],
)
def test_clients_that_think(clients: int, think: float, service: float, servers: int, printed: Row) -> None:
    """Requests per second, response time, use of the servers."""
    loop = formulas.repairman(clients, think, service, servers)
    assert (loop.rate, loop.response, loop.used) == near(printed)
    assert loop.rate < formulas.asymptote(clients, think, service, servers)


@pytest.mark.parametrize(
    ("clients", "rate", "response"),
    [
        (1, 1.818182, 0.05),
        (5, 8.915463, 0.060823),
        (10, 17.194436, 0.081583),
        (20, 29.502594, 0.177906),
        (40, 33.329160, 0.700150),
    ],
)
def test_clients_of_a_processor_and_a_database(clients: int, rate: float, response: float) -> None:
    found, stays = formulas.mva(clients, 0.5, (0.02, 0.03))
    assert (found, sum(stays)) == near((rate, response))


@pytest.mark.parametrize(
    ("threads", "rate", "stay_ms"),
    [
        (1, 20, 10),
        (2, 38.461538, 12),
        (4, 68.932039, 18.03),
        (5, 80.093313, 22.43),
        (8, 96.957994, 42.51),
        (16, 99.999624, 120),
        (32, 100, 280),
    ],
)
def test_threads_of_one_process(threads: int, rate: float, stay_ms: float) -> None:
    """Requests per second, and how long one of them computes or waits for its turn."""
    found, stays = formulas.mva(threads, 0.040, (0.010,))
    assert found == near(rate)
    assert stays[0] * 1000 == pytest.approx(stay_ms, abs=0.005)


@pytest.mark.parametrize(
    ("servers", "used", "arrivals_scv", "service_scv", "wait"),
    [
        (1, 0.8, 1, 4, 10),
        (1, 0.8, 4, 1, 10),
        (4, 0.8, 1, 0, 0.372770),
        (4, 0.8, 1, 4, 1.863851),
        (4, 0.9, 4, 1, 4.923458),
        (9, 0.9, 1, 4, 1.901486),
    ],
)
def test_the_approximation_for_any_law(
    servers: int, used: float, arrivals_scv: float, service_scv: float, wait: float
) -> None:
    assert formulas_service.allen_cunneen_wait(servers * used, servers, arrivals_scv, service_scv) == near(wait)


@pytest.mark.parametrize(
    ("size", "servers", "used", "number", "sojourn"),
    [
        (2, 1, 0.8, 6, 7.5), (5, 1, 0.5, 3, 6), (5, 1, 0.8, 12, 15), (10, 1, 0.8, 22, 27.5),
        (5, 4, 0.8, 12.727273, 3.977273), (10, 4, 0.8, 22.413793, 7.004310), (5, 9, 0.8, 15.221510, 2.114099),
    ],
)  # fmt: skip
def test_batches_of_a_fixed_size(size: int, servers: int, used: float, number: float, sojourn: float) -> None:
    means = formulas_bursts.batches(servers * used, formulas_bursts.fixed_batch(size), servers)
    assert (means.number, means.sojourn) == (near(number), near(sojourn))
    if servers == 1:
        assert formulas_bursts.batch_number(used, size, size**2) == near(number)


def test_batches_of_a_geometric_size() -> None:
    means = formulas_bursts.batches(0.8, formulas_bursts.geometric_batch(5))
    assert (means.number, means.sojourn) == (near(20), near(25))
    assert formulas_bursts.batch_number(0.8, 5, 2 * 5**2 - 5) == near(20)


@pytest.mark.parametrize(
    ("switching", "number", "sojourn"),
    [(1, 4.837356, 6.046696), (0.1, 10.982794, 13.728493), (0.01, 65.606736, 82.008421), (1e8, 4, 5)],
)
def test_a_rate_that_switches(switching: float, number: float, sojourn: float) -> None:
    means = formulas_bursts.switching_rate((1.4, 0.2), switching)
    assert (means.number, means.queue) == (near(number), near(number - 0.8))
    assert (means.sojourn, means.wait) == (near(sojourn), near(sojourn - 1))


def test_the_approximation_is_within_15_percent_where_something_exact_is_known() -> None:
    constant_service = formulas_service.mdc(3.2, 4)[1].wait
    assert formulas_service.allen_cunneen_wait(3.2, 4, 1, 0) == pytest.approx(constant_service, rel=0.15)
    irregular_arrivals = formulas_bursts.gim1(formulas_bursts.hyperexponential_gaps(Hyperexponential(1.25, 2.0))) - 1
    assert formulas_service.allen_cunneen_wait(0.8, 1, 4, 1) == pytest.approx(irregular_arrivals, rel=0.15)


def test_renewal_arrivals_with_exponential_gaps_are_poisson_arrivals() -> None:
    assert formulas_bursts.gim1(formulas_bursts.erlang_gaps(0.8, 1)) == near(5)
    assert formulas_bursts.gim1(formulas_bursts.hyperexponential_gaps(Hyperexponential(1.25, 1.0))) == near(5)


def test_private_queues_without_thinking() -> None:
    assert formulas.private_queues_response(200, 1.8234, 12) == pytest.approx(32.061, abs=0.001)
