"""What the driver says and understands of HTTP/1.1: one request, one response, and then the connection is over."""

from collections.abc import Sequence

import numpy as np

from simulator.workload.table import Work, Workload

WORDS: dict[Work, str] = {work: work.name.lower() for work in Work if work is not Work.NONE}
LONGEST_HEAD = 65536


class ResponseError(Exception):
    """What came back is not the head of a response."""


def request_head(row: int, steps: str, upload: int, response: int) -> tuple[bytes, int]:
    """The head of a request, and how many bytes of body make it ``upload`` bytes long altogether, where that can be."""
    start = (
        f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nX-Request: {row}\r\nX-Steps: {steps}\r\n"
        f"X-Response: {response}\r\nContent-Length: "
    )
    body = max(upload - len(start) - len("\r\n\r\n") - 1, 0)
    body = max(body + 1 - len(str(body)), 0)
    return f"{start}{body}\r\n\r\n".encode(), body


def steps_format(kinds: Sequence[int]) -> str:
    """How a class's own work is written, to be filled with seconds: ``cpu=%.6f,io=%.6f``."""
    return ",".join(f"{WORDS[Work(kind)]}=%.6f" for kind in kinds if kind != Work.NONE)


class Requests:
    """What is sent for every row of a load; each request is made when its time has come."""

    def __init__(self, load: Workload) -> None:
        # Lists, because taking single numbers out of arrays is slow.
        self._class, self._phases = load.request_class.tolist(), load.phases.tolist()
        self._upload, self._response = (np.rint(sizes).astype(int).tolist() for sizes in (load.upload, load.response))
        self._steps = [
            (steps_format(kinds), len(kinds) - kinds.count(Work.NONE)) for kinds in load.phase_kinds.tolist()
        ]

    def message(self, row: int) -> tuple[bytes, int]:
        """The head, and how many bytes of body follow it."""
        steps, phases = self._steps[self._class[row]]
        return request_head(row, steps % tuple(self._phases[row][:phases]), self._upload[row], self._response[row])


def response_head(data: bytes) -> tuple[int, int, int] | None:
    """Status, bytes of the head, bytes of the body; None while the head is not whole. Raises ResponseError."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        if len(data) > LONGEST_HEAD:
            raise ResponseError(f"no end of the head within {LONGEST_HEAD} bytes")
        return None
    status, *fields = data[:end].split(b"\r\n")
    words = status.split(b" ", 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise ResponseError(f"not a status line: {status[:80]!r}")
    for field in fields:
        name, _, value = field.partition(b":")
        if name.lower() == b"content-length" and value.strip().isdigit():
            return int(words[1]), end + 4, int(value)
    raise ResponseError("no Content-Length")
