"""A real server whose program or package is not installed says so in one line, and what to type."""

import os
import subprocess
import sys

import pytest

WITHOUT = "import runpy, sys; sys.modules[sys.argv[1]] = None; runpy.run_module(sys.argv[2], run_name='__main__')"


@pytest.mark.parametrize(
    ("model", "name", "install"),
    [
        ("node", "node", "apt-get install nodejs"),
        ("goroutine", "go", "apt-get install golang-go"),
        ("greenlet", "gevent", "pip install gevent"),
        ("twisted", "twisted", "pip install twisted"),
    ],
)
def test_what_is_not_installed_is_named_with_what_to_type(model: str, name: str, install: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, name, f"models.{model}.server"],
        env={**os.environ, "PATH": "/nowhere"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    told = f"this server runs on {name}, which is not installed; type {install}\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)
