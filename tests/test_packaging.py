"""What is installed, and how the compiled kernel gets there."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest

import simulator
from tests.docs.doing import PACKAGES, copy_of_the_project

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOAD = "from simulator.engine import loading as l; k = l.kernel(); print(k.__name__, k.answer(), l.kernel_notice())"
KERNEL = "from simulator.engine.kernel.answering import answer\n"
HALVING = '''
"""A kernel in two parts."""
from simulator.engine.uncompiled import cython

class Pair(cython.struct):
    first: cython.double
    second: cython.double

def half(n: cython.int) -> cython.double:
    pair: Pair = Pair(n, second=2)
    return pair.first / pair.second
'''
ANSWERING = """
from simulator.engine.kernel.halving import half
from simulator.engine.uncompiled import cython

NUMBER = 85

def element(numbers: cython.double[::1], at: cython.int) -> cython.double:
    return numbers[at]

def answer():
    return half(NUMBER), cython.compiled

def outside():
    from array import array
    return element(array("d", [1.0]), 1)
"""


def run(*command: str, at: Path, **environment: str) -> str:
    """Run Python and return what it printed on stdout; a failure shows everything."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=at,
        env={**os.environ, "PYTHONPATH": str(at), **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of everything that is installed, with nothing built."""
    copy_of_the_project(tmp_path, "pyproject.toml", "setup.py", "README.md", "LICENSE")
    return tmp_path


@pytest.fixture
def small(checkout: Path) -> Path:
    """The same, with a kernel that compiles in no time."""
    folder = checkout / "simulator/engine/kernel"
    shutil.rmtree(folder)
    folder.mkdir()
    for name, text in (("__init__", KERNEL), ("halving", HALVING), ("answering", ANSWERING)):
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return checkout


def needs_c_compiler() -> None:
    if shutil.which(os.environ.get("CC", "cc")) is None:
        pytest.skip("there is no C compiler")


def test_the_installed_version_is_the_one_that_the_package_states() -> None:
    assert metadata.version("loopfork") == simulator.__version__


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for name in PACKAGES for path in (ROOT / name).rglob("*.py")}
    assert len(folders) > len(PACKAGES)
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_dependency_has_its_reason_written_down() -> None:
    reasons = (ROOT / "docs/decisions/0001-dependencies.md").read_text(encoding="utf-8").lower()
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *chain.from_iterable(extras.values())]
    names = [re.split(r"[<>=~\[ ]", line)[0] for line in wanted if not line.startswith("loopfork[")]
    assert "simpy" in names
    assert [name for name in names if f"**{name}**" not in reasons] == []


def test_bare_make_lists_at_most_ten_targets_with_a_sentence_each() -> None:
    if shutil.which("make") is None:
        pytest.skip("there is no make")
    listed = subprocess.run(["make", "-C", str(ROOT), "-s"], capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^  make (\w+) +\S+ \S+", listed, re.MULTILINE)
    assert {"demo", "test", "check", "bench"} <= set(targets)
    assert len(targets) <= 10


def test_the_command_also_has_the_name_of_the_distribution() -> None:
    """``uvx loopfork`` and ``pipx run loopfork`` look for it."""
    assert PROJECT["scripts"]["loopfork"] == PROJECT["scripts"]["simulate"]


def test_make_demo_installs_every_extra_but_production_servers_and_ends_with_the_next_command(tmp_path: Path) -> None:
    if shutil.which("make") is None:
        pytest.skip("there is no make")
    command = ["make", "-C", str(ROOT), "--dry-run", "-s", "demo", f"VENV={tmp_path / 'venv'}"]
    steps = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    extras = ",".join(name for name in PROJECT["optional-dependencies"] if name not in ("dev", "servers"))
    (installing,) = (number for number, step in enumerate(steps) if f'--editable ".[{extras}]"' in step)
    assert any("this takes about a minute" in step for step in steps[:installing])
    assert [step for step in steps if "simulate" in step][-1].endswith(f'{tmp_path / "venv"}/bin/simulate"')


@pytest.mark.slow
def test_the_wheel_contains_exactly_the_three_packages_and_builds_without_a_c_compiler(checkout: Path) -> None:
    build = "from setuptools import build_meta; print(build_meta.build_wheel('dist'))"
    run("-c", build, at=checkout, CC="/nonexistent/cc")
    (wheel,) = (checkout / "dist").glob("loopfork-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {*PACKAGES, f"loopfork-{simulator.__version__}.dist-info"}
    assert [name for name in names if "_kernel" in name] == []
    data = [path.relative_to(ROOT) for name in PACKAGES for path in (ROOT / name).rglob("*") if path.suffix != ".pyc"]
    kinds = (".py", ".md", ".toml", ".csv", ".html", ".css", ".js")
    expected = {path.as_posix() for path in data if path.suffix in kinds}
    assert sorted(expected - set(names)) == []


@pytest.mark.slow
def test_a_compiled_kernel_is_used_until_its_source_changes(small: Path) -> None:
    needs_c_compiler()
    run("setup.py", "build_ext", "--inplace", at=small)
    assert run("-c", LOAD, at=small, LOOPFORK_KERNEL="auto") == "simulator.engine._kernel (42.5, True) None"
    assert run("-c", LOAD, at=small, LOOPFORK_KERNEL="python") == "simulator.engine.kernel (42.5, False) None"
    engine = small / "simulator/engine"
    assert {path.suffix for path in engine.glob("_kernel*")} <= {".so", ".pyd"}

    (engine / "kernel/answering.py").write_text(ANSWERING.replace("85", "86"), encoding="utf-8")
    said = run("-c", LOAD, at=small, LOOPFORK_KERNEL="auto")
    assert said.startswith("simulator.engine.kernel (43.0, False) the compiled kernel is out of date")


@pytest.mark.slow
def test_an_error_inside_of_c_code_reaches_python_in_the_checked_kernel(small: Path) -> None:
    needs_c_compiler()
    (small / "simulator/engine/kernel/__init__.py").write_text(KERNEL.replace("answer\n", "answer, outside\n"))
    run("setup.py", "build_ext", "--inplace", at=small, LOOPFORK_KERNEL="checked")
    attempt = """if True:
        from simulator.engine.loading import kernel
        try:
            print(kernel().outside())
        except IndexError as error:
            print("IndexError:", error, kernel().__name__)
        """
    said = run("-c", attempt, at=small, LOOPFORK_KERNEL="checked")
    assert said.startswith("IndexError: Out of bounds")
    assert said.endswith("simulator.engine._kernel_checked")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            ANSWERING.replace("def element", "@cython.boundscheck(True)\ndef element"),
            "an error inside of element would be lost",
        ),
        (ANSWERING.replace("numbers[at]", "str(at)"), "simulator/engine/kernel/answering.py:8:"),
    ],
    ids=["what could hide an error", "what C cannot do"],
)
def test_the_build_refuses_a_part_and_says_where(small: Path, text: str, said: str) -> None:
    (small / "simulator/engine/kernel/answering.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "setup.py", "build_ext", "--inplace"]
    done = subprocess.run(command, cwd=small, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert said in done.stderr


def test_without_cython_and_compiler_the_kernel_runs_as_plain_python(small: Path) -> None:
    said = run("-c", f"import sys; sys.modules['cython'] = None; {LOAD}", at=small, LOOPFORK_KERNEL="auto")
    assert said.startswith("simulator.engine.kernel (42.5, False) the compiled kernel is missing")
