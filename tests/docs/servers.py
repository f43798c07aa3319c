"""``python -m tests.docs.servers``: write the tables of options into the page on servers anew."""

from collections.abc import Iterator

from simulator.experiments.production import Program
from simulator.experiments.production_answer import kinds_of
from simulator.experiments.production_options import table
from simulator.experiments.production_reasons import MATTERS
from simulator.experiments.production_table import PROGRAMS
from tests.docs.pages import ROOT

PAGE = "docs/servers.md"
MARK = "<!-- from here on written by python -m tests.docs.servers -->\n"
MOST = 12
"""Options that are named for one reason."""


def tables() -> str:
    """Everything behind the mark."""
    return "\n".join(line for program in PROGRAMS.values() for line in _program(program)) + "\n"


def _program(program: Program) -> Iterator[str]:
    known = table(program.name)
    yield f"\n## {program.name}\n"
    yield f"Version {known.version}, read from {known.read}.\n"
    yield "| kind of worker | here |"
    yield "|---|---|"
    for names, typed in kinds_of(program):
        yield f"| {names} | `{typed}` |"
    yield ""
    modelled = [option for option in known.options if option.does == "modelled"]
    for option in modelled:
        by_itself = f", by itself {option.default}" if option.default else ""
        sets = f"{option.what} {option.gives}".strip()
        yield f"- `{' '.join(option.names)}` sets {sets}{by_itself}"
    reasons: dict[str, list[str]] = {}
    for option in known.options:
        if option.does == "matters":
            reasons.setdefault(option.what, []).append(f"`{option.name}`")
    if reasons:
        yield "\n| not modelled, although it matters | what it would change |"
        yield "|---|---|"
    for why, names_ in reasons.items():
        more = f" and {len(names_) - MOST} more" if len(names_) > MOST else ""
        yield f"| {', '.join(names_[:MOST])}{more} | {MATTERS[why]} |"
    harmless = sum(1 for option in known.options if option.does == "harmless")
    if harmless:
        yield f"\n{harmless} more of its options make no difference here." if modelled or reasons else ""


if __name__ == "__main__":
    path = ROOT / PAGE
    before = path.read_text(encoding="utf-8").partition(MARK)[0]
    path.write_text(before + MARK + tables(), encoding="utf-8")
