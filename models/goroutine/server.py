"""Builds server.go, if Go is installed, and becomes it: the goroutines and their Ps are Go's.

What to look at: here is only what comes before and after. The socket listens already when Go gets it; who ends or
replaces whom is as with all servers. What was built is kept in the user's cache, and built anew when it has changed.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from models.goroutine.config import NEEDS, Config
from models.wire.options import is_installed
from models.wire.stage import Stage, open_stage

SOURCES = [Path(__file__).with_name(name) for name in ("server.go", "message.go", "wire.go", "work.go")]


def main() -> None:
    """Fork, become the Go program, and replace it when it dies, until stdin ends."""
    if not is_installed(NEEDS):
        sys.exit(2)
    stage = open_stage(Config, __doc__)
    program, boots = built(), os.memfd_create("boots")
    os.truncate(boots, 8)
    stage.perform(1, lambda _: _become(program, stage, boots))


def built() -> Path:
    """The program, compiled if these sources have not been yet; nothing is fetched from anywhere."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "loopfork"
    version = subprocess.run(["go", "version"], capture_output=True, check=True).stdout
    digest = hashlib.sha256(version + b"".join(path.read_bytes() for path in SOURCES)).hexdigest()[:16]
    program = cache / f"goroutine-{digest}"
    if not program.exists():
        cache.mkdir(parents=True, exist_ok=True)
        draft = program.with_suffix(f".{os.getpid()}")
        alone = {"CGO_ENABLED": "0", "GOPROXY": "off", "GOFLAGS": "", "GO111MODULE": "off", "GOTOOLCHAIN": "local"}
        command = ["go", "build", "-o", str(draft), *map(str, SOURCES)]
        subprocess.run(command, env={**os.environ, **alone}, check=True)
        draft.replace(program)  # whoever builds at the same time makes the same one
    return program


def _become(program: Path, stage: Stage[Config], boots: int) -> None:
    for descriptor in (stage.listener.fileno(), boots):
        os.set_inheritable(descriptor, True)
    settings = {
        "listener": stage.listener.fileno(),
        "boots": boots,
        "report": stage.options.report,
        "idle": stage.options.idle_timeout,
        "gomaxprocs": stage.config.gomaxprocs,
    }
    os.execv(program, [program.name, json.dumps(settings)])


if __name__ == "__main__":
    main()
