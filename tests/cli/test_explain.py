"""``simulate explain``: terms in two languages, found under all their names."""

from typing import Any

import pytest

from simulator.words.glossary import terms


@pytest.mark.parametrize("word", ["backlog", "event loop", "Event Loop", "p99", "事件循环", "utilization"])
def test_a_term_is_found_under_each_of_its_names(word: str, simulate: Any) -> None:
    done = simulate("explain", *word.split())
    assert (done.code, done.err) == (0, "")
    assert len(done.out.splitlines()) >= 2


def test_the_explanation_is_in_the_language_of_the_command(simulate: Any) -> None:
    term = terms()[0]
    for language in ("en", "zh"):
        told = simulate("--lang", language, "explain", term.words["en"]).out
        assert term.meanings[language][:8] in told


def test_without_a_word_all_terms_are_listed_in_whole(simulate: Any) -> None:
    listed = simulate("explain").out
    lines = [line.strip(" ,") for line in listed.splitlines()]
    found = {word.strip() for line in lines for word in line.split(",")}
    assert {term.words["en"] for term in terms()} <= found


def test_an_unknown_word_is_answered_with_the_nearest(simulate: Any) -> None:
    done = simulate("explain", "thruput")
    assert done.code == 2
    assert "not in the glossary. Did you mean throughput?" in done.err
