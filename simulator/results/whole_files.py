"""Files that appear whole or not at all.

Everything is written beside its place under a temporary name, and put in place at the end, all files together. An
error, Ctrl-C, SIGTERM or SIGHUP on the way removes what was begun, and leaves what was there before as it was.
"""

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell

HELD_BACK = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class WholeFiles:
    """The files of one command, while they are being written."""

    _begun: list[tuple[Path, Path]] = field(default_factory=list)
    _folders: list[Path] = field(default_factory=list)

    def folder(self, path: Path) -> None:
        """Have a folder; one that was not there goes again if the command fails."""
        if not path.is_dir():
            with _named_in_errors(path):
                path.mkdir()
            self._folders.append(path)

    def write(self, path: Path, writer: Callable[[Path], None]) -> None:
        """Let ``writer`` write a file under a temporary name; ``path`` is where it will be. Raises RefusalError."""
        is_device = path.exists() and not path.is_file()
        place = path if is_device else path.resolve()  # a link stays, and the file that it points to is replaced
        if any(place == other for _, other in self._begun):
            raise RefusalError(tell("{path} is named for two outputs; give each a file of its own", path=path))
        home = Path(tempfile.gettempdir()) if is_device else place.parent
        temporary = home / f".{place.name}.{os.getpid()}.{len(self._begun)}.part"
        self._begun.append((temporary, place))
        with _named_in_errors(path):
            writer(temporary)

    def put_in_place(self) -> None:
        """Give all files their names. Ctrl-C and SIGTERM wait until that is done."""
        with _uninterrupted():
            for temporary, place in self._begun:
                with _named_in_errors(place):
                    if place.exists() and not place.is_file():  # /dev/stdout, or a pipe of the shell
                        with temporary.open("rb") as source, place.open("wb") as target:
                            shutil.copyfileobj(source, target)
                        temporary.unlink()
                    else:
                        temporary.replace(place)
            self._begun.clear()
            self._folders.clear()

    def give_up(self) -> None:
        """Remove what was begun."""
        for temporary, _ in self._begun:
            with suppress(OSError):
                temporary.unlink()
        for folder in reversed(self._folders):
            with suppress(OSError):  # not ours alone
                folder.rmdir()


@contextmanager
def whole_files() -> Iterator[WholeFiles]:
    """Collect files in a block; they appear when it ends, and not if it fails."""
    files = WholeFiles()
    try:
        yield files
        files.put_in_place()
    finally:
        files.give_up()


def refuse_unwritable(path: Path, *, folder: bool = False) -> None:
    """Raise RefusalError if nothing can be written there: said before the run, and not after."""
    try:
        path.resolve()
        path.exists()
    except (OSError, RuntimeError) as error:  # a name that is too long, links that point to one another
        why = getattr(error, "strerror", None) or error
        raise RefusalError(tell("cannot write {file}: {why}", file=str(path)[:100], why=why)) from None
    if folder and path.exists() and not path.is_dir():
        raise RefusalError(tell("{path} is a file; expected a folder to write into", path=path))
    if not folder and path.is_dir():
        raise RefusalError(tell("{path} is a folder; expected the name of a file", path=path))
    parent = path if folder and path.is_dir() else path.resolve().parent
    if not parent.is_dir():
        typed = f"mkdir -p {parent}"
        raise RefusalError(
            tell(
                "cannot write {path}: there is no folder {parent}. Create it first: {typed}",
                path=path,
                parent=parent,
                typed=typed,
            )
        )
    if not os.access(path if path.exists() else parent, os.W_OK):
        raise RefusalError(tell("cannot write {path}: no permission", path=path))


@contextmanager
def _named_in_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise RefusalError(tell("cannot write {file}: {why}", file=path, why=error.strerror or error)) from None


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back.

    By a handler and not by a signal mask: Polars has threads that the mask would not cover.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    before = {number: signal.signal(number, lambda came, _: waiting.append(came)) for number in HELD_BACK}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if waiting:
        signal.raise_signal(waiting[0])
