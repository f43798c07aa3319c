"""Pictures and films of the stage from the command line, without a screen."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from simulator.lab.first_moment import first_moment
from simulator.results.trace_file import read
from simulator.stage import pictures
from simulator.stage.canvas import letters
from simulator.trace.playback import Playback
from tests.cli.conftest import Simulate


@pytest.fixture
def run(simulate: Simulate, load: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A run in an empty folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def call(*arguments: str) -> Any:
        return simulate("--model", "prefork", "--load", load, *arguments)

    return call


def here() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("--picture a.txt", b" A small load"),
        ("--picture a.svg", b"<svg"),
        ("--picture a.png", b"\x89PNG"),
        ("--film a.gif --to 300ms", b"GIF89a"),
        ("--film a.cast --to 300ms", b'{"version": 2'),
        ("--film a.html --to 300ms", b"<!DOCTYPE html>"),
    ],
)
def test_the_ending_says_what_is_drawn(
    name: str, begins: bytes, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "boxed", lambda grid: "")  # a class of the load has a Chinese name
    done = run(*name.split(), "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert Path(name.split()[1]).read_bytes().startswith(begins)
    assert here() == [name.split()[1]]


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine with no fonts but the one inside Pillow."""
    monkeypatch.setattr(letters, "_load", lambda names, size: None)
    letters._fonts.cache_clear()
    yield
    letters._fonts.cache_clear()


@pytest.mark.parametrize(("file", "remarks"), [("a.png", 1), ("a.svg", 0)])
def test_a_chinese_picture_on_a_machine_without_a_chinese_font_is_remarked_on_once(
    file: str, remarks: int, run: Callable[..., Any], no_fonts: None
) -> None:
    done = run(
        "--picture", file, "--film", "b.gif" if remarks else "b.cast", "--to", "100ms", "--quiet", "--lang", "zh"
    )
    assert (done.code, done.out) == (0, "")
    assert done.err.count("fonts-noto-cjk") == remarks
    assert Path(file).exists()


def test_an_english_picture_needs_no_chinese_font(simulate: Simulate, tmp_path: Path, no_fonts: None) -> None:
    done = simulate("--model", "prefork", "--load", "steady", "--picture", tmp_path / "a.png", "--quiet")
    assert (done.code, done.err) == (0, "")


def test_a_picture_shows_the_moment_and_has_the_size_that_were_asked_for(run: Callable[..., Any]) -> None:
    run("--picture", "a.txt", "--at", "1.25 s", "--size", "80x24", "--glyphs", "ascii")
    lines = Path("a.txt").read_text(encoding="utf-8").splitlines()
    assert "1.250 s" in lines[-1]
    assert len(lines) == 24
    assert max(map(len, lines)) <= 80
    run("--picture", "a.png", "--size", "50x20")
    with Image.open("a.png") as image:
        assert image.size == (50 * 16, 20 * 32)


def _on_the_card(row: str) -> str:
    """What of a row lies in the card, which leaves some of the stage in sight at both sides."""
    parts = row.split(" │ ")
    return parts[1] if len(parts) > 2 else row


@pytest.mark.parametrize(
    ("model", "size"),
    [("prefork --workers 3", "3 workers"), ("threaded --threads 1", "1 thread"), ("coroutine", "1 process")],
)
def test_a_picture_says_how_large_the_server_is(
    model: str, size: str, simulate: Simulate, load: Path, tmp_path: Path
) -> None:
    simulate("--model", *model.split(), "--load", load, "--picture", tmp_path / "a.txt", "--quiet")
    assert f"  {size} " in (tmp_path / "a.txt").read_text(encoding="utf-8").splitlines()[1]


def test_a_film_begins_and_ends_where_asked_and_its_speed_makes_it_longer(run: Callable[..., Any]) -> None:
    run("--film", "a.cast", "--from", "500ms", "--to", "1s", "--speed", "0.25", "--size", "60x20")
    _, _, first, *_, last = map(json.loads, Path("a.cast").read_text(encoding="utf-8").splitlines())
    assert "0.500 s" in first[2]
    assert last[0] == 2.0 + 2.0  # and two seconds for the last picture


def first_and_length(file: str) -> tuple[str, float]:
    """The first picture of a recording, and how long it takes to watch without the last picture's two seconds."""
    _, _, first, *_, last = map(json.loads, Path(file).read_text(encoding="utf-8").splitlines())
    return first[2], last[0] - 2.0


def test_a_film_begins_shortly_before_something_happens(simulate: Simulate, tmp_path: Path) -> None:
    simulate("--model", "prefork", "--load", "spike", "--film", tmp_path / "a.cast", "--size", "60x20", "--quiet")
    simulate("--model", "prefork", "--load", "spike", "--parquet", tmp_path / "run.parquet", "--quiet")
    begin_s = first_moment((Playback(read(tmp_path / "run.parquet")),))
    assert 10.0 < begin_s < 30.0
    first, length_s = first_and_length(str(tmp_path / "a.cast"))
    assert f"{begin_s:.3f} s" in first
    assert length_s == 10.0


def test_a_film_of_which_only_the_end_is_typed_begins_with_the_run(run: Callable[..., Any]) -> None:
    run("--film", "a.cast", "--to", "500ms", "--size", "60x20")
    assert "0.000 s" in first_and_length("a.cast")[0]


def test_a_film_can_begin_at_a_moment_that_is_typed_as_for_a_picture(run: Callable[..., Any]) -> None:
    run("--film", "a.cast", "--at", "500ms", "--to", "600ms", "--size", "60x20")
    first, length_s = first_and_length("a.cast")
    assert "0.500 s" in first
    assert length_s == pytest.approx(0.1)


def test_a_saved_run_looks_like_the_run_itself(run: Callable[..., Any], simulate: Simulate) -> None:
    run("--parquet", "run.parquet", "--picture", "a.svg", "--at", "1s", "--theme", "light")
    done = simulate("show", "run.parquet", "--picture", "b.svg", "--at", "1s", "--theme", "light", "--quiet")
    assert (done.code, done.err) == (0, "")
    assert Path("a.svg").read_bytes() == Path("b.svg").read_bytes()


def test_servers_that_are_compared_stand_side_by_side(run: Callable[..., Any], simulate: Simulate, load: Path) -> None:
    assert run("--quiet").code == 0
    assert simulate("compare", "prefork", "coroutine", "--load", load, "--picture", "a.txt", "--at", "1s").code == 0
    text = Path("a.txt").read_text(encoding="utf-8")
    assert "A  prefork" in text
    assert "B  coroutine" in text


def test_a_picture_changes_nothing_about_the_results(run: Callable[..., Any]) -> None:
    assert run("--json", "-", "--picture", "a.txt").out == run("--json", "-").out


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ("--picture a.jpg", "--picture a.jpg: expected a file that ends in one of .txt, .svg, .png"),
        ("--film a.png", "--film a.png: expected a file that ends in one of .gif, .html, .cast"),
        ("--picture no/a.png", "cannot write no/a.png"),
        ("--at 1s", "--at belongs to --picture: add --picture FILE, or --watch to open the screen there"),
        ("--watch --at 5", "--at 5: the unit is missing"),
        ("--watch --at 1s --size 80x24", "--size does not go with --watch"),
        ("--picture a.png --from 1s", "--from belongs to --film: add --film FILE"),
        ("--size 80x24", "--size is about pictures: add --picture FILE or --film FILE"),
        ("--picture a.png --at 5", "--at 5: the unit is missing"),
        ("--picture a.png --at 1h", "--at 3 600 s: this run ends after"),
        ("--film a.gif --from 2s --to 1s", "--to 1s: expected a time after --from 2s"),
        ("--film a.gif --at 2s --to 1s", "--to 1s: expected a time after --at 2s"),
        ("--film a.gif --at 1h", "--at 3 600 s: this run ends after"),
        ("--film a.gif --speed 0", "--speed 0: expected a number from 0.001 to 1000"),
        ("--film a.gif --speed 0.001", "--film a.gif: it would take"),
        ("--picture a.png --size 80", "--size 80: expected columns and rows, like 120x36"),
        ("--picture a.png --size 9x9", "--size 9x9: expected columns and rows, like 120x36"),
        ("--picture a.png --fps 5", "--fps is about the screen: add --watch"),
        ("--picture a.png --watch", "--picture does not go with --watch"),
        ("--picture a.svg --json a.svg", "a.svg is named for two outputs"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_line_and_nothing_is_written(
    flags: str, message: str, run: Callable[..., Any]
) -> None:
    done = run(*flags.split())
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"simulate: {message}")
    assert done.err.count("\n") == 1
    assert here() == []


@pytest.mark.parametrize("flags", ["--picture a.png", "--film a.gif", "--json a.json", "--csv tables", "--quiet"])
def test_the_life_of_a_request_is_told_in_words_alone(flags: str, run: Callable[..., Any], simulate: Simulate) -> None:
    run("--parquet", "run.parquet", "--quiet")
    done = simulate("show", "run.parquet", "--request", "3", *flags.split())
    assert done.code == 2
    assert f"--request does not go with {flags.split(maxsplit=1)[0]}" in done.err
    assert here() == ["run.parquet"]


HELD = ("--load", "slow-clients", "--duration", "30s", "--quiet", "--picture", "a.txt", "--at", "end")


@pytest.fixture
def card(simulate: Simulate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The picture of the end, in one line."""
    monkeypatch.chdir(tmp_path)

    def drawn(*arguments: str) -> str:
        done = simulate(*arguments)
        assert (done.code, done.err) == (0, "")
        rows = Path("a.txt").read_text(encoding="utf-8").splitlines()
        return " ".join(" ".join(_on_the_card(row) for row in rows).split())

    return drawn


def test_the_end_is_drawn_with_the_card_and_what_was_tried(card: Callable[..., str]) -> None:
    seen = card("--model", "prefork", "--workers", "4", *HELD)
    assert "THE RUN IS OVER" in seen
    assert "the 4 workers can carry" in seen
    assert "p95 with the same requests (simulated) as it was" in seen


def test_the_card_speaks_chinese_and_without_advice_tells_of_nothing_tried(card: Callable[..., str]) -> None:
    seen = card("--model", "prefork", "--workers", "4", *HELD, "--no-advice", "--lang", "zh")
    assert "运行结束" in seen
    assert "p99" in seen
    assert "simulated" not in seen


def test_the_card_of_a_comparison_has_what_was_tried_for_each(simulate: Simulate, card: Callable[..., str]) -> None:
    load = ("--load", "slow-clients", "--duration", "30s")
    simulate("compare", "prefork", "callback", *load, "--picture", "a.txt", "--at", "end", "--size", "120x36")
    assert "as it was" in Path("a.txt").read_text(encoding="utf-8")


def test_a_saved_run_has_its_card_too(simulate: Simulate, card: Callable[..., str]) -> None:
    simulate("--model", "prefork", "--load", "slow-clients", "--duration", "10s", "--quiet", "--parquet", "a.parquet")
    assert "THE RUN IS OVER" in card("show", "a.parquet", *HELD[4:])
