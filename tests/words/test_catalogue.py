"""Every sentence exists in both languages, with the same fields, and the compiled catalogue is the written one."""

import ast
import gettext
import io
import re
import string

import pytest
from babel.messages.catalog import Catalog, Message

from simulator.words.language import (
    LANGUAGES,
    Language,
    Said,
    in_this_language,
    language,
    language_of,
    paragraph,
    said,
    said_many,
    speaking,
    tell,
    tell_many,
)
from tests.words.catalogue import FOLDERS, MO, ROOT, calls_with_messages, extracted, literals, read
from tests.words.pseudo import Pseudo
from tests.words.refresh import compiled, texts

CATALOGUE = read()


def forms(message: Message) -> list[tuple[str, str]]:
    """Every translation of a message beside the English that it may have to stand for."""
    return [(texts(message.id)[-1], each) for each in texts(message.string)]


def fields(text: str) -> set[str]:
    """The names between braces; text that is not a format has none."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return set()


def messages(catalogue: Catalog) -> dict[str, Message]:
    return {str(message.id): message for message in catalogue if message.id}


def test_every_message_of_the_sources_is_in_the_catalogue_and_no_other() -> None:
    written, needed = messages(CATALOGUE), messages(extracted())
    assert sorted(needed.keys() - written.keys()) == [], "run python -m tests.words.refresh, and translate"
    assert sorted(written.keys() - needed.keys()) == [], "run python -m tests.words.refresh"


def test_no_message_is_put_together_where_it_is_told() -> None:
    """What is joined or formatted before it is looked up is never found."""
    wrong = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        for call, given in calls_with_messages(path)
        if any(isinstance(each, ast.JoinedStr) or _adds_text(each) for each in given)
    ]
    assert wrong == []


def _adds_text(given: ast.expr) -> bool:
    parts = [given.left, given.right] if isinstance(given, ast.BinOp) else []
    return any(literals(part) or isinstance(part, ast.JoinedStr) for part in parts)


def test_every_message_is_translated() -> None:
    assert [key for key, message in messages(CATALOGUE).items() if not all(text for _, text in forms(message))] == []


def test_no_translation_loses_or_invents_a_field() -> None:
    wrong = [
        (english, chinese)
        for message in CATALOGUE
        if message.id
        for english, chinese in forms(message)
        if fields(english) != fields(chinese)
    ]
    assert wrong == []


def test_a_chinese_sentence_ends_as_the_english_one_does() -> None:
    """A full stop stands for a full stop; so nothing was left half translated."""
    ends = {".": "。", ":": "\uff1a", "?": "\uff1f", "!": "\uff01"}
    wrong = [
        (english, chinese)
        for message in CATALOGUE
        if message.id
        for english, chinese in forms(message)
        if (english[-1] in ends or chinese[-1:] in ends.values())
        and ends.get(english[-1]) != chinese[-1:]
        and english[-1] != chinese[-1:]
    ]
    assert wrong == []


def test_chinese_and_latin_stand_apart() -> None:
    """As Chinese engineers write it: 4 个工作进程, 等待 I/O; and the marks between Chinese words are Chinese ones."""
    glued = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]|[\u4e00-\u9fff][,;:?!]")
    wrong = [chinese for message in CATALOGUE if message.id for _, chinese in forms(message) if glued.search(chinese)]
    assert wrong == []


def test_chinese_quotation_marks_stand_close() -> None:
    apart = re.compile(r"[\u4e00-\u9fff] “|” [\u4e00-\u9fff]")
    wrong = [chinese for message in CATALOGUE if message.id for _, chinese in forms(message) if apart.search(chinese)]
    assert wrong == []


def test_whose_costs_a_server_has_is_called_alike_wherever_a_profile_is_named() -> None:
    named = [pair for message in CATALOGUE if message.id for pair in forms(message) if "costs of {profile}" in pair[0]]
    assert named
    assert [chinese for _, chinese in named if "开销" not in chinese] == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    written = gettext.GNUTranslations(io.BytesIO(compiled(CATALOGUE)))
    committed = gettext.GNUTranslations(io.BytesIO(MO.read_bytes()))
    assert vars(written)["_catalog"] == vars(committed)["_catalog"], "run python -m tests.words.refresh"


# --- which language, and how a sentence is worded in it ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en:zh"}, "en"),
        ({"LANG": "C", "LANGUAGE": "zh"}, "en"),
        ({"LANG": ""}, "en"),
        ({"LANG": "C", "LOOPFORK_LANG": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LOOPFORK_LANG": "en"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LOOPFORK_LANG": "nonsense"}, "zh"),
    ],
)
def test_the_environment_says_which_language_is_read(environment: dict[str, str], expected: str) -> None:
    assert language_of(environment) == expected


@pytest.mark.parametrize("chosen", LANGUAGES)
def test_a_language_is_spoken_for_a_while(chosen: Language) -> None:
    before = language()
    with speaking(chosen):
        assert language() == chosen
    assert language() == before


def test_a_sentence_that_is_read_later_follows_the_language() -> None:
    told = said("{name} waits", name=said("the {name}", name="worker"))
    assert str(told) == "the worker waits"
    with speaking("zh", Pseudo()):
        assert str(told) == "⟦⟦the worker 长⟧ waits长⟧"


def test_a_number_chooses_the_form() -> None:
    assert tell_many("{n} request", "{n} requests", 1, n=1) == "1 request"
    assert tell_many("{n} request", "{n} requests", 0, n=0) == "0 requests"
    assert tell_many("{n} request", "{n} requests", 1.5, n=1.5) == "1.5 requests"
    assert str(said_many("{n} request", "{n} requests", 2, n=lambda: 2)) == "2 requests"


def test_a_file_that_has_a_text_in_several_languages_is_read_in_that_of_now() -> None:
    texts = {"title": "A day", "title_zh": "一天", "story": "Watch."}
    assert (in_this_language(texts, "title"), in_this_language(texts, "story")) == ("A day", "Watch.")
    with speaking("zh"):
        assert (in_this_language(texts, "title"), in_this_language(texts, "story")) == ("一天", "Watch.")


def test_lines_of_chinese_are_joined_without_blanks_and_others_with_them() -> None:
    assert paragraph("每个请求\n  计算 40 ms。\n等待") == "每个请求计算 40 ms。等待"
    assert paragraph("in two\n lines") == "in two lines"
    assert paragraph("花 200 ms\n计算") == "花 200 ms 计算"


def test_text_of_a_user_is_never_taken_for_a_field() -> None:
    assert tell('no load is called "{name}"', name="{name}") == 'no load is called "{name}"'
    assert isinstance(said("a"), Said)
