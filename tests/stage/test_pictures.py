"""One grid, many forms: each of them shows the same characters in the same places and colours."""

import json
import re
import xml.etree.ElementTree as ET
from io import BytesIO
from pathlib import Path

import numpy as np
import pyte
import pytest
from PIL import Image

from simulator.stage.canvas import letters
from simulator.stage.canvas.asciicast import asciicast
from simulator.stage.canvas.grid import CellGrid, plain
from simulator.stage.canvas.images import gif, png
from simulator.stage.canvas.look import GLYPH_SETS, THEMES, Look
from simulator.stage.canvas.palette import Paint, Theme
from simulator.stage.canvas.raster import inks_of
from simulator.stage.canvas.shapes import HEIGHT, WIDTH
from simulator.stage.canvas.style import BRIGHT, Ground, Style
from simulator.stage.canvas.svg import svg
from simulator.stage.canvas.themes import DARK, MONO
from tests.stage.plays import ACTIVITIES

LOOKS = [Look(glyphs, theme) for glyphs in GLYPH_SETS.values() for theme in THEMES.values()]
ALL_LOOKS = pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.glyphs.name}-{look.theme.name}")
GOLDEN = Path(__file__).with_name("small.svg")
SVG = "{http://www.w3.org/2000/svg}"


def sample(look: Look, *, lane: int = 0) -> CellGrid:
    """A title with Chinese in it, a rule, a lane with every activity, and a line of words on a pane."""
    grid = CellGrid(24, 4)
    grid.put(0, 1, "A 请求 & <b>", Style.TITLE)
    grid.put(1, 0, look.glyphs.horizontal * 24, Style.RULE)
    styles = np.roll(np.array(ACTIVITIES, np.uint8), lane)
    grid.put_cells(2, 2, look.characters(styles), styles)
    grid.put(3, 0, "why  it waits", Style.BAD)
    grid.lay(3, 5, 1, 8, Ground.PANE)
    return grid


def pixels(data: bytes) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    return np.asarray(Image.open(BytesIO(data)).convert("RGB"))


def screen_after(text: str, grid: CellGrid) -> pyte.Screen:
    screen = pyte.Screen(grid.width, grid.height)
    pyte.Stream(screen).feed(text)
    return screen


def played(grid: CellGrid, look: Look) -> str:
    """What a recording of one picture sends to the terminal for it."""
    _, _, picture, *_ = "".join(asciicast([(0.0, grid)], look)).splitlines()
    text: str = json.loads(picture)[2]
    return text


def whole_gif(frames: list[tuple[float, CellGrid]], look: Look, *, scale: int = 1, hold_s: float = 2.0) -> bytes:
    return b"".join(gif(frames, look, scale=scale, hold_s=hold_s))


def shown(screen: pyte.Screen) -> list[str]:
    return [line.rstrip() for line in screen.display]


def test_plain_text_is_the_characters_alone() -> None:
    assert (
        plain(sample(Look())) == " A 请求 & <b>\n" + "─" * 24 + "\n  ·○▲█▒▚░~▼→✓\N{MULTIPLICATION SIGN}✘"
        "\N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}◌◎▓≡▽╫▞\nwhy  it waits\n"
    )


@ALL_LOOKS
def test_a_terminal_shows_what_the_grid_holds(look: Look) -> None:
    grid = sample(look)
    assert shown(screen_after(played(grid, look), grid)) == plain(grid).splitlines()


def test_a_terminal_shows_the_colours_of_the_theme_and_of_nothing_after_it() -> None:
    grid = sample(Look())
    text = played(grid, Look())
    cell = screen_after(text, grid).buffer[2][4]
    assert (cell.data, f"#{cell.fg}", f"#{cell.bg}") == ("▲", DARK.paint(Style.UPLOAD).fg, DARK.bg)
    assert all(row.endswith("\x1b[0m") for row in re.split(r"\x1b\[\d+;1H", text)[1:])


def test_without_colours_a_terminal_gets_weights_only() -> None:
    codes = re.findall(r"\x1b\[([\d;]*)m", played(sample(Look()), Look(theme=MONO)))
    assert {part for code in codes for part in code.split(";")} <= {"0", "1", "2", "7"}


def test_a_small_svg_is_exactly_this() -> None:
    paints = {Style.CPU: Paint(fg="#ff8800"), Style.KEY: Paint(fg="#ffffff", bg="#333333", bold=True)}
    look = Look(theme=Theme(name="three colours", fg="#eeeeee", bg="#111111", paints=paints))
    grid = CellGrid(9, 1)
    grid.put(0, 0, "a<b 请", Style.KEY)
    grid.put(0, 6, "██▲", Style.CPU)
    assert svg(grid, look, title="One & all", description="An example") == GOLDEN.read_text()


@ALL_LOOKS
def test_svg_is_well_formed_and_every_piece_stands_in_its_cells(look: Look) -> None:
    grid = sample(look)
    root = ET.fromstring(svg(grid, look, title="A & B"))
    assert root.find(f"{SVG}title") is not None
    assert (root.get("width"), root.get("height")) == (str(24 * WIDTH), str(4 * HEIGHT))
    for text in root.iter(f"{SVG}text"):
        words, left = text.text or "", int(text.get("x", "0"))
        if text.get("text-anchor") == "middle":
            assert len(words) == 1
            left -= WIDTH
        else:
            assert int(text.get("textLength", "0")) == len(words) * WIDTH
        row = int(float(text.get("y", "0")) // HEIGHT)
        assert "".join(grid.characters[row, left // WIDTH :]).startswith(words)


@ALL_LOOKS
def test_svg_asks_for_nothing_from_elsewhere(look: Look) -> None:
    text = svg(sample(look), look).replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|url\(|@import|<script|<style|<image", text)
    assert set(re.findall(r'href="#(\w+)"', text)) == set(re.findall(r'<path id="(\w+)"', text))


@ALL_LOOKS
@pytest.mark.parametrize("scale", [1, 2])
def test_png_has_a_cell_for_every_cell_in_the_colours_of_its_style(look: Look, scale: int) -> None:
    grid = sample(look)
    image = pixels(png(grid, look, scale=scale))
    assert image.shape == (4 * HEIGHT * scale, 24 * WIDTH * scale, 3)
    for row in range(4):
        for col in range(24):
            style, ground = Style(int(grid.styles[row, col])), Ground(int(grid.grounds[row, col]))
            cell = image[row * HEIGHT * scale :, col * WIDTH * scale :][: HEIGHT * scale, : WIDTH * scale]
            assert seen(cell) <= between(*look.theme.colours(style, ground))
            assert (len(seen(cell)) > 1 or grid.characters[row, col] == "█") == (grid.characters[row, col] != " ")


def seen(cell: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> set[tuple[int, ...]]:
    return {tuple(colour) for colour in cell.reshape(-1, 3).tolist()}


def between(foreground: str, background: str) -> set[tuple[int, ...]]:
    """All shades from one colour to the other that a palette of any size could have."""
    fg, bg = (np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) for colour in (foreground, background))
    return {
        tuple(np.round(bg + (fg - bg) * step / (shades - 1)).astype(int).tolist())
        for shades in range(2, 17)
        for step in range(shades)
    }


def test_a_full_block_fills_its_cell_and_a_bar_as_many_eighths_as_it_says() -> None:
    look = Look()
    grid = CellGrid(8, 1)
    grid.put(0, 0, look.glyphs.sparks, Style.CPU)
    image = pixels(png(grid, look, scale=1))
    filled = (image == image[-1, 0]).all(axis=2)
    assert [int(filled[:, col * WIDTH : (col + 1) * WIDTH].sum()) for col in range(8)] == [
        WIDTH * HEIGHT * eighths // 8 for eighths in range(1, 9)
    ]


def every_look() -> CellGrid:
    """Every style on every ground, with blocks."""
    grid = CellGrid(len(Style), len(Ground))
    grid.styles[:] = list(Style)
    grid.grounds[:] = np.array(Ground)[:, np.newaxis]
    grid.characters[:] = "█"
    return grid


def test_all_styles_on_all_grounds_still_leave_smooth_letters() -> None:
    for look in LOOKS:
        inks = inks_of([every_look()], look.theme)
        assert inks.shades >= 8
        assert len(inks.palette) <= 3 * 255


def test_however_many_colours_there_are_a_cell_has_exactly_its_own() -> None:
    grid = every_look()
    image = pixels(png(grid, Look(), scale=1))
    for row, ground in enumerate(Ground):
        for col, style in enumerate(Style):
            fg, _ = DARK.colours(style, ground)
            assert "#{:02x}{:02x}{:02x}".format(*image[row * HEIGHT, col * WIDTH]) == fg


def test_of_too_many_shades_every_one_has_one_near_it() -> None:
    grid = every_look()
    inks = inks_of([grid], DARK)
    palette = np.frombuffer(inks.palette, np.uint8).reshape(-1, 3).astype(int)
    for number in np.unique(grid.looks()).tolist():
        ramp = palette[inks.ramps[number]]
        straight = np.linspace(ramp[0], ramp[-1], len(ramp))
        assert np.abs(ramp - straight).max() <= 32


def test_svg_lays_one_rectangle_under_all_that_stands_on_one_ground() -> None:
    grid = CellGrid(10, 1)
    grid.put(0, 0, "ab请求gh", Style.BAD)
    grid.put(0, 4, "求", Style.GOOD)
    grid.lay(0, 2, 1, 6, Ground.PANE)
    rectangles = re.findall(r'<rect x="(\d+)" y="0" width="(\d+)" height="16" fill="(#\w+)"/>', svg(grid, Look()))
    assert rectangles == [(str(2 * WIDTH), str(6 * WIDTH), DARK.grounds[Ground.PANE])]


@pytest.mark.parametrize("ground", list(Ground), ids=lambda ground: ground.name.lower())
def test_a_terminal_gets_the_ground_and_where_it_has_no_colours_bright_ones_inverse(ground: Ground) -> None:
    grid = CellGrid(3, 1)
    grid.put(0, 0, "abc", Style.STRONG)
    grid.lay(0, 0, 1, 3, ground)
    cell = screen_after(played(grid, Look()), grid).buffer[0][1]
    assert f"#{cell.bg}" == DARK.colours(Style.STRONG, ground)[1]
    assert screen_after(played(grid, Look(theme=MONO)), grid).buffer[0][1].reverse == (ground in BRIGHT)


def test_without_any_font_of_the_system_there_are_letters_and_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "_load", lambda names, size: None)
    letters._fonts.cache_clear()
    found = [np.asarray(letters.letter(character, 1, bold=False)) for character in "aW请"]
    letters._fonts.cache_clear()
    assert [letter.shape for letter in found] == [(16, 8), (16, 8), (16, 16)]
    assert all(letter.any() for letter in found)


def test_wide_letters_that_no_font_has_are_named_and_only_those(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = CellGrid(20, 1)
    grid.put(0, 0, "a worker 请求 请")
    with monkeypatch.context() as patched:
        patched.setattr(letters, "_load", lambda names, size: None)
        letters._fonts.cache_clear()
        found = letters.boxed(grid)
    letters._fonts.cache_clear()
    assert sorted(found) == sorted("请求")


def frames(count: int, step_s: float, start_s: float = 3.0) -> list[tuple[float, CellGrid]]:
    return [(start_s + index * step_s, sample(Look(), lane=index)) for index in range(count)]


def durations_ms(data: bytes) -> list[int]:
    with Image.open(BytesIO(data)) as image:
        found = []
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            found.append(int(image.info["duration"]))
        return found


def test_gif_shows_every_frame_for_its_time_and_the_last_for_as_long_as_asked() -> None:
    assert durations_ms(whole_gif(frames(4, 0.25), Look(), hold_s=1.0)) == [250, 250, 250, 1000]


def test_gif_keeps_the_length_of_the_whole_where_frames_do_not_fit_its_clock() -> None:
    shown_ms = durations_ms(whole_gif(frames(31, 1 / 30), Look(), hold_s=0.5))
    assert sum(shown_ms) == 1500
    assert len(shown_ms) == 31
    assert min(shown_ms) >= 20


def test_gif_leaves_out_what_is_too_short_to_be_seen_but_never_the_last_frame() -> None:
    data = whole_gif(frames(6, 0.005), Look(), hold_s=0.5)
    assert sum(durations_ms(data)) in range(500, 540)
    with Image.open(BytesIO(data)) as image:
        image.seek(getattr(image, "n_frames", 1) - 1)
        assert (np.asarray(image.convert("RGB")) == pixels(png(sample(Look(), lane=5), Look(), scale=1))).all()


def test_gif_frames_have_the_colours_of_the_theme() -> None:
    data = whole_gif(frames(3, 0.1), Look(), scale=2)
    with Image.open(BytesIO(data)) as image:
        for index in range(3):
            image.seek(index)
            still = pixels(png(sample(Look(), lane=index), Look(), scale=2))
            assert (np.asarray(image.convert("RGB")) == still).all()


@ALL_LOOKS
def test_an_asciicast_played_back_shows_each_grid_at_its_time(look: Look) -> None:
    moving = [(3.0 + index / 4, sample(look, lane=index)) for index in range(4)]
    header, *events = map(json.loads, "".join(asciicast(moving, look, title="A")).splitlines())
    assert (header["version"], header["width"], header["height"], header["title"]) == (2, 24, 4, "A")
    screen = pyte.Screen(24, 4)
    stream = pyte.Stream(screen)
    at: dict[float, list[str]] = {}
    for time_s, kind, text in events:
        assert kind == "o"
        stream.feed(text)
        at[time_s] = shown(screen)
    assert [at[index / 4] for index in range(4)] == [plain(grid).splitlines() for _, grid in moving]
    assert max(at) == 0.75 + 2.0


def test_an_asciicast_repeats_only_what_changed() -> None:
    _, _, first, *later, _ = "".join(asciicast(frames(3, 0.1), Look())).splitlines()
    assert "why" in first
    assert len(later) == 2
    assert not [line for line in later if "why" in line or "─" in line]


def test_a_recording_of_grids_of_different_sizes_or_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="one size"):
        list(asciicast([(0.0, CellGrid(2, 1)), (1.0, CellGrid(3, 1))], Look()))
    with pytest.raises(ValueError, match="needs a frame"):
        list(asciicast([], Look()))
    with pytest.raises(ValueError, match="needs a frame"):
        list(gif([], Look()))
