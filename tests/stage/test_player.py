"""A film as a page: it shows what the grids hold, asks for nothing, and nothing that is written in it can break out."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from simulator.stage.canvas.grid import CellGrid, Frame, plain
from simulator.stage.canvas.look import GLYPH_SETS, THEMES, Look
from simulator.stage.canvas.player import RIGHT_HALF, player
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.themes import DARK
from simulator.stage.pictures import Drawn, Film, write_film
from simulator.words.language import speaking
from tests.stage.plays import LAB, PREFORK, scene

LOOKS = [Look(glyphs, theme) for glyphs in GLYPH_SETS.values() for theme in THEMES.values() if theme.bg]
HOSTILE = "</script><script>alert(1)</script><!-- \u202e & \" ' </title>"
MOST_BYTES = 1_500_000


class Page(HTMLParser):
    """The elements of a page, as a browser sees them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": [], "title": [], "p": []}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside.append(tag)
        if tag in self.texts:
            self.texts[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1] in self.texts:
            self.texts[self.inside[-1]][-1] += data

    @property
    def film(self) -> Any:
        return json.loads(self.texts["script"][0])


def moving(look: Look) -> list[Frame]:
    """Words that wander over a pane, Chinese among them."""
    frames = []
    for number in range(4):
        grid = CellGrid(16, 3)
        grid.lay(1, 2, 1, 9, Ground.PANE)
        grid.put(0, 0, "still", Style.HEADING)
        grid.put(1, number, f"请求 {number} {look.glyphs.full}▲", Style.CPU)
        frames.append((5.0 + number / 4, grid))
    return frames


def replayed(film: Any) -> list[tuple[int, list[str], list[list[str]]]]:
    """For every picture its time, its rows, and the colours of its cells."""
    rows, pictures = [0] * film["rows"], []
    for time_ms, *changes in film["frames"]:
        for row, line in zip(changes[::2], changes[1::2], strict=True):
            rows[row] = line
        texts = [film["lines"][line][0].replace(RIGHT_HALF, "").rstrip() for line in rows]
        colours = []
        for line in rows:
            runs = film["lines"][line][1]
            pairs = zip(runs[::2], runs[1::2], strict=True)
            colours.append([" ".join(film["looks"][look][:2]) for count, look in pairs for _ in range(count)])
        pictures.append((time_ms, texts, colours))
    return pictures


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.glyphs.name}-{look.theme.name}")
def test_a_page_shows_each_grid_at_its_time_in_its_colours(look: Look) -> None:
    frames = moving(look)
    shown = replayed(Page(player(frames, look, title="A")).film)
    assert [time_ms for time_ms, _, _ in shown] == [0, 250, 500, 750]
    for (_, grid), (_, texts, colours) in zip(frames, shown, strict=True):
        assert "\n".join(texts) == plain(grid)[:-1]
        for row in range(grid.height):
            for col in range(grid.width):
                style, ground = Style(int(grid.styles[row, col])), Ground(int(grid.grounds[row, col]))
                assert colours[row][col] == " ".join(look.theme.colours(style, ground))


def test_a_page_repeats_only_what_changed() -> None:
    film = Page(player(moving(Look()), Look(), title="A")).film
    assert [frame[1::2] for frame in film["frames"]] == [[0, 1, 2], [1], [1], [1]]


def test_no_title_and_no_text_can_end_the_data_or_begin_a_script() -> None:
    grid = CellGrid(60, 1)
    grid.put(0, 0, HOSTILE)
    page = Page(text := player([(0.0, grid)], Look(), title=HOSTILE))
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert page.film["lines"][0][0].startswith("</script><script>alert(1)</script><!--  & \" ' </title>")
    assert page.texts["title"] == ["</script><script>alert(1)</script><!-- \ufffd & \" ' </title>"]
    assert "\u202e" not in text


def test_a_page_asks_for_nothing_and_may_run_only_its_own_script() -> None:
    text = player(moving(Look()), Look(), title="A")
    page = Page(text)
    assert not re.search(r"https?:|\bsrc=|url\(|@import|fetch|XMLHttp|localStorage|cookie", text)
    assert [attributes["href"] for tag, attributes in page.tags if tag == "link"] == ["data:,"]
    policy = next(attributes["content"] for tag, attributes in page.tags if tag == "meta" and "content" in attributes)
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    for name in ("script", "style"):
        digest = b64encode(sha256(page.texts[name][-1].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy


def test_a_page_speaks_the_language_of_whoever_made_it() -> None:
    with speaking("zh"):
        page = Page(player(moving(Look()), Look(), title="慢客户端"))
    assert page.tags[0] == ("html", {"lang": "zh-CN"})
    assert page.film["words"] == {"play": "播放", "pause": "暂停", "speed": "速度"}
    assert page.texts["p"] == ["这段影片由脚本播放，而这个浏览器没有运行脚本。"]


def test_a_film_of_ten_seconds_is_small_enough_for_a_mail(tmp_path: Path) -> None:
    film, drawn = Film(start_s=10.0, end_s=20.0), Drawn(size=LAB, look=Look())
    write_film(tmp_path / "a.html", ".html", film, scene(PREFORK, t_s=0.0), drawn, lambda _: None)
    assert 10_000 < (tmp_path / "a.html").stat().st_size < MOST_BYTES


def test_the_page_has_the_colours_of_the_theme_behind_and_around_the_film() -> None:
    style = Page(player(moving(Look()), Look(), title="A")).texts["style"][0]
    assert f"--back:{DARK.bg};" in style
    assert f"--text:{DARK.fg};" in style


def test_a_page_of_grids_of_different_sizes_or_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="one size"):
        player([(0.0, CellGrid(2, 1)), (1.0, CellGrid(3, 1))], Look(), title="A")
    with pytest.raises(ValueError, match="needs a frame"):
        player([], Look(), title="A")
