"""Processes are waited for with a limit, end with the block that started them, and leave nothing."""

import time
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from simulator.real import processes
from simulator.real.processes import MeasureError, Process, flags_of, port_of, running

pytestmark = pytest.mark.real
STUBBORN = "tests.real.stubborn"


def start(tmp_path: Path, manner: str) -> AbstractContextManager[Process]:
    return running("the server", tmp_path, STUBBORN, manner, str(tmp_path / "file"))


def test_a_process_that_does_not_start_is_named_with_the_time_it_was_given(tmp_path: Path) -> None:
    with (
        start(tmp_path, "silent") as process,
        pytest.raises(MeasureError, match=r"waited 0.1 s for the server to start"),
    ):
        process.first_line(0.1)


def test_a_process_that_dies_at_the_start_is_quoted(tmp_path: Path) -> None:
    with (
        start(tmp_path, "dies") as process,
        pytest.raises(MeasureError, match="the server ended instead of starting: the disk is full"),
    ):
        port_of(process)


def test_a_process_that_ends_badly_later_is_quoted_too(tmp_path: Path) -> None:
    with (
        start(tmp_path, "dies") as process,
        pytest.raises(MeasureError, match="the server ended with exit code 1: the disk is full"),
    ):
        process.done(60.0)


def test_a_process_that_does_not_finish_is_named_with_the_time_it_was_given(tmp_path: Path) -> None:
    ticks: list[float] = []
    with start(tmp_path, "silent") as process, pytest.raises(MeasureError, match=r"waited 0.1 s for the server to fin"):
        process.done(0.1, ticks.append)
    assert ticks == sorted(ticks)


def test_a_process_that_says_something_else_than_its_port_is_refused(tmp_path: Path) -> None:
    with start(tmp_path, "babbles") as process, pytest.raises(MeasureError, match=r"expected its port.*'ready'"):
        port_of(process)


def test_even_a_process_that_clings_is_gone_after_an_error_and_so_is_its_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "END_LIMIT_S", 0.1)
    with pytest.raises(KeyboardInterrupt), start(tmp_path, "clings") as process:  # noqa: PT012 - what is raised where is the point
        assert port_of(process) == 1
        raise KeyboardInterrupt
    leader = int((tmp_path / "file").read_text())
    assert process.exit_code == -9
    latest = time.monotonic() + 20.0  # what was killed needs a moment to die
    while living(leader) and time.monotonic() < latest:
        time.sleep(0.005)
    assert living(leader) == []


def living(group: int) -> list[str]:
    """Processes of the group that still run; a zombie runs no more."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = entry.read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if int(its_group) == group and state not in "ZX":
            found.append(entry.parent.name)
    return found


def test_only_settings_that_differ_from_the_default_become_flags() -> None:
    settings = [("workers", 8, 4), ("backlog", 5, 5), ("request_buffering", False, True), ("fast", True, False)]
    assert flags_of(settings) == ["--workers", "8", "--no-request-buffering", "--fast"]


def test_a_descriptor_is_not_left_open(tmp_path: Path) -> None:
    before = open_descriptors()
    with start(tmp_path, "babbles") as process:
        process.first_line()
    assert open_descriptors() == before


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
