"""Line numbers: a place in a TOML file is found where a reader would look for it."""

from simulator.workload.toml_file import line_numbers

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
