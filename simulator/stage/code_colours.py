"""Python source in a few colours: keywords, strings, comments, and all the rest."""

import io
import keyword
import tokenize

from simulator.stage.canvas.style import Style

Line = tuple[tuple[str, Style], ...]
"""Pieces of one style each, from left to right."""

STYLES = {tokenize.STRING: Style.CODE_STRING, tokenize.COMMENT: Style.CODE_COMMENT}


def coloured(text: str) -> tuple[Line, ...]:
    """The lines of a source file. One that Python cannot read is left without colours."""
    lines = text.splitlines()
    styles = [[Style.CODE] * len(line) for line in lines]
    for token in _tokens(text):
        style = Style.CODE_KEYWORD if keyword.iskeyword(token.string) else _style(token.type)
        if style is not Style.CODE:
            _paint(styles, token, style)
    return tuple(_pieces(line, each) for line, each in zip(lines, styles, strict=True))


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    try:
        return list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return []


def _style(kind: int) -> Style:
    name = tokenize.tok_name[kind]
    return Style.CODE_STRING if name.startswith("FSTRING") else STYLES.get(kind, Style.CODE)


def _paint(styles: list[list[Style]], token: tokenize.TokenInfo, style: Style) -> None:
    (first, start), (last, end) = token.start, token.end
    for row in range(first - 1, min(last, len(styles))):
        left = start if row == first - 1 else 0
        right = min(end, len(styles[row])) if row == last - 1 else len(styles[row])
        styles[row][left:right] = [style] * max(right - left, 0)


def _pieces(line: str, styles: list[Style]) -> Line:
    pieces: list[tuple[str, Style]] = []
    for character, style in zip(line, styles, strict=True):
        if pieces and pieces[-1][1] is style:
            pieces[-1] = (pieces[-1][0] + character, style)
        else:
            pieces.append((character, style))
    return tuple(pieces)
