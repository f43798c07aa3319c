"""Compile the kernel; everything else about the package is in pyproject.toml.

The parts in ``simulator/engine/kernel`` are ordinary Python that Cython also understands. Joined into one file by
``simulator/engine/joining``, with the digest of what they were made of as a last line, they become the extension
``simulator.engine._kernel``; ``simulator/engine/loading.py`` compares that digest with the sources before it uses the
extension. With LOOPFORK_KERNEL=checked the extension ``_kernel_checked`` is built instead, in which no error is lost.
Both the joined file and the C file live in the build's temporary folder.
"""

import contextlib
import io
import os
import re
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT))  # not there when pip builds

from simulator.engine.joining.parts import PartError  # noqa: E402
from simulator.engine.joining.writing import Unit, joined, origin  # noqa: E402
from simulator.engine.loading import CHECKED, COMPILED, VARIABLE  # noqa: E402

# What these take away, the kernel must not rely on: IndexError, negative indices, ZeroDivisionError - and with
# cdivision `/` and `//` between two C integers truncate: 85 / 2 is 42 compiled and 42.5 uncompiled, so write 85 / 2.0.
RELEASE = {"boundscheck": False, "cdivision": True, "initializedcheck": False}
# Overflows are not among it: Cython 3 cannot count them in `column[i].field += 1`.
CHECKING = {"boundscheck": True, "cdivision": False, "initializedcheck": True, "nonecheck": True}
BOTH = {"language_level": 3, "wraparound": False, "auto_pickle": False, "show_performance_hints": False}
# Without -ffp-contract=off some processors (ARM) join a multiplication and an addition and round once instead of twice:
# the compiled kernel would differ from the uncompiled one in the last digit.
FLAGS = ["/O2", "/fp:strict"] if os.name == "nt" else ["-O3", "-ffp-contract=off"]
CHECKING_FLAGS = ["/Od", "/fp:strict"] if os.name == "nt" else ["-O1", "-ffp-contract=off"]


class BuildKernel(build_ext):
    """Join the parts, translate them to C, then compile that as usual."""

    def build_extension(self, ext: Extension) -> None:
        """Build one extension; without a C compiler setuptools goes on without it, because it is optional."""
        checked = ext.name == CHECKED
        unit = joined(ROOT, checked=checked)
        file = Path(self.build_temp, *ext.name.split(".")).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(unit.text, encoding="utf-8")
        ext.sources = [str(self._translated(ext.name, file, unit, checked))]
        self.force = True  # setuptools would compare times; the digest is the only thing to go by
        super().build_extension(ext)

    def _translated(self, name: str, file: Path, unit: Unit, checked: bool) -> Path:
        """The C file. Cython's messages are led back to the parts."""
        from Cython.Build import cythonize
        from Cython.Compiler.Errors import CompileError

        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said):
                cythonize(
                    Extension(name, [str(file)]),
                    compiler_directives=BOTH | (CHECKING if checked else RELEASE),
                    force=True,
                    quiet=not self.verbose,
                )
        except CompileError:
            raise PartError("Cython refuses what is said above") from None
        finally:
            sys.stderr.write(_led_back(said.getvalue(), file, unit))
        made = file.with_suffix(".c")
        if not checked:
            _refuse_what_hides_errors(made.read_text(encoding="utf-8"), name, unit)
        return made


def _led_back(said: str, file: Path, unit: Unit) -> str:
    def place(match: re.Match[str]) -> str:
        at = origin(unit.text, int(match[1]))
        return f"{at[0]}:{at[1]}:"

    return re.sub(rf"\S*{file.name}:(\d+):", place, said)


def _refuse_what_hides_errors(c: str, name: str, unit: Unit) -> None:
    """A C function that can fail, but cannot say so, prints the error and goes on: there must be none of them."""
    hiding = set(re.findall(rf'__Pyx_WriteUnraisable\("{re.escape(name)}\.(\w+)"', c)) - unit.locking
    if hiding:
        raise PartError(f"an error inside of {', '.join(sorted(hiding))} would be lost: what in there can raise?")


if os.environ.get(VARIABLE) == "checked":
    KERNEL = Extension(CHECKED, [], extra_compile_args=CHECKING_FLAGS)
else:
    KERNEL = Extension(COMPILED, [], extra_compile_args=FLAGS, optional=True)

setup(cmdclass={"build_ext": BuildKernel}, ext_modules=[KERNEL])
