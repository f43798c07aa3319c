"""Who may talk to the server."""

import pytest

from simulator.serve.site import refused


@pytest.mark.parametrize(
    ("host", "origin", "allowed"),
    [
        ("127.0.0.1:8000", None, True),
        ("localhost:9000", "http://localhost:9000", True),
        ("[::1]:80", "http://[::1]:80", True),
        ("LOCALHOST:80", "http://localhost:80", True),
        ("localhost:9000", "http://localhost:3000", False),
        ("localhost:9000", "http://127.0.0.1:9000", False),
        ("localhost:9000", "https://localhost:9000", False),
        ("localhost:9000", "null", False),
        ("evil.example", "http://evil.example", False),
        ("localhost@evil.example", None, False),
        ("[::1", None, False),
        ("::1", None, False),
        ('127.0.0.1:1"><script>alert(1)</script>', None, False),
        ("127.0.0.1:80 evil.example", None, False),
        ("127.0.0.1:8000\n", None, False),
        ("127.0.0.1:٨٠", None, False),
        ("127.0.0.1:123456", None, False),
        ("127.0.0.1", None, True),
        ("", None, False),
    ],
)
def test_only_names_of_this_machine_and_their_own_pages_are_let_in(
    host: str, origin: str | None, allowed: bool
) -> None:
    assert (refused(host, origin) == "") == allowed
