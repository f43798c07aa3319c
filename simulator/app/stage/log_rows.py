"""The last few things worth telling, the latest first."""

from heapq import nlargest

from simulator.app.stage.layout import Claim, Rank, Section
from simulator.app.stage.sheet import Sheet
from simulator.app.stage.sight import Sight
from simulator.app.stage.style import Style
from simulator.app.stage.writing import clipped, clipped_lines
from simulator.trace.playback import Event, EventKind

NOTHING = "nothing to tell so far"
FAILURES = (EventKind.FAILED, EventKind.SYN_DROPPED)


def log_section(sights: list[Sight]) -> Section:
    """The log of all views together."""
    claims = (Claim(Rank.LOG_FIRST), Claim(Rank.LOG_MORE, 2), Claim(Rank.LOG_MOST, 5))
    return Section(claims=claims, draw=lambda sheet: _draw(sheet, sights))


def _draw(sheet: Sheet, sights: list[Sight]) -> None:
    row = 0
    message = sights[0].scene.message if sights else ""
    if message:
        for line in clipped_lines(message, sheet.width - 2, sheet.height, sheet.look):
            sheet.put(row, 1, line, Style.ACCENT)
            row += 1
    told = [
        (event, sight)
        for sight in sights
        for event in sight.playback.log(sight.t_s, sheet.height - row + 1)
        if event.text != message  # said already
    ]
    for event, sight in nlargest(sheet.height - row, told, key=lambda each: each[0].time_s):
        _put(sheet, row, event, sight)
        row += 1
    if not row:
        sheet.put(0, 1, NOTHING, Style.DIM)


def _put(sheet: Sheet, row: int, event: Event, sight: Sight) -> None:
    col = sheet.put(row, 1, f"{event.time_s:9.3f} s", Style.DIM) + 1
    if sight.letter:
        col = sheet.put(row, col, sight.letter, sight.spark) + 1
    style = Style.BAD if event.kind in FAILURES else Style.WARN if event.kind is EventKind.BLOCKED else Style.TEXT
    request = f"#{event.request}" if event.request >= 0 else ""
    col = sheet.put(row, col, request.ljust(6), Style.DIM) + 1
    words = event.text.removeprefix(request).strip()
    sheet.put(row, col, clipped(words, sheet.width - col - 1, sheet.look), style)
