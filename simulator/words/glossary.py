"""The glossary: every term of the field that this program uses, in two sentences each, from ``glossary.toml``.

``simulate explain``, the help of the stage and ``docs/glossary.md`` show the same words.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from simulator.words.language import Language, language

FILE = Path(__file__).with_name("glossary.toml")


@dataclass(frozen=True, slots=True)
class Term:
    """One entry."""

    words: Mapping[Language, str]
    meanings: Mapping[Language, str]
    also: tuple[str, ...]
    """Other words that somebody may look for, in any language."""

    @property
    def word(self) -> str:
        """The term in the language of now."""
        return self.words[language()]

    @property
    def meaning(self) -> str:
        """What it is, in two sentences."""
        return self.meanings[language()]

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it is called, in all languages."""
        return tuple(dict.fromkeys((*self.words.values(), *self.also)))


@cache
def terms() -> tuple[Term, ...]:
    """All entries, in the order of the page."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["terms"]
    return tuple(
        Term(
            words={"en": entry["en"], "zh": entry["zh"]},
            meanings={"en": entry["meaning"]["en"], "zh": entry["meaning"]["zh"]},
            also=tuple(entry.get("also", ())),
        )
        for entry in entries
    )


def find(word: str) -> Term | None:
    """The term with this name; one that is written exactly so goes before one in small letters (uwsgi, uWSGI)."""
    wanted = " ".join(word.split())
    exact = next((term for term in terms() if wanted in term.names), None)
    alike = (term for term in terms() if wanted.casefold() in map(str.casefold, term.names))
    return exact or next(alike, None)


def page(of: Language) -> str:
    """The glossary as a page of the documentation, in Markdown."""
    title, other = {"en": ("Glossary", "简体中文"), "zh": ("术语表", "English")}[of]
    file = {"en": "glossary.zh.md", "zh": "glossary.md"}[of]
    entries = [f"**{term.words[of]}**{_beside(term, of)}  \n{term.meanings[of]}" for term in terms()]
    return "\n\n".join([f"# {title}", f"[{other}]({file})", *entries]) + "\n"


def _beside(term: Term, of: Language) -> str:
    """The English word beside the Chinese one, where it differs: in talk among engineers both are used."""
    return f" · {term.words['en']}" if of == "zh" and term.words["zh"] != term.words["en"] else ""
