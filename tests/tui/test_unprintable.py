"""Whatever a saved run says, no screen obeys it: nothing that a terminal would take for an order is in any cell."""

from dataclasses import replace

import pytest

from simulator.lab.history import Result
from simulator.stage.canvas.look import Look
from tests.tui.foreign import after
from tests.tui.labs import BEGIN_S, shown

ORDERS = "a\x9b2J\u202e\u2066\x07\x1b]52;c;AAAA\x07"
"""Clear the screen, in a C1 sequence; turn the reading direction round; ring; write to the clipboard."""


@pytest.mark.parametrize("keys", [(), ("down", "enter"), ("h",), ("h", "tab"), ("w",), ("j",), ("v",), ("e",), ("y",)])
def test_no_name_or_title_of_a_run_reaches_the_terminal_as_an_order(keys: tuple[str, ...]) -> None:
    trace = shown("prefork").playbacks[0].trace
    workload = replace(
        trace.workload,
        class_names=tuple(f"{name}{ORDERS}" for name in trace.workload.class_names),
        client_names=tuple(f"{name}{ORDERS}" for name in trace.workload.client_names),
    )
    labels = trace.labels | dict.fromkeys(("title", "story", "load", "version"), ORDERS)
    grid = after(Result.of((replace(trace, workload=workload, labels=labels),)), keys, (120, 36), Look(), BEGIN_S)
    text = "".join(grid.text(row) for row in range(grid.height))
    assert [each for each in text if not each.isprintable()] == []
