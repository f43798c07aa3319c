"""No command line, whatever is typed, gets anything but an understanding or one refusal: in both languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.cli.commands import COMMANDS, THE_RUN
from simulator.cli.parser import parse
from simulator.experiments.catalogue import servers
from simulator.experiments.refusal import RefusalError
from simulator.words.language import LANGUAGES, Language, speaking

FLAGS = sorted({flag for model in servers() for flag in THE_RUN.flags(model)} - {"--help", "--help-all", "--version"})
WORDS = [
    *COMMANDS,
    *FLAGS,
    *("prefork", "gunicorn", "prefork+nginx", "prefork:workers=8", "steady", "中文", "-w", "--timeout", "-k", "-abc"),
    *("--x=", "--workers=", "--model=", "--no-nginx", "--no-request-buffering", "--", "-", "=", "", "\x1b[2J"),
    *("0", "-1", "2.5", "1e400", "nan", "100MB", "5s", "a=b"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=150)
@given(line=st.lists(st.sampled_from(WORDS), min_size=1, max_size=5))
def test_any_line_is_understood_or_refused_in_our_words(language: Language, line: list[str]) -> None:
    with speaking(language):
        answer = _answer(line)
    assert answer
    assert "Parameter" not in answer  # a word of Cyclopts


def _answer(line: list[str]) -> str:
    try:
        understood = parse(line)
    except RefusalError as refusal:
        return str(refusal)
    return understood.command.run if understood else ""  # nobody asks for help here
