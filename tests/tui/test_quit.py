"""Whoever quits while it plays gets the shell back as it was, whatever the terminal answers, and when."""

import asyncio
import os
import re
import sys
from collections import Counter
from math import inf

import pytest
from textual.pilot import Pilot

from simulator.lab.lab import Lab
from simulator.tui.app import StageApp
from simulator.tui.lab_screen import LabScreen
from simulator.tui.terminal import FAR_S, LOST_S
from tests.tui.conftest import Play
from tests.tui.labs import ManualClock

WATCH = ("--model", "prefork", "--load", "slow-clients", "--watch")
MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
KEYBOARD = re.compile(rb"\x1b\[([<>])[0-9]*u")
AS_USUAL = {b"7": b"h", b"25": b"h"}
"""Lines are wrapped and the cursor is shown; everything else is off."""
LAST = b"\x1b[?1004l"
"""What Textual writes last."""


def left_on(written: bytes) -> dict[bytes, bytes]:
    """The modes of the terminal that are not as usual."""
    modes = {mode: state for several, state in MODE.findall(written) for mode in several.split(b";")}
    return {mode: state for mode, state in modes.items() if state != AS_USUAL.get(mode, b"l")}


def typed(shell: int) -> bytes:
    """What a shell would now read as if somebody had typed it."""
    import termios
    import tty

    tty.setraw(shell, termios.TCSANOW)  # and throw nothing away
    os.set_blocking(shell, False)
    try:
        return os.read(shell, 1 << 16)
    except BlockingIOError:
        return b""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals that Python can open")
@pytest.mark.parametrize(
    ("first_s", "then_s"),
    [(0.0, 0.0), (0.5, 0.5), (2.0, 2.0), (inf, inf), (0.0, inf)],
    ids=["at once", "late", "very late", "never", "no more"],
)
def test_the_terminal_is_left_as_it_was_however_late_it_answers(first_s: float, then_s: float) -> None:
    import termios

    from tests.tui.link import Link
    from tests.tui.window import window

    with window((120, 36), *WATCH) as opened:
        before = termios.tcgetattr(opened.shell)
        link = Link(opened.terminal, inf)
        link.answer_s = first_s
        link.until(lambda: link.pictures >= 10 and (link.answered > 0 or first_s == inf))
        link.answer_s = then_s
        link.press(b"q")
        link.until(lambda: opened.program.poll() is not None)
        link.until(lambda: link.said(LAST) and link.is_quiet)
        assert opened.program.returncode == 0
        assert left_on(bytes(link.passed)) == {}
        pushed = Counter(KEYBOARD.findall(bytes(link.passed)))
        assert pushed[b"<"] == pushed[b">"]
        assert termios.tcgetattr(opened.shell) == before
        assert typed(opened.shell) == b""


def test_it_ends_when_the_terminal_has_answered(lab: Lab, now: ManualClock, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        app = _asked(pilot, now)
        await pilot.press("q")
        assert app.is_running
        app.pace.answer(2)
        await _ended(app)

    assert play(lab, played).return_value == 0


def test_nothing_more_is_drawn_meanwhile(lab: Lab, now: ManualClock, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        app = _asked(pilot, now)
        screen = app.screen
        assert isinstance(screen, LabScreen)
        lab.playhead.play()
        await pilot.press("q")
        before = screen.pictures
        now.pass_s(0.1)
        screen.tick()
        assert screen.pictures == before
        app.pace.answer(2)
        await _ended(app)

    play(lab, played)


def test_it_ends_when_an_answer_was_lost(lab: Lab, now: ManualClock, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        app = _asked(pilot, now)
        await pilot.press("q")
        assert app.is_running
        now.pass_s(LOST_S + 0.1)
        await _ended(app)

    assert play(lab, played).return_value == 0


def test_whoever_presses_the_key_twice_does_not_wait(lab: Lab, now: ManualClock, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        app = _asked(pilot, now)
        await pilot.press("q", "q")
        await _ended(app)

    assert play(lab, played).return_value == 0


def _asked(pilot: Pilot[int], now: ManualClock) -> StageApp:
    """The terminal has answered once, and has just been asked again."""
    app = pilot.app
    assert isinstance(app, StageApp)
    app.pace.ask()
    now.pass_s(FAR_S / 2)
    app.pace.answer(1)
    app.pace.ask()
    return app


async def _ended(app: StageApp) -> None:
    async with asyncio.timeout(60.0):
        while app.return_value is None:
            await asyncio.sleep(0.01)
