"""What strangers wrote is seen and not obeyed, and what has to stay on one line does."""

from simulator.words.printable import printable, printable_line


def test_a_character_that_a_terminal_obeys_is_seen_instead() -> None:
    assert printable("a\x1b[2Jb\x7f\u202e") == "a\u241b[2Jb\u2421\ufffd"


def test_lines_and_tabs_stay_in_a_text_and_are_seen_in_a_line() -> None:
    assert printable("a\n\tb") == "a\n\tb"
    assert printable_line("a\n\tb\x1b") == "a\u240a\u2409b\u241b"


def test_blanks_of_chinese_and_of_typographers_are_left_as_they_are() -> None:
    assert printable_line("\u4e00\u3000\u4e8c\u00a0\u4e09") == "\u4e00\u3000\u4e8c\u00a0\u4e09"
