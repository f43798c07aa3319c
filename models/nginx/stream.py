"""One side of the proxy: reading and writing with a limit to how long the other side may be silent."""

import asyncio
import socket
import time
from contextlib import suppress

from models.wire.blocking import CHUNK, LINGER_S
from models.wire.outgoing import refusal


class Stream:
    """A connection, to a client or to a server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, idle_s: float) -> None:
        self._reader, self._writer, self._idle_s = reader, writer, idle_s
        writer.transport.set_write_buffer_limits(high=0)  # `flush` returns when the kernel has everything
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
        """Take ``data`` into memory, and give the kernel what it takes; raises ConnectionError at the end."""
        if self._writer.transport.is_closing():
            raise ConnectionResetError("the other side left")
        self._writer.write(data)
        self.sent |= bool(data)

    @property
    def unsent(self) -> int:
        """Bytes in memory that the kernel has not taken."""
        return self._writer.transport.get_write_buffer_size()

    async def flush(self) -> None:
        """Wait until the kernel has everything; raises TimeoutError where the other side takes nothing for too long."""
        before = None
        while (now := self.unsent) and now != before:
            before = now
            with suppress(TimeoutError):
                async with asyncio.timeout(self._idle_s):
                    await self._writer.drain()
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


async def connect(address: tuple[str, int], timeout_s: float, idle_s: float) -> Stream:
    """A connection to a server behind."""
    async with asyncio.timeout(timeout_s):
        reader, writer = await asyncio.open_connection(*address)
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Stream(reader, writer, idle_s)
