"""A server with known delays that writes down what it saw of every request: ``python -m tests.real.known_server LOG``.

It waits X-Steps' ``io`` seconds in a thread of its own, answers with X-Response bytes, and appends one JSON line a
request. The class of a request may ask for more in its ``cpu`` seconds, which are words here: see ``MANNERS``.
"""

import json
import re
import select
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

MANNERS = {1.0: "hang up", 2.0: "busy", 3.0: "read late", 4.0: "cut short"}
"""What ``cpu=1`` and so on mean: close without an answer, answer 503, begin to read after the wait, send half."""
SMALL_BUFFER = 16384


def serve(connection: socket.socket, log: Path) -> None:
    seen: dict[str, Any] = {"accepted": time.monotonic(), "chunks": []}
    head = connection.recv(1024, socket.MSG_PEEK).decode()
    row, steps = int(_field(head, "X-Request")), dict(re.findall(r"(cpu|io)=([0-9.]+)", _field(head, "X-Steps")))
    wait, manner = float(steps.get("io", 0.0)), MANNERS.get(float(steps.get("cpu", 0.0)), "answer")
    if manner == "read late":
        time.sleep(wait)
    seen["first_read"] = time.monotonic()
    total = head.index("\r\n\r\n") + 4 + int(_field(head, "Content-Length"))
    received = 0
    while received < total:
        received += len(connection.recv(65536))
        seen["chunks"].append((time.monotonic(), received))
    seen["total"], gone = total, False
    if manner != "read late":
        gone = bool(select.select([connection], [], [], wait)[0])
    seen["answered"] = None if gone else time.monotonic()
    if not gone and manner != "hang up":
        seen["sent"] = _answer(connection, manner, int(_field(head, "X-Response")))
        gone = manner == "cut short" or bool(select.select([connection], [], [])[0])
    connection.close()
    seen["gone"] = time.monotonic() if gone else None
    with log.open("a") as file:
        file.write(json.dumps(seen | {"row": row}) + "\n")


def _answer(connection: socket.socket, manner: str, size: int) -> float:
    status = "503 Busy" if manner == "busy" else "200 OK"
    body = b"y" * (size // 2 if manner == "cut short" else size)
    connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n\r\n".encode() + body)
    return time.monotonic()


def _field(head: str, name: str) -> str:
    return str(re.findall(rf"{name}: (.*)\r\n", head)[0])


def main() -> None:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    print(listener.getsockname()[1], flush=True)
    while 0 not in select.select([0, listener.fileno()], [], [])[0]:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, Path(sys.argv[1])), daemon=True).start()


if __name__ == "__main__":
    main()
