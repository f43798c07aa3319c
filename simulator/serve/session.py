"""One browser tab: a process that runs the screen, and everything that goes to and fro between the two.

What to watch: a session is over only when its process has ended and was waited for, however it got there: asked to
quit, gone by itself, or killed after a moment of patience.
"""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Callable, Sequence
from contextlib import suppress

from aiohttp import WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from simulator.experiments.progress import talk
from simulator.lab.command_line import ADDRESS

GRACE_S = 3.0
"""How long a process that was asked to quit may take."""
WIDEST, HIGHEST = 1000, 500
"""Cells; nobody's screen is larger, and a grid must not fill the memory."""
PICTURES_PER_S = 30
MOST_ERRORS = 1 << 14
"""Bytes of what a process says when it fails."""
READY = b"__GANGLION__\n"
"""What Textual's driver writes before its first packet."""


class Session(AppService):
    """Runs ``command`` (program and arguments, given to no shell) for one WebSocket."""

    def __init__(
        self, command: Sequence[str], socket: web.WebSocketResponse, downloads: DownloadManager, *, address: str
    ) -> None:
        """``address`` is that of the page, for links."""
        super().__init__(
            " ".join(command),
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=self._closed,
            download_manager=downloads,
        )
        self._argv, self._socket, self._address = tuple(command), socket, address

    async def run_until_closed(self, size: tuple[int, int], idle_s: float) -> None:
        """From the first picture until the tab is closed, the screen is quit, or nobody did anything for ``idle_s``."""
        await self.start(*clamped(*size))
        try:
            await self._listen(idle_s)
        finally:
            await asyncio.shield(self.stop())

    async def run(self) -> None:
        """Pass on what the process says; when it ends, so does the connection."""
        assert self._process is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        errors = asyncio.create_task(_read_tail(self._process.stderr))
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._pass_on(self._process.stdout)
            await self._show_errors(await errors)
        finally:
            errors.cancel()
        await self._closed()

    async def _pass_on(self, stdout: asyncio.StreamReader) -> None:
        """What Textual's driver for browsers writes: a line when it is ready, then packets."""
        while await stdout.readline() not in (READY, b""):
            pass
        while True:
            kind, length = await stdout.readexactly(1), int.from_bytes(await stdout.readexactly(4), "big")
            handle = {b"D": self.on_data, b"M": self.on_meta, b"P": self.on_packed}.get(kind)
            payload = await stdout.readexactly(length)
            if handle is not None:
                await handle(payload)

    async def _show_errors(self, errors: bytes) -> None:
        """Show what the process said when it failed: in the tab, and where the server was started."""
        if errors:
            talk(errors.decode("utf-8", "replace"))
            with suppress(ConnectionError):
                await self.remote_write_bytes(errors.replace(b"\n", b"\r\n"))

    async def stop(self) -> None:
        """Ask the process to quit, and kill it if it does not."""
        if self._process is None:
            return
        try:
            async with asyncio.timeout(GRACE_S):
                with suppress(ConnectionError):
                    await super().stop()
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _listen(self, idle_s: float) -> None:
        while True:
            try:
                message = await self._socket.receive(timeout=idle_s)
            except TimeoutError:
                return
            if message.type is WSMsgType.TEXT:
                await self._handle_message(message.json)
            elif message.type is not WSMsgType.BINARY:  # nobody sends that, and whoever does learns nothing
                return

    async def _handle_message(self, decoded: Callable[[], object]) -> None:
        """Keys, sizes and focus; what is not understood is passed over, be it nested as deep as it likes."""
        try:
            match decoded():
                case ["stdin", str(keys)]:
                    await self.send_bytes(keys.encode("utf-8", "replace"))
                case ["resize", {"width": int(width), "height": int(height)}]:
                    await self.set_terminal_size(*clamped(width, height))
                case ["ping", sent]:
                    await self._socket.send_json(["pong", sent])
                case ["focus", *_]:
                    await self.focus()
                case _:  # the screen keeps its focus when the tab loses it
                    pass
        except (ValueError, RecursionError):
            pass

    async def _closed(self) -> None:
        await self._socket.close()

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        """The screen is drawn for the browser, whatever the terminal that ``simulate serve`` was typed in."""
        return super()._build_environment(width, height) | {
            ADDRESS: self._address,
            "LINES": str(height),
            "PYTHONIOENCODING": "utf-8",
            "TERM": "xterm-256color",
            "TEXTUAL_FPS": str(PICTURES_PER_S),
        }

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        self._process = await asyncio.create_subprocess_exec(
            *self._argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._build_environment(width, height),
            start_new_session=True,  # Ctrl-C in the terminal is for the server, which then takes its sessions down
        )
        self._stdin = self._process.stdin
        return self._process


async def _read_tail(stream: asyncio.StreamReader) -> bytes:
    """Read to the end, and keep the end."""
    kept = b""
    while data := await stream.read(MOST_ERRORS):
        kept = (kept + data)[-MOST_ERRORS:]
    return kept


def clamped(width: int, height: int) -> tuple[int, int]:
    """A size that a screen can have."""
    return min(max(width, 1), WIDEST), min(max(height, 1), HIGHEST)
