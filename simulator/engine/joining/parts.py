"""The parts, in the order of their imports."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

KERNEL = "simulator.engine.kernel"
STAND_IN = "simulator.engine.uncompiled"


class PartError(Exception):
    """A part cannot be joined with the others; the message says where and why."""


@dataclass(frozen=True)
class Part:
    """One module: its name, its file below the root of the project, and what is in it."""

    name: str
    file: str
    source: str

    @cached_property
    def body(self) -> list[ast.stmt]:
        """Its statements."""
        return ast.parse(self.source, self.file).body

    def imports(self) -> Iterator[tuple[ast.ImportFrom, str]]:
        """Every name that is imported from the project, with its statement."""
        for statement in self.body:
            if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("simulator."):
                for alias in statement.names:
                    if alias.asname is not None:
                        raise self.error(statement, f"{alias.name} has to keep its name")
                    yield statement, alias.name

    def error(self, at: ast.stmt | ast.expr, message: str) -> PartError:
        """What to raise."""
        return PartError(f"{self.file}:{at.lineno}: {message}")


def read(root: Path, module: str) -> Part:
    """One module of the project."""
    file = module.replace(".", "/")
    file = f"{file}/__init__.py" if (root / file).is_dir() else f"{file}.py"
    return Part(module, file, (root / file).read_text(encoding="utf-8"))


def in_order(root: Path) -> list[Part]:
    """All parts, every one after those that it imports. The package itself only says what Python may call."""
    found: dict[str, Part | None] = {}

    def visit(module: str) -> None:
        found[module] = None
        part = read(root, module)
        for statement, _ in part.imports():
            wanted = statement.module or ""
            if found.get(wanted, part) is None:
                raise part.error(statement, f"{wanted} imports this part, directly or not; imports point one way")
            if wanted.startswith(f"{KERNEL}.") and wanted not in found:
                visit(wanted)
        del found[module]
        found[module] = part

    visit(KERNEL)
    return [part for part in found.values() if part is not None][:-1]
