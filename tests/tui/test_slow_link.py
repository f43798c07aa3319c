"""Over a slow line there are fewer pictures, and keys do not wait behind them."""

import sys

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals that Python can open"),
]
BYTES_PER_S = 60_000.0
SIZE = (160, 45)
WATCH = ("--model", "prefork", "--workers", "24", "--load", "slow-clients", "--watch")
PLAYING, PAUSED = "►", "‖"
PROMISED_S = 1.5
"""From a key to what it changes; half of it is left for the program, which may have to share its core."""
TRIES = 3


def test_keys_are_answered_in_time_while_the_line_takes_all_it_can() -> None:
    from tests.tui.slow_link import slow_link

    before = []
    with slow_link(SIZE, BYTES_PER_S, *WATCH) as link:
        link.until(PLAYING, "worker 0")
        for _ in range(TRIES):
            sent = link.bytes
            link.press(" ")
            link.until(PAUSED)
            before.append(link.bytes - sent)
            link.press(" ")
            link.until(PLAYING)
    # In bytes that the line carries meanwhile, and not by a clock: that is the same on a busy machine.
    assert min(before) / BYTES_PER_S < PROMISED_S / 2, before
