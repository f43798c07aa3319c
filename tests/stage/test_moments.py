"""The moments that one should see: of all servers in one order, and marked on the time bar."""

from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.moments import moments, moments_before, stops
from simulator.stage.panes.log import put_log
from simulator.stage.scene import Caption
from simulator.stage.snapshot import Snapshot
from simulator.stage.time_bar import put_marks
from simulator.trace.playback import EventKind
from tests.stage.plays import play, playback, scene

FOUR = play("prefork", "slow-clients", workers=4)
NGINX = play("prefork", "slow-clients", nginx=True, workers=4)
CRASHES = play("prefork", "crash"), play("coroutine", "crash")


def test_the_moments_of_several_servers_are_in_one_order_of_time() -> None:
    found = moments([playback(FOUR), playback(NGINX)])
    assert {each.view for each in found} == {0, 1}
    assert [each.look_s for each in found] == sorted(each.look_s for each in found)


def test_what_happens_to_all_servers_at_once_is_one_moment() -> None:
    found = moments([playback(each) for each in CRASHES])
    (killed,) = [each for each in found if each.kind is EventKind.INTERVENED]
    assert killed.shared


def test_captions_have_their_marks_on_the_time_bar_and_count_among_the_moments() -> None:
    captions = (Caption(at_s=60.0, text="Watch"),)
    its = scene(FOUR, t_s=20.0, captions=captions)
    without, marked, log = Sheet(160, 1, Look()), Sheet(160, 1, Look()), Sheet(44, 6, Look())
    put_marks(without, [Snapshot(scene=scene(FOUR, t_s=20.0), number=0)])
    put_marks(marked, [Snapshot(scene=its, number=0)])
    put_log(log, [Snapshot(scene=its, number=0)])
    count = len(moments([playback(FOUR)]))
    assert marked.grid.text(0).count("▾") == without.grid.text(0).count("▾") + 1
    assert f" of {count + 1} " in log.grid.text(0)
    found = stops([playback(FOUR)], captions)
    assert 60.0 in [each.look_s for each in found]
    assert [each.look_s for each in found] == sorted(each.look_s for each in found)


def test_one_is_at_a_moment_when_it_has_come() -> None:
    found = moments([playback(FOUR)])
    assert moments_before(found, found[3].look_s) == 4
    assert moments_before(found, found[3].look_s - 0.01) == 3


def test_the_time_bar_has_a_mark_for_each_moment() -> None:
    its = scene(FOUR, t_s=20.0)
    sheet = Sheet(160, 1, Look())
    put_marks(sheet, [Snapshot(scene=its, number=0)])
    assert sheet.grid.text(0).count("▾") == len({round(each.look_s) for each in moments([playback(FOUR)])})


def test_the_log_ends_with_the_newest_line_and_says_which_moment_this_is() -> None:
    its = scene(FOUR, t_s=20.0)
    sheet = Sheet(50, 6, Look())
    put_log(sheet, [Snapshot(scene=its, number=0)])
    rows = [sheet.grid.text(row) for row in range(6)]
    assert "what happened" in rows[0]
    assert "j 5 of 8" in rows[0]
    assert "19.4 s more than 200 wait" in rows[4]
    assert "14.3 s" in rows[3]


def test_what_does_not_fit_into_a_line_of_the_log_is_wrapped_and_not_cut() -> None:
    its = scene(play("prefork", "crash", workers=4), t_s=20.5)
    sheet = Sheet(44, 6, Look())
    put_log(sheet, [Snapshot(scene=its, number=0)])
    told = " ".join("".join(sheet.grid.text(row)[10:-2] for row in range(1, 5)).split())
    assert sheet.look.glyphs.more not in told
    assert "process 0 was killed" in told
    assert "lost with it" in told


def test_nothing_in_the_log_lies_ahead() -> None:
    its = scene(FOUR, t_s=2.0)
    sheet = Sheet(50, 6, Look())
    put_log(sheet, [Snapshot(scene=its, number=0)])
    assert [row for row in range(1, 5) if " s " in sheet.grid.text(row)] == [1]


def test_the_log_of_several_servers_says_whose_each_line_is() -> None:
    its = scene(FOUR, NGINX, t_s=60.0)
    sheet = Sheet(70, 8, Look())
    put_log(sheet, [Snapshot(scene=its, number=number) for number in (0, 1)])
    assert all(sheet.grid.text(row)[10] in "AB" for row in range(1, 7))
