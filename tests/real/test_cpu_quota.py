"""A container's quota is read from its control group, in both versions, and measuring and calibrating know it."""

from pathlib import Path

import pytest

from simulator.experiments.options import RunOptions
from simulator.real import cpu_quota as module
from simulator.real.calibrate.findings import machine_of
from simulator.real.cpu_quota import cores_here, cpu_quota, limited
from simulator.workload.machine_table import machine_text

UNLIMITED = "max 100000"


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree of files, on a machine with two cores."""
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    return tmp_path


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        file = root / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n", "ascii")


def group(root: Path, *lines: str) -> None:
    write(root, proc__self__cgroup="\n".join(lines))


def limit(root: Path, folder: str, name: str, text: str) -> None:
    file = root / "sys/fs/cgroup" / folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n", "ascii")


@pytest.mark.parametrize(
    ("text", "cores"),
    [
        ("50000 100000", 0.5),
        ("150000 100000", 1.5),
        ("5000 10000", 0.5),
        ("33333 100000", 0.33),
        ("1 100000", 0.01),
        (UNLIMITED, None),
        ("", None),
        ("fifty of them", None),
        ("50000", None),
        ("50000 0", None),
        ("-1 100000", None),
    ],
)
def test_the_quota_of_version_2_is_its_part_of_the_period(root: Path, text: str, cores: float | None) -> None:
    group(root, "0::/")
    limit(root, "", "cpu.max", text)
    assert cpu_quota() == cores


def test_the_smallest_quota_on_the_way_up_counts(root: Path) -> None:
    group(root, "0::/pod/container")
    limit(root, "pod/container", "cpu.max", "80000 100000")
    limit(root, "pod", "cpu.max", "60000 100000")
    limit(root, "", "cpu.max", UNLIMITED)
    assert cpu_quota() == 0.6


def test_in_a_container_the_path_leads_nowhere_and_the_root_is_its_own_group(root: Path) -> None:
    group(root, "0::/docker/4711")
    limit(root, "", "cpu.max", "50000 100000")
    assert cpu_quota() == 0.5


def test_a_group_beside_the_root_of_a_namespace_is_not_looked_for_outside(root: Path) -> None:
    group(root, "0::/../../elsewhere")
    (root / "sys/fs").mkdir(parents=True)
    (root / "sys/fs/cpu.max").write_text("10000 100000", "ascii")
    limit(root, "", "cpu.max", "50000 100000")
    assert cpu_quota() == 0.5


@pytest.mark.parametrize(("controllers", "folder"), [("cpu", "cpu"), ("cpu,cpuacct", "cpu,cpuacct")])
@pytest.mark.parametrize(("quota", "cores"), [("25000", 0.25), ("-1", None), ("nothing", None)])
def test_version_1_has_a_file_for_each_of_the_two_numbers(
    root: Path, controllers: str, folder: str, quota: str, cores: float | None
) -> None:
    group(root, "4:memory:/a", f"2:{controllers}:/a", "0::/")
    limit(root, f"{folder}/a", "cpu.cfs_quota_us", quota)
    limit(root, f"{folder}/a", "cpu.cfs_period_us", "100000")
    assert cpu_quota() == cores


def test_without_any_of_these_files_nothing_is_limited(root: Path) -> None:
    assert (cpu_quota(), cores_here()) == (None, 2)


def test_a_quota_of_more_than_there_is_limits_nothing(root: Path) -> None:
    group(root, "0::/")
    limit(root, "", "cpu.max", "400000 100000")
    assert (cpu_quota(), cores_here()) == (4.0, 2)


def test_a_calibrated_machine_has_the_quota_of_its_container(root: Path) -> None:
    assert (machine_of([]).cores, machine_of([]).cpu_quota) == (2, 0.0)
    group(root, "0::/")
    limit(root, "", "cpu.max", "150000 100000")
    assert (machine_of([]).cores, machine_of([]).cpu_quota) == (2, 1.5)
    assert "cores = 1.5\n" in machine_text(machine_of([]))


def test_what_is_measured_in_a_container_is_predicted_with_its_quota_and_that_is_said_once(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    group(root, "0::/")
    limit(root, "", "cpu.max", "50000 100000")
    many = limited([RunOptions(load="steady"), RunOptions(load="mixed")])
    assert [each.cores for each in many] == [0.5, 0.5]
    said = capsys.readouterr().err
    assert said.count("simulate: ") == 1
    assert "this container may use 0.5 of 2 cores (its CPU quota)" in said
    assert "--cores 0.5" in said


@pytest.mark.parametrize("options", [RunOptions(cores=2.0), RunOptions(set=("machine.cores = 2",))])
def test_whoever_says_how_many_cores_is_warned_and_gets_them(
    root: Path, options: RunOptions, capsys: pytest.CaptureFixture[str]
) -> None:
    group(root, "0::/")
    limit(root, "", "cpu.max", "50000 100000")
    assert limited([options]) == [options]
    assert "whatever --cores says" in capsys.readouterr().err


def test_nothing_is_said_where_nothing_is_limited(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert limited([RunOptions(load="steady")]) == [RunOptions(load="steady")]
    assert capsys.readouterr().err == ""
