"""A TOML file: a place is found on the line where a reader would look for it, and what is no such file is refused."""

from pathlib import Path

import pytest

from simulator.workload.load import ScenarioError, load
from simulator.workload.toml_file import line_numbers, too_deep

TEXT = '''\
title = "x"   # 1
story = """
rate = 7
[machine]
"""
[arrivals]
"kind" = "poisson"
[[requests]]
name = "a"
steps = [
    {cpu = "1 ms"},
    {io = "1 ms"},
]
[[requests]]
name = "b"
[[clients]]
line.rtt = "1 s"
'''


def test_keys_tables_and_the_items_of_lists_are_found_on_their_lines() -> None:
    assert line_numbers(TEXT) == {
        ("title",): 1,
        ("story",): 2,
        ("arrivals",): 6,
        ("arrivals", "kind"): 7,
        ("requests",): 8,
        ("requests", 0): 8,
        ("requests", 0, "name"): 9,
        ("requests", 0, "steps"): 10,
        ("requests", 0, "steps", 0): 11,
        ("requests", 0, "steps", 1): 12,
        ("requests", 1): 14,
        ("requests", 1, "name"): 15,
        ("clients",): 16,
        ("clients", 0): 16,
        ("clients", 0, "line", "rtt"): 17,
    }


@pytest.mark.parametrize(
    "line",
    [
        "[" + ".".join(["a"] * 60_000) + "]",
        ".".join(['"a b"'] * 200) + " = 1",
        "x = {" + " . ".join("a" * 150) + " = 1}",
    ],
    ids=["header", "key", "inline"],
)
def test_words_joined_by_dots_without_end_are_refused_before_they_are_read(tmp_path: Path, line: str) -> None:
    (tmp_path / "deep.toml").write_text(f'title = "x"\n{line}\n')
    with pytest.raises(ScenarioError, match=r"deep\.toml:2: nested too deeply; expected a scenario file"):
        load(str(tmp_path / "deep.toml"))


@pytest.mark.parametrize("text", ["wait" + "." * 300, "1.0 " * 300, "a.b " * 200])
def test_dots_in_a_story_are_not_taken_for_depth(text: str) -> None:
    assert not too_deep(f'story = "{text}"')


def test_links_that_point_to_one_another_and_names_that_are_too_long_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    for name, reason in (
        (str(tmp_path / "one"), "Too many levels of symbolic links"),
        ("x" * 300, "File name too long"),
    ):
        with pytest.raises(ScenarioError, match=rf"cannot be read: {reason}; expected a scenario file"):
            load(name)
