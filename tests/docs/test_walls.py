"""The import contracts fail when an arrow is drawn the wrong way.

What to watch: into one copy of the packages every import is planted that a contract forbids, and the contracts are
checked once. Each has to be broken, and every planted line has to stand in what is said about it.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise, permutations, product
from pathlib import Path
from typing import Any

import pytest

from tests.docs.doing import copy_of_the_project
from tests.docs.pages import ROOT
from tests.docs.test_map import contracts

Arrow = tuple[str, str]
"""Who imports, and what."""


def modules(*patterns: str) -> list[str]:
    """What contracts mean by these names; a star stands for one word."""
    paths = [pattern.replace(".", "/") for pattern in patterns]
    found = [path.relative_to(ROOT).with_suffix("") for name in paths for path in ROOT.glob(f"{name}*")]
    return sorted({".".join(path.parts) for path in found if any(path.match(name) for name in paths)})


def wrong_arrows(contract: dict[str, Any]) -> Iterator[Arrow]:
    """The arrows that a contract is there to forbid; of layers only those to the next one, and to those beside."""
    match contract["type"]:
        case "layers":
            inside = "".join(f"{room}." for room in contract.get("containers", ()))
            layers = [[inside + name for name in re.split(r" [|:] ", layer)] for layer in contract["layers"]]
            for above, below in pairwise(layers):
                yield from product(below, above)
            for layer, names in zip(contract["layers"], layers, strict=True):
                yield from permutations(names, 2) if " : " not in layer else ()  # a colon: these may know one another
        case "forbidden":
            yield from product(modules(*contract["source_modules"]), contract["forbidden_modules"])
        case "independence":
            ours = [module for module in modules(*contract["modules"]) if (ROOT / module.replace(".", "/")).is_dir()]
            yield from pairwise(ours)
        case "acyclic_siblings":
            pass  # a circle has no line that is the wrong one; every arrow up that others forbid closes some
        case kind:
            raise AssertionError(f"no rule says which arrow breaks a contract of the type {kind}")


def plant(copy: Path, source: str, target: str) -> None:
    """An import at the end of a module, or of a package's own file. It is read, not executed."""
    path = copy / source.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    with file.open("a", encoding="utf-8") as end:
        end.write(f"\nimport {target}\n")


def checked(copy: Path) -> str:
    """What import-linter says of a copy, on one line."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as check; check()"]
    done = subprocess.run([*command, "--no-cache"], cwd=copy, capture_output=True, text=True, check=False)
    return " ".join(done.stdout.split())


@pytest.mark.slow
def test_every_contract_is_broken_by_every_arrow_the_wrong_way(tmp_path: Path) -> None:
    copy_of_the_project(tmp_path, "pyproject.toml")
    planted = {contract["name"]: list(wrong_arrows(contract)) for contract in contracts("")}
    circles = [contract["name"] for contract in contracts("") if contract["type"] == "acyclic_siblings"]
    for source, target in {arrow for arrows in planted.values() for arrow in arrows}:
        plant(tmp_path, source, target)

    report = checked(tmp_path)
    assert f"Contracts: 0 kept, {len(planted)} broken." in report
    for name, arrows in planted.items():
        assert arrows or name in circles, name
        said = report.split(f" {name} ---")[1]
        unseen = [arrow for arrow in arrows if f"- {' -> '.join(arrow)} (l." not in said]
        assert unseen == [], name
