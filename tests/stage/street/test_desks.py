"""Desks, labels, footprints, axis and legend: whom each worker serves, and how its tape is read."""

import re

import numpy as np
import pytest

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.glyphs import ASCII, UNICODE
from simulator.stage.canvas.look import GLYPH_SETS, Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import PAST, WHO, Ground, Style
from simulator.stage.canvas.text import fitting
from simulator.stage.scene import LaneRef, RequestTarget
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.axis import LEGEND, legend, put_axis
from simulator.stage.street.columns import columns_of, taken
from simulator.stage.street.desks import put_desks
from simulator.stage.street.doing import DOING, mark
from simulator.stage.street.footprints import name_of
from simulator.stage.street.labels import put_labels
from simulator.stage.street.others import put_others
from simulator.stage.street.places import Street, street_of
from simulator.stage.street.shares import Form
from simulator.stage.street.tape import put_tapes
from simulator.stage.street.tape_cells import painted
from simulator.stage.street.who import NOBODY, Rows
from simulator.trace.playback import Activity
from simulator.words.language import speaking, translated
from tests.stage.plays import Play, play, scene, view

FOUR = play("prefork", "slow-clients", workers=4)
BEHIND_NGINX = play("prefork", "slow-clients", nginx=True, workers=4)
THREADS = play("threaded", "cpu-heavy", threads=4)
SPIKE = play("prefork", "spike", workers=4)
LOOP = play("coroutine", "mixed")
MANY = play("prefork", "slow-clients", workers=64)
SIZES = ((120, 22), (148, 29), (80, 12), (60, 17), (60, 13), (40, 8), (180, 42))
BRIGHT = (*WHO, Style.GONE, Style.ON_BRIGHT)


def snapshot(wanted: Play, t_s: float, *, column_s: float = 0.05, **details: object) -> Snapshot:
    its = scene(wanted, t_s=t_s, column_s=column_s, views=(view(wanted, **details),))
    return Snapshot(scene=its, number=0)


def drawn(
    seen: Snapshot, size: tuple[int, int] = (120, 22), glyphs: str = "unicode", travelling: Rows = NOBODY
) -> Sheet:
    """Tapes, labels, axis and desks alone."""
    sheet, street = Sheet(*size, Look(GLYPH_SETS[glyphs])), street_of(seen, *size)
    put_tapes(sheet, seen, street)
    put_labels(sheet, seen, street)
    put_axis(sheet, seen, street)
    put_desks(sheet, seen, street, travelling)
    return sheet


def marks_at_desks(sheet: Sheet, street: Street) -> list[int]:
    """The lanes that have a bright mark at their desk."""
    col = street.desk_col
    return [place.number for place in street.lanes if sheet.grid.styles[place.row, col] in BRIGHT]


def desk_text(sheet: Sheet, street: Street, lane: int) -> list[str]:
    place = street.lanes[lane]
    rows = range(place.row, place.row + min(place.height, 2))
    return ["".join(sheet.grid.characters[row, street.desk.col :].tolist()).strip() for row in rows]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("wanted", "t_s"), [(FOUR, 20.0), (BEHIND_NGINX, 20.0), (SPIKE, 33.0), (THREADS, 12.0)])
def test_every_holder_has_exactly_one_mark_at_its_desk(wanted: Play, t_s: float, size: tuple[int, int]) -> None:
    seen = snapshot(wanted, t_s)
    street, sheet = street_of(seen, *size), drawn(seen, size)
    [slots] = [pool.request for pool in seen.now.pools if pool.pool in seen.inventory.slots]
    assert marks_at_desks(sheet, street) == [lane for lane in range(4) if slots[lane] >= 0]
    bright = np.isin(sheet.grid.styles, WHO) & np.isin(sheet.grid.characters, list(UNICODE.who + UNICODE.who_again))
    bright[:, street.desk_col] = False
    assert not bright.any()


def test_whoever_travels_has_no_mark_at_its_desk() -> None:
    seen = snapshot(FOUR, 20.0)
    request = int(seen.now.pool("worker").request[2])
    sheet = drawn(seen, travelling=np.array([request], np.int32))
    assert marks_at_desks(sheet, street_of(seen, 120, 22)) == [0, 1, 3]
    assert f"#{request}" in str(sheet.grid)


def test_a_desk_says_who_is_served_what_it_does_and_since_when() -> None:
    seen = snapshot(FOUR, 20.0)
    street = street_of(seen, 120, 22)
    assert desk_text(drawn(seen), street, 0) == ["#483 phone · photo", "uploading ━━╌╌╌ 3.9 s"]
    narrow = street_of(seen, 60, 17)
    assert desk_text(drawn(seen, (60, 17)), narrow, 0) == ["3.9 s", "upload"]
    medium = street_of(seen, 80, 12)
    assert desk_text(drawn(seen, (80, 12)), medium, 0)[0].split("│")[0].split() == ["upload", "3.9", "s"]
    tiny = street_of(seen, 40, 8)
    assert desk_text(drawn(seen, (40, 8)), tiny, 0) == ["3.9 s"]


@pytest.mark.parametrize(("t_s", "runnable", "words"), [(25.0, 4, "50 % of a core"), (25.675, 1, "computing")])
def test_workers_that_want_to_compute_share_the_cores_and_none_waits_for_one_that_is_free(
    t_s: float, runnable: int, words: str
) -> None:
    seen = snapshot(play("prefork", "cpu-heavy", workers=4), t_s)
    street, sheet = street_of(seen, 120, 22), drawn(seen)
    told = [desk_text(sheet, street, lane)[1] for lane in range(4) if seen.now.pools[0].activity[lane] == Activity.CORE]
    assert seen.now.runnable == runnable
    assert told
    assert all(words in each for each in told)


def test_progress_reaches_its_end_when_the_upload_does() -> None:
    seen = snapshot(FOUR, 20.0)
    request = int(seen.now.pool("worker").request[0])
    reached = seen.playback.trace.reached[request]
    end_s = float(reached[reached > 20.0].min())
    street = street_of(seen, 120, 22)
    done = [desk_text(drawn(snapshot(FOUR, t_s)), street, 0)[1].count("━") for t_s in (17.0, 20.0, end_s - 0.01)]
    assert done == sorted(done)
    assert done[-1] == 4  # the last fifth is full when all of it is there


def test_a_free_worker_says_so_and_has_no_bright_mark() -> None:
    seen = snapshot(BEHIND_NGINX, 20.0)
    street, sheet = street_of(seen, 120, 22), drawn(seen)
    assert desk_text(sheet, street, 0)[0] == "free"
    assert 0 not in marks_at_desks(sheet, street)


def test_the_followed_request_is_lit_at_its_desk_and_its_worker_is_named_in_the_accent() -> None:
    request = int(snapshot(FOUR, 20.0).now.pool("worker").request[1])
    seen = snapshot(FOUR, 20.0, selected_request=request)
    street, sheet = street_of(seen, 120, 22), drawn(seen)
    row = street.lanes[1].row
    assert sheet.grid.grounds[row, street.desk_col] == Ground.LOCK
    assert sheet.grid.styles[row, street.label_col] == Style.ACCENT
    found = sheet.target(row, street.desk_col)
    assert found == RequestTarget(view=0, request=request)


def test_a_chosen_lane_is_marked_from_its_label() -> None:
    seen = snapshot(FOUR, 20.0, selected_lane=LaneRef(group="worker", lane=2))
    street, sheet = street_of(seen, 120, 22), drawn(seen)
    assert sheet.grid.styles[street.lanes[2].row, street.label_col] == Style.SELECTED


def test_the_holder_of_a_loop_sits_at_its_desk_only_where_the_loop_has_no_window() -> None:
    seen = snapshot(LOOP, 11.1, column_s=0.01)
    wide, medium = street_of(seen, 120, 22), street_of(seen, 80, 12)
    assert wide.window.width
    assert not medium.window.width
    assert marks_at_desks(drawn(seen), wide) == []
    assert marks_at_desks(drawn(seen, (80, 12)), medium) == [0]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("glyphs", ["unicode", "ascii"])
@pytest.mark.parametrize("size", [*SIZES, (120, 30), (160, 45)])
@pytest.mark.parametrize(("wanted", "t_s"), [(FOUR, 20.0), (SPIKE, 33.0), (MANY, 20.0), (THREADS, 12.0)])
def test_words_stay_in_their_places_in_both_languages(
    wanted: Play, t_s: float, size: tuple[int, int], glyphs: str, language: str
) -> None:
    with speaking(language):  # type: ignore[arg-type]
        seen = snapshot(wanted, t_s)
        street, sheet = street_of(seen, *size), drawn(seen, size, glyphs)
    grid = sheet.grid
    end = street.desk.col + street.desk.width if street.desk.width else street.tape_end
    assert not (grid.characters[:, end:] != " ").any()
    assert not (grid.characters[:, : street.label_col] != " ").any()
    between = grid.characters[:, street.label_col + street.label_width : street.tape_col]
    assert not (between != " ").any()
    assert not (grid.characters[:, street.tape_end : street.desk_col] != " ").any()
    more = ASCII.more if glyphs == "ascii" else UNICODE.more
    words = [row for row in range(grid.height) if row != street.others_row]
    assert not (grid.characters[words, street.desk_col :] == more).any()
    assert not (grid.characters[words, : street.tape_col] == more).any()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_for_what_a_worker_does_are_as_short_as_their_places(language: str) -> None:
    with speaking(language):  # type: ignore[arg-type]
        for doing in DOING.values():
            assert cell_width(translated(doing.word)) <= 14
            assert cell_width(translated(doing.short)) <= 7


def test_a_request_of_two_columns_leaves_its_mark_where_it_began_and_a_long_one_its_name() -> None:
    seen = snapshot(FOUR, 20.0)
    street, sheet = street_of(seen, 120, 22), drawn(seen)
    columns = columns_of(seen, street.columns)
    row = street.lanes[3].row
    uses = seen.playback.uses("worker", 3, 1, (columns.start_s, 20.0))
    began = columns.of(uses.start_s)[-1] + street.tape_col
    assert sheet.grid.styles[row, began] in PAST
    assert "".join(sheet.grid.characters[row, began + 1 : began + 15].tolist()) == " phone · photo"
    assert set(sheet.grid.styles[row, began + 2 : began + 7].tolist()) == {Style.TAPE_NAME}
    assert Style.TAPE_NAME_PAST in sheet.grid.styles[row]


def test_footprints_never_cover_computing() -> None:
    for wanted, t_s in ((SPIKE, 33.0), (FOUR, 20.0), (THREADS, 12.0)):
        seen = snapshot(wanted, t_s)
        street, sheet = street_of(seen, 120, 22), drawn(seen)
        what = taken(seen, seen.inventory.lane_groups[-1], range(4), columns_of(seen, street.columns))
        height = street.lanes[0].height
        bare = Sheet(120, 22, Look())
        for place, styles in zip(street.lanes, painted(what, height, Look()).styles, strict=True):
            bare.grid.styles[place.row : place.row + height, street.tape_col : street.tape_end] = styles
        for place, shares in zip(street.lanes, what.computing, strict=True):
            cells = np.s_[place.row : place.row + place.height, street.tape_col : street.tape_end]
            orange = (sheet.grid.styles[cells] == Style.CPU) | (sheet.grid.grounds[cells] == Ground.COMPUTING)
            assert (orange == (bare.grid.styles[cells] == Style.CPU)).all()
            assert (orange.any(axis=0) == (shares > 0.0)).all()


def test_a_long_computation_has_its_name_written_into_it() -> None:
    seen = snapshot(play("prefork", "mixed", workers=2), 11.1, column_s=0.02)
    street, sheet = street_of(seen, 148, 29), drawn(seen, (148, 29))
    row = street.lanes[0].row
    inside = np.flatnonzero(sheet.grid.grounds[row] == Ground.COMPUTING)
    assert "".join(sheet.grid.characters[row, inside[:6]].tolist()) == "report"
    assert set(sheet.grid.styles[row, inside].tolist()) == {Style.ON_BRIGHT}
    assert sheet.grid.characters[row, inside[0] - 1] == sheet.grid.characters[row, inside[5] + 1] == UNICODE.full


def test_footprints_of_work_for_nobody_are_hollow() -> None:
    seen = snapshot(SPIKE, 33.0)
    street, sheet = street_of(seen, 120, 22), drawn(seen)
    tapes = np.s_[street.lanes[0].row :, street.tape_col : street.tape_end]
    gone = sheet.grid.styles[tapes] == Style.GONE
    assert gone.any()
    assert set(sheet.grid.characters[tapes][gone].tolist()) <= set(UNICODE.who_gone)


def test_lanes_of_one_row_have_no_footprints() -> None:
    seen = snapshot(FOUR, 20.0)
    street, sheet = street_of(seen, 80, 12), drawn(seen, (80, 12))
    assert street.lanes[0].height == 1
    assert not np.isin(sheet.grid.styles, PAST).any()


def test_a_name_says_only_what_varies() -> None:
    assert name_of(snapshot(FOUR, 20.0).playback, 483) == "phone · photo"
    assert name_of(snapshot(SPIKE, 33.0).playback, 2117) == "impatient"
    threads = snapshot(THREADS, 12.0).playback
    assert name_of(threads, 300) == ""
    assert name_of(threads, 300, always=True) == "render"


def test_labels_get_shorter_before_they_are_cut() -> None:
    seen = snapshot(FOUR, 20.0)
    assert "worker 3" in str(drawn(seen).grid)
    assert re.search(r"^ +w3 ", str(drawn(seen, (60, 17)).grid), re.MULTILINE)
    with speaking("zh"):
        assert "进程 3" in str(drawn(snapshot(FOUR, 20.0), (60, 17)).grid)


def test_lanes_that_do_not_fit_are_counted_by_what_they_do() -> None:
    seen = snapshot(MANY, 20.0)
    street = street_of(seen, 120, 30)
    sheet = drawn(seen, (120, 30))
    put_others(sheet, seen, street)
    row = sheet.grid.text(street.others_row)
    hidden = 64 - len(street.lanes)
    assert f"{hidden} more " in row
    counts = [int(n) for n in re.findall(r"(\d+) ?\S ", row[street.desk.col :])]
    assert sum(counts) == hidden
    assert counts == sorted(counts, reverse=True)


def test_paging_moves_the_lanes() -> None:
    seen = snapshot(MANY, 20.0, first_lane=30)
    assert "worker 30" in str(drawn(seen, (120, 30)).grid)
    assert "worker 0 " not in str(drawn(seen, (120, 30)).grid)


@pytest.mark.parametrize("size", [each for each in SIZES if each[1] > 9])
def test_the_axis_says_how_far_back_a_tape_goes_and_what_a_column_is(size: tuple[int, int]) -> None:
    seen = snapshot(FOUR, 20.0)
    street = street_of(seen, *size)
    row = str(drawn(seen, size).grid).splitlines()[street.axis_row]
    assert f"{round(street.columns * 0.05, 2):g} s ago" in row
    assert "1 column = 50 ms" in row
    assert row.rstrip().endswith("now ┘")
    assert len(row.rstrip()) == street.tape_end


def test_the_legend_names_only_what_workers_do_in_this_run() -> None:
    def told(wanted: Play) -> str:
        return " ".join(text.strip() for each in legend(snapshot(wanted, 1.0), UNICODE) for text, _ in each.words)

    assert told(FOUR) == "▲ uploading █ computing ~ asks database · free"
    assert "╌ waits for the baton" in told(THREADS)
    assert "uploading" not in told(THREADS)
    assert f"✘ crashed {UNICODE[Style.DOWN]} down" in told(play("prefork", "crash"))


@pytest.mark.parametrize(("wanted", "column_s"), [(THREADS, 0.001), (THREADS, 0.05), (SPIKE, 0.05)])
def test_in_little_room_the_legend_keeps_what_the_orange_is(wanted: Play, column_s: float) -> None:
    pieces = legend(snapshot(wanted, 12.0, column_s=column_s), UNICODE)
    for width in (30, 40, 60):
        kept = " ".join(text.strip() for each in fitting(pieces, width, 3) for text, _ in each.words)
        assert "comput" in kept, (width, kept)


def test_the_legend_does_not_change_with_the_moment() -> None:
    early, late = (legend(snapshot(SPIKE, t_s), UNICODE) for t_s in (1.0, 33.0))
    assert early == late


def test_every_mark_of_the_legend_is_that_of_one_thing() -> None:
    for glyphs in (UNICODE, ASCII):
        marks = [mark(each, glyphs) for each in LEGEND]
        alike = {Activity.GIL, Activity.GIL_OR_CORE, Activity.PROCESSOR, Activity.LOOP}  # never two of these in one run
        others = [its for its, each in zip(marks, LEGEND, strict=True) if each not in alike]
        assert len(set(others)) == len(others)


def test_forms_are_those_that_these_tests_are_about() -> None:
    seen = snapshot(FOUR, 20.0)
    forms = [street_of(seen, *size).form for size in SIZES]
    assert set(forms) == set(Form)
