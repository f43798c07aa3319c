"""What a step does to the locks of a real server: who computes, who only waits, and who takes the process down."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from models.wire.message import Request
from models.wire.syntax import Refused
from models.wire.work import Phase, burn, do, parse


@pytest.fixture
def nobody_is_asked_to_let_go() -> Iterator[None]:
    """Threads give up the GIL only where they wait, or where native code lets go of it."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1000.0)
    yield
    sys.setswitchinterval(before)


def _another_thread_gets_on(work: Callable[[], None]) -> bool:
    got_on: list[bool] = []
    gate = threading.Lock()
    gate.acquire()

    def other() -> None:
        with gate:
            got_on.append(True)

    thread = threading.Thread(target=other)
    thread.start()
    gate.release()
    work()
    found = bool(got_on)
    thread.join()
    return found


@pytest.mark.usefixtures("nobody_is_asked_to_let_go")
def test_native_work_lets_other_threads_compute() -> None:
    assert _another_thread_gets_on(lambda: do(Phase("native", 0.2)))


@pytest.mark.usefixtures("nobody_is_asked_to_let_go")
def test_pure_python_does_not() -> None:
    assert not _another_thread_gets_on(lambda: burn(0.02))


@pytest.mark.usefixtures("nobody_is_asked_to_let_go")
def test_a_call_that_blocks_needs_neither_gil_nor_core() -> None:
    since = time.thread_time()
    assert _another_thread_gets_on(lambda: do(Phase("block", 0.2)))
    assert time.thread_time() - since < 0.1


def test_native_work_uses_the_cpu_time_that_was_asked_for() -> None:
    do(Phase("native", 0.001))  # now it knows how fast it is
    since = time.thread_time()
    do(Phase("native", 0.05))
    assert time.thread_time() - since >= 0.05


def test_a_crash_takes_the_process_down_and_no_crash_does_not() -> None:
    do(Phase("crash", 0.0))
    pid = os.fork()
    if not pid:
        do(Phase("crash", 1.0))
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def _request(steps: str) -> Request:
    return Request("POST", "/", 0, keep_alive=False, fields={"x-steps": steps})


def test_steps_name_their_kind() -> None:
    job = parse(_request("cpu=0.001,native=0.200000,io=0.03,block=0.5,crash=0.000000"))
    assert [(phase.kind, phase.seconds) for phase in job.phases] == [
        ("cpu", 0.001),
        ("native", 0.2),
        ("io", 0.03),
        ("block", 0.5),
        ("crash", 0.0),
    ]


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(Refused):
        parse(_request("sleep=1"))
