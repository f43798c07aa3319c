"""Make sure that ``models`` and ``scenarios`` are loopfork's own.

Both are common names: a project that has its own ``models.py``, and comes earlier on the path, hides ours. Everything
would then fail somewhere later with a message about a missing name; this says at once which file is in the way.
"""

from importlib.util import find_spec
from pathlib import Path

import simulator

SIBLINGS = ("models", "scenarios")


class PackageError(Exception):
    """A package with one of our names is in the way, or ours is missing; the message says where and what to do."""


def check_packages() -> None:
    """Raise PackageError unless ``models`` and ``scenarios`` lie beside ``simulator``."""
    home = Path(simulator.__file__ or "").resolve().parent.parent
    for name in SIBLINGS:
        ours = home / name / "__init__.py"
        found = _where(name)
        if found is None or not ours.exists():
            raise PackageError(f"the package '{name}' is missing beside {home / 'simulator'}: install loopfork again")
        if found != ours:
            place = found.parent if found.name == "__init__.py" else found
            raise PackageError(
                f"another package named '{name}' at {place} hides loopfork's at {ours.parent}: "
                f"run simulate from another folder, or take {place.parent} off PYTHONPATH"
            )


def _where(name: str) -> Path | None:
    """The file that ``import name`` would run, without running it."""
    try:
        spec = find_spec(name)
    except ValueError:  # a module without a spec sits in sys.modules: certainly not ours
        return Path(name)
    if spec is None:
        return None
    if spec.origin is None:  # a folder without __init__.py
        return Path(next(iter(spec.submodule_search_locations or ()), name)).resolve()
    return Path(spec.origin).resolve()
