"""What the quiet machine needs: this Python, the project and its packages, production servers, and a shell.

Only files are copied; paths stay what they are here, so that nothing has to be installed again inside.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

from models.goroutine.server import built
from tests.quiet.archive import Archive

PROJECT = Path(__file__).parents[2]
SERVERS = PROJECT / "build" / "quiet" / "servers"
"""Packages of production servers, as ``pip install --target`` leaves them; where the project's own environment has a
package too, that one counts."""
SERVER_PACKAGES = (
    *("gunicorn", "uvicorn", "uvicorn-worker", "waitress", "uwsgi", "tornado", "aiohttp"),
    *("httptools", "uvloop", "gevent", "twisted"),
)
COMMANDS = {"gunicorn": "-m gunicorn", "uvicorn": "-m uvicorn", "waitress-serve": "-m waitress"}
"""What is typed, and what Python runs then."""
OURS = ("simulator", "models", "scenarios")
LEFT_OUT = {"test", "tests", "site-packages", "idlelib", "ensurepip", "lib2to3", "tkinter", "turtledemo"}
APPLETS = ("sh", "mount", "ip", "mkdir", "cat", "echo", "poweroff", "stty", "rm", "insmod")
SIMULATE = "import sys; from simulator.cli.main import main; sys.exit(main())"
INIT = """#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
mkdir -p /dev/shm; mount -t tmpfs shm /dev/shm
ip link set lo up
# All clients are one host here; the kernel would carry what it learns from one, like a round trip, over to the others.
echo 1 > /proc/sys/net/ipv4/tcp_no_metrics_save
stty -opost < /dev/ttyS1
export HOME=/root PATH=/bin LANG=C.UTF-8 COLUMNS=100 TERM=dumb
cd {project} || exit 1
sh /job > /dev/ttyS1 2>&1
poweroff -f
"""


def fill(archive: Archive, job: str, delaying_network: Path) -> None:
    """Everything, and the shell script that the machine is started for.

    ``delaying_network``: the kernel's module sch_netem, which becomes /netem.ko.
    """
    for folder in ("proc", "sys", "dev", "tmp", "root"):
        archive.folder(PurePosixPath("/", folder))
    archive.copy(_program("busybox"), PurePosixPath("/bin/busybox"))
    archive.copy(delaying_network, PurePosixPath("/netem.ko"))
    for applet in APPLETS:
        archive.link(PurePosixPath("/bin", applet), "busybox")
    needed = [*_python(), *_packages("loopfork", *SERVER_PACKAGES), *_project()]
    for path in [*needed, *_libraries([*needed, *_binaries()])]:
        archive.copy(path, PurePosixPath(path))
    for program in _binaries():
        archive.copy(program, PurePosixPath("/bin", program.name))
    _add_goroutines(archive)
    for folder in NGINX_FOLDERS:
        archive.folder(PurePosixPath(folder))
    archive.text(PurePosixPath("/etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n")
    archive.text(PurePosixPath("/etc/group"), "root:x:0:\nnogroup:x:65534:\n")
    for command, arguments in COMMANDS.items():
        archive.text(PurePosixPath("/bin", command), _started(arguments), executable=True)
    archive.text(PurePosixPath("/init"), INIT.format(project=PROJECT), executable=True)
    archive.text(PurePosixPath("/bin/python"), _started(""), executable=True)
    archive.text(PurePosixPath("/bin/simulate"), _started(f"-c '{SIMULATE}'"), executable=True)
    archive.text(PurePosixPath("/job"), job)


def _started(arguments: str) -> str:
    paths = ":".join(dict.fromkeys((str(PROJECT), *_where())))
    return f'#!/bin/sh\nPYTHONPATH={paths} exec {Path(sys.executable).resolve()} {arguments} "$@"\n'


def _program(name: str) -> Path:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    assert found is not None  # it was looked for before
    return Path(found)


def _python() -> Iterator[Path]:
    yield Path(sys.executable).resolve()
    yield from _files(Path(sysconfig.get_path("stdlib")))


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in LEFT_OUT:
            yield from _files(path)
        elif path.is_file() and path.suffix not in (".a", ".exe"):
            yield path


def _where() -> list[str]:
    """Where packages are looked for, the project's own environment first."""
    return [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), str(SERVERS)]


def _packages(*names: str) -> Iterator[Path]:
    """The files of packages and of all that they require."""
    wanted, seen = list(names), set[str]()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        found = next(iter(distributions(name=name, path=_where())), None)
        if found is None:
            continue  # for another system or another Python, or not installed
        wanted += [re.split(r"[^\w.-]", need)[0] for need in found.requires or () if "extra ==" not in need]
        yield from _of(found)


def missing_server_packages() -> list[str]:
    """Production servers that are neither in the project's environment nor prepared."""
    return [name for name in SERVER_PACKAGES if not any(distributions(name=name, path=_where()))]


NGINX_FOLDERS = ("/var/log/nginx", "/var/lib/nginx", "/run")
"""What Debian's build opens before it reads a line of its settings."""


def _binaries() -> list[Path]:
    """Programs that are no Python; uWSGI is one that pip installs."""
    uwsgi = [Path(folder) / "uwsgi" for folder in (sysconfig.get_path("scripts"), SERVERS / "bin")]
    node = [_program("node")] if shutil.which("node") else []
    return [_program("tc"), _program("nginx"), *[path for path in uwsgi if path.exists()][:1], *node]


def _add_goroutines(archive: Archive) -> None:
    """The server in Go as it was built here, where it is looked for; instead of Go, what says which Go that was."""
    if shutil.which("go") is None:
        return
    program, version = built(), subprocess.run(["go", "version"], capture_output=True, text=True, check=True).stdout
    archive.copy(program, PurePosixPath("/root/.cache/loopfork", program.name))
    archive.text(PurePosixPath("/bin/go"), f"#!/bin/sh\necho '{version.strip()}'\n", executable=True)


def _of(found: Distribution) -> Iterator[Path]:
    for entry in found.files or ():
        path = Path(str(found.locate_file(entry)))
        if path.is_file() and not LEFT_OUT & set(entry.parts) and ".." not in entry.parts:
            yield path


def _project() -> Iterator[Path]:
    for name in OURS:
        yield from _files(PROJECT / name)


def _libraries(files: list[Path]) -> list[Path]:
    """The shared libraries that any of the files loads, by asking the loader of this machine."""
    programs = (Path(sys.executable).resolve(), *_binaries())
    binaries = [str(path) for path in files if ".so" in path.name or path in programs]
    said = subprocess.run(["ldd", *binaries], capture_output=True, text=True, check=False).stdout
    found = re.findall(r"(?:=> |^\s+)(/\S+) \(0x", said, re.MULTILINE)
    return sorted({Path(name) for name in found} - set(files))
