"""What is kept of a run: no more than was said, and nothing when nobody looks at the run any more."""

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from simulator.trace.playback import GroupKind, Playback
from simulator.trace.playback.cache import BoundedCache
from tests.engine.deployments import Deployment, deployments


def test_the_oldest_entry_is_forgotten_when_there_are_too_many() -> None:
    known: BoundedCache[int, str] = BoundedCache(2)
    for number in range(3):
        known[number] = str(number)
    assert known == {1: "1", 2: "2"}


@pytest.fixture
def no_garbage_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("deployment", list(deployments()), ids=str)
def test_a_run_that_nobody_looks_at_any_more_is_forgotten_at_once(
    deployment: Deployment, no_garbage_collection: None
) -> None:
    trace = deployment.run("mixed", "6 s")
    playback, forgotten = Playback(trace), ref(trace)
    playback.why(3.0)
    playback.log(3.0, 5)
    assert playback.interesting
    for group in playback.groups:
        if group.kind is not GroupKind.PARKED:
            playback.shares(group.name, 0, group.lanes, (0.0, 3.0), 20)
    for name in playback.series_names:
        playback.series(name, 0.0, 3.0, 20)
    del trace, playback
    assert forgotten() is None
