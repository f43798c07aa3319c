"""One side of the proxy: reading and writing with a limit to how long the other side may be silent.

What to look at: what a client has not taken yet waits in memory up to a limit, and beyond that in a temporary file. So
a client that reads slowly costs the proxy a socket and a file, whatever it was sent.
"""

import asyncio
import socket
import tempfile
import time
from collections import deque
from contextlib import suppress
from typing import IO

from models.wire.blocking import CHUNK, LINGER_S
from models.wire.outgoing import refusal
from models.wire.syntax import Refused


class Stream:
    """A connection, to a client or to a server; ``in_memory``: bytes that may wait there before a file takes them."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, idle_s: float, in_memory: float = float("inf")
    ) -> None:
        self._reader, self._writer, self._idle_s = reader, writer, idle_s
        writer.transport.set_write_buffer_limits(high=0)  # `drain` returns when the kernel has everything
        self._waiting = Spool(in_memory)
        self._feeding: asyncio.Task[None] | None = None
        self.sent = False
        """Whether anything has been written."""

    async def read(self, idle_s: float | None = None) -> bytes:
        """Some bytes; raises TimeoutError where none come, ConnectionError at the end."""
        async with asyncio.timeout(self._idle_s if idle_s is None else idle_s):
            return await self.read_whenever()

    async def read_whenever(self) -> bytes:
        """Some bytes, however long it takes; raises ConnectionError at the end."""
        data = await self._reader.read(CHUNK)
        if not data:
            raise ConnectionResetError("the other side left")
        return data

    def write(self, data: bytes) -> None:
        """Give the kernel what it takes, and keep the rest until it takes that; raises ConnectionError at the end.

        Raises Refused where the disk takes no more.
        """
        if self._writer.transport.is_closing():
            raise ConnectionResetError("the other side left")
        self.sent |= bool(data)
        if not self.unsent:
            self._writer.write(data)
            return
        try:
            self._waiting.put(data)
        except OSError as full:
            raise Refused(500, f"temporary file: {full.strerror}") from None
        if self._feeding is None:
            self._feeding = asyncio.ensure_future(self._feed())

    async def _feed(self) -> None:
        """Hand over what waits, at the pace of the other side."""
        with suppress(OSError):  # then the transport is closing, and the next write or flush says so
            await self._writer.drain()
            while piece := self._waiting.take():
                self._writer.write(piece)
                await self._writer.drain()
        self._feeding = None

    @property
    def unsent(self) -> int:
        """Bytes that the kernel has not taken."""
        return len(self._waiting) + self._writer.transport.get_write_buffer_size()

    async def flush(self) -> None:
        """Wait until the kernel has everything; raises TimeoutError where the other side takes nothing for too long."""
        before = None
        while (now := self.unsent) and now != before:
            before = now
            with suppress(TimeoutError):
                async with asyncio.timeout(self._idle_s):
                    await (asyncio.wait((self._feeding,)) if self._feeding else self._writer.drain())
        if self.unsent:
            raise TimeoutError("the other side reads nothing")
        await self._writer.drain()  # raises where the connection is lost

    async def turn_away(self, status: int) -> None:
        """Answer, then wait a little for the other side to close: closing now could destroy the answer."""
        with suppress(OSError):
            self.write(bytes(refusal(status).piece()))
            self._writer.write_eof()
            end = time.monotonic() + LINGER_S
            while (left := end - time.monotonic()) > 0:
                await self.read(left)

    def close(self) -> None:
        """The end; what the kernel has not taken is lost."""
        self._writer.transport.abort() if self.unsent else self._writer.close()
        if self._feeding is not None:
            self._feeding.cancel()
        self._waiting.close()


async def connect(address: tuple[str, int], timeout_s: float, idle_s: float) -> Stream:
    """A connection to a server behind."""
    async with asyncio.timeout(timeout_s):
        reader, writer = await asyncio.open_connection(*address)
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Stream(reader, writer, idle_s)


class Spool:
    """Bytes in the order in which they came: up to a limit in memory, and the others in a file without a name."""

    def __init__(self, in_memory: float) -> None:
        self._most, self._memory, self._in_memory = in_memory, deque[bytes](), 0
        self._file: IO[bytes] | None = None
        self._read, self._written = 0, 0

    def __len__(self) -> int:
        """How many bytes wait."""
        return self._in_memory + self._written - self._read

    def put(self, data: bytes) -> None:
        """Behind all others: once some are in the file, until that is read to its end."""
        if self._read == self._written and self._in_memory + len(data) <= self._most:
            self._memory.append(data)
            self._in_memory += len(data)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as the connection
        self._file.seek(self._written)
        self._written += self._file.write(data)

    def take(self) -> bytes:
        """The next of them; none if none wait."""
        if self._memory:
            self._in_memory -= len(self._memory[0])
            return self._memory.popleft()
        if self._file is None or self._read == self._written:
            return b""
        self._file.seek(self._read)
        piece = self._file.read(min(CHUNK, self._written - self._read))
        self._read += len(piece)
        if self._read == self._written:
            self._read = self._written = self._file.truncate(0)
        return piece

    def close(self) -> None:
        """Forget them all."""
        self._memory.clear()
        self._in_memory = self._read = self._written = 0
        if self._file is not None:
            self._file.close()
            self._file = None
