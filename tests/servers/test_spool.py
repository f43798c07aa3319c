"""What waits for a slow reader comes out as it went in, wherever it waited."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from tempfile import TemporaryFile
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.nginx.stream import Spool

PIECES = st.lists(st.one_of(st.binary(max_size=40), st.none()), max_size=30)
"""Bytes to put, or None to take some."""


@contextmanager
def spool(in_memory: float) -> Iterator[Spool]:
    its = Spool(in_memory)
    try:
        yield its
    finally:
        its.close()


@given(PIECES, st.sampled_from([0, 1, 50, inf]))
def test_bytes_come_out_in_the_order_in_which_they_went_in(pieces: list[bytes | None], in_memory: float) -> None:
    went_in, came_out = b"", b""
    with spool(in_memory) as its:
        for piece in pieces:
            if piece is None:
                came_out += its.take()
            else:
                its.put(piece)
                went_in += piece
            assert len(its) == len(went_in) - len(came_out)
        while its:
            came_out += its.take()
    assert came_out == went_in


@pytest.mark.parametrize(("in_memory", "has_file"), [(0, True), (99, True), (100, False), (inf, False)])
def test_only_what_memory_may_not_keep_needs_a_file(
    in_memory: float, has_file: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def file() -> IO[bytes]:
        opened.append(TemporaryFile())  # noqa: SIM115 - the spool closes it
        return opened[-1]

    monkeypatch.setattr("models.nginx.stream.tempfile.TemporaryFile", file)
    with spool(in_memory) as its:
        its.put(bytes(100))
        assert its.take() == bytes(100)
    assert bool(opened) == has_file
    assert all(each.closed for each in opened)


def test_a_file_that_was_read_to_its_end_begins_anew() -> None:
    with spool(0) as its:
        for _ in range(3):
            its.put(b"one")
            assert (its.take(), its.take(), len(its)) == (b"one", b"", 0)
