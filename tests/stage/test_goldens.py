"""The kept pictures look as they did when somebody last looked at them (``python -m tests.stage.refresh``)."""

from pathlib import Path

import pytest

from simulator.stage.canvas.glyphs import ASCII, UNICODE
from simulator.stage.canvas.style import Style
from tests.stage.goldens import FOLDER, GOLDENS, HINT, LETTERS, README_PICTURE, file_of, letter, readme_picture
from tests.stage.plays import ACTIVITIES
from tests.stage.refresh import refreshed

SECTIONS = (
    *("─ A  ", "─ WHY", "CLIENTS", "QUEUE", "WORKERS", "trying again", "served", "core 0", "NGINX", "upload"),
    *("worker 0", "event loop", "ago", "1 column = ", "waiting", "answer after", "what happened", "BATON", "BLOCKED"),
    *("more", "gave up", "crashed", "waits", "READY"),
)
"""By words that stand in each."""


@pytest.mark.parametrize("name", GOLDENS)
def test_a_picture_looks_as_it_did(name: str) -> None:
    assert GOLDENS[name].text() == file_of(name).read_text(encoding="utf-8"), HINT


def test_the_readme_shows_the_screen_as_it_is() -> None:
    assert readme_picture() == README_PICTURE.read_text(encoding="utf-8"), HINT


def test_no_picture_is_kept_that_nobody_looks_at() -> None:
    assert set(FOLDER.iterdir()) == set(map(file_of, GOLDENS))


def test_every_kind_of_section_both_glyph_sets_and_sizes_of_all_kinds_are_among_them() -> None:
    kept = [file_of(name).read_text(encoding="utf-8") for name in GOLDENS]
    assert [words for words in SECTIONS if not any(words in text for text in kept)] == []
    assert {golden.look.glyphs.name for golden in GOLDENS.values()} == {UNICODE.name, ASCII.name}
    widths = {golden.size.width for golden in GOLDENS.values()}
    assert min(widths) <= 40 < 80 < 160 <= max(widths)


def test_every_activity_has_a_letter_of_its_own() -> None:
    assert len(LETTERS) > max(Style)
    assert len({letter(style) for style in ACTIVITIES}) == len(ACTIVITIES)


def test_drawing_anew_says_of_every_file_what_changed(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    assert list(refreshed(folder, {"a.txt": "1\n2\n", "b.txt": "1\n", "c.txt": "x\n"})) == [
        "new        kept/a.txt, 2 lines",
        "new        kept/b.txt, 1 line",
        "new        kept/c.txt, 1 line",
        "unchanged  0 of 3 in kept",
    ]
    assert list(refreshed(folder, {"a.txt": "1\n3\n4\n", "b.txt": "1\n"})) == [
        "changed    kept/a.txt, 2 lines, the first is line 2: 3",
        "removed    kept/c.txt",
        "unchanged  1 of 2 in kept",
    ]
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"a.txt": "1\n3\n4\n", "b.txt": "1\n"}
