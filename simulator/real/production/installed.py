"""Which production servers are installed beside us, in which version, and what to type where one is not."""

import os
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from simulator.experiments.production import Production
from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell

UWSGI = "uwsgi"
VERSION_S = 5.0
"""For a program to say its version."""
RUNTIMES = {"node": "apt-get install nodejs"}
"""What is no package of Python, and how it is installed."""


def refuse_missing(production: Production) -> None:
    """Raise RefusalError where something is not installed that the server needs."""
    missing = [name for name in production.kind.needs if version_of(name) is None]
    if production.program.name == UWSGI and not missing and uwsgi_binary() is None:
        missing = [*production.kind.needs]
    if missing:
        raise RefusalError(
            tell(
                "--server {server}: not installed here: {missing}. Type {command}",
                server=production.program.name,
                missing=", ".join(missing),
                command=RUNTIMES.get(missing[0], f"{sys.executable} -m pip install {' '.join(missing)}"),
            )
        )


def version_of(package: str) -> str | None:
    """The version of a package that this Python finds, or of a runtime; None without one."""
    if package in RUNTIMES:
        return _runtime_version(package)
    try:
        return version(package)
    except PackageNotFoundError:
        return None


@cache
def _runtime_version(program: str) -> str | None:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=VERSION_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return said.stdout.strip().removeprefix("v") or None


def named(production: Production) -> str:
    """The server with its version and what was typed: ``gunicorn 27.0.1 --workers 4``."""
    own, *others = production.kind.needs
    words = [production.program.name, version_of(own) or "?", *production.arguments]
    besides = [f"{name} {version_of(name)}" for name in others if version_of(name)]
    return " ".join(words) + (f" ({', '.join(besides)})" if besides else "")


def uwsgi_binary() -> str | None:
    """UWSGI is a program of its own, which pip puts beside Python."""
    return shutil.which(UWSGI, path=str(Path(sys.executable).parent)) or shutil.which(UWSGI)


def nginx_binary() -> str | None:
    """Debian keeps it where only root looks."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:/usr/local/sbin")


@cache
def nginx_version() -> str | None:
    """Of the nginx that is installed; None without one."""
    binary = nginx_binary()
    if binary is None:
        return None
    try:
        said = subprocess.run([binary, "-v"], capture_output=True, text=True, timeout=VERSION_S, check=False).stderr
    except (OSError, subprocess.TimeoutExpired):
        return None
    return said.strip().rpartition("/")[2].split(" ")[0] or None
