"""The language that people read: whole sentences in English, and their translations from one catalogue.

What to watch: a message is a whole sentence with named fields, never pieces that are joined, because languages order
them differently. English needs no catalogue and pays for none; ``locale/zh/LC_MESSAGES/loopfork.po`` holds the Chinese,
and ``python -m tests.words.refresh`` brings it up to date with the sources. A text that outlives a change of language
is a ``Said``: it is worded when it is read.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Literal, Protocol

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
DOMAIN, LOCALE = "loopfork", Path(__file__).parent / "locale"
VARIABLE = "LOOPFORK_LANG"
"""An environment variable that says ``en`` or ``zh`` whatever the locale is: so children speak as their parent."""


class Catalogue(Protocol):
    """What gettext's translations can do, as far as it is used here."""

    def gettext(self, message: str) -> str:
        """The translation, or the message itself."""
        ...

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The translation of a message that differs with a number."""
        ...


class _Current:
    """What the whole program speaks now: a sitting has one reader."""

    language: Language = "en"
    catalogue: Catalogue | None = None


def language() -> Language:
    """The language that is spoken now."""
    return _Current.language


def speak(language: Language) -> None:
    """From now on every text is in this language."""
    _Current.language, _Current.catalogue = language, None if language == "en" else _catalogue(language)


@contextmanager
def speaking(language: Language, catalogue: Catalogue | None = None) -> Iterator[None]:
    """In the block every text is in this language; with a catalogue, in the words of that one."""
    before = _Current.language, _Current.catalogue
    speak(language)
    if catalogue is not None:
        _Current.catalogue = catalogue
    try:
        yield
    finally:
        _Current.language, _Current.catalogue = before


@cache
def _catalogue(language: Language) -> Catalogue:
    import gettext

    return gettext.translation(DOMAIN, LOCALE, [language])


def language_of(environment: Mapping[str, str]) -> Language:
    """What somebody with this environment reads: Chinese under a Chinese locale, otherwise English.

    Our own variable comes first. Then the first of LANGUAGE, LC_ALL, LC_MESSAGES and LANG that says anything decides,
    as in gettext; LANGUAGE, a list, is not looked at where the locale is C.
    """
    if own := _known(environment.get(VARIABLE, "")):
        return own
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    if locale.partition(".")[0] in ("", "C", "POSIX"):
        return "en"
    wanted = [*environment.get("LANGUAGE", "").split(":"), locale]
    return next((each for each in map(_known, wanted) if each), "en")


def _known(locale: str) -> Language | None:
    """The language of a locale like ``zh_CN.UTF-8``, if it is one of ours."""
    word = locale.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return next((each for each in LANGUAGES if each == word), None)


def translated(message: str) -> str:
    """A text without fields in the language of now: a noun, a title, a sentence of help."""
    return message if _Current.catalogue is None or not message else _Current.catalogue.gettext(message)


def later(message: str) -> str:
    """The message itself, marked for the catalogue: for tables that are made before anybody reads; see translated."""
    return message


def in_this_language(texts: Mapping[str, str], name: str) -> str:
    """A text that stands there in several languages, as ``title`` and ``title_zh``; else in English."""
    return texts.get(f"{name}_{language()}") or texts.get(name, "")


WIDE = r"[\u2e80-\u9fff\uff00-\uffef]"
"""Chinese characters and their marks."""


def paragraph(text: str) -> str:
    """The lines of a text as one; between Chinese characters no blank takes the place of the end of a line."""
    return " ".join(re.sub(rf"(?<={WIDE})\s*\n\s*(?={WIDE})", "", text).split())


def tell(message: str, /, **fields: object) -> str:
    """A sentence in the language of now, its ``{fields}`` filled in."""
    return _filled(translated(message), fields) if fields else translated(message)


def tell_many(one: str, many: str, number: float, /, **fields: object) -> str:
    """The same where the sentence differs with a number: ``one`` for exactly 1, ``many`` for all others."""
    catalogue = _Current.catalogue
    exactly_one = number == 1
    if catalogue is None:
        return _filled(one if exactly_one else many, fields)
    return _filled(catalogue.ngettext(one, many, 1 if exactly_one else 2), fields)


@dataclass(frozen=True, eq=False)
class Said:
    """A sentence that is worded when it is read, so that it follows a change of language."""

    message: str
    """In English, with named fields; marked for the catalogue by ``said``, which makes it."""
    fields: Mapping[str, object]
    """What stands in the fields; a function is called when the sentence is read."""
    many: str = ""
    """The message for other numbers than 1, where it differs."""
    number: float = 1.0

    def __str__(self) -> str:
        """The sentence in the language of now."""
        if self.many:
            return tell_many(self.message, self.many, self.number, **self.fields)
        return tell(self.message, **self.fields)

    def __repr__(self) -> str:
        """The sentence, for whoever debugs."""
        return f"Said({str(self)!r})"


def said(message: str, /, **fields: object | Callable[[], object]) -> Said:
    """A sentence to be read later. A field may be another ``Said``, or a function that is called then."""
    return Said(message, fields)


def said_many(one: str, many: str, number: float, /, **fields: object | Callable[[], object]) -> Said:
    """The same where the sentence differs with a number."""
    return Said(one, fields, many, number)


def _filled(message: str, fields: Mapping[str, object]) -> str:
    """The message with its fields. Chinese and Latin stand apart also where a field begins or ends."""
    worded = _worded(fields)
    if _Current.language == "en":
        return message.format_map(worded)
    text = ""
    for literal, name, spec, _ in Formatter().parse(message):
        for part in (literal, format(worded[name], spec or "") if name else ""):
            text = _joined(text, part)
    return text


def _joined(before: str, after: str) -> str:
    """A blank where Chinese meets Latin, and none between Chinese: what is in a field decides which it is."""
    if before and after and _meet(before[-1], after[0]):
        return f"{before} {after}"
    if _chinese(before[-1:]) and after[:1] == " " and _chinese(after[1:2]):
        return before + after[1:]
    if _chinese(before[-2:-1]) and before[-1:] == " " and _chinese(after[:1]):
        return before[:-1] + after
    return before + after


def _chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _meet(before: str, after: str) -> bool:
    """Whether one of the two is a Chinese character, and the other a Latin letter or a digit."""
    latin = [each.isascii() and each.isalnum() for each in (before, after)]
    chinese = [_chinese(before), _chinese(after)]
    return (latin[0] and chinese[1]) or (chinese[0] and latin[1])


def _worded(fields: Mapping[str, object]) -> Mapping[str, object]:
    """Functions among the fields are called now; a ``Said`` words itself when it is formatted."""
    return {name: field() if callable(field) else _text(field) for name, field in fields.items()}


def _text(field: object) -> object:
    return str(field) if isinstance(field, Said) else field
