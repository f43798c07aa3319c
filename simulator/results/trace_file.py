"""A whole run in one Parquet file: the trace's columns as columns, everything else as JSON in the file's metadata.

What to watch: the file is complete. Reading it gives the same trace, and writing that gives the same bytes.
"""

import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.experiments.refusal import RefusalError
from simulator.plan import Plan
from simulator.results.plan_json import plan_from_data, plan_to_data
from simulator.results.soundness import check_about, check_columns, check_values
from simulator.trace.columns import COLUMNS
from simulator.trace.table import Grants, Trace
from simulator.words.language import tell
from simulator.workload.interventions import Do, Intervention
from simulator.workload.table import Workload

if TYPE_CHECKING:
    import polars as pl

KEY = "loopfork"
FORMAT = 1
"""Raised when an older program could misread the file."""

BLOCK_ROWS = 1 << 14
"""Rows that are put together for writing; four times as many are one row group of the file."""

OF_TRACE = tuple(column.name for column in COLUMNS)
RARE = {column.name: column for column in COLUMNS if column.rare}
"""Not in a file if there is nothing in them."""
OF_WORKLOAD = ("arrival", "request_class", "client", "upload", "response", "phases", "rtt", "patience", "coin", "think")
OF_GRANTS = ("request", "place", "lock", "start", "end")
WHICH_LOCK = "grants.lock"
"""Not in a file where the place says it, as it does but for loops beside which threads compute."""
RATES = ("up_rate", "down_rate")
NUMBERS = ("duration", "warmup", "seed", "clients_in_loop")
NUMBERS_IF_ANY = ("limit",)
"""Not in a file where they are 0, as they are not in those of older versions."""


def save(trace: Trace, path: Path) -> None:
    """Write the trace, block by block; the same trace gives the same bytes."""
    from polars.io.plugins import register_io_source

    arrays = dict(_arrays(trace))
    shapes = {name: [array.dtype.str, *array.shape[1:]] for name, array in arrays.items()}
    metadata = json.dumps(_about(trace) | {"columns": shapes}, ensure_ascii=False, allow_nan=False)

    schema = _frame(arrays, 0, 0).schema
    lazy = register_io_source(lambda *_: frames(trace), schema=schema)
    lazy.sink_parquet(path, metadata={KEY: metadata}, row_group_size=4 * BLOCK_ROWS)


def frames(trace: Trace) -> "Iterator[pl.DataFrame]":
    """The columns of the file, some rows at a time."""
    arrays = dict(_arrays(trace))
    return (_frame(arrays, start, min(start + BLOCK_ROWS, len(trace))) for start in range(0, len(trace), BLOCK_ROWS))


def _frame(arrays: Mapping[str, NDArray[Any]], start: int, stop: int) -> "pl.DataFrame":
    """Some rows of all columns."""
    import polars as pl

    columns: dict[str, pl.Series] = {}
    for name, array in arrays.items():
        if name.startswith("grants."):  # has rows of its own: all of them become one list in the first row
            whole = pl.Series(array).implode().head(int(start == 0 < stop))
            columns[name] = whole.extend_constant(None, stop - start - len(whole))
        elif array.ndim == 1:
            columns[name] = pl.Series(np.ascontiguousarray(array[start:stop]))
        else:
            block = np.ascontiguousarray(array[start:stop].T)
            columns |= {f"{name}.{i}": pl.Series(block[i]) for i in range(len(block))}
    return pl.DataFrame(columns)


def read(path: Path) -> Trace:
    """Read a saved trace. Raises RefusalError for a file that is missing, damaged, of another program, or too new."""
    if not os.path.isfile(path):  # noqa: PTH113 - which raises for a name that is too long
        raise RefusalError(tell("{path}: no such file; expected a run saved with --parquet FILE", path=path))
    try:
        with _quiet():
            return _read(path)
    except RefusalError:
        raise
    except PermissionError:
        raise RefusalError(tell("{path}: no permission to read it", path=path)) from None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RefusalError(
            tell("{path}: not a run saved with --parquet FILE, or damaged ({reason})", path=path, reason=reason[:100])
        ) from None


def _read(path: Path) -> Trace:
    import polars as pl

    about = json.loads(pl.read_parquet_metadata(path).get(KEY, "null"))
    if about is None:
        raise RefusalError(
            tell("{path}: a Parquet file, but not one of ours; expected a run saved with --parquet FILE", path=path)
        )
    if about["format"] != FORMAT:
        raise RefusalError(
            tell(
                "{path}: saved in format {format}, but this version reads {ours}: update loopfork",
                path=path,
                format=about["format"],
                ours=FORMAT,
            )
        )
    plan = plan_from_data(about["plan"])
    check_about(about, plan)
    rows = int(pl.scan_parquet(path).select(pl.len()).collect().item())
    check_columns(about, rows, pl.read_parquet_schema(path), plan)
    trace = _trace(about, plan, pl.read_parquet(path))
    check_values(trace)
    return trace


@contextmanager
def _quiet() -> Iterator[None]:
    """Where Polars panics it says so on stderr by itself, several lines for each thread; one message is enough."""
    try:
        kept = os.dup(2)
    except OSError:  # closed
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _arrays(trace: Trace) -> Iterator[tuple[str, NDArray[Any]]]:
    parts: dict[str, tuple[Any, tuple[str, ...]]] = {
        "": (trace, OF_TRACE),
        "workload.": (trace.workload, OF_WORKLOAD),
        "grants.": (trace.grants, OF_GRANTS),
    }
    for prefix, (table, names) in parts.items():
        for name in names:
            array = getattr(table, name, None)
            if array is None or (name in RARE and RARE[name].is_blank(array)):
                continue
            if prefix + name != WHICH_LOCK or len(set(trace.lock_places)) < len(trace.lock_places):
                yield prefix + name, array


def _about(trace: Trace) -> dict[str, Any]:
    workload = trace.workload
    return {
        "format": FORMAT,
        "labels": trace.labels,
        "plan": plan_to_data(trace.plan),
        "workload": {
            "class_names": workload.class_names,
            "client_names": workload.client_names,
            "phase_kinds": workload.phase_kinds.tolist(),
            **{name: [rate if math.isfinite(rate) else None for rate in getattr(workload, name)] for name in RATES},
            **{name: getattr(workload, name) for name in NUMBERS},
            **{name: number for name in NUMBERS_IF_ANY if (number := getattr(workload, name))},
            **({"interventions": [asdict(e) for e in workload.interventions]} if workload.interventions else {}),
        },
    }


def _trace(about: Mapping[str, Any], plan: Plan, frame: "pl.DataFrame") -> Trace:
    arrays = {name: _array(frame, name, *kind) for name, kind in about["columns"].items()}
    columns: dict[str, Any] = {name: column.made(len(frame), {}) for name, column in RARE.items()}
    columns |= {name: arrays[name] for name in OF_TRACE if name not in RARE or name in arrays}
    load = _workload(about["workload"], arrays)
    trace = Trace(plan=plan, workload=load, labels=dict(about["labels"]), **columns)
    return replace(trace, grants=_grants(trace, arrays)) if "grants.request" in arrays else trace


def _grants(trace: Trace, arrays: dict[str, NDArray[Any]]) -> Grants:
    if WHICH_LOCK not in arrays:
        number = np.zeros(len(trace.places), np.int16)
        for place, lock in trace.locked:
            number[place] = trace.plan.locks.index(lock)
        arrays = arrays | {WHICH_LOCK: number[arrays["grants.place"]]}
    return Grants(**{name: arrays[f"grants.{name}"] for name in OF_GRANTS})


def _array(frame: "pl.DataFrame", name: str, dtype: str, width: int | None = None) -> NDArray[Any]:
    if name.startswith("grants."):
        rows = frame[name].head(1).explode(empty_as_null=False, keep_nulls=False).to_numpy()
    elif width is None:
        rows = frame[name].to_numpy()
    else:
        rows = np.empty((frame.height, width), dtype)
        for column in range(width):
            rows[:, column] = frame[f"{name}.{column}"].to_numpy()
    return np.array(rows, dtype=dtype)  # of its own, and writable


def _workload(about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Workload:
    columns: dict[str, Any] = {name: arrays[f"workload.{name}"] for name in OF_WORKLOAD if f"workload.{name}" in arrays}
    rates: dict[str, Any] = {
        name: np.array([math.inf if rate is None else rate for rate in about[name]]) for name in RATES
    }
    return Workload(
        class_names=tuple(about["class_names"]),
        client_names=tuple(about["client_names"]),
        phase_kinds=np.array(about["phase_kinds"], dtype=np.int8).reshape(len(about["class_names"]), -1),
        **columns,
        **rates,
        **{name: about[name] for name in NUMBERS},
        **{name: about[name] for name in NUMBERS_IF_ANY if name in about},
        interventions=tuple(Intervention(**{**e, "do": Do(e["do"])}) for e in about.get("interventions", ())),
    )
