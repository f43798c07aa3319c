"""The joined file.

What to watch: ``# --- file, line n`` says where the next line comes from. Messages of the compiler, and lines of a
traceback, are led back by the last such line above them (``origin``).
"""

import ast
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from simulator.engine.joining.numbers import Names
from simulator.engine.joining.parts import KERNEL, Part, in_order, read
from simulator.engine.loading import digest

HERE = tuple(f"simulator/engine/joining/{name}.py" for name in ("parts", "numbers", "writing"))
DECORATORS = {"cfunc": "cfunc", "nogil": "nogil", "exceptval": "exceptval(check=False)"}
"""Of a C function; in the checked build it goes without the last one, so errors are passed on."""
NUMPY = {"cython.short": "i2", "cython.int": "i4", "cython.longlong": "i8", "cython.double": "f8"}
"""What NumPy calls the types of the fields of a struct."""
_ORIGIN = re.compile(r"# --- (.+), line (\d+)")


@dataclass(frozen=True)
class Unit:
    """The joined file, the files that it was made of, and the functions that take Python's lock back."""

    text: str
    files: tuple[str, ...]
    locking: frozenset[str]


def joined(root: Path, *, checked: bool) -> Unit:
    """Join the parts. Raises PartError where that would change what they mean, or could hide an error."""
    parts, names = in_order(root), Names()
    names.read(parts, root)
    writing = _Writing(names, checked)
    body = [line for part in parts for line in writing.part(part)]
    files = (*HERE, read(root, KERNEL).file, *(part.file for part in parts), *names.files)
    head = ["import cython", *dict.fromkeys(writing.imports), "LAYOUTS = {}"]
    tail = [f"BUILT_FROM = {(digest(files, root), files)!r}", ""]
    return Unit("\n".join([*head, *body, *tail]), files, frozenset(writing.locking))


@dataclass
class _Writing:
    """The text of the parts, line by line."""

    names: Names
    checked: bool
    imports: list[str] = field(default_factory=list)
    structs: set[str] = field(default_factory=set)
    locking: list[str] = field(default_factory=list)

    def part(self, part: Part) -> Iterator[str]:
        lines = self._with_numbers(part)
        at = 0
        yield _origin(part, at)
        for statement in part.body:
            first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))]) - 1
            yield from lines[at:first]
            at = statement.end_lineno or first
            text = lines[first:at]
            if isinstance(statement, ast.Import | ast.ImportFrom):
                self._note_import(part, statement)
                text = [""] * len(text)
            elif isinstance(statement, ast.FunctionDef):
                decorators = self._decorators(part, statement)
                text = [*decorators, *([_origin(part, first)] if decorators else []), *text]
            elif isinstance(statement, ast.ClassDef) and [ast.unparse(b) for b in statement.bases] == ["cython.struct"]:
                text = [*self._struct(statement), _origin(part, at)]
            elif isinstance(statement, ast.Assign) and self._is_endless(statement):
                name, value = ast.unparse(statement.targets[0]), ast.unparse(statement.value)
                text = [f"{name} = cython.declare(cython.double, {value})"]
            yield from text
        yield from lines[at:]

    def _note_import(self, part: Part, statement: ast.Import | ast.ImportFrom) -> None:
        text = ast.unparse(statement)
        if "simulator" not in text:
            self.imports.append(text)
        elif isinstance(statement, ast.Import):
            raise part.error(statement, "expected `from ... import ...`")

    def _decorators(self, part: Part, function: ast.FunctionDef) -> list[str]:
        """What the build writes above a C function, besides what is there."""
        kind = "" if function.returns is None else ast.unparse(function.returns)
        if not kind.startswith("cython.") and kind not in self.structs:
            return []
        has = {re.split(r"[.(]", ast.unparse(decorator))[1] for decorator in function.decorator_list}
        if "with_gil" in has:
            self.locking.append(function.name)
            caught = [ast.unparse(n.type) for n in ast.walk(function) if isinstance(n, ast.ExceptHandler) and n.type]
            if "BaseException" not in caught:
                raise part.error(function, f"{function.name} takes Python's lock, so it has to catch BaseException")
        unwanted = has | ({"nogil"} if "with_gil" in has else set()) | ({"exceptval"} if self.checked else set())
        return [f"@cython.{text}" for name, text in DECORATORS.items() if name not in unwanted]

    def _struct(self, made: ast.ClassDef) -> list[str]:
        """The C struct; and, for NumPy, what its fields are."""
        self.structs.add(made.name)
        members = [
            (s.target.id, ast.unparse(s.annotation))
            for s in made.body
            if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
        ]
        return [
            f"{made.name} = cython.struct({', '.join(f'{name}={kind}' for name, kind in members)})",
            f"LAYOUTS[{made.name!r}] = {[(name, NUMPY[kind]) for name, kind in members]!r}",
        ]

    def _is_endless(self, statement: ast.Assign) -> bool:
        """Infinity has no literal; as a C variable it is as fast."""
        value = self.names.values.get(ast.unparse(statement.targets[0]))
        return isinstance(value, float) and not math.isfinite(value)

    def _with_numbers(self, part: Part) -> list[str]:
        """The lines of a part, with numbers in place of names."""
        lines = [line.encode() for line in part.source.splitlines()]
        found = [node for s in part.body for node in ast.walk(s) if isinstance(node, ast.Name | ast.Attribute)]
        for node in sorted(found, key=lambda node: (node.lineno, node.col_offset), reverse=True):
            literal = self.names.literal(node)
            if literal is not None:
                old = lines[node.lineno - 1]
                before, after = old[: node.col_offset], old[node.end_col_offset :]
                if old != before + ast.unparse(node).encode() + after:
                    raise part.error(node, f"{ast.unparse(node)} cannot be replaced in here")
                lines[node.lineno - 1] = before + literal.encode() + after
        return [line.decode() for line in lines]


def _origin(part: Part, at: int) -> str:
    return f"# --- {part.file}, line {at + 1}"


def origin(text: str, line: int) -> tuple[str, int]:
    """The file and the line that a line of the joined text comes from."""
    lines = text.splitlines()
    for above in range(line - 1, -1, -1):
        if found := _ORIGIN.fullmatch(lines[above]):
            return found[1], int(found[2]) + line - above - 2
    return KERNEL, 1
