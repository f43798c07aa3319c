"""``python -m tests.quiet``: hold the models against real servers on the quiet machine.

python -m tests.quiet [--output FILE.csv] [--processes N] [--only WORD] [--repeat N]
python -m tests.quiet --run 'simulate measure prefork --load steady'
"""

import argparse
import csv
import io
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from simulator.cli.calibrate_server import named_server, profile_name
from tests.quiet.cases import CASES, FAR, NETWORK, NO_NETWORK
from tests.quiet.machine import QuietMachineError, prepare, run
from tests.quiet.table import is_outside

LIMIT_S = 3600.0
TOGETHER = 4
"""Cases in one start of the machine: starting takes as long as measuring an easy one."""
MACHINE, PROFILE = "/tmp/machine.toml", "/tmp/profile.toml"
OURS = re.compile(r" --set machine\.cores=1| --(machine|profile) /tmp/\S+")
"""What is added to every case."""
FENCE = "-----"


def main() -> int:
    """Exit code 0 if everything was measured and inside its bar."""
    parser = argparse.ArgumentParser(prog="python -m tests.quiet", description=__doc__)
    parser.add_argument(
        "--prepare", action="store_true", help="only fetch its kernel and the production servers that it runs"
    )
    parser.add_argument("--run", metavar="SCRIPT", help="a shell script to run there instead")
    parser.add_argument("--output", type=Path, metavar="FILE.csv", help="every figure of every case")
    parser.add_argument("--machine", type=Path, metavar="FILE", help="what an earlier calibration there has found")
    parser.add_argument("--profiles", type=Path, metavar="FOLDER", help="keep each server's costs here, and use them")
    parser.add_argument("--only", default="", metavar="WORD", help="only cases with this word")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="machines at once")
    parser.add_argument("--repeat", type=int, default=2, metavar="N", help="how often each case is measured")
    asked = parser.parse_args()
    try:
        prepare()
        if asked.prepare:
            return 0
        if asked.run:
            sys.stdout.write(run(asked.run, LIMIT_S))
            return 0
        return _validated([case for case in CASES if asked.only in case], asked)
    except QuietMachineError as error:
        sys.stderr.write(f"tests.quiet: {error}\n")
        return 2


def _validated(cases: Sequence[str], asked: argparse.Namespace) -> int:
    machine = asked.machine.read_text() if asked.machine else _calibrated()
    profiles = _profiles(cases, asked)
    shares = [cases[i : i + TOGETHER] for i in range(0, len(cases), TOGETHER)]
    found: list[list[str]] = []
    with ThreadPoolExecutor(asked.processes) as several:
        outputs = several.map(lambda share: run(_job(share, machine, profiles, asked.repeat), LIMIT_S), shares)
        for share, said in zip(shares, outputs, strict=True):
            for (shown, rows), case in zip(_parts(said), share, strict=True):
                sys.stdout.write(shown)
                sys.stdout.flush()
                found += _labelled(rows, case)[bool(found) :]
    if asked.output:
        with asked.output.open("w", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(found)
    return int(any(is_outside(dict(zip(found[0], row, strict=True))) for row in found[1:]))


def _calibrated() -> str:
    table, machine = run(
        f"simulate calibrate --output {MACHINE} 2>/dev/null; echo {FENCE}; cat {MACHINE}", LIMIT_S
    ).split(FENCE)
    sys.stdout.write(f"{table}{machine}\n")
    return machine


def _profiles(cases: Sequence[str], asked: argparse.Namespace) -> Mapping[str, str]:
    """What each production server costs there, by its profile's name: measured, or kept from an earlier time."""
    wanted: dict[str, str] = {}
    for case in cases:
        for server in _servers(case):
            wanted.setdefault(profile_name(named_server(server)), server)
    kept = {name: asked.profiles / f"{name}.toml" for name in wanted} if asked.profiles else {}
    known = {name: path.read_text() for name, path in kept.items() if path.exists()}
    missing = [name for name in wanted if name not in known]

    def calibrated(name: str) -> str:
        shown, text = run(
            f"simulate calibrate --server '{wanted[name]}' --quick --output {PROFILE} 2>/tmp/said || cat /tmp/said;"
            f" echo {FENCE}; cat {PROFILE}",
            LIMIT_S,
        ).split(FENCE)
        sys.stdout.write(shown)
        sys.stdout.flush()
        if name in kept:
            asked.profiles.mkdir(parents=True, exist_ok=True)
            kept[name].write_text(text.lstrip())
        return text

    with ThreadPoolExecutor(asked.processes) as several:
        return known | dict(zip(missing, several.map(calibrated, missing), strict=True))


def _servers(case: str) -> list[str]:
    """The command line of a case's production server, and nginx where that stands in front; nothing for our own."""
    words = _words(case.removeprefix(FAR))
    if "--server" not in words:
        return []
    return [words[words.index("--server") + 1], *(["nginx"] if "--nginx" in words else [])]


def _profile_of(case: str, profiles: Mapping[str, str]) -> str:
    """Costs of the server, and of nginx in front of it."""
    server, *fronts = (profiles[profile_name(named_server(each))] for each in _servers(case))
    for front in fronts:
        (cost,) = re.findall(r"^proxy_cost = .*$", front, re.MULTILINE)[:1]
        server = server.replace("[profile.costs]", f"[profile.costs]\n{cost}")
    return server


def _job(cases: Sequence[str], machine: str, profiles: Mapping[str, str], repeat: int) -> str:
    lines = _file(MACHINE, machine)
    for case in cases:
        far = case.startswith(FAR)
        words = " ".join(f"'{word}'" for word in _words(case.removeprefix(FAR)))
        lines += [NETWORK] if far else []
        flags = f"--repeat {repeat} --machine {MACHINE} --set machine.cores=1 --csv /tmp/csv"
        if _servers(case):
            lines += _file(PROFILE, _profile_of(case, profiles))
            flags += f" --profile {PROFILE}"
        lines += [f"simulate validate {words} {flags} 2>/tmp/said || cat /tmp/said", f"echo {FENCE}", "cat /tmp/csv"]
        lines += [f"echo {FENCE}", "rm -f /tmp/csv", NO_NETWORK if far else ""]
    return "\n".join(lines) + "\n"


def _file(name: str, text: str) -> list[str]:
    return [f"cat > {name} <<'END'", text.strip(), "END"]


def _labelled(rows: list[list[str]], case: str) -> list[list[str]]:
    """The second column is the load; a network belongs to it, and what is the same for all cases does not."""
    mark = FAR if case.startswith(FAR) else ""
    return [rows[0], *([server, mark + OURS.sub("", load), *rest] for server, load, *rest in rows[1:])]


def _words(case: str) -> list[str]:
    """Overrides have blanks inside quotation marks or brackets only."""
    words: list[str] = []
    for piece in case.split(" "):
        if words and (words[-1].count('"') % 2 or words[-1].count("[") > words[-1].count("]")):
            words[-1] += f" {piece}"
        else:
            words.append(piece)
    return [word.strip('"') if word.startswith('"') else word for word in words]


def _parts(said: str) -> Iterator[tuple[str, list[list[str]]]]:
    pieces = said.split(FENCE)
    for shown, rows in zip(pieces[::2], pieces[1::2], strict=False):
        yield shown.lstrip("\n"), list(csv.reader(io.StringIO(rows.strip())))


if __name__ == "__main__":
    sys.exit(main())
