"""The parts of the kernel mean in one file what they mean apart, and every line of it leads back."""

import re
import shutil
from pathlib import Path
from textwrap import dedent

import pytest

from simulator.engine.joining.parts import PartError
from simulator.engine.joining.writing import Unit, joined, origin
from simulator.engine.loading import ROOT, digest

FOLDER = "simulator/engine/kernel"
IMPORT = "from simulator.engine.uncompiled import cython\n"
WORDS = """
from enum import IntEnum
from somewhere import everything

class Outcome(IntEnum):
    OPEN = 0
    LOST = 3

LIMIT, LAST = range(7, 9)
TEXT = "text"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project without parts, in which outcomes have numbers."""
    shutil.copytree(ROOT / "simulator/engine/joining", tmp_path / "simulator/engine/joining")
    (tmp_path / FOLDER).mkdir()
    (tmp_path / "simulator/plan").mkdir()
    (tmp_path / "simulator/plan/words.py").write_text(WORDS, encoding="utf-8")
    return tmp_path


def join(root: Path, checked: bool = False, **parts: str) -> str:
    """The joined text of parts, of which the package imports all."""
    for name, text in parts.items():
        (root / FOLDER / f"{name}.py").write_text(IMPORT + dedent(text), encoding="utf-8")
    package = "".join(f"from simulator.engine.kernel.{name} import {name}\n" for name in parts)
    (root / FOLDER / "__init__.py").write_text(package, encoding="utf-8")
    return joined(root, checked=checked).text


def test_a_part_comes_after_those_that_it_imports_and_imports_come_once(root: Path) -> None:
    text = join(
        root,
        upper="import numpy as np\nfrom simulator.engine.kernel.lower import lower\ndef upper() -> None: lower()\n",
        lower="import numpy as np\ndef lower() -> None: ...\n",
    )
    assert re.findall(r"def (\w+)", text) == ["lower", "upper"]
    assert re.findall(r"^.*import .*$", text, re.MULTILINE) == ["import cython", "import numpy as np"]


def test_numbers_are_written_in_place_of_their_names(root: Path) -> None:
    text = join(
        root,
        numbers="""
            from simulator.plan.words import LAST, LIMIT, Outcome
            numbers = None
            LOST = int(Outcome.LOST)
            FIRST, SECOND = 1, -2
            SOON = 0.25
            NEVER = float("inf")
            """,
        use="""
            from simulator.engine.kernel.numbers import FIRST, LOST, NEVER, SECOND, SOON
            from simulator.plan.words import LAST, LIMIT, Outcome
            def use() -> None: return {"ä": [LOST, Outcome.LOST, Outcome.OPEN, LIMIT, LAST, FIRST, SECOND, SOON, NEVER]}
            """,
    )
    assert '{"ä": [3, 3, 0, 7, 8, 1, (-2), 0.25, NEVER]}' in text
    assert "NEVER = cython.declare(cython.double, float('inf'))" in text


def test_what_a_function_returns_says_whether_it_becomes_c(root: Path) -> None:
    text = join(
        root,
        part="""
            class Event(cython.struct):
                time: cython.double
                seq: cython.longlong
            @cython.inline
            def part(n: cython.int) -> cython.int: return n
            def first() -> Event: return Event(1, 2)
            def python() -> bool: return True
            @cython.with_gil
            def grow() -> cython.void:
                try: python()
                except BaseException: pass
            """,
    )
    assert "Event = cython.struct(time=cython.double, seq=cython.longlong)" in text
    above = {
        name: re.findall(r"@cython\.(\S+)", decorators)
        for decorators, name in re.findall(r"((?:^[@#].*\n)*)def (\w+)", text, re.MULTILINE)
    }
    assert above == {
        "part": ["cfunc", "nogil", "exceptval(check=False)", "inline"],
        "first": ["cfunc", "nogil", "exceptval(check=False)"],
        "python": [],
        "grow": ["cfunc", "exceptval(check=False)", "with_gil"],
    }


def test_functions_of_the_checked_build_pass_errors_on(root: Path) -> None:
    text = join(root, True, part="def part() -> cython.void: ...\n")
    assert "@cython.nogil" in text
    assert "exceptval" not in text


REFUSED = {
    "a circle": (
        {
            "a": "from simulator.engine.kernel.b import b\na = 1\n",
            "b": "from simulator.engine.kernel.a import a\nb = 1\n",
        },
        r"kernel/b.py:2: simulator.engine.kernel.a imports this part",
    ),
    "one name for two things": (
        {"a": "a = 1\ndef same() -> None: ...\n", "b": "b = 1\ndef same() -> None: ...\n"},
        r"kernel/b.py:3: same is defined in simulator/engine/kernel/a.py already",
    ),
    "another name": (
        {"a": "from simulator.engine.kernel.b import b as c\na = 1\n", "b": "b = 1\n"},
        r"kernel/a.py:2: b has to keep its name",
    ),
    "something that is no number": (
        {"a": "a = 1\nfrom simulator.plan.words import TEXT\n"},
        r"kernel/a.py:3: TEXT is not a number",
    ),
    "a number that is not there": (
        {"a": "a = 1\nfrom simulator.plan.words import MISSING\n"},
        r"kernel/a.py:3: simulator/plan/words.py does not define MISSING",
    ),
    "an error that would be lost": (
        {"a": "a = 1\n@cython.with_gil\ndef grow() -> cython.void: print()\n"},
        r"kernel/a.py:4: grow takes Python's lock, so it has to catch BaseException",
    ),
}


@pytest.mark.parametrize(("parts", "message"), REFUSED.values(), ids=REFUSED)
def test_what_would_change_its_meaning_is_refused(root: Path, parts: dict[str, str], message: str) -> None:
    with pytest.raises(PartError, match=message):
        join(root, False, **parts)


@pytest.fixture(scope="module")
def real() -> Unit:
    """The kernel itself."""
    return joined(ROOT, checked=False)


def test_every_function_leads_back_to_its_file_and_line(real: Unit) -> None:
    lines = real.text.splitlines()
    functions = [(n, line) for n, line in enumerate(lines, 1) if line.startswith(("def ", "class "))]
    assert len(functions) > 50
    for n, line in functions:
        file, at = origin(real.text, n)
        assert (ROOT / file).read_text(encoding="utf-8").splitlines()[at - 1] == line


def test_the_joined_kernel_says_which_files_it_is_made_of(real: Unit) -> None:
    parts = {path.relative_to(ROOT).as_posix() for path in (ROOT / FOLDER).glob("*.py")}
    assert parts < set(real.files)
    assert "simulator/plan/words.py" in real.files
    assert f"BUILT_FROM = {(digest(real.files, ROOT), real.files)!r}" in real.text
