"""What the catalogue has to hold: every message in the sources, and the words that models and enumerations declare."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from simulator.experiments.catalogue import Model
from simulator.experiments.catalogue import catalogue as models
from simulator.lab.keys import KEYS, Group
from simulator.plan import Machine, Plan
from simulator.words.language import DOMAIN, LOCALE
from simulator.workload.scenario import json_schema
from simulator.workload.table_fields import Table

ROOT = Path(__file__).parents[2]
FOLDERS = ("simulator", "models")
KEYWORDS = {
    "tell": None,
    "said": None,
    "later": None,
    "translated": None,
    "tell_many": (1, 2),
    "said_many": (1, 2),
    "option": (2,),
    "setting": (2,),
    "PlanError": None,
    "Size": (2, 3),
    "SettingError": None,
}
"""Which calls hold a message, and in which of their arguments; None is the first."""
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""Babel writes the time into what it compiles; the same words shall be the same bytes."""
PO = LOCALE / "zh" / "LC_MESSAGES" / f"{DOMAIN}.po"
MO = PO.with_suffix(".mo")


def extracted() -> Catalog:
    """All messages, without translations, with the files that they stand in."""
    found = Catalog(project="loopfork", charset="utf-8")
    for folder in FOLDERS:
        calls = extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
        )
        for name, _, message, comments, _ in calls:
            found.add(message, locations=[(f"{folder}/{name}", 1)], auto_comments=comments)
    for message, where in (*declared(), *keys()):
        found.add(message, locations=[(where, 1)])
    return found


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
        yield model.plan(model.config(), machine)
        return
    server = next(each for each in models().values() if not each.stands_in_front)
    yield model.in_front(server.plan(server.config(), machine), model.config(), machine)


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
