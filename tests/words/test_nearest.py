"""A word that there is not is answered with the likeliest one, and with none where none is likely."""

import pytest

from simulator.words.nearest import did_you_mean, nearest


@pytest.mark.parametrize("word", ["prefrok", "PREFORK", "--prefork"])
def test_case_and_dashes_make_no_difference(word: str) -> None:
    assert nearest(word, ["threaded", "prefork"]) == " Did you mean prefork?"


def test_dashes_that_both_have_make_nobody_alike() -> None:
    assert nearest("--x", ["--y"]) == ""


def test_less_will_do_for_the_key_of_a_file_than_for_a_name() -> None:
    """Six of ten letters stand in the same order."""
    assert did_you_mean("abcxy", ["abczw"]) == ' (did you mean "abczw"?)'
    assert nearest("abcxy", ["abczw"]) == ""
