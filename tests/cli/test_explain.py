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


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("python app.py", "what it starts is not known here; type that line itself"),
        ("npm start", "what it starts is not known here"),
        ("fastapi run main.py --workers 4", "no server by itself; type what serves it, like --server 'uvicorn"),
        ("ruby app.rb -p 80", "--server ruby: no server that is known here"),
    ],
)
def test_a_line_whose_server_is_unknown_is_answered_as_a_line(line: str, says: str, simulate: Any) -> None:
    done = simulate("explain", line)
    assert done.code == 2
    assert says in done.err


def test_words_that_are_no_line_are_looked_for_in_the_glossary(simulate: Any) -> None:
    assert "not in the glossary" in simulate("explain", "what is love").err
