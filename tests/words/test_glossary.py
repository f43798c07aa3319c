"""The glossary says in both languages the same things, and the same words as everything else that is read."""

import re
from itertools import chain

import pytest

from simulator.words.glossary import Term, find, page, terms
from simulator.words.language import LANGUAGES, Language, speaking, translated
from tests.words.catalogue import ROOT

WANTED = """backlog, worker, master, p99, goodput, GIL, event loop, blocking, forward proxy, reverse proxy, WSGI, uwsgi,
uWSGI, middleware, prefork, utilisation, arrival rate, open loop, closed loop, residence time, percentile, for nobody,
hybrid, offloading, thread pool, free threading, free-threaded, health check, GOMAXPROCS, P"""
PAGES: dict[Language, str] = {"en": "docs/glossary.md", "zh": "docs/glossary.zh.md"}


@pytest.mark.parametrize("word", [word.strip() for word in WANTED.replace("\n", " ").split(",")])
def test_what_people_ask_for_is_there(word: str) -> None:
    assert find(word) is not None


def test_a_term_is_found_by_any_of_its_names_in_any_language_and_case() -> None:
    backlog = find("backlog")
    assert backlog is find("accept queue") is find("全连接队列") is find("Backlog") is find(" LISTEN  queue ")
    assert find("nothing of the kind") is None


def test_names_that_differ_only_in_capitals_are_told_apart() -> None:
    protocol, server = find("uwsgi"), find("uWSGI")
    assert protocol is not None
    assert server is not None
    assert "protocol" in protocol.meanings["en"]
    assert "server" in server.meanings["en"]


def test_no_name_stands_for_two_terms() -> None:
    names = list(chain.from_iterable(term.names for term in terms()))
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.words["en"])
def test_every_meaning_has_two_sentences_in_each_language(term: Term) -> None:
    assert len(re.findall(r"[.](?= [A-Z]|$)", term.meanings["en"])) == 2
    assert term.meanings["zh"].count("。") == 2


def test_chinese_and_latin_stand_apart() -> None:
    glued = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]|[\u4e00-\u9fff][,;:?!]")
    assert [term.words["en"] for term in terms() if glued.search(term.meanings["zh"] + term.words["zh"])] == []


def test_the_catalogue_translates_terms_as_the_glossary_does() -> None:
    with speaking("zh"):
        other = {term.words["en"]: translated(term.words["en"]) for term in terms()}
    differing = [w for term in terms() if other[w := term.words["en"]] not in (w, term.words["zh"])]
    assert differing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_the_documentation_say_the_same(language: Language) -> None:
    """``python -m tests.docs.glossary`` writes them."""
    assert (ROOT / PAGES[language]).read_text(encoding="utf-8") == page(language)
