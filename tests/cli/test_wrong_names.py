"""Names that no file can have: links in a circle, and more characters than a name may have."""

from pathlib import Path
from typing import Any

import pytest

CIRCLE, LONG = "circle", "x" * 300
LOAD = ("--load", "steady", "--duration", "6s")


@pytest.fixture(autouse=True)
def with_a_circle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(CIRCLE).symlink_to(CIRCLE)


@pytest.mark.parametrize("name", [CIRCLE, LONG, f"{LONG}/file", f"{CIRCLE}/file"], ids=lambda name: name[-8:])
@pytest.mark.parametrize(
    "line",
    [
        ("--model", "prefork", "--load"),
        ("--model", "prefork", *LOAD, "--machine"),
        ("--model", "prefork", *LOAD, "--json"),
        ("--model", "prefork", *LOAD, "--csv"),
        ("--model", "prefork", *LOAD, "--parquet"),
        ("compare", "prefork", "threaded", *LOAD, "--json"),
        ("show",),
        ("measure", "prefork", "--load"),
        ("measure", "prefork", *LOAD, "--json"),
        ("validate", "prefork", "--load"),
        ("validate", "prefork", *LOAD, "--csv"),
        ("calibrate", "--output"),
        ("serve", "show"),
        ("serve", "--model", "prefork", "--load"),
    ],
    ids=" ".join,
)
def test_get_one_message_and_nothing_is_begun(
    line: tuple[str, ...], name: str, simulate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for begun in ("measure.measure", "calibrate._bare_samples", "validate.compare"):
        monkeypatch.setattr(f"simulator.cli.{begun}", lambda *_, **__: pytest.fail("it has begun"))
    done = simulate(*line, name)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "Traceback" not in done.err
