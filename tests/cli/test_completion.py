"""A shell completes commands, models, loads and flags; the script for bash is tried in bash."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.commands import COMMANDS, THE_RUN
from simulator.experiments.catalogue import all_names, servers
from simulator.workload.shipped_scenarios import shipped

SHELLS = ("bash", "zsh", "fish")
ASKED = """
. "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_simulate "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def offered(simulate: Any, tmp_path: Path) -> Any:
    """What bash offers behind these words."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash")
    script = tmp_path / "simulate.bash"
    script.write_text(simulate("completion", "bash").out, encoding="utf-8")

    def call(*words: str) -> list[str]:
        asked = [bash, "--norc", "-c", ASKED, "bash", str(script), "simulate", *words]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()

    return call


def test_bash_completes_commands(offered: Any) -> None:
    assert offered("comp") == ["compare", "completion"]
    assert set(COMMANDS) <= set(offered(""))


def test_bash_completes_models_and_loads(offered: Any) -> None:
    assert sorted(offered("--model", "")) == sorted(all_names(servers()))
    assert set(shipped()) <= set(offered("--model", "prefork", "--load", ""))
    assert offered("measure", "thr") == ["threaded"]
    assert offered("compare", "prefork", "--load", "slow") == ["slow-clients"]


def test_bash_completes_the_flags_of_every_model_and_of_what_stands_in_front(offered: Any) -> None:
    found = set(offered("--model", "prefork", "--"))
    for model in servers():
        assert set(THE_RUN.flags(model)) <= found
    assert "--lang" in found


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_a_script_with_all_of_it(shell: str, simulate: Any) -> None:
    done = simulate("completion", shell)
    assert done.code == 0
    for word in (*COMMANDS, *shipped(), "prefork", "workers"):
        assert word in done.out


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", "complete -o default -F _simulate simulate"),
        ("zsh", ":load:{compadd -- blocking-call cpu-heavy "),
        ("fish", "-l load -r -F -a 'blocking-call cpu-heavy "),
        ("fish", "-n 'not __fish_seen_subcommand_from calibrate "),
    ],
)
def test_a_load_can_be_a_file_too_and_a_flag_can_follow_a_flag(shell: str, line: str, simulate: Any) -> None:
    """As Cyclopts writes its scripts now; if it writes them otherwise one day, this has to be looked at again."""
    assert line in simulate("completion", shell).out


def test_installed_it_lies_where_bash_looks_and_the_message_says_where(
    simulate: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    done = simulate("--install-completion", "bash")
    place = tmp_path / ".local/share/bash-completion/completions/simulate"
    assert (done.code, done.err) == (0, "")
    assert str(place) in done.out
    assert place.read_text(encoding="utf-8") == simulate("completion", "bash").out
    assert str(place) in (tmp_path / ".bashrc").read_text(encoding="utf-8")
