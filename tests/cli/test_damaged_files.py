"""Whatever a file holds that says it is a saved run: it is shown, or there is one message and no traceback."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.cli.damage import damaged

KINDS = ("bytes", "cut", "metadata", "column")
SAVED = {
    "threads": ("--model", "threaded", "--load", "mixed", "--duration", "6 s"),
    "behind nginx": ("--model", "prefork", "--nginx", "--load", "slow-clients", "--duration", "6 s"),
    "with a crash": ("--model", "prefork", "--load", "crash", "--duration", "22 s"),
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    from simulator.cli.main import main

    folder = tmp_path_factory.mktemp("saved")
    for name, flags in SAVED.items():
        assert main([*flags, "--parquet", str(folder / name), "--quiet", "--no-advice"]) == 0
    return [(folder / name).read_bytes() for name in SAVED]


@pytest.mark.parametrize("number", range(60))
def test_a_damaged_file_is_shown_or_refused_with_one_message(
    number: int, saved: list[bytes], simulate: Any, tmp_path: Path
) -> None:
    path = tmp_path / "run.parquet"
    damaged(saved[number // 4 % 3], KINDS[number % 4], random.Random(number), path)
    for more in ((), ("--request", "3")):
        done = simulate("show", path, *more)
        assert done.code in (0, 2), done.err
        if done.code == 2:
            assert done.err.startswith("simulate: ")
            assert done.err.count("\n") == 1
            assert done.out == ""


def test_a_file_whose_own_words_are_nested_without_end_is_refused(simulate: Any, tmp_path: Path) -> None:
    import polars as pl

    path = tmp_path / "deep.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(path, metadata={"loopfork": "[" * 100_000})
    done = simulate("show", path)
    assert done.code == 2
    assert "or damaged" in done.err


def test_a_file_that_claims_more_rows_than_there_is_room_for_is_refused_before_it_is_read(
    saved: list[bytes], simulate: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.results.soundness.free_memory", lambda: 10_000)
    path = tmp_path / "run.parquet"
    path.write_bytes(saved[0])
    done = simulate("show", path)
    assert done.code == 2
    assert "of memory, and 9.77 KiB are free" in done.err


def test_a_dtype_of_a_terabyte_is_refused(saved: list[bytes], simulate: Any, tmp_path: Path) -> None:
    import json

    import polars as pl

    path = tmp_path / "run.parquet"
    path.write_bytes(saved[0])
    frame, about = pl.read_parquet(path), json.loads(pl.read_parquet_metadata(path)["loopfork"])
    about["columns"]["arrival"] = ["(1000000,1000000)f8"]
    frame.write_parquet(path, metadata={"loopfork": json.dumps(about)})
    done = simulate("show", path)
    assert done.code == 2
    assert "not the columns of a run of this server: arrival" in done.err
