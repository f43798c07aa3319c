"""What a teacher wants to be read is read at its moment, for as long as whoever watches needs to read it."""

import json
from dataclasses import replace

import pytest

from simulator.experiments.refusal import RefusalError
from simulator.lab.captions import captions_of, film_of, typed_captions
from simulator.stage.canvas.look import Look
from simulator.stage.frame import frame
from simulator.stage.scene import CAPTION_S, Caption, Scene, caption_now
from simulator.words.language import speaking
from tests.stage.plays import LAB, PREFORK, scene

FIRST, SECOND = Caption(at_s=10.0, text="Watch worker 3"), Caption(at_s=12.0, text="Now the phones")


def at(t_s: float, *, speed: float = 1.0) -> Scene:
    return scene(PREFORK, t_s=t_s, speed=speed, captions=(FIRST, SECOND))


@pytest.mark.parametrize(
    ("t_s", "speed", "text"),
    [
        (9.99, 1.0, ""),
        (10.0, 1.0, FIRST.text),
        (11.99, 1.0, FIRST.text),
        (12.0, 1.0, SECOND.text),
        (12.0 + CAPTION_S - 0.01, 1.0, SECOND.text),
        (12.0 + CAPTION_S, 1.0, ""),
        (10.59, 0.1, FIRST.text),
        (10.6, 0.1, ""),
        (13.0 + CAPTION_S, 2.0, SECOND.text),
    ],
)
def test_a_caption_lasts_six_seconds_of_the_watcher_or_until_the_next_one(t_s: float, speed: float, text: str) -> None:
    assert caption_now(at(t_s, speed=speed)) == text


def test_a_caption_is_in_the_picture_beside_what_the_program_has_to_say() -> None:
    assert FIRST.text in str(frame(at(11.0), LAB, Look()))
    told = str(frame(replace(at(11.0), message="saved a.png"), LAB, Look()))
    assert FIRST.text in told
    assert "saved a.png" in told
    assert FIRST.text not in str(frame(at(9.0), LAB, Look()))


@pytest.mark.parametrize(
    ("given", "at_s", "text"),
    [
        ("25s Watch worker 3", 25.0, "Watch worker 3"),
        ("1.5 s  看 3 号进程 ", 1.5, "看 3 号进程"),
        ("2min a", 120.0, "a"),
        ("2 min a", 120.0, "a"),
        ("250ms \x1b[31mred\nline\u202e", 0.25, "\u241b[31mred\u240aline\ufffd"),
    ],
)
def test_a_caption_is_typed_as_a_time_and_words(given: str, at_s: float, text: str) -> None:
    assert typed_captions([given]) == (Caption(at_s=at_s, text=text),)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("Watch worker 3", '--caption Watch worker 3: expected a time and words, like "25s Look here"'),
        ("25s", '--caption 25s: expected a time and words, like "25s Look here"'),
        ("", '--caption : expected a time and words, like "25s Look here"'),
        ("25 Watch", '--caption 25 Watch: expected a time and words, like "25s Look here"'),
        ("25 watch it", "--caption 25 watch it: "),
    ],
)
def test_a_caption_without_a_time_or_without_words_is_refused(given: str, message: str) -> None:
    with pytest.raises(RefusalError) as refused:
        typed_captions([given])
    assert str(refused.value).startswith(message)


def test_captions_of_a_scenario_come_in_the_language_of_now_between_typed_ones() -> None:
    labels = {
        "captions": json.dumps([{"at": 11.0, "text": "Look", "text_zh": "看"}, {"at": 5.0, "text": "Only English"}])
    }
    assert [each.text for each in captions_of([FIRST], labels)] == ["Only English", FIRST.text, "Look"]
    with speaking("zh"):
        assert [each.text for each in captions_of([], labels)] == ["Only English", "看"]


def test_a_film_that_shows_all_captions_begins_before_the_first_and_ends_when_the_last_was_read() -> None:
    assert film_of((FIRST, SECOND), 1.0) == (8.0, 18.0)
    assert film_of((FIRST,), 0.5) == (9.0, 13.0)
    assert film_of((Caption(at_s=1.0, text="early"),), 1.0) == (0.0, 7.0)
