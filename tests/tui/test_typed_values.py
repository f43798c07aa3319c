"""Digits set a knob to exactly the value that was typed; what cannot be is told in one message, and nothing changes."""

import pytest
from textual.pilot import Pilot

from simulator.lab import knob_entry
from simulator.lab.command_line import command_line
from simulator.lab.knobs import knob, knobs
from simulator.lab.lab import Lab, open_lab
from simulator.lab.panel import panel_grid
from simulator.lab.scenes import panel_width, picture
from simulator.stage.canvas.glyphs import UNICODE
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import Look
from simulator.tui.lab_screen import LabScreen
from simulator.words.language import Language, speaking
from tests.tui.conftest import Play
from tests.tui.labs import ManualClock, setup_of, shown


def opened_on(lab: Lab, id: str) -> None:
    """The list of knobs, with this one selected."""
    lab.choose_line(0)
    state = lab.open_panel()
    assert state is not None
    lab.choose_line([each.id for each in state.knobs].index(id))


def type_in(lab: Lab, text: str) -> None:
    for character in text:
        assert knob_entry.takes(lab, character, character)


def value(lab: Lab, id: str) -> str:
    assert lab.shown.prepared is not None
    found = knob(lab.shown.prepared, 0, id)
    assert found is not None
    return found.value


@pytest.mark.parametrize(
    ("id", "text", "after"),
    [
        ("rate", "63", "63/s"),
        ("rate", "0.5", "0.5/s"),
        ("rate", "63/s", "63/s"),
        ("slow", "26.6667", "26.6667 %"),
        ("slow", "25 %", "25 %"),
        ("io", "12.5", "12.5 ms"),
        ("io", "1.5 s", "1.5 s"),
        ("cpu", "7", "7 ms"),
        ("duration", "3", "3 s"),
        ("duration", "500 ms", "500 ms"),
        ("seed", "42", "42"),
        ("cores", "16", "16"),
        ("cores", "2.5", "2.5"),
        ("workers", "13", "13"),
        ("backlog", "100", "100"),
    ],
)
def test_a_knob_stands_exactly_where_it_was_typed(id: str, text: str, after: str, lab: Lab) -> None:
    opened_on(lab, id)
    type_in(lab, text)
    knob_entry.confirm(lab)
    assert value(lab, id) == after
    assert lab.message == ""


@pytest.mark.parametrize(
    ("id", "text", "message"),
    [
        ("rate", "6.3.1", "rate 6.3.1: expected a number, like 63 or 2.5"),
        ("rate", "0", "--rate 0: expected a number above 0"),
        ("slow", "100", "share of phone 100: expected a number from 0 to 99"),
        ("io", "0", "I/O time 0: expected a time above 0"),
        ("io", "3 kg", 'I/O time 3 kg: unknown unit "kg"; expected a duration such as "60 s" or "2 ms"'),
        ("cores", "0", "--cores 0: expected a number of cores from 0.01 to 4096"),
        ("workers", "2.5", "workers 2.5: expected a whole number"),
        ("workers", "0", "prefork: --workers 0: expected at least 1"),
        ("workers", "99999999999", "prefork: --workers 99999999999: expected at most 32768"),
    ],
)
def test_what_cannot_be_is_one_message_and_changes_nothing(id: str, text: str, message: str, lab: Lab) -> None:
    before = setup_of(lab)
    opened_on(lab, id)
    type_in(lab, text)
    knob_entry.confirm(lab)
    assert lab.message == message
    assert setup_of(lab) == before


def test_what_is_only_on_or_off_takes_no_digits_and_enter_switches_it(lab: Lab) -> None:
    opened_on(lab, "nginx")
    assert knob_entry.takes(lab, "1", "1")
    assert lab.message == "Nothing can be typed here: left and right turn it."
    knob_entry.confirm(lab)
    assert value(lab, "nginx") == "on"


def test_a_profile_has_a_name_and_takes_no_digits(lab: Lab) -> None:
    opened_on(lab, "profile")
    assert knob_entry.takes(lab, "1", "1")
    assert lab.message == "Nothing can be typed here: left and right turn it."
    assert (lab.typed, value(lab, "profile")) == ("", "gunicorn-sync")


def test_the_command_has_the_share_that_the_list_shows(lab: Lab) -> None:
    opened_on(lab, "slow")
    type_in(lab, "25")
    knob_entry.confirm(lab)
    command = command_line(setup_of(lab))
    assert "clients.phone.share=0.25" in command
    assert "clients.office.share=0.75" in command


def test_a_size_of_the_proxy_is_typed_in_the_unit_that_it_shows(now: ManualClock) -> None:
    lab = open_lab(shown("prefork+nginx"), now)
    assert value(lab, "nginx.memory_buffers").endswith(" KiB")
    opened_on(lab, "nginx.memory_buffers")
    type_in(lab, "64")
    knob_entry.confirm(lab)
    assert value(lab, "nginx.memory_buffers") == "64 KiB"


def test_backspace_takes_the_last_character_back_and_another_line_drops_what_was_typed(lab: Lab) -> None:
    opened_on(lab, "rate")
    type_in(lab, "637")
    assert knob_entry.takes(lab, "backspace", None)
    assert lab.typed == "63"
    lab.choose_line(1)
    assert lab.typed == ""
    assert not knob_entry.takes(lab, "backspace", None)


def test_before_a_digit_letters_are_keys_and_after_it_they_are_units(lab: Lab) -> None:
    opened_on(lab, "io")
    assert not knob_entry.takes(lab, "m", "m")
    type_in(lab, "12 ms")
    assert lab.typed == "12 ms"


@pytest.mark.parametrize("servers", ["prefork+nginx", "threaded", "callback", "coroutine", "dev-server"])
def test_every_knob_that_shows_a_number_takes_its_own_value(servers: str, now: ManualClock) -> None:
    lab = open_lab(shown(servers), now)
    prepared = lab.shown.prepared
    assert prepared is not None
    for each in knobs(prepared, 0):
        if each.enter is not None:
            again = open_lab(shown(servers), now)
            opened_on(again, each.id)
            type_in(again, each.value)
            knob_entry.confirm(again)
            assert again.message == ""
            assert value(again, each.id) == each.value


def test_keys_6_3_enter_set_the_rate_and_never_open_a_request(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        lab.playhead.seek(1.5)
        await pilot.press("a", "6", "3")
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        assert "63_ /s" in str(screen.canvas.grid)
        assert "enter set  esc do not set" in str(screen.canvas.grid)
        await pilot.press("enter", "enter")
        assert pilot.app.screen is screen
        assert value(lab, "rate") == "63/s"

    play(lab, played)


def test_escape_drops_the_value_first_and_closes_the_list_then(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("a", "6", "full_stop", "5", "escape")
        assert (lab.typed, lab.panel) == ("", 0)
        await pilot.press("escape")
        assert lab.panel is None
        assert value(lab, "rate") == "20/s"

    play(lab, played)


# --- the list itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (60, 16), (40, 12)])
def test_the_list_stands_beside_the_stage_or_alone_and_cuts_no_word(
    size: tuple[int, int], language: Language, two: Lab
) -> None:
    from simulator.lab.actions import perform

    perform(two, "kill")
    with speaking(language):
        two.choose_line(0)
        width = panel_width(two, Size(*size))
        assert width in (38, size[0])
        state = two.open_panel()
        assert state is not None
        for line in range(state.count):
            two.choose_line(line)
            state = two.open_panel()
            assert state is not None
            grid = panel_grid(state, (width, size[1]), Look())
            assert UNICODE.more not in str(grid)
            assert any(grid.styles[row, 2] == 12 for row in range(grid.height))  # the selected line is in sight
        drawn = picture(two, (), None, Size(*size), Look())
        assert all(drawn.characters[row, size[0] - width] == UNICODE.vertical for row in range(3))


def test_at_80_by_24_the_stage_is_narrower_and_not_covered(lab: Lab) -> None:
    lab.choose_line(0)
    assert panel_width(lab, Size(80, 24)) == 38
    assert panel_width(lab, Size(60, 16)) == 60
