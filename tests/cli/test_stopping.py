"""SIGTERM is heard as Ctrl-C is: once, in the main thread, and not in the moment in which files get their names."""

import signal
from pathlib import Path

import pytest

from simulator.cli.main import Terminated, terminated_like_ctrl_c
from simulator.results.whole_files import whole_files


def test_sigterm_leaves_the_block_as_ctrl_c_would() -> None:
    with pytest.raises(KeyboardInterrupt) as stopped, terminated_like_ctrl_c():
        signal.raise_signal(signal.SIGTERM)
    assert stopped.type is Terminated


def test_a_second_sigterm_does_not_disturb_the_cleaning_up() -> None:
    cleaned = []

    @terminated_like_ctrl_c()
    def work() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGTERM)
            cleaned.append("everything")

    with pytest.raises(Terminated):
        work()
    assert cleaned == ["everything"]


def test_afterwards_sigterm_means_what_it_meant_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with terminated_like_ctrl_c():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_files_that_are_being_put_in_place_come_first(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def interrupted(source: Path, target: Path) -> Path:
        signal.raise_signal(number)
        return real(source, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    names = [tmp_path / "one", tmp_path / "two"]

    @terminated_like_ctrl_c()
    def write() -> None:
        with whole_files() as files:
            for name in names:
                files.write(name, Path.touch)

    with pytest.raises(KeyboardInterrupt):
        write()
    assert sorted(tmp_path.iterdir()) == names
