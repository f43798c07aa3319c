"""Scenario files put together at random: most are right, with figures from nothing to the largest; some are spoilt.

What to watch: a file follows from its number alone, so that one that was found bad can be looked at again.
"""

from random import Random

TIMES = (
    "0 s",
    "1e-12 ns",
    "1 ns",
    "1 us",
    "2 ms",
    "2 ms",
    "30 ms",
    "0.5 s",
    "1 s",
    "3 s",
    "1 min",
    "1 h",
    "1e6 s",
    "1e9 s",
)
SHORT = ("1 us", "100 us", "1 ms", "5 ms", "20 ms", "0.2 s", "1 s")
SIZES = ("0 B", "1 B", "1e-9 B", "1 KiB", "10 kB", "10 KB", "64 KiB", "200 KiB", "5 MB", "1 GB", "1e12 B", "1e15 B")
RATES = ("1e-6 bit/s", "1 bit/s", "0.5 Mbit/s", "2 Mbit/s", "100 Mbit/s", "1 GB/s", "1e15 B/s")
DURATIONS = ("1e-9 ns", "1 ms", "1 s", "2 s", "5 s", "10 s", "10 s", "1 min", "1 h", "1e9 s")
NUMBERS = ("0", "1e-300", "1e-9", "0.001", "0.5", "1", "1", "2", "7", "19", "1000", "1e9")
NAMES = ("page", "report", "photo", "a b", "_", "é")
CLIENTS = ("office", "phone", "bot")
JUNK = ("=", '"', "[", "]", "{", "}", ",", "#", "\\", "'", "\t", "\x00", "\x1b", "é", "0", "s", "- ", "\n")


def scenario_text(number: int) -> str:
    """The text of one file."""
    random = Random(number)
    text = _whole(random)
    for _ in range(random.choice((0, 0, 0, 0, 1, 1, 2, 5))):
        text = _spoilt(text, random)
    return text


def _whole(random: Random) -> str:
    """A file with everything in its place, whatever the figures."""
    classes = random.sample(NAMES, random.choice((1, 1, 2, 3)))
    clients = random.sample(CLIENTS, random.choice((0, 1, 2, 3)))
    extreme = random.random() < 0.4
    parts = [
        f'title = "Number {random.randrange(1000)}"',
        *_some(random, 'story = "Watch."', 'story_zh = "请看"', f"seed = {random.randrange(9)}"),
        f'duration = "{random.choice(DURATIONS if extreme else DURATIONS[3:6])}"',
        *_some(random, f'warmup = "{random.choice(TIMES if extreme else ("0 s", "0.5 s"))}"'),
        "[machine]",
        f"cores = {random.choice((1, 2, 2, 4, 64, 4096) if extreme else (1, 2, 4))}",
        *(_some(random, *_costs(random)) if extreme else ()),
        "[arrivals]",
        *_arrivals(random, extreme=extreme),
    ]
    for name in classes:
        parts += ["[[requests]]", f'name = "{name}"', *_class(random, clients, extreme=extreme)]
    for name in clients:
        parts += ["[[clients]]", f'name = "{name}"', *_client(random, extreme=extreme)]
    closed = 'kind = "closed"' in parts
    for _ in range(random.choice((0, 0, 0, 1, 2, 4))):
        parts += ["[[timeline]]", *_entry(random, extreme=extreme, closed=closed)]
    return "\n".join(parts) + "\n"


def _some(random: Random, *lines: str) -> list[str]:
    return [line for line in lines if random.random() < 0.5]


def _costs(random: Random) -> list[str]:
    names = ("time_slice", "switch_cost", "gil_switch_interval", "accept_cost", "request_cost", "loop_turn_cost")
    return [
        *(f'{name} = "{random.choice(TIMES)}"' for name in random.sample(names, 2)),
        f'receive_buffer = "{random.choice(SIZES)}"',
        f'send_buffer = "{random.choice(SIZES)}"',
        f'syn_retries = "{random.choice(("linear", "classic"))}"',
        f'full_backlog = "{random.choice(("drop", "refuse"))}"',
    ]


def _arrivals(random: Random, *, extreme: bool) -> list[str]:
    kind = random.choice(("poisson", "constant", "mmpp", "ramp", "spike", "closed", "closed"))
    rate = random.choice(NUMBERS if extreme else ("5", "20", "80"))
    keys = {
        "poisson": [
            f"rate = {rate}",
            *_some(random, f"batch = {random.choice(('1', '5', '{geometric = 3}', '10000'))}"),
        ],
        "constant": [f"rate = {rate}"],
        "mmpp": [f"rates = [{rate}, {random.choice(('0', '50'))}]", f'stay = ["{_time(random, extreme)}", "1 s"]'],
        "ramp": [f"from = {rate}", f"to = {random.choice(('0', '40'))}"],
        "spike": [
            f"rate = {rate}",
            "peak = 100",
            f'at = "{_time(random, extreme)}"',
            f'for = "{_time(random, extreme)}"',
        ],
        "closed": [
            f"clients = {random.choice((1, 3, 10, 500) if not extreme else (1, 50, 10_000, 1_000_000))}",
            *_some(random, f"think = {_amount(random, TIMES if extreme else SHORT)}"),
            *_some(random, f"requests = {random.choice((1, 2, 50, 2000))}"),
            *_some(random, f'ramp = "{_time(random, extreme)}"'),
        ],
    }
    return [f'kind = "{kind}"', *keys[kind]]


def _time(random: Random, extreme: bool) -> str:
    return random.choice(TIMES if extreme else SHORT)


def _class(random: Random, clients: list[str], *, extreme: bool) -> list[str]:
    steps = [
        f"{{{random.choice(('cpu', 'io'))} = {_amount(random, TIMES if extreme and random.random() < 0.4 else SHORT)}}}"
        for _ in range(random.choice((1, 2, 3, 6)))
    ]
    only = f'clients = ["{random.choice(clients)}"]' if clients else "weight = 2"
    return [
        f"steps = [{', '.join(steps)}]",
        *_some(random, f"upload = {_amount(random, SIZES)}", f"response = {_amount(random, SIZES)}"),
        *(_some(random, only) if only.startswith("clients") else _some(random, f"weight = {random.choice(NUMBERS)}")),
    ]


def _client(random: Random, *, extreme: bool) -> list[str]:
    return _some(
        random,
        f"share = {random.choice(NUMBERS if extreme else ('0.2', '1', '4'))}",
        f"rtt = {_amount(random, TIMES if extreme else SHORT)}",
        f'up = "{random.choice(RATES)}"',
        f'down = "{random.choice(RATES)}"',
        f"patience = {_amount(random, TIMES if extreme else ('1 ms', '0.5 s', '3 s', '60 s'))}",
    )


def _amount(random: Random, quantities: tuple[str, ...]) -> str:
    one, other = (quantities[place] for place in sorted(random.choices(range(len(quantities)), k=2)))
    shape, wide = random.choice(("0.5", "1", "2", "1000", "1e-9")), random.choice(("1", "1.5", "3", "1000"))
    return random.choice(
        (
            *(f'"{one}"' for _ in range(7)),
            f'{{exponential = "{one}"}}',
            f'{{lognormal = {{mean = "{one}", cv = {shape}}}}}',
            f'{{pareto = {{min = "{one}", alpha = {shape}, max = "{other}"}}}}',
            f'{{uniform = {{low = "{one}", high = "{other}"}}}}',
            f'{{erlang = {{mean = "{one}", k = {random.choice((1, 3, 100))}}}}}',
            f'{{hyperexponential = {{mean = "{one}", cv = {wide}}}}}',
            f'{{empirical = ["{one}", "{other}"]}}',
        )
    )


def _entry(random: Random, *, extreme: bool, closed: bool) -> list[str]:
    at = f'at = "{random.choice(TIMES if extreme else ("0 s", "0.5 s", "1 s", "3 s"))}"'
    lasting = f'for = "{_time(random, extreme)}"'
    keys = random.choice(
        (
            ['do = "kill"', f"process = {random.choice((0, 1, 7, 1_000_000))}", f'boot = "{_time(random, extreme)}"'],
            ['do = "slow-io"', f"factor = {random.choice(('0.5', '10', '1e9', '1e-9'))}", lasting],
            *([] if closed else [['do = "burst"', f"requests = {random.choice((1, 50, 1000))}", lasting]]),
            *([] if closed else [['do = "burst"', f"rate = {random.choice(('1', '100'))}", lasting]]),
            ['do = "resize"', f"size = {random.choice((1, 2, 9, 500))}"],
            ['do = "resize"', f"cores = {random.choice((1, 3, 64))}"],
        )
    )
    return [at, *keys]


def _spoilt(text: str, random: Random) -> str:
    """With one thing in it that somebody mistyped."""
    lines = text.splitlines()
    row, column = random.randrange(len(lines)), random.randrange(len(text))
    match random.randrange(6):
        case 0:
            del lines[row]
        case 1:
            lines.insert(row, lines[random.randrange(len(lines))])
        case 2:
            lines[row], lines[-1] = lines[-1], lines[row]
        case 3:
            return text[:column] + random.choice(JUNK) + text[column:]
        case 4:
            return text[:column] + text[column + random.randrange(1, 9) :]
        case _:
            key, equals, _ = lines[row].partition("=")
            value = random.choice(
                (*NUMBERS, '""', "[]", "{}", "true", '"1 s"', "[[[1]]]", "1e400", "nan", "2026-01-01")
            )
            lines[row] = f"{key}{equals} {value}"
    return "\n".join(lines) + "\n"
