"""Text of strangers: titles, names and paths come from files, and a terminal or a spreadsheet obeys some characters.

What to watch: nothing is dropped in silence. For a person a character that cannot be printed gets a visible one in its
place; a program gets all of it back, from JSON by its escapes and from CSV without the quote that stands before it.
"""

import re

UNPRINTABLE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but for tab and line feed: escape sequences begin with them
    "\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # unseen, or they turn the line round
    "\ud800-\udfff\U000e0000-\U000e007f"  # halves of characters, and tags
    "]"
)
PICTURES = 0x2400
"""From here on Unicode has pictures of the first control characters."""
LINE_BREAKERS = {ord(each): chr(PICTURES + ord(each)) for each in "\t\n"}
DELETE, ITS_PICTURE, UNKNOWN = "\x7f", "\u2421", "\ufffd"
OBEYED = re.compile(r"'*[=+\-@\t\r\n]")
"""How a cell begins that a spreadsheet takes for a formula, with quotes before it or not."""


def printable(text: str) -> str:
    """Each character that a terminal would obey, or that nobody sees, as one that is seen."""
    return UNPRINTABLE.sub(lambda match: _picture(match.group()), text)


def printable_line(text: str) -> str:
    """The same of what has to stay on one line: a tab or the end of a line is seen too."""
    return printable(text.translate(LINE_BREAKERS))


def _picture(character: str) -> str:
    if character < " ":
        return chr(PICTURES + ord(character))
    return ITS_PICTURE if character == DELETE else UNKNOWN


def printable_json(text: str) -> str:
    """A JSON document that says the same without such a character: all of them stand within strings."""
    return UNPRINTABLE.sub(lambda match: _escaped(match.group()), text)


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def harmless_cell(text: str) -> str:
    """A text for a cell of a CSV file, printable and behind a quote where a spreadsheet would take it for a formula."""
    text = printable(text)
    return f"'{text}" if OBEYED.match(text) else text


def cell_as_meant(cell: str) -> str:
    """The text of a cell without the quote that ``harmless_cell`` put before it."""
    return cell[1:] if cell.startswith("'") and OBEYED.match(cell) else cell
