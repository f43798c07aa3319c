"""``python -m tests.quiet``: hold the models against real servers on the quiet machine.

python -m tests.quiet [--output FILE.csv] [--processes N] [--only WORD] [--repeat N]
python -m tests.quiet --run 'simulate measure prefork --load steady'
"""

import argparse
import csv
import io
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.quiet.cases import CASES, FAR, NETWORK, NO_NETWORK
from tests.quiet.machine import QuietMachineError, prepare, run

LIMIT_S = 3600.0
TOGETHER = 4
"""Cases in one start of the machine: starting takes as long as measuring an easy one."""
MACHINE = "/tmp/machine.toml"
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
    shares = [cases[i : i + TOGETHER] for i in range(0, len(cases), TOGETHER)]
    found: list[list[str]] = []
    with ThreadPoolExecutor(asked.processes) as several:
        outputs = several.map(lambda share: run(_job(share, machine, asked.repeat), LIMIT_S), shares)
        for share, said in zip(shares, outputs, strict=True):
            for (shown, rows), case in zip(_parts(said), share, strict=True):
                sys.stdout.write(shown)
                sys.stdout.flush()
                found += _labelled(rows, case)[bool(found) :]
    if asked.output:
        with asked.output.open("w", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(found)
    return int(any("outside" in row for row in found))


def _calibrated() -> str:
    table, machine = run(
        f"simulate calibrate --output {MACHINE} 2>/dev/null; echo {FENCE}; cat {MACHINE}", LIMIT_S
    ).split(FENCE)
    sys.stdout.write(f"{table}{machine}\n")
    return machine


def _job(cases: Sequence[str], machine: str, repeat: int) -> str:
    lines = [f"cat > {MACHINE} <<'END'", machine.strip(), "END"]
    for case in cases:
        far = case.startswith(FAR)
        words = " ".join(f"'{word}'" for word in _words(case.removeprefix(FAR)))
        lines += [NETWORK] if far else []
        flags = f"--repeat {repeat} --machine {MACHINE} --set machine.cores=1 --csv /tmp/csv"
        lines += [f"simulate validate {words} {flags} 2>/tmp/said || cat /tmp/said", f"echo {FENCE}", "cat /tmp/csv"]
        lines += [f"echo {FENCE}", "rm -f /tmp/csv", NO_NETWORK if far else ""]
    return "\n".join(lines) + "\n"


def _labelled(rows: list[list[str]], case: str) -> list[list[str]]:
    """The second column is the load; a network belongs to it."""
    mark = FAR if case.startswith(FAR) else ""
    return [rows[0], *([server, mark + load, *rest] for server, load, *rest in rows[1:])]


def _words(case: str) -> list[str]:
    """Overrides have blanks inside quotation marks or brackets only."""
    words: list[str] = []
    for piece in case.split(" "):
        if words and (words[-1].count('"') % 2 or words[-1].count("[") > words[-1].count("]")):
            words[-1] += f" {piece}"
        else:
            words.append(piece)
    return words


def _parts(said: str) -> Iterator[tuple[str, list[list[str]]]]:
    pieces = said.split(FENCE)
    for shown, rows in zip(pieces[::2], pieces[1::2], strict=False):
        yield shown.lstrip("\n"), list(csv.reader(io.StringIO(rows.strip())))


if __name__ == "__main__":
    sys.exit(main())
