"""A real browser without a screen, driven over its DevTools protocol."""

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    "--window-size=1000,600",
)
PORT_FILE = "DevToolsActivePort"


class Browser:
    """One tab of it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._number = socket, 0
        self.requests: list[str] = []
        """Addresses that the page asked for, WebSockets included."""
        self.complaints: list[str] = []
        """What the page wrote to its console as an error, and exceptions."""

    async def do(self, method: str, **parameters: object) -> Any:
        """Carry out a command, and take note of what happens meanwhile."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            message = json.loads((await self._socket.receive(timeout=60.0)).data)
            if message.get("id") == self._number:
                assert "error" not in message, message
                return message["result"]
            self._note(message.get("method"), message.get("params", {}))

    async def value(self, expression: str) -> Any:
        """Of JavaScript in the page."""
        return (await self.do("Runtime.evaluate", expression=expression, returnByValue=True))["result"].get("value")

    async def becomes(self, expression: str) -> None:
        """Wait until an expression in the page is true."""
        async with asyncio.timeout(60.0):
            while not await self.value(expression):
                await asyncio.sleep(0.05)

    async def press(self, key: str) -> None:
        """A printable key."""
        await self.do("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
        await self.do("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def click(self, x: int, y: int) -> None:
        """The left button."""
        for kind in ("mousePressed", "mouseReleased"):
            await self.do("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def screenshot(self) -> bytes:
        """As PNG."""
        return base64.b64decode((await self.do("Page.captureScreenshot"))["data"])

    def _note(self, method: str | None, parameters: dict[str, Any]) -> None:
        match method:
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            case "Network.webSocketCreated":
                self.requests.append(parameters["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(str(parameters["exceptionDetails"]))
            case "Log.entryAdded" if parameters["entry"]["level"] == "error":
                self.complaints.append(parameters["entry"]["text"])


@asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Browser]:
    """Start Chromium with an empty profile; it is gone afterwards."""
    assert CHROMIUM is not None
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank", stdout=quiet, stderr=quiet
    )
    try:
        async with aiohttp.ClientSession() as client:
            address = f"http://127.0.0.1:{await _port(profile / PORT_FILE)}"
            async with client.get(f"{address}/json/list") as response:
                pages = [page for page in await response.json() if page["type"] == "page"]
            async with client.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=1 << 26) as socket:
                its = Browser(socket)
                for domain in ("Page", "Network", "Runtime", "Log"):
                    await its.do(f"{domain}.enable")
                yield its
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _port(file: Path) -> int:
    async with asyncio.timeout(60.0):
        while not file.exists() or "\n" not in file.read_text():
            await asyncio.sleep(0.05)
    return int(file.read_text().split("\n")[0])
