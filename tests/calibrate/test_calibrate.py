"""A machine is measured with real code, and what is found can be simulated with."""

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.calibrate import missing_folders, save, tables
from simulator.cli.main import main
from simulator.experiments.catalogue import catalogue
from simulator.experiments.deployment import Deployment
from simulator.plan import Machine
from simulator.real.calibrate import buffers
from simulator.real.calibrate.findings import Finding, bare_findings, machine_of, server_findings
from simulator.real.calibrate.probes import PROBES
from simulator.real.calibrate.samples import spread
from simulator.real.calibrate.servers import ServerCost, seconds_of, work_of
from simulator.real.processes import MeasureError
from simulator.results.terminal import show
from simulator.trace.facts import BUSY
from simulator.words.numbers import size
from simulator.workload.load import ScenarioError, load
from simulator.workload.machine_table import OF_SERVERS, machine_text, read_machine

pytestmark = pytest.mark.real
KEYS = {field.name.removesuffix("_s") for field in fields(Machine)} - {"cpu_quota", "cpu_factor"}
"""What a machine file has: a quota is written as a fraction of ``cores``, and a server sets the factor."""
OF_ITS_SERVER = {name.removesuffix("_s") for name in OF_SERVERS}
"""What a profile says, and no machine: ``calibrate --server`` finds it, or the table knows it."""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*words: str | Path) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return call


@pytest.mark.slow
def test_a_quick_calibration_finds_every_value_of_the_machine(machine_file: Path) -> None:
    assert tomllib.loads(machine_file.read_text("utf-8"))["machine"].keys() == KEYS - OF_ITS_SERVER


@pytest.mark.slow
def test_what_it_finds_is_possible(machine_file: Path) -> None:
    machine = load("io-heavy", machine=read_machine(machine_file)).machine
    for field in fields(Machine):
        of_its_server = field.name.removesuffix("_s") in OF_ITS_SERVER
        if of_its_server:
            assert getattr(machine, field.name) == field.default, field.name
        elif field.name.endswith("_s") and field.name != "hand_over_cost_s":  # a difference, on a busy machine even 0
            assert 1e-8 < getattr(machine, field.name) < 1.0, field.name
    assert machine.accept_cost_s < machine.request_cost_s < machine.proxy_cost_s * 100
    assert 1024 < machine.receive_buffer < 2**28
    assert 1024 < machine.send_buffer < 2**28
    assert 1024 < machine.send_buffer_most < 2**28


@pytest.mark.slow
def test_it_prints_a_spread_for_each_constant_and_each_server(
    calibration: subprocess.CompletedProcess[str], machine_file: Path
) -> None:
    lines = [line.split() for line in calibration.stdout.splitlines()]
    counted = {
        "cores",
        "syn_retries",
        "full_backlog",
    }
    for key in KEYS - counted - OF_ITS_SERVER:
        assert any(line[-1] == key for line in lines if line), key
    for name in (model.name for model in catalogue().values() if not any(model.missing)):
        assert any(line[0].rstrip(",") == name for line in lines if line), name
    assert "use it with --machine calibrated" in " ".join(calibration.stdout.split())
    assert "…" not in calibration.stdout


@pytest.mark.slow
def test_no_process_is_left(calibration: subprocess.CompletedProcess[str], home: Path) -> None:
    assert calibration.returncode == 0
    assert [pid for pid, said in environments() if str(home) in said] == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_calibration_that_is_interrupted_leaves_no_process_no_file_and_no_folder(number: int, tmp_path: Path) -> None:
    command = subprocess.Popen(
        [sys.executable, "-c", "import sys; from simulator.cli.main import main; sys.exit(main())", "calibrate"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "settings"), "TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    latest = time.monotonic() + 60.0
    while len(started_in(tmp_path)) < 2:  # itself, and what it has started
        assert time.monotonic() < latest
        time.sleep(0.01)
    command.send_signal(number)
    _, said = command.communicate(timeout=60.0)
    assert command.returncode == 128 + number, said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []
    while started_in(tmp_path):
        assert time.monotonic() < latest
        time.sleep(0.01)


def started_in(home: Path) -> list[str]:
    """Processes whose settings or temporary files are there."""
    return [pid for pid, said in environments() if str(home) in said]


def environments() -> Iterator[tuple[str, str]]:
    """Of all processes: what each was started with."""
    for file in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # ended meanwhile, or somebody else's
            yield file.parent.name, file.read_text(errors="replace")


def test_a_machine_survives_its_file(tmp_path: Path) -> None:
    machine = Machine(cores=3, switch_cost_s=1.5e-6, time_slice_s=0.003, send_buffer=5000.0, syn_retries="classic")
    path = tmp_path / "machine.toml"
    path.write_text(machine_text(machine), "utf-8")
    scenario = tmp_path / "load.toml"
    scenario.write_text(SCENARIO, "utf-8")
    again = asdict(load(str(scenario), machine=read_machine(path)).machine)
    words = {key: value for key, value in asdict(machine).items() if isinstance(value, str)}
    assert words.items() <= again.items()
    assert {**again, **words} == pytest.approx({**asdict(machine), **words})


def test_the_scenario_wins_over_the_file_and_set_over_both(tmp_path: Path) -> None:
    file = {"cores": 64, "request_cost": "9 ms"}
    scenario = load("io-heavy", machine=file)
    assert scenario.machine.cores == 2
    assert scenario.machine.request_cost_s == pytest.approx(0.009)
    changed = load("io-heavy", [("machine.request_cost", "1 ms")], file)
    assert changed.machine.request_cost_s == pytest.approx(0.001)


@pytest.mark.parametrize("server", ["prefork", "threaded"])
def test_a_slower_machine_makes_slower_answers(server: str, tmp_path: Path, run: Any) -> None:
    slow = tmp_path / "slow.toml"
    slow.write_text('[machine]\nrequest_cost = "20 ms"\n', "utf-8")
    words = ("--model", server, "--load", "io-heavy", "--rate", "10", "--duration", "20s", "--json", "-")
    means = []
    for machine in ((), ("--machine", slow)):
        code, out, err = run(*words, *machine)
        assert (code, err) == (0, "")
        means.append(json.loads(out)["latency_ms"]["mean"])
    assert means[1] > means[0] + 15


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cores = 2\n", "machine.toml: no [machine] table"),
        ("[machine]\ncores = 0\n", "machine.toml:2: machine.cores = 0: expected a number of cores from 0.01 to 4096"),
        ('[machine]\nswitch_cots = "1 us"\n', 'unknown key (did you mean "switch_cost"?)'),
        ("[machine]\n[server]\n", "machine.toml:2: server: unknown key"),
        ("[machine\n", "machine.toml:1: not TOML"),
    ],
)
def test_a_wrong_machine_file_gets_one_message(text: str, said: str, tmp_path: Path, run: Any) -> None:
    path = tmp_path / "machine.toml"
    path.write_text(text, "utf-8")
    code, out, err = run("--model", "prefork", "--load", "steady", "--machine", path)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_missing_file_and_a_missing_calibration_say_what_to_type(
    tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for named in ("calibrated", tmp_path / "nowhere.toml"):
        code, _, err = run("--model", "prefork", "--load", "steady", "--machine", named)
        assert code == 2
        assert "simulate calibrate" in err


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_measured(tmp_path: Path, run: Any) -> None:
    code, out, err = run("calibrate", "--output", tmp_path / "nowhere" / "machine.toml")
    assert (code, out) == (2, "")
    assert "mkdir -p" in err


@pytest.mark.parametrize("why", [KeyboardInterrupt(), MeasureError("a server died")])
def test_a_calibration_that_comes_to_nothing_leaves_no_folder(
    why: BaseException, tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(_: int) -> None:
        raise why

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "not" / "there"))
    monkeypatch.setattr("simulator.cli.calibrate._bare_samples", broken_off)
    code, _, err = run("calibrate", "--quick")
    assert code == (130 if isinstance(why, KeyboardInterrupt) else 1)
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("others", "is_said"), [(BUSY - 0.01, False), (0.43, True)])
def test_a_calibration_beside_other_programs_says_so(
    others: float, is_said: bool, tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 0.0, 0.0))
    for name, stand_in in (
        ("_bare_samples", lambda _: {}),
        ("measured_servers", lambda *_: []),
        ("_findings", lambda *_: []),
        ("_gil_table", lambda *_: []),
        ("share_of_others", lambda *_: others),
    ):
        monkeypatch.setattr(f"simulator.cli.calibrate.{name}", stand_in)
    code, out, err = run("calibrate", "--output", tmp_path / "machine.toml")
    assert (code, "Saved as" in out) == (0, True)
    assert ("other programs had 43 % of the processor meanwhile" in err) == is_said
    assert bool(err) == is_said


def test_the_folder_of_the_machine_file_is_made_when_there_is_something_to_save(tmp_path: Path) -> None:
    target = tmp_path / "not" / "there" / "machine.toml"
    save(machine_text(Machine()), target, missing_folders(target))
    assert "[machine]" in target.read_text("utf-8")


def test_a_settings_folder_that_cannot_be_made_is_refused_before_anything_is_measured(
    tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file" / "settings"))
    monkeypatch.setattr("simulator.cli.calibrate._bare_samples", lambda _: pytest.fail("it measures"))
    code, _, err = run("calibrate")
    assert (code, err.count("\n")) == (2, 1)


def test_an_unknown_flag_of_calibrate_is_explained(run: Any) -> None:
    code, _, err = run("calibrate", "--quik")
    assert (code, "Did you mean --quick?" in err) == (2, True)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_figure_of_the_tables_is_cut_however_narrow_the_terminal_is(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    times = [0.012345, 0.023456, 0.034567]
    findings = [Finding(what="what a rather long name costs", samples=times, field="accept_cost_s")]
    servers = [replace(server(0.045678), name="coroutine --connections 1000 --pool 20")]
    show(tables(findings, servers, Machine(), "done"))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    words = " ".join(lines).split()
    assert all(figure in words for figure in ("12.3", "23.5", "34.6", "45.7", "4.77", "accept_cost"))


def test_what_a_request_pays_is_read_off_the_plan() -> None:
    model = catalogue()["coroutine"]
    work = work_of(Deployment(model=model, config=model.config()))
    once, twice = {"accept_cost_s": 1, "request_cost_s": 1, "response_cost_s": 1}, {"loop_turn_cost_s": 2}
    assert work == {**once, **twice, "task_switch_cost_s": 2}
    machine = replace(Machine(accept_cost_s=1.0, request_cost_s=2.0, response_cost_s=0.5), loop_turn_cost_s=4.0)
    machine = replace(machine, task_switch_cost_s=8.0)
    assert seconds_of(work, machine) == 27.5


def server(used: float, *, in_front: bool = False, **work: float) -> ServerCost:
    return ServerCost(
        name="some", work=work, in_front=in_front, request_s=[used], process_bytes=[5e6], connection_bytes=1000.0
    )


def test_costs_that_cannot_be_measured_alone_are_what_servers_need_beyond_the_others() -> None:
    servers = [
        server(5.0, accept_cost_s=1, request_cost_s=1),
        server(9.0, accept_cost_s=1, request_cost_s=1, hand_over_cost_s=1),
        server(7.0, in_front=True, proxy_cost_s=1),
        server(100.0, accept_cost_s=1, request_cost_s=1, loop_turn_cost_s=1),
    ]
    machine = machine_of(list(server_findings(servers, {"accept_cost_s": 2.0})))
    assert (machine.request_cost_s, machine.hand_over_cost_s, machine.proxy_cost_s) == (3.0, 4.0, 7.0)


def test_what_could_not_be_measured_keeps_its_default() -> None:
    samples = {key: [0.5] for key in PROBES} | {"time_slice": list[float]()}
    machine = machine_of(list(bare_findings(samples)))
    assert (machine.time_slice_s, machine.switch_cost_s) == (Machine().time_slice_s, 0.5)


def test_a_send_buffer_is_found_twice_before_anything_is_read_and_at_its_fullest() -> None:
    samples = {key: [0.5] for key in PROBES} | {"send_buffer": [2.2e6], "send_buffer_most": [2.4e6]}
    machine = machine_of(list(bare_findings(samples)))
    assert (machine.send_buffer, machine.send_buffer_most) == (2.2e6, 2.4e6)


def test_a_send_buffer_of_loopback_does_not_grow_as_the_default_does() -> None:
    begins, most = buffers.send_buffer(1, slow=True), buffers.send_buffer_most(1)
    assert 0 < most[0] <= buffers.RESPONSE_BYTES
    grown = Machine().send_buffer_most / Machine().send_buffer
    assert most[0] / begins[0] < grown / 4


def test_a_send_buffer_is_filled_until_it_takes_nothing_more_though_who_asks_for_room_hears_no_sooner() -> None:
    with buffers._connected(slow=True) as (server, _):
        taken = buffers._taken(server)
        assert buffers._filled(server, 65536, buffers.MOST_BYTES) < 0.1 * taken


def test_the_spread_is_that_of_the_samples() -> None:
    assert spread([float(n) for n in range(11)]) == (5.0, 1.0, 9.0)
    assert (size(2.25 * 2**20), size(105 * 1024), size(471)) == ("2.25 MiB", "105 KiB", "471 B")


def test_a_machine_file_with_several_mistakes_names_them_all(tmp_path: Path) -> None:
    path = tmp_path / "machine.toml"
    path.write_text('[machine]\ncores = 0\nreceive_buffer = 7\nsyn_retries = "often"\n', "utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_machine(path)
    assert len(str(caught.value).splitlines()) == 3


SCENARIO = """
title = "Something"
duration = "1 s"
arrivals = {kind = "poisson", rate = 1}
requests = [{name = "page", steps = [{cpu = "1 ms"}]}]
"""
