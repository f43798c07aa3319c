"""Starts the quiet machine: QEMU's emulation of one core that carries out an instruction in a nanosecond of its own
time, however long that takes outside, and skips the time in which it has nothing to do.

What to watch: whatever else the host is doing, inside no timer is late and no run differs from the one before by more
than the choices of the kernel. It is slow: about a tenth of a current core by its own clock, and a second in which it
computes takes ten seconds outside.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.quiet.archive import Archive
from tests.quiet.contents import PROJECT, SERVERS, fill, missing_server_packages

CACHE = PROJECT / "build" / "quiet"
KERNEL_PACKAGE = "linux-image-cloud-amd64"
MEMORY_MIB = 2600
NEEDED = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "tc": "iproute2",
    "nginx": "nginx-light",
    "apt-get": "apt",
    "dpkg-deb": "dpkg",
}
COMMAND_LINE = "console=ttyS0 quiet nokaslr mitigations=off tsc=reliable clocksource=tsc panic=-1"


class QuietMachineError(Exception):
    """The machine could not be made or did not come to its end; says what to do."""


def ready() -> bool:
    """Whether everything is there that the machine is made of."""
    return not missing_packages() and _kernel() is not None


def missing_packages() -> list[str]:
    """Debian packages without which the machine cannot be made."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    return [package for program, package in NEEDED.items() if shutil.which(program, path=path) is None]


def run(job: str, limit_s: float) -> str:
    """What a shell script prints inside. Nothing of the host can be reached from there, and nothing is kept.

    Raises QuietMachineError where it is not prepared, and where the script takes more than ``limit_s`` outside.
    """
    kernel = _kernel()
    if missing_packages() or kernel is None:
        raise QuietMachineError("is not prepared: python -m tests.quiet --prepare")
    with tempfile.TemporaryDirectory(prefix="loopfork-quiet-") as folder:
        files, output = Path(folder, "files"), Path(folder, "output")
        with files.open("wb") as stream:
            archive = Archive(stream)
            fill(archive, job, next(CACHE.rglob("sch_netem.ko")))
            archive.close()
        try:
            subprocess.run(
                _command(kernel, files, output),
                check=True,
                timeout=limit_s,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            raise QuietMachineError(f"was not done after {limit_s:.0f} s; so far:\n{_read(output)}") from None
        return _read(output)


def _read(output: Path) -> str:
    return output.read_text(errors="replace") if output.exists() else ""


def _command(kernel: Path, files: Path, output: Path) -> list[str]:
    return [
        "qemu-system-x86_64", "-machine", "q35", "-accel", "tcg,thread=single", "-cpu", "max",
        "-smp", "1", "-m", str(MEMORY_MIB),
        "-icount", "shift=0,sleep=off",
        "-nodefaults", "-display", "none", "-no-reboot", "-nic", "none",
        "-serial", f"file:{output}.console", "-serial", f"file:{output}",
        "-kernel", str(kernel), "-initrd", str(files), "-append", COMMAND_LINE,
    ]  # fmt: skip


def prepare() -> None:
    """Fetch what it runs, once; nothing of it is installed here. Raises QuietMachineError."""
    if missing := missing_packages():
        raise QuietMachineError(f"needs the Debian packages {' '.join(missing)}: apt-get install {' '.join(missing)}")
    if _kernel() is None:
        _fetch_kernel()
    if missing_server_packages():
        _fetch_servers(missing_server_packages())


def _fetch_servers(names: list[str]) -> None:
    """Production servers that the project's environment does not have."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(SERVERS)]
    try:
        subprocess.run([*pip, *names], check=True)
    except subprocess.CalledProcessError:
        raise QuietMachineError(f"pip could not fetch {' '.join(names)}: see above") from None


def _fetch_kernel() -> None:
    """Debian's kernel for virtual machines."""
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        about = subprocess.run(["apt-cache", "depends", KERNEL_PACKAGE], capture_output=True, text=True, check=True)
        package = next(word for word in about.stdout.split() if word.startswith("linux-image-") and word[12].isdigit())
        subprocess.run(["apt-get", "download", "-qq", package], cwd=CACHE, check=True)
    except (subprocess.CalledProcessError, StopIteration):
        raise QuietMachineError(f"apt-get does not find {KERNEL_PACKAGE}: try apt-get update") from None
    for archive in CACHE.glob("*.deb"):
        subprocess.run(["dpkg-deb", "--extract", str(archive), str(CACHE)], check=True)
        archive.unlink()


def _kernel() -> Path | None:
    return max(CACHE.glob("boot/vmlinuz-*"), default=None)
