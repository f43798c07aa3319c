"""The head of an HTTP/1.1 message, strictly: bytes in, names and values out, or a reason for turning it away.

What to watch: whatever two servers in a row could read differently is refused instead of repaired.
"""

import re
from dataclasses import dataclass

HEAD_LIMIT = 16 * 1024
"""Bytes of a head, its empty line included."""
BODY_LIMIT = 32 * 1024 * 1024
"""Bytes of a body."""

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST_LINE = re.compile(rb"(" + _TOKEN + rb") ([\x21-\x7e]+) (HTTP/[0-9]\.[0-9])")
_STATUS_LINE = re.compile(rb"(HTTP/1\.[01]) ([1-9][0-9]{2}) ?([\t\x20-\x7e\x80-\xff]*)")
_FIELD = re.compile(rb"(" + _TOKEN + rb"):([\t\x20-\x7e\x80-\xff]*)")
_ONCE = frozenset({"content-length", "host", "transfer-encoding", "x-request", "x-steps", "x-response"})


class Refused(Exception):  # noqa: N818  (it is an answer, not a failure)
    """A message that is not accepted, with the HTTP status that says so."""

    def __init__(self, status: int, reason: str, outcome: str = "") -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.outcome = outcome or f"status_{status}"
        """The word for it in the report."""


@dataclass(frozen=True, slots=True)
class Head:
    """First line and fields of a message."""

    start: tuple[str, str, str]
    fields: dict[str, str]
    """By name in lower case; the values of a repeated name are joined by commas."""


def request_head(raw: bytes) -> Head:
    """The head of a request; ``raw`` ends before the empty line."""
    return _head(raw, _REQUEST_LINE)


def response_head(raw: bytes) -> Head:
    """The head of a response; ``raw`` ends before the empty line."""
    return _head(raw, _STATUS_LINE)


def content_length(head: Head) -> int | None:
    """Bytes of the body as announced, None where nothing is announced."""
    if "transfer-encoding" in head.fields:
        raise Refused(501, "Transfer-Encoding")
    announced = head.fields.get("content-length")
    if announced is None:
        return None
    if not (announced.isascii() and announced.isdigit()):
        raise Refused(400, f"Content-Length {announced!r}")
    if len(announced) > len(str(BODY_LIMIT)) or int(announced) > BODY_LIMIT:
        raise Refused(413, f"Content-Length {announced[:20]}")
    return int(announced)


def _head(raw: bytes, first_line: re.Pattern[bytes]) -> Head:
    start, *lines = raw.split(b"\r\n")
    match = first_line.fullmatch(start)
    if match is None:
        raise Refused(400, "first line")
    one, two, three = (part.decode("latin-1") for part in match.groups())
    return Head((one, two, three), _fields(lines))


def _fields(lines: list[bytes]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        match = _FIELD.fullmatch(line)
        if match is None:
            raise Refused(400, "header line")
        name, value = match[1].decode("ascii").lower(), match[2].decode("latin-1").strip(" \t")
        if name in fields and name in _ONCE:
            raise Refused(400, f"{name} twice")
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields
