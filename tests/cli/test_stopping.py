"""SIGTERM and SIGHUP are heard as Ctrl-C is: once, in the main thread, and not while files get their names."""

import signal
from contextlib import suppress
from pathlib import Path

import pytest

from simulator.cli.main import main
from simulator.cli.stopping import Terminated, terminated_like_ctrl_c
from simulator.results.whole_files import whole_files
from simulator.workload.load import ScenarioError


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_a_library_takes_for_a_wrong_value_does_not_become_a_message_about_the_file(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def validated(*_: object) -> None:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(number)
        raise ScenarioError("load.toml: rate: expected a number")

    monkeypatch.setattr("simulator.workload.load.load", validated)
    assert main(["--model", "prefork", "--load", "load.toml"]) == 128 + number
    assert capsys.readouterr().err == ""


def test_without_a_signal_the_message_about_the_file_stays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def validated(*_: object) -> None:
        raise ScenarioError("load.toml: rate: expected a number")

    monkeypatch.setattr("simulator.workload.load.load", validated)
    assert main(["--model", "prefork", "--load", "load.toml"]) == 2
    assert capsys.readouterr().err == "simulate: load.toml: rate: expected a number\n"


def test_sighup_is_heard_too_unless_it_is_ignored_as_under_nohup() -> None:
    with pytest.raises(Terminated) as stopped, terminated_like_ctrl_c():
        signal.raise_signal(signal.SIGHUP)
    assert stopped.value.code == 129
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with terminated_like_ctrl_c() as came:
            signal.raise_signal(signal.SIGHUP)
            assert came() is None
    finally:
        signal.signal(signal.SIGHUP, before)


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
