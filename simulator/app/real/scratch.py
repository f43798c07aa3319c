"""The temporary folder of a measured run, and those that killed runs have left behind.

What to watch: a folder belongs to a living run as long as somebody holds the lock on the file inside it. The kernel
lets go of the lock when its holder ends, also by SIGKILL, so no process number has to be believed.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

PREFIX = "loopfork-"
LOCK = "in-use"
YOUNGEST_S = 60.0
"""A folder that is younger may belong to a run that has not locked it yet."""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for as long as the block lasts; folders of runs that are dead are removed first."""
    remove_dead_folders()
    with TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        with (folder / LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder


def remove_dead_folders(now: float | None = None) -> None:
    """Remove folders of this user in which nobody holds the lock; ``now`` in seconds since 1970."""
    latest = (time.time() if now is None else now) - YOUNGEST_S
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # another run removes it, or it is no folder of ours
            about = folder.lstat()
            if about.st_uid == os.getuid() and about.st_mtime < latest:
                _remove_unless_locked(folder)


def _remove_unless_locked(folder: Path) -> None:
    with (folder / LOCK).open("rb") as lock:  # without one it is not a folder of ours
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
