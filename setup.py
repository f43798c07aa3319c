"""Compile the kernel; everything else about the package is in pyproject.toml.

``simulator/engine/kernel.py`` is ordinary Python that Cython also understands. A copy of it, with the digest of its
source as a last line, becomes the extension ``simulator.engine._kernel``; ``simulator/engine/loading.py`` compares that
digest with the source before it uses the extension. Both the copy and the C file live in the build's temporary folder.
"""

import hashlib
import os
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

KERNEL = Path("simulator/engine/kernel.py")
# What these take away, kernel.py must not rely on: IndexError, negative indices, ZeroDivisionError - and with
# cdivision `/` and `//` between two C integers truncate: 85 / 2 is 42 compiled and 42.5 uncompiled, so write 85 / 2.0.
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "cdivision": True,
    "initializedcheck": False,
}
# Without -ffp-contract=off some processors (ARM) join a multiplication and an addition and round once instead of twice:
# the compiled kernel would differ from the uncompiled one in the last digit.
FLAGS = ["/O2", "/fp:strict"] if os.name == "nt" else ["-O3", "-ffp-contract=off"]


def stamped_copy(kernel: Path, folder: Path) -> Path:
    """Write the kernel's source into the folder, followed by the digest that says what it was built from."""
    source = kernel.read_bytes()
    copy = folder / "simulator" / "engine" / "_kernel.py"
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(source + f'\nBUILT_FROM = "{hashlib.sha256(source).hexdigest()}"\n'.encode())
    return copy


class BuildKernel(build_ext):
    """Translate the stamped copy to C, then compile that as usual."""

    def build_extension(self, ext: Extension) -> None:
        """Build one extension; without a C compiler setuptools goes on without it, because it is optional."""
        from Cython.Build import cythonize

        copy = stamped_copy(KERNEL, Path(self.build_temp))
        translated = cythonize(
            Extension(ext.name, [str(copy)]), compiler_directives=DIRECTIVES, force=True, quiet=not self.verbose
        )
        ext.sources = translated[0].sources
        self.force = True  # setuptools would compare times; the digest is the only thing to go by
        super().build_extension(ext)


setup(
    cmdclass={"build_ext": BuildKernel},
    ext_modules=[
        Extension("simulator.engine._kernel", [str(KERNEL)], extra_compile_args=FLAGS, optional=True),
    ],
)
