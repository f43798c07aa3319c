"""Over a slow line there are fewer pictures, and keys do not wait behind them.

Times are those of the line: the bytes that pass between a key and what it changes. They are the same on a busy machine;
`make bench` says what the clock says.
"""

import sys
from collections.abc import Callable

import pyte
import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals that Python can open"),
]
BYTES_PER_S = 60_000.0
SLOW_CLIENTS = ("--model", "prefork", "--load", "slow-clients", "--watch")
DENSE = (
    *(*SLOW_CLIENTS, "--workers", "64", "--backlog", "1024", "--rate", "480", "--duration", "120s"),
    *("--set", "machine.cores=8", "--fps", "30"),
)
PLAYING, PAUSED, BUSY = "►", "‖", "computing"
PROMISED_S = 1.5
"""From a key to what it changes."""
PROGRAM_S = 0.5
"""What is left of that for the program, which may have to share its core."""
WHOLE_S = 2.0
"""Until the last row is there too, where every row becomes another one: such a picture alone takes most of a second."""
TRIES = 3
KEYS: tuple[tuple[bytes, Callable[[str], bool]], ...] = (
    (b" ", lambda top: PAUSED in top),
    (b" ", lambda top: PLAYING in top),
    (b"]", lambda top: "\N{MULTIPLICATION SIGN}2" in top),
    (b"[", lambda top: "\N{MULTIPLICATION SIGN}1" in top),
)
"""What is pressed in turn, and what the lines at the top show then."""
ANOTHER = (b"n", lambda top: BUSY in top or "nginx" in top)
"""For another server thousands of requests are simulated; that this has begun is seen at once."""


@pytest.mark.parametrize(
    ("size", "arguments"), [((120, 36), SLOW_CLIENTS), ((160, 45), DENSE)], ids=["4 lanes", "64 lanes"]
)
def test_keys_are_answered_in_time_while_the_line_takes_all_it_can(
    size: tuple[int, int], arguments: tuple[str, ...]
) -> None:
    from tests.tui.link import Link
    from tests.tui.window import window

    screen = pyte.Screen(*size)
    begun, whole = [], []
    with window(size, *arguments) as opened:
        link = Link(opened.terminal, BYTES_PER_S, screen=screen)
        link.until_drawn(lambda: PLAYING in _top(screen))
        for key, changed in (*KEYS * TRIES, ANOTHER):
            if PLAYING in _top(screen):  # the worst moment for a key: a whole picture is before it
                link.until_picture_begins()
            before = link.carried
            link.press(key)
            link.until(lambda changed=changed: changed(_top(screen)))  # type: ignore[misc]
            begun.append((link.carried - before) / BYTES_PER_S)
            link.until_drawn(lambda: True)
            whole.append((link.carried - before) / BYTES_PER_S)
    assert max(begun) < PROMISED_S - PROGRAM_S, begun
    assert max(whole) < WHOLE_S, whole


def test_at_the_start_no_more_pictures_are_sent_than_the_line_takes() -> None:
    from tests.tui.link import Link
    from tests.tui.window import window

    with window((160, 45), *DENSE) as opened:
        link = Link(opened.terminal, BYTES_PER_S)
        most = 0

        def drawn() -> bool:
            nonlocal most
            most = max(most, link.on_its_way)
            return link.pictures >= 5

        link.until(drawn)
    assert most < PROMISED_S * BYTES_PER_S


def _top(screen: pyte.Screen) -> str:
    """The first row, and the one in which the name of the server is; much less work than ``screen.display``."""
    return "".join(screen.buffer[row][col].data for row in (0, 1) for col in range(screen.columns))
