"""Captions from the command line, and from scenario files."""

from pathlib import Path

import pytest

from tests.cli.conftest import Simulate

CAPTIONS = """
[[captions]]
at = "600 ms"
text = "Written in the file"
"""


def test_captions_are_typed_for_pictures_and_films_or_written_in_the_scenario_and_saved_with_the_run(
    simulate: Simulate, load: Path, tmp_path: Path
) -> None:
    told = tmp_path / "told.toml"
    told.write_text(load.read_text(encoding="utf-8") + CAPTIONS, encoding="utf-8")
    picture, film, saved = tmp_path / "a.txt", tmp_path / "a.cast", tmp_path / "run.parquet"
    common = ("--model", "prefork", "--load", told, "--quiet")
    simulate(*common, "--picture", picture, "--at", "700ms", "--parquet", saved)
    assert "Written in the file" in picture.read_text(encoding="utf-8")
    simulate("show", saved, "--picture", picture, "--at", "900ms", "--caption", "800ms Typed", "--quiet")
    assert "Typed" in picture.read_text(encoding="utf-8")
    simulate("show", saved, "--film", film, "--caption", "1s Typed", "--speed", "0.5", "--quiet")
    recorded = film.read_text(encoding="utf-8")
    assert recorded.index("Written in the file") < recorded.index("Typed")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--picture", "a.txt", "--caption", "soon"), "--caption soon: expected a time and words"),
        (("--picture", "a.txt", "--caption", "1h Too late"), "--caption 3 600 s: this run ends after"),
        (("--caption", "1s Nobody sees it"), "--caption is about the screen: add --watch"),
        (("--caption", "1s Nobody sees it", "--watch", "--at", "1s"), "--watch needs a terminal"),
    ],
)
def test_a_caption_that_nobody_would_see_is_refused(
    flags: tuple[str, ...],
    message: str,
    simulate: Simulate,
    load: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = simulate("--model", "prefork", "--load", load, *flags)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"simulate: {message}")


def test_captions_open_no_first_screen_where_nobody_would_see_them(simulate: Simulate) -> None:
    done = simulate("--watch", "--caption", "1s Look")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("simulate: which server? Type --model and one of:")
