"""Distributions: the promised mean and spread, and numbers that do not depend on how many are drawn."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.workload.distribution import (
    Constant,
    Distribution,
    Empirical,
    Erlang,
    Exponential,
    Hyperexponential,
    Lognormal,
    Pareto,
    Uniform,
)

SAMPLES = 200_000
SPREAD: list[tuple[Distribution, float]] = [
    (Constant(3.0), 0.0),
    (Exponential(7.0), 1.0),
    (Lognormal(0.03, 1.5), 1.5),
    (Uniform(1.0, 3.0), 1 / math.sqrt(12)),
    (Erlang(0.2, 4), 0.5),
    (Hyperexponential(0.2, 2.0), 2.0),
    (Hyperexponential(0.2, 1.0), 1.0),
    (Empirical(np.array([1.0, 2.0, 6.0])), math.sqrt(14 / 3) / 3),
]
EVERY = [distribution for distribution, _ in SPREAD] + [Pareto(1.0, 1.5, 100.0), Pareto(2.0, 1.0, 50.0)]


@pytest.mark.parametrize("distribution", EVERY, ids=repr)
def test_the_sample_mean_is_the_exact_mean_within_four_standard_errors(distribution: Distribution) -> None:
    sample = distribution.draw(np.random.default_rng(1), SAMPLES)
    error = sample.std() / math.sqrt(SAMPLES)
    assert abs(sample.mean() - distribution.mean) <= 4 * error + 1e-12


@pytest.mark.parametrize(("distribution", "cv"), SPREAD, ids=repr)
def test_the_coefficient_of_variation_is_the_promised_one(distribution: Distribution, cv: float) -> None:
    sample = distribution.draw(np.random.default_rng(2), SAMPLES)
    assert sample.std() / sample.mean() == pytest.approx(cv, rel=0.03, abs=1e-9)


def test_the_mean_of_a_bounded_pareto_agrees_with_its_integral() -> None:
    low, alpha, high = 1.0, 1.3, 40.0
    edges = np.geomspace(low, high, 200_001)
    reached = (1 - (low / edges) ** alpha) / (1 - (low / high) ** alpha)
    integral = float(np.sum(np.diff(reached) * (edges[1:] + edges[:-1]) / 2))
    assert Pareto(low, alpha, high).mean == pytest.approx(integral, rel=1e-6)


def test_the_mean_of_a_bounded_pareto_has_no_jump_at_alpha_one() -> None:
    assert Pareto(1.0, 1.0, 9.0).mean == pytest.approx(math.log(9) / (1 - 1 / 9))
    assert Pareto(1.0, 1 + 1e-9, 9.0).mean == pytest.approx(Pareto(1.0, 1.0, 9.0).mean, rel=1e-7)


def test_a_bounded_pareto_stays_within_its_bounds() -> None:
    sample = Pareto(2.0, 0.5, 50.0).draw(np.random.default_rng(3), SAMPLES)
    assert sample.min() >= 2.0
    assert 45 < sample.max() <= 50.0


def test_half_of_what_a_hyperexponential_adds_up_to_comes_from_its_long_phase() -> None:
    often = (1 + math.sqrt(3 / 5)) / 2
    choices = np.random.default_rng(4).random((SAMPLES, 2))[:, 0]
    sample = Hyperexponential(1.0, 2.0).draw(np.random.default_rng(4), SAMPLES)
    assert sample[choices < often].sum() / sample.sum() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("distribution", EVERY, ids=repr)
@settings(max_examples=15)
@given(first=st.integers(0, 50), second=st.integers(0, 50))
def test_drawing_in_pieces_equals_drawing_at_once(distribution: Distribution, first: int, second: int) -> None:
    random = np.random.default_rng(5)
    pieces = np.concatenate([distribution.draw(random, first), distribution.draw(random, second)])
    np.testing.assert_array_equal(pieces, distribution.draw(np.random.default_rng(5), first + second))


def test_the_same_luck_means_a_longer_time_under_a_larger_mean() -> None:
    short = Exponential(1.0).draw(np.random.default_rng(6), 1000)
    np.testing.assert_allclose(Exponential(3.0).draw(np.random.default_rng(6), 1000), 3 * short)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Exponential(0.0),
        lambda: Pareto(2.0, 1.5, 1.0),
        lambda: Uniform(2.0, 1.0),
        lambda: Hyperexponential(1.0, 0.9),
        lambda: Erlang(1.0, 0),
        lambda: Lognormal(0.0, 1.0),
    ],
)
def test_parameters_that_make_no_sense_are_refused(wrong: type) -> None:
    with pytest.raises(ValueError, match="expected"):
        wrong()
