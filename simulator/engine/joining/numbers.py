"""What the names in capitals stand for: found in the parts, and in the files that they import such names from."""

import ast
import enum
import math
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

from simulator.engine.joining.parts import KERNEL, STAND_IN, Part, read

_PLAIN = {"int": int, "float": float, "range": range, "len": len, "later": str}
"""What the statements that name numbers may call; ``later`` marks the words of an enumeration for translation."""


@dataclass
class Names:
    """The numbers, and the enumerations, by their names; and the files outside of the kernel that say so."""

    values: dict[str, Any] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def read(self, parts: list[Part], root: Path) -> None:
        """Take the numbers out of the parts, and out of what they import."""
        defined: dict[str, str] = {}
        for part in parts:
            for imported, name in part.imports():
                if not (imported.module or "").startswith((KERNEL, STAND_IN)):
                    self._import(part, imported, name, root)
            for statement in part.body:
                for name in _defined(statement):
                    if defined.setdefault(name, part.file) != part.file:
                        raise part.error(statement, f"{name} is defined in {defined[name]} already")
                if self._is_number(statement):
                    exec(_program(statement), {**vars(enum), **_PLAIN, **self.values}, self.values)

    def _import(self, part: Part, at: ast.ImportFrom, name: str, root: Path) -> None:
        source = read(root, at.module or "")
        statement = next((s for s in source.body if name in _defined(s)), None)
        if statement is None:
            raise part.error(at, f"{source.file} does not define {name}")
        exec(_program(statement), {**vars(enum), **_PLAIN, **_needed(statement, source)}, self.values)
        if not isinstance(self.values[name], int | float | enum.EnumMeta):
            raise part.error(at, f"{name} is not a number; a part imports nothing else from the rest of the project")
        if source.file not in self.files:
            self.files.append(source.file)

    def _is_number(self, statement: ast.stmt) -> bool:
        """Whether it gives a name to a number, or to several."""
        if isinstance(statement, ast.ClassDef):
            return any(ast.unparse(base) in vars(enum) for base in statement.bases)
        names = _defined(statement)
        if not isinstance(statement, ast.Assign) or not names or not all(name.isupper() for name in names):
            return False
        used = {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
        return used <= {*_PLAIN, *self.values}

    def literal(self, node: ast.AST) -> str | None:
        """What is written in place of a name."""
        value: Any = None
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            value = self.values.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            of = self.values.get(node.value.id)
            value = of[node.attr].value if isinstance(of, enum.EnumMeta) and node.attr in of.__members__ else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        return repr(value + 0) if value >= 0 else f"({value + 0!r})"


def _needed(statement: ast.stmt, source: Part) -> dict[str, Any]:
    """The other enumerations of its file that a statement names."""
    names: dict[str, Any] = {}
    used = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    for other in source.body:
        if isinstance(other, ast.ClassDef) and other is not statement and other.name in used:
            exec(_program(other), dict(vars(enum)), names)
    return names


def _defined(statement: ast.stmt) -> list[str]:
    """The names that a statement defines."""
    if isinstance(statement, ast.ClassDef | ast.FunctionDef):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        targets = [node for target in statement.targets for node in ast.walk(target)]
        return [node.id for node in targets if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return []


def _program(statement: ast.stmt) -> CodeType:
    return compile(ast.Module([statement], []), "numbers", "exec")
