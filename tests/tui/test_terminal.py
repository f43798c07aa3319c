"""The screen in a real terminal (tmux): it starts, plays, seeks, survives being resized, and leaves no trace."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc to find the program"),
]
ROOT = Path(__file__).parents[2]
PROGRAM = "import sys; from simulator.cli.main import main; sys.exit(main())"
WATCH = ("--model", "prefork", "--load", "slow-clients", "--watch")
DEADLINE_S = 60.0
"""Only how long a broken program is waited for."""
WORKER = re.compile(r"\bw(orker )?0\b")
"""What the first lane is called, short where there is little room."""
SIZES = [(160, 45), (120, 36), (80, 24), (40, 12)]


class Terminal:
    """A tmux server of our own with one window, in which a shell has started the program."""

    def __init__(self, folder: Path, size: tuple[int, int], arguments: tuple[str, ...], **environment: str) -> None:
        self._socket = str(folder / "tmux")
        # By env and not by tmux, which sets TERM itself.
        given = [f"{name}={value}" for name, value in environment.items()]
        program = shlex.join(["env", *given, sys.executable, "-c", PROGRAM, *arguments])
        shell = f"cd {shlex.quote(str(ROOT))}; {program}; echo ended with $?; exec cat"
        width, height = map(str, size)
        new = ("new-session", "-d", "-x", width, "-y", height, "sh", "-c", shell)
        self._tmux("-f", os.devnull, *new, env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"})

    def _tmux(self, *words: str, env: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-S", self._socket, *words], env=env, capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def terminate(self) -> None:
        """Send SIGTERM to the program: the child of the window's shell."""
        shell = self._tmux("display-message", "-p", "#{pane_pid}").strip()
        (program,) = Path(f"/proc/{shell}/task/{shell}/children").read_text(encoding="ascii").split()
        os.kill(int(program), signal.SIGTERM)

    def resize(self, width: int, height: int) -> None:
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    @property
    def picture(self) -> str:
        return self._tmux("capture-pane", "-p")

    @property
    def is_plain(self) -> bool:
        """Neither the second screen nor the mouse is the program's any more."""
        return self._tmux("display-message", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}").strip() == "001"

    def until(self, seen: Callable[[str], bool]) -> str:
        """Wait until the picture is so, and return it."""
        end = time.monotonic() + DEADLINE_S
        while not seen(picture := self.picture):
            assert time.monotonic() < end, f"never seen:\n{picture}"
            time.sleep(0.05)  # between two looks; nothing depends on how long it is
        return picture

    def end(self) -> None:
        self._tmux("kill-server")


def shows_a_worker(picture: str) -> bool:
    return WORKER.search(picture) is not None


Open = Callable[..., Terminal]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Open]:
    opened: list[Terminal] = []

    def start(size: tuple[int, int], *arguments: str, **environment: str) -> Terminal:
        opened.append(Terminal(tmp_path, size, arguments, **environment))
        return opened[0]

    yield start
    for each in opened:
        each.end()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_it_starts_plays_seeks_is_resized_and_leaves_a_clean_terminal(terminal: Open, size: tuple[int, int]) -> None:
    screen = terminal(size, *WATCH)
    first = screen.until(shows_a_worker)
    playing = screen.until(lambda seen: seen != first)
    screen.resize(size[0] - 5, size[1] - 2)
    screen.until(lambda seen: seen != playing and max(map(len, seen.splitlines())) <= size[0] - 5)
    screen.press("Space", "Home")
    screen.until(lambda seen: "0.000 s" in seen)
    screen.press("Right", "Right")
    screen.until(lambda seen: "2.000 s" in seen)
    screen.press("q")
    screen.until(lambda seen: "ended with 0" in seen)
    assert screen.is_plain


@pytest.mark.parametrize("keys", ["q", "C-q", "C-c"])
def test_every_way_to_quit_ends_well(terminal: Open, keys: str) -> None:
    screen = terminal((80, 24), *WATCH)
    screen.until(shows_a_worker)
    screen.press(keys)
    screen.until(lambda seen: "ended with 0" in seen)
    assert screen.is_plain


@pytest.mark.parametrize(
    "environment",
    [{"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"TERM": "linux"}],
    ids=["LANG=C", "TERM=linux"],
)
def test_a_terminal_that_knows_only_ascii_gets_nothing_else(terminal: Open, environment: dict[str, str]) -> None:
    screen = terminal((120, 36), *WATCH, **environment)
    assert screen.until(shows_a_worker).isascii()
    screen.press("q")
    screen.until(lambda seen: "ended with 0" in seen)


def test_a_program_that_is_terminated_leaves_a_clean_terminal(terminal: Open) -> None:
    screen = terminal((80, 24), *WATCH)
    screen.until(shows_a_worker)
    screen.terminate()
    screen.until(lambda seen: "ended with 143" in seen)
    assert screen.is_plain


def test_the_word_simulate_alone_opens_the_first_screen_and_enter_goes_on(terminal: Open) -> None:
    screen = terminal((120, 36))
    screen.until(lambda seen: "slow-clients" in seen and "coroutine" in seen)
    screen.press("Enter")
    screen.until(shows_a_worker)
    screen.press("n")
    screen.until(lambda seen: seen.splitlines()[1].count("nginx") == 2)  # of the two, one had it before
    screen.press("q")
    screen.until(lambda seen: "ended with 0" in seen)
    assert screen.is_plain


def test_two_servers_are_opened_side_by_side(terminal: Open) -> None:
    screen = terminal((120, 36), "compare", "prefork", "coroutine", "--load", "slow-clients", "--watch")
    screen.until(lambda seen: "─ A  prefork " in seen and "─ B  coroutine " in seen)
    screen.press("q")
    screen.until(lambda seen: "ended with 0" in seen)
