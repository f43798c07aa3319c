"""Names in a sentence: plurals, articles and numbers in English, and what other languages have instead."""

import pytest

from simulator.plan.words import Outcome, State
from simulator.words.language import said, speaking, tell, translated
from simulator.words.phrases import a, all_of, counted, listed, numbered, plural, some_of


@pytest.mark.parametrize(
    ("english", "chinese", "phrase"),
    [
        ("the worker", "工作进程", lambda: all_of("worker", 1)),
        ("both cores", "两个核", lambda: all_of("core", 2)),
        ("the 4 workers", "全部 4 个工作进程", lambda: all_of("worker", 4)),
        ("all 8 threads", "全部 8 个线程", lambda: some_of(8, 8, "thread")),
        ("2 of 8 threads", "8 个线程中的 2 个", lambda: some_of(2, 8, "thread")),
        ("1 request", "1 个请求", lambda: counted(1, "request")),
        ("1 234 requests", "1 234 个请求", lambda: counted(1234, "request")),
        ("an event loop", "事件循环", lambda: a("event loop")),
        ("event loops", "事件循环", lambda: plural("event loop")),
        ("a, b and c", "a、b 和 c", lambda: listed(["a", "b", "c"])),
    ],
)
def test_a_name_stands_in_a_sentence_of_either_language(english: str, chinese: str, phrase: object) -> None:
    assert callable(phrase)
    assert phrase() == english
    with speaking("zh"):
        assert phrase() == chinese


def test_chinese_and_latin_stand_apart_where_a_field_begins_or_ends() -> None:
    with speaking("zh"):
        assert tell("the {number} {names}", number=4, names="GIL") == "全部 4 个 GIL"
        assert tell("{first} and {last}", first=said("worker"), last="GIL") == "工作进程和 GIL"
        assert tell("{first} and {last}", first="搜索v2", last="GIL") == "搜索v2 和 GIL"  # a name stays as it is


def test_between_chinese_characters_no_blank_stays_where_a_field_begins_or_ends() -> None:
    message = "Requests spend {share} of their time waiting for the {name}."
    with speaking("zh"):
        assert tell(message, share="55 %", name="GIL") == "请求有 55 % 的时间在等待 GIL。"
        assert tell(message, share="99 % 以上", name="GIL") == "请求有 99 % 以上的时间在等待 GIL。"
        assert tell("{request_class} from {client}, {end}", request_class="搜索", client="手机", end="完成") == (
            "手机的搜索，完成"
        )


def test_what_was_recorded_of_a_slot_is_told_in_the_language_of_now() -> None:
    assert numbered("event loop 3") == "event loop 3"
    with speaking("zh"):
        assert [numbered("event loop 3"), numbered("worker 12"), numbered("GIL")] == [
            "事件循环 3",
            "工作进程 12",
            "GIL",
        ]


def test_no_two_states_and_no_two_outcomes_are_called_the_same_in_chinese() -> None:
    with speaking("zh"):
        for words in ([state.value for state in State], [outcome.words for outcome in Outcome]):
            assert len({translated(each) for each in words}) == len(words)
