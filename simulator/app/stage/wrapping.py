"""Text for a given number of cells: a sentence wrapped into lines, a name cut or filled up."""

from simulator.app.stage.cells import cell_width


def wrapped(text: str, width: int, lines: int, more: str) -> list[str]:
    """At most ``lines`` lines; where words are left over, the last one ends with ``more``."""
    if width < 1 or lines < 1:
        return []
    done: list[str] = []
    line = ""
    for word in _words(text, width):
        longer = f"{line} {word}" if line else word
        if cell_width(longer) <= width:
            line = longer
            continue
        done.append(line)
        line = word
    done.append(line)
    if len(done) <= lines:
        return done
    words = done[lines - 1].split()
    while words and cell_width(" ".join([*words, more])) > width:
        words.pop()
    return [*done[: lines - 1], " ".join([*words, more])]


def filled(text: str, width: int) -> str:
    """Exactly so many cells: cut at the end, or filled with blanks."""
    while cell_width(text) > width:
        text = text[:-1]
    return text + " " * (width - cell_width(text))


def _words(text: str, width: int) -> list[str]:
    """Words, cut where one is wider than a line, as all are in scripts without blanks."""
    words = []
    for word in text.split():
        while cell_width(word) > width:
            cut = width
            while cut > 1 and cell_width(word[:cut]) > width:
                cut -= 1
            words.append(word[:cut])
            word = word[cut:]  # noqa: PLW2901
        words.append(word)
    return words
