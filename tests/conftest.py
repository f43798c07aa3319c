"""What holds for every test: generated examples have no time limit, Ctrl-C is heard, and a report says which kernel was
tested.
"""

import os
import signal
from collections.abc import Iterator
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from simulator.engine import loading
from simulator.words.language import VARIABLE, speak

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# Tests read English, whatever the terminal speaks in which somebody runs them; processes that they start inherit it.
os.environ["LANG"] = "C.UTF-8"
for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", VARIABLE):
    os.environ.pop(variable, None)

# Side by side, pytest tells its processes a size of a terminal, which programs would believe more than their own.
for variable in ("COLUMNS", "LINES"):
    os.environ.pop(variable, None)

# What was watched last is forgotten with the tests.
STATE = TemporaryDirectory(prefix="loopfork-tests-state-")
os.environ["XDG_STATE_HOME"] = STATE.name

# A shell starts what it runs in the background deaf to Ctrl-C, and children inherit that. Tests press Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# Under nohup the same holds for a terminal that goes away.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_report_header(config: pytest.Config) -> str:
    try:
        return f"kernel: {loading.kernel().__name__} {loading.kernel_notice() or ''}"
    except Exception as error:  # the tests will say it better
        return f"kernel: {error}"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A test that speaks Chinese leaves no trace in the next one."""
    speak("en")
    yield
    speak("en")
