"""Whole screens of the running program look as they did when somebody last looked at them."""

import pytest

from tests.stage.goldens import HINT
from tests.tui.pictures import FOLDER, PICTURES, path_of


@pytest.mark.parametrize("name", PICTURES)
def test_a_screen_looks_as_it_did(name: str) -> None:
    assert PICTURES[name].drawn() == path_of(name).read_text(encoding="utf-8"), HINT


def test_no_picture_is_kept_that_nobody_looks_at() -> None:
    assert set(FOLDER.iterdir()) == {path_of(name) for name in PICTURES}
