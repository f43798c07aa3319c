"""The log says what happened, and that nothing has where nothing has: an empty box looks broken."""

from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.panes.log import put_log
from simulator.stage.snapshot import Snapshot
from simulator.words.language import speaking
from tests.stage.plays import play, playback, scene

GIL = play("threaded", "mixed", threads=3)
LATEST_S = 59.0


def log(t_s: float, width: int = 42) -> str:
    sheet = Sheet(width, 7, Look())
    put_log(sheet, [Snapshot(scene=scene(GIL, t_s=t_s), number=0)])
    return "\n".join(sheet.grid.text(row) for row in range(sheet.height))


def test_before_the_first_thing_happens_it_says_that_nothing_has() -> None:
    first_s = min(event.time_s for event in playback(GIL).log(LATEST_S, 100))
    assert "nothing yet" in log(first_s - 0.1)
    assert "nothing yet" not in log(first_s)
    with speaking("zh"):
        assert "暂无" in log(first_s - 0.1).replace(" ", "")


def test_where_there_is_no_room_for_the_words_the_frame_stays_whole() -> None:
    for width in range(3, 14):
        for row in log(1.0, width).splitlines()[1:-1]:
            assert row[0] == row[-1] == "│"
