"""Every mistake in a scenario file gets a line that says where it is, what was given and what was expected."""

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.workload.load import ScenarioError, load
from simulator.workload.scenario import Scenario

Load = Callable[..., Scenario]
POISSON, CLOSED = 'kind = "poisson"\nrate = 50', 'kind = "closed"\nclients = 7\n'

MISTAKES = [
    ('title = "A shop"', 'titel = "A shop"', ':1: titel = "A shop": unknown key (did you mean "title"?)'),
    ('title = "A shop"', 'titel = "A shop"', "title: missing; expected here: one line"),
    ('title = "A shop"', "title = 3", "title = 3: expected text in quotes"),
    ('duration = "20 s"', "duration = 20", "duration = 20: a number without its unit"),
    ('duration = "20 s"', 'duration = "0 s"', 'duration = "0 s": expected a duration above 0'),
    ('duration = "20 s"', "duration = 2026-01-01", "duration = 2026-01-01: expected a duration"),
    ('duration = "20 s"', 'duration = "1e99 h"', "unreasonably large"),
    (
        'warmup = "2 s"',
        'warmup = "20 s"',
        'warmup = "20 s": expected less than the duration, "20 s"; to measure all of it',
    ),
    ("seed = 3", "seed = -3", "seed = -3: expected a number of at least 0"),
    ("seed = 3", "seed = 3.5", "seed = 3.5: expected a whole number"),
    ("seed = 3", "seed = true", "seed = true: expected a whole number"),
    ("seed = 3", "seed = 3\ncores = 2", 'cores = 2: unknown key (did you mean "machine.cores"?); expected title'),
    ("cores = 2", "core = 2", 'machine.core = 2: unknown key (did you mean "cores"?)'),
    ("cores = 2", "cores = 0", "machine.cores = 0: expected a number of cores from 0.01 to 4096"),
    ("cores = 2", "switch_cost_s = 2", 'did you mean "switch_cost"'),
    ("cores = 2", 'gil_switch_interval = "0 ms"', "expected at least 1 us"),
    ("cores = 2", 'time_slice = "1e-9 ns"', 'machine.time_slice = "1e-9 ns": expected at least 1 us'),
    ("cores = 2", 'syn_retries = "linaer"', 'did you mean "linear"'),
    ('kind = "poisson"', 'kind = "poison"', 'arrivals.kind = "poison": unknown kind (did you mean "poisson"?)'),
    ('kind = "poisson"', "kind = []", "arrivals.kind = a list of 0: unknown kind"),
    ('kind = "poisson"', "", "expected a table with kind"),
    ('kind = "poisson"', 'kind = "closed"', "arrivals.clients: missing"),
    (POISSON, CLOSED + 'ramp = "21 s"', 'arrivals.ramp = "21 s": expected at most the duration, "20 s"'),
    (
        'down = "2 Mbit/s"',
        'down = "1e-6 bit/s"',
        'requests[0].response: takes the client "phone" more than thirty years; expected a smaller size',
    ),
    (POISSON, CLOSED + "requests = 0", "arrivals.requests = 0: expected a number of at least 1"),
    (POISSON, CLOSED + "requests = 1000.5", "requests = 1000.5: expected a whole number"),
    (POISSON, CLOSED + "requests = inf", "requests = inf: expected a whole number"),
    (POISSON, CLOSED + "requests = 50000001", "expected a number of at most 50000000"),
    ('kind = "poisson"', 'kind = "trace"\nfile = "no.csv"', "cannot read no.csv: No such file"),
    ('kind = "poisson"', 'kind = "spike"\npeak = 2\nat = "30 s"\nfor = "1 s"', "expected a time within the duration"),
    ("rate = 50", "rate = 0", "arrivals.rate = 0: expected a number above 0"),
    ("rate = 50", "rate = nan", "arrivals.rate = nan: expected a finite number"),
    ("rate = 50", "rate = inf", "arrivals.rate = inf: expected a finite number"),
    ("rate = 50", f"rate = {10**400}", "a number of 1329 bits: expected a number of at most 1e+09"),
    ("rate = 50", 'rate = "50"', 'arrivals.rate = "50": expected a number without quotes or unit'),
    ("rate = 50", "rate = 1e8", "about 2 000 000 000 requests; expected at most 50 000 000"),
    ("rate = 50", "rate = 50\nbatch = 0", "arrivals.batch = 0: expected a whole number from 1"),
    ("rate = 50", "rate = 50\nbatch = {geometric = 0.5}", "arrivals.batch.geometric = 0.5: expected a number of at"),
    ("weight = 4", "weight = -4", "requests[0].weight = -4: expected a number of at least 0"),
    ('upload = "1 KiB"', 'upload = "1 Kib"', 'unknown unit "Kib" (did you mean "KiB"?)'),
    ('upload = "1 KiB"', "upload = []", "requests[0].upload = a list of 0: expected a size"),
    ('name = "photo"', 'name = "page"', 'requests[1].name = "page": requests[0] has this name too'),
    ('name = "photo"', 'name = ""', 'requests[1].name = "": expected some text'),
    ('name = "photo"', 'name = "a.b"', "expected letters, digits"),
    (
        '{cpu = "2 ms"}',
        '{cup = "2 ms"}',
        'requests[0].steps[0] = {cup = ...}: unknown step "cup" (did you mean "cpu"?)',
    ),
    ('{cpu = "2 ms"}', '{cpu = "2 ms", io = "1 s"}', "expected exactly one of cpu, native, io, block and crash"),
    ('{cpu = "2 ms"}', "{}", "expected exactly one of cpu, native, io, block and crash"),
    ('{cpu = "2 ms"}', "7", "requests[0].steps[0] = 7: expected {cpu ="),
    ('{cpu = "2 ms"}', "7", '{native = "..."}, {io = "..."}, {block = "..."} or {crash = 0.001}'),
    ('{cpu = "2 ms"}', '"nativ"', '(did you mean "native"?)'),
    ('{cpu = "2 ms"}', '{cpu = "2 mss"}', ':15: requests[0].steps[0].cpu = "2 mss": unknown unit'),
    ('{cpu = "3 ms"}', '{cpu = "3 mss"}', ':21: requests[1].steps[0].cpu = "3 mss": unknown unit'),
    ("{exponential =", "{exponentail =", 'unknown distribution "exponentail" (did you mean "exponential"?)'),
    ('{exponential = "30 ms"}', '{exponential = "0 ms"}', "expected a mean above 0"),
    ('{exponential = "30 ms"}', '{exponential = "3 s", erlang = 2}', "expected exactly one of exponential"),
    ("cv = 1}", "cv = 0}", "requests[0].response.lognormal.cv = 0: expected a number above 0"),
    (", cv = 1}", "}", "requests[0].response.lognormal.cv: missing; expected here: the coefficient of variation"),
    ("k = 3", "k = 0", "requests[1].steps[1].io.erlang.k = 0: expected a number of at least 1"),
    ("k = 3", "k = 3, m = 2", "requests[1].steps[1].io.erlang.m = 2: unknown key"),
    ('min = "100 KiB"', 'min = "100 MiB"', "expected 0 < min < max"),
    ('{exponential = "30 ms"}', "{empirical = []}", "expected a list of amounts"),
    ('{exponential = "30 ms"}', '{empirical = ["1 s", 2]}', "io.empirical[1] = 2: a number without its unit"),
    ('{exponential = "30 ms"}', '{hyperexponential = {mean = "1 s", cv = 0.5}}', "expected cv of at least 1"),
    ('clients = ["phone"]', 'clients = ["fone"]', 'requests[1].clients[0] = "fone": no client has this name'),
    ('clients = ["phone"]', "clients = []", "requests[1].clients = a list of 0: expected a list"),
    ("share = 0.8", "share = -1", "clients[0].share = -1: expected a number of at least 0"),
    ("share = 0.2", "share = 0", "requests[1].clients = a list of 1: all of these clients have share 0"),
    ('up = "0.5 Mbit/s"', 'up = "0.5 Mbps"', 'did you mean "Mbit/s"'),
    ('up = "0.5 Mbit/s"', 'up = "0 B/s"', "expected a data rate above 0"),
    ('{uniform = {low = "5 s", high = "30 s"}}', '"0 s"', "leave patience out"),
]


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES)
def test_a_mistake_is_named_with_its_place_its_value_and_the_remedy(shop: Load, old: str, new: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        shop((old, new))
    assert said in str(caught.value)
    assert all("shop.toml" in line for line in str(caught.value).splitlines())


def test_the_file_that_all_mistakes_start_from_has_none(shop: Load) -> None:
    assert shop().title == "A shop"


def test_all_mistakes_of_a_file_come_in_one_message_in_the_order_of_the_file(shop: Load) -> None:
    with pytest.raises(ScenarioError) as caught:
        shop(
            ('clients = ["phone"]', 'clients = ["fone"]'),
            ('duration = "20 s"', 'duration = "20 sec"'),
            ("rate = 50", "rate = 0"),
            ("k = 3", "kk = 3"),
            ('name = "office"', 'name = "phone"'),
        )
    named = [line.split(": ")[1].split(" = ")[0] for line in str(caught.value).splitlines()]
    assert named == [
        "duration",
        "arrivals.rate",
        "requests[1].steps[1].io.erlang.k",
        "requests[1].steps[1].io.erlang.kk",
        "requests[1].clients[0]",
        "clients[1].name",
    ]


def test_broken_toml_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text('title = "x"\nduration = 60 s\n')
    with pytest.raises(ScenarioError, match=r"broken\.toml:2: not TOML: "):
        load(str(path))


def test_keys_in_other_languages_are_told_that_they_need_quotes(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text('title = "x"\n[clients.手机]\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"broken\.toml:2: not TOML: .* needs quotes around it"):
        load(str(path))


def test_a_file_that_is_not_text_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "binary.toml"
    path.write_bytes(b'title = "x"\n\xff\xfe')
    with pytest.raises(ScenarioError, match=r"binary\.toml:2: not UTF-8 text"):
        load(str(path))


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 5000, "a = 0x" + "f" * 5000, "x" * 1_100_000])
def test_a_monstrous_file_gets_a_message_like_any_other(tmp_path: Path, text: str) -> None:
    path = tmp_path / "monster.toml"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=r"monster\.toml"):
        load(str(path))


def test_a_directory_is_not_a_scenario(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="a directory; expected a scenario file"):
        load(str(tmp_path))


def test_an_unknown_name_is_answered_with_the_nearest_shipped_one() -> None:
    with pytest.raises(ScenarioError, match=r'"slow-client": no such file.*did you mean "slow-clients".*cpu-heavy, '):
        load("slow-client")


@pytest.mark.parametrize("name", ["", "\0", "x" * 5000, "no/such/folder/x.toml"])
def test_a_name_that_no_file_can_have_gets_a_message(name: str) -> None:
    with pytest.raises(ScenarioError, match="expected"):
        load(name)
