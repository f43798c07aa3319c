"""Writes what a Linux kernel unpacks as its first file system: an archive in cpio's "newc" format.

Source of the format: Documentation/driver-api/early-userspace/buffer-format.rst of the Linux kernel.
"""

import stat
from pathlib import Path, PurePosixPath
from typing import BinaryIO

MAGIC = "070701"
END = "TRAILER!!!"


class Archive:
    """Members are written as they come; missing parent folders are made."""

    def __init__(self, stream: BinaryIO) -> None:
        """Nothing is written yet."""
        self.stream = stream
        self.known: set[PurePosixPath] = set()

    def folder(self, path: PurePosixPath) -> None:
        """A folder and its parents."""
        if path in self.known or str(path) in ("/", "."):
            return
        self.folder(path.parent)
        self._member(path, stat.S_IFDIR | 0o755, b"")

    def text(self, path: PurePosixPath, content: str, *, executable: bool = False) -> None:
        """A file with this content."""
        self._file(path, content.encode(), executable)

    def link(self, path: PurePosixPath, target: str) -> None:
        """A symbolic link."""
        if path not in self.known:
            self.folder(path.parent)
            self._member(path, stat.S_IFLNK | 0o777, target.encode())

    def copy(self, source: Path, path: PurePosixPath) -> None:
        """A file of this machine; of a link what it points to. It keeps its time, or no bytecode would match it."""
        about = source.stat()
        self._file(path, source.read_bytes(), bool(about.st_mode & 0o100), int(about.st_mtime))

    def close(self) -> None:
        """Write the end; the stream stays open."""
        self._member(PurePosixPath(END), 0, b"")

    def _file(self, path: PurePosixPath, content: bytes, executable: bool, changed_s: int = 0) -> None:
        if path not in self.known:
            self.folder(path.parent)
            self._member(path, stat.S_IFREG | (0o755 if executable else 0o644), content, changed_s)

    def _member(self, path: PurePosixPath, mode: int, content: bytes, changed_s: int = 0) -> None:
        self.known.add(path)
        name = str(path).lstrip("/").encode() + b"\0"
        # inode, mode, uid, gid, links, time, size, device (2), its device (2), length of the name, checksum
        numbers = (len(self.known), mode, 0, 0, 1, changed_s, len(content), 0, 0, 0, 0, len(name), 0)
        self._padded((MAGIC + "".join(f"{number:08x}" for number in numbers)).encode() + name)
        self._padded(content)

    def _padded(self, content: bytes) -> None:
        self.stream.write(content + bytes(-len(content) % 4))
