"""Every shipped scenario looks as it did when somebody last looked at it (``python -m tests.stage.refresh``)."""

import pytest

from simulator.stage.canvas.style import ACTIVITIES, Style
from simulator.workload.load import shipped
from tests.stage.goldens import (
    FOLDER,
    HINT,
    LETTERS,
    README_PICTURE,
    SHOWN,
    Golden,
    as_styles,
    as_text,
    goldens,
    letter,
    readme_picture,
)


@pytest.mark.parametrize("golden", list(goldens()), ids=lambda golden: golden.stem)
def test_a_scenario_looks_as_it_did(golden: Golden) -> None:
    grid = golden.drawn()
    assert as_text(grid) == (FOLDER / f"{golden.stem}.txt").read_text(encoding="utf-8"), HINT
    assert as_styles(grid) == (FOLDER / f"{golden.stem}.styles").read_text(encoding="utf-8"), HINT


def test_the_readme_shows_the_screen_as_it_is() -> None:
    assert readme_picture() == README_PICTURE.read_text(encoding="utf-8"), HINT


def test_every_shipped_scenario_is_among_them() -> None:
    loads = {play.load for _, plays in SHOWN.values() for play in plays}
    assert loads == set(shipped())


def test_every_activity_has_a_letter_of_its_own() -> None:
    assert len(LETTERS) > max(Style)
    assert len({letter(style) for style in ACTIVITIES}) == len(ACTIVITIES)
