"""What the catalogue has to hold: every message in the sources, and the words that models and enumerations declare."""

import ast
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from babel.messages import pofile
from babel.messages.catalog import Catalog

from simulator.experiments.catalogue import Model
from simulator.experiments.catalogue import catalogue as models
from simulator.lab.keys import KEYS, Group
from simulator.plan import Machine, Plan
from simulator.words.language import DOMAIN, LOCALE
from simulator.workload.scenario import json_schema
from simulator.workload.table_fields import Table

ROOT = Path(__file__).parents[2]
FOLDERS = ("simulator", "models")
CALLS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("tell", "said", "later", "translated", "PlanError", "SettingError"), (0,)),
    **dict.fromkeys(("tell_many", "said_many"), (0, 1)),
    **dict.fromkeys(("option", "setting"), (1,)),
    "Size": (1, 2),
}
"""Which calls hold a message, and in which of their arguments."""
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""Babel writes the time into what it compiles; the same words shall be the same bytes."""
PO = LOCALE / "zh" / "LC_MESSAGES" / f"{DOMAIN}.po"
MO = PO.with_suffix(".mo")


def extracted() -> Catalog:
    """All messages, without translations, with the files that they stand in."""
    found = Catalog(project="loopfork", charset="utf-8")
    for path in sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        for message in _messages(path):
            found.add(message, locations=[(path.relative_to(ROOT).as_posix(), 1)])
    for message, where in (*declared(), *keys()):
        found.add(message, locations=[(where, 1)])
    return found


def _messages(path: Path) -> Iterator[str | tuple[str, ...]]:
    """Those of one file, in the order in which they stand there.

    Python's own parser finds them wherever they are; Babel's goes by tokens, and misses calls within calls.
    """
    for _, given in calls_with_messages(path):
        forms = list(zip(*(literals(each) for each in given), strict=False))
        yield from (form[0] if len(form) == 1 else form for form in forms)


def calls_with_messages(path: Path) -> Iterator[tuple[ast.Call, list[ast.expr]]]:
    """The calls in a file that hold a message, each with the arguments that do."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        at = CALLS.get(name, ())
        if at and len(call.args) > max(at):
            yield call, [call.args[i] for i in at]


def literals(given: ast.expr) -> list[str]:
    """The texts that an argument can be: itself, or the branches of a choice."""
    if isinstance(given, ast.IfExp):
        return literals(given.body) + literals(given.orelse)
    return [given.value] if isinstance(given, ast.Constant) and isinstance(given.value, str) else []


def declared() -> Iterator[tuple[str, str]]:
    """What models say of themselves in docstrings and plans, which import nothing for it; each with its file."""
    for description in required():
        yield description, "simulator/workload/scenario.py"
    for model in models().values():
        folder = f"models/{model.folder}"
        yield model.summary, f"{folder}/config.py"
        yield model.claim, f"{folder}/model.py"
        for plan in _plans(model):
            for resource in plan.resources:
                yield resource.name, f"{folder}/model.py"


def keys() -> Iterator[tuple[str, str]]:
    """What keys do, in a word and in a sentence, and the headings above them."""
    where = "simulator/lab/keys.py"
    for key in KEYS:
        yield key.does, where
        yield key.about, where
    for group in Group:
        yield group.value, where


def required() -> Iterator[str]:
    """What a scenario file cannot do without, as it is called where it is missing."""
    json_schema()  # makes the tables that are made when they are needed
    for table in sorted(_tables(Table), key=lambda each: each.__name__):
        for field in table.model_fields.values():
            if field.is_required() and field.description:
                yield field.description


def _tables(table: type[Table]) -> Iterator[type[Table]]:
    for each in table.__subclasses__():
        yield each
        yield from _tables(each)


def _plans(model: Model) -> Iterator[Plan]:
    machine = Machine()
    if not model.stands_in_front:
        for config in _configs(model):
            yield model.plan(config, machine)
        return
    server = next(each for each in models().values() if not each.stands_in_front)
    yield model.in_front(server.plan(server.config(), machine), model.config(), machine)


def _configs(model: Model) -> Iterator[Any]:
    """The settings by default, with several processes, and each other way of those that have a few ways to be, with
    every switch as it is and the other way.
    """
    default = model.config()
    yield default
    if hasattr(default, "processes"):
        yield replace(default, processes=2)
    hints = get_type_hints(type(default)).items()
    switched = [replace(default, **{name: not getattr(default, name)}) for name, hint in hints if hint is bool]
    for name, hint in hints:
        for way in get_args(hint) if get_origin(hint) is Literal else ():
            yield from (replace(each, **{name: way}) for each in (default, *switched))


def read() -> Catalog:
    """The Chinese catalogue as it is committed."""
    if not PO.exists():
        return Catalog(locale="zh")
    with PO.open("rb") as file:
        found = pofile.read_po(file, locale="zh")
    found.creation_date = found.revision_date = NO_DATE
    return found


def updated() -> Catalog:
    """The Chinese catalogue with exactly the messages of the sources; what is new has no translation yet."""
    known, now = read(), extracted()
    fresh = Catalog(locale="zh", project="loopfork", charset="utf-8", fuzzy=False)
    for message in now:
        if message.id:
            old = known.get(message.id if isinstance(message.id, str) else message.id[0])
            same = old is not None and old.id == message.id
            fresh.add(
                message.id,
                old.string if same and old else ("",) if isinstance(message.id, tuple) else "",
                locations=sorted(set(message.locations)),
                auto_comments=message.auto_comments,
            )
    return fresh


def written(catalogue: Catalog) -> bytes:
    """As a .po file: the same bytes for the same messages on every day."""
    buffer = io.BytesIO()
    pofile.write_po(buffer, catalogue, width=120, omit_header=True, sort_by_file=True, include_lineno=False)
    return HEADER + buffer.getvalue()


HEADER = b"""# The Chinese of loopfork. `python -m tests.words.refresh` adds what is new and compiles this file.
msgid ""
msgstr ""
"Language: zh\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
