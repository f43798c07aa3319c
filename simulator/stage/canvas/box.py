"""A box: a frame with round corners, and words in its borders that say what is inside.

Titles stand in the border, so that no label can belong to the wrong thing: what it is at the upper left, its present
figure at the upper right, a legend at the lower left, the one key that matters here at the lower right.

What to watch: a border has room for few words. Those that matter least are left out whole, by rank; only what matters
most is ever cut. And borders change with the moment: a figure that grows must not push a title out that stayed as it
was, so figures are written with a fixed width.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.key_bar import KeyHint, KeyTarget
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Find, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import Piece, Words, clipped, fitting, piece, put_pieces

Label = Piece | KeyHint
"""Words in a border; a key can be clicked there."""
Labels = tuple[Sequence[Label], Sequence[Label]]
"""At the left end of a border, and at the right one."""
APART = 3
"""Cells between the words at the left and those at the right: a blank, some rule, a blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """What stands in the borders of a box, and how they look."""

    title: tuple[Label, ...] = ()
    right: tuple[Label, ...] = ()
    """In the upper border too, at its end."""
    bottom: tuple[Label, ...] = ()
    bottom_right: tuple[Label, ...] = ()
    rule: Style = Style.RULE
    ground: Ground = Ground.PANE
    keycap: Style = Style.KEY
    keycap_ground: Ground = Ground.BACK
    """Under the keycap, instead of the ground of the box."""
    key_words: Style = Style.KEY_NAME
    gap: int = 2
    """Blanks between two labels of the upper border; in the lower one there is one more, as legends need."""


def put_box(sheet: Sheet, area: Area, box: Box) -> Area:
    """Draw a box, and return what is inside of it. One row alone is a rule with the titles in it."""
    row, col, height, width = area
    inside = Area(row + 1, col + 1, max(height - 2, 0), max(width - 2, 0))
    if width < 2 or height < 1:
        return inside
    sheet.lay(area, box.ground)
    glyphs = sheet.look.glyphs
    corners = glyphs.round_corners if height > 1 else glyphs.horizontal * 4
    _put_rule(sheet, area._replace(height=1), corners[:2], box.rule)
    _put_labels(sheet, area._replace(height=1), box, (box.title, box.right), box.gap)
    if height > 1:
        lower = Area(row + height - 1, col, 1, width)
        _put_rule(sheet, lower, corners[2:], box.rule)
        _put_labels(sheet, lower, box, (box.bottom, box.bottom_right), box.gap + 1)
    sheet.grid.fill(inside.row, inside.col, inside.height, inside.width)
    for side in (col, col + width - 1):
        sheet.grid.fill(row + 1, side, inside.height, 1, glyphs.vertical, style=box.rule)
    return inside


def _put_rule(sheet: Sheet, border: Area, corners: str, style: Style) -> None:
    rule = sheet.look.glyphs.horizontal * (border.width - 2)
    sheet.put(border.row, border.col, f"{corners[0]}{rule}{corners[1]}", style)


def _put_labels(sheet: Sheet, border: Area, box: Box, labels: Labels, gap: int) -> None:
    """Labels at both ends of a border; the rule stops a blank before them, and goes on a blank after them."""
    left, right = _fitting(sheet, box, labels, border.width - 2 * APART)
    wide = sum(words.width for words, _ in right) + gap * (len(right) - 1)
    for side, start in ((left, border.col + APART), (right, border.col + border.width - APART - wide)):
        col = start
        for number, (words, find) in enumerate(side):
            col = sheet.put(border.row, col, " " * gap, box.rule) if number else col
            if find is not None:
                sheet.offer(Area(border.row, col, 1, words.width), find)
                keycap = cell_width(words.words[0][0])
                sheet.lay(Area(border.row, col, 1, keycap), box.keycap_ground or box.ground)
            col = put_pieces(sheet, border.row, col, [words])
        if side:
            sheet.put(border.row, start - 1, " ", box.rule)
            sheet.put(border.row, col, " ", box.rule)


_Placed = tuple[Piece, Find | None]
"""Words, and what lies under them for a pointer."""


def _fitting(sheet: Sheet, box: Box, labels: Labels, room: int) -> list[list[_Placed]]:
    """Of the labels at the left and at the right those that fit; what matters most of all is cut if it must be."""
    sides = [[(_words_of(label, box, sheet.look), _finder(label)) for label in side] for side in labels]
    wanted = [words for side in sides for words, _ in side]
    kept = {id(each) for each in fitting(wanted, room, APART)} if room > 0 else set()
    return [[(_cut(words, room, sheet.look), find) for words, find in side if id(words) in kept] for side in sides]


def _words_of(label: Label, box: Box, look: Look) -> Piece:
    """As this look can spell them: a mark that it does not have may take more cells."""
    if isinstance(label, KeyHint):
        label = piece((f" {label.key} ", box.keycap), (f" {label.does}", box.key_words))
    return piece(*((look.spelled(text), style) for text, style in label.words), rank=label.rank)


def _cut(label: Piece, room: int, look: Look) -> Piece:
    return label if label.width <= room else piece(*_words_within(label, room, look), rank=label.rank)


def _words_within(label: Piece, room: int, look: Look) -> Iterator[Words]:
    """The words of a label that is too wide up to so many cells; the last of them says that there was more."""
    for number, (text, style) in enumerate(label.words):
        if cell_width(text) >= room:
            yield clipped("".join(each for each, _ in label.words[number:]), room, look), style
            return
        yield text, style
        room -= cell_width(text)


def _finder(label: Label) -> Find | None:
    return (lambda _row, _col: KeyTarget(hint=label)) if isinstance(label, KeyHint) else None
