"""Saved runs as nobody saves them: bytes turned, ends missing, and metadata that says what is not so."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from simulator.results.trace_file import KEY

HUGE = (
    0,
    -1,
    2,
    7,
    10**6,
    2**31,
    2**63,
    1e308,
    -0.5,
    None,
    True,
    "",
    "x",
    "<f8",
    "|S2000000000",
    "(1000000,1000000)f8",
)
ODD: tuple[Any, ...] = (
    *HUGE,
    [],
    {},
    [[]],
    [1, 2],
    {"type": "Pool"},
    {"enum": "Outcome", "name": "OPEN"},
    {"tuple": []},
)


def damaged(file: bytes, kind: str, dice: random.Random, place: Path) -> None:
    """Write the file to a place, damaged in one way."""
    {"bytes": _bytes, "cut": _cut, "metadata": _metadata, "column": _column}[kind](file, dice, place)


def _bytes(file: bytes, dice: random.Random, place: Path) -> None:
    turned = bytearray(file)
    for _ in range(dice.choice((1, 1, 3, 20))):
        start = max(len(turned) - 4000, 0) if dice.random() < 0.5 else 0  # the end has what the file says of itself
        turned[dice.randrange(start, len(turned))] = dice.randrange(256)
    place.write_bytes(turned)


def _cut(file: bytes, dice: random.Random, place: Path) -> None:
    start = dice.randrange(len(file))
    place.write_bytes(file[:start] if dice.random() < 0.5 else file[:start] + file[start + dice.randrange(1, 200) :])


def _metadata(file: bytes, dice: random.Random, place: Path) -> None:
    place.write_bytes(file)
    frame, about = pl.read_parquet(place), json.loads(pl.read_parquet_metadata(place)[KEY])
    for _ in range(dice.choice((1, 1, 2))):
        holder, key = dice.choice(_leaves(about))
        if dice.random() < 0.15:
            holder.pop(key)
        else:
            holder[key] = dice.choice(ODD)
    frame.write_parquet(place, metadata={KEY: json.dumps(about)})


def _leaves(about: Any) -> list[tuple[Any, Any]]:
    """Where something stands that can be another: what holds it, and under which key."""
    items: list[tuple[Any, Any]] = (
        list(about.items()) if isinstance(about, dict) else list(enumerate(about)) if isinstance(about, list) else []
    )
    found: list[tuple[Any, Any]] = [(about, key) for key, _ in items]
    for _, value in items:
        found += _leaves(value)
    return found


def _column(file: bytes, dice: random.Random, place: Path) -> None:
    place.write_bytes(file)
    frame, metadata = pl.read_parquet(place), pl.read_parquet_metadata(place)
    name = dice.choice(frame.columns)
    changes: tuple[Callable[[], pl.DataFrame], ...] = (
        lambda: frame.drop(name),
        lambda: frame.with_columns(pl.lit(dice.choice((-1, 2**31 - 1, 100, 0))).alias(name)),
        lambda: frame.with_columns(pl.lit(dice.choice((float("nan"), float("inf"), -1.0, 1e300))).alias(name)),
        lambda: frame.with_columns(pl.lit(None).alias(name)),
        lambda: frame.with_columns(pl.lit("text").alias(name)),
        lambda: frame.with_columns(pl.col(name).shuffle(seed=dice.randrange(99))),
        lambda: (
            frame.with_columns((-pl.col(name).cast(pl.Float64, strict=False)).cast(frame.schema[name], strict=False))
            if frame.schema[name].is_numeric()
            else frame.clear()
        ),
        lambda: frame.with_columns(pl.when(pl.int_range(pl.len()) == 3).then(None).otherwise(pl.col(name)).alias(name)),
        lambda: frame.head(dice.randrange(5)),
        lambda: frame.rename({name: dice.choice(("x", "workload.x", "grants.request"))}),
    )
    changed = dice.choice(changes)()
    changed.write_parquet(place, metadata={KEY: metadata[KEY]})
