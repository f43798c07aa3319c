"""The line at the top of the frame: which load this is and what it is about, and how it plays.

What to watch: what the program has to say takes the place of the story for some seconds.
"""

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped
from simulator.stage.scene import Scene
from simulator.words.language import tell

GAP = 3
STATE_WIDTH = 7
"""The sign of playing, and the slowest speed."""
LEAST_STORY = 16
"""Cells below which a story says nothing."""


def message_room(width: int) -> int:
    """Cells for what the program has to say, in a frame of this width."""
    return max(width - STATE_WIDTH - 3, 1)


def put_title(sheet: Sheet, scene: Scene, *, names: bool) -> None:
    """One row; ``names``: whether the servers are named here, because their streets have no room for it."""
    if not sheet.height:
        return
    glyphs = sheet.look.glyphs
    sheet.grid.fill(0, 0, 1, sheet.width, style=Style.TITLE)
    state = f"{glyphs.play if scene.playing else glyphs.pause} {glyphs.times}{scene.speed:g}"
    end = sheet.width - 1 - cell_width(state)
    sheet.put(0, end, state, Style.TITLE_STATE)
    title = scene.title or scene.load or tell("a run")
    col = sheet.put(0, 1, clipped(title, max(end - 2, 0), sheet.look), Style.TITLE) + GAP
    servers = _servers(scene, end - col - 1) if names else ""
    if scene.message and cell_width(scene.message) > end - col - 1:
        sheet.grid.fill(0, 0, 1, end, style=Style.TITLE)
        col = 1
    words = scene.message or servers or scene.story
    room = end - col - 1
    if words and (room >= LEAST_STORY or cell_width(words) <= room):
        style = Style.TITLE_MESSAGE if scene.message else Style.TITLE_STORY
        sheet.put(0, col, clipped(words.replace("·", glyphs.bullet), room, sheet.look), style)


def _servers(scene: Scene, room: int) -> str:
    """Their names and sizes, and whose costs they have where there is room for all of that."""
    short = [" · ".join(filter(None, (view.title, view.note))) for view in scene.views]
    full = [" · ".join(filter(None, (words, view.costs))) for words, view in zip(short, scene.views, strict=True)]
    servers = [" | ".join(each) for each in (full, short)]
    return next((words for words in servers if cell_width(words) <= room), servers[-1])
