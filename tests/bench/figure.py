"""One row of the benchmark: what was measured, how much it varied, and whether that is what we want.

Verdicts go by processor time. On a machine that does other things too, elapsed time says more about those.
"""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, kw_only=True)
class Figure:
    what: str
    values: tuple[float, ...]
    """By processor time, or by the clock where a row is about waiting; one for each repetition."""
    elapsed: tuple[float, ...] = ()
    """The same by the clock on the wall, where that makes a difference."""
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def verdict(self) -> str:
        """ok, missed, or nothing where there is no target."""
        middle = median(self.values)
        if self.at_least is not None:
            return "ok" if middle >= self.at_least else "missed"
        if self.at_most is not None:
            return "ok" if middle <= self.at_most else "missed"
        return ""

    @property
    def target(self) -> str:
        if self.at_least is not None:
            return f">= {number(self.at_least)}"
        return f"<= {number(self.at_most)}" if self.at_most is not None else ""

    def cells(self) -> tuple[str, ...]:
        spread = f"{number(min(self.values))} - {number(max(self.values))}" if len(self.values) > 1 else ""
        elapsed = number(median(self.elapsed)) if self.elapsed else ""
        return (self.what, number(median(self.values)), self.unit, spread, elapsed, self.target, self.verdict)

    def document(self) -> dict[str, object]:
        """The row for machines."""
        return {
            "what": self.what,
            "median": median(self.values),
            "values": self.values,
            "elapsed": self.elapsed,
            "unit": self.unit,
            "at_least": self.at_least,
            "at_most": self.at_most,
            "verdict": self.verdict,
        }


HEADINGS = ("", "median", "", "min - max", "elapsed", "target", "verdict")


def number(value: float) -> str:
    """Three digits are what a benchmark knows."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) < 0.001:
        return f"{value:.1e}"
    return f"{value:.3g}"


def table(figures: list[Figure]) -> str:
    """The rows under their headings, aligned: words to the left, numbers to the right."""
    rows = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    leftwards = {0, 2, 6}
    lines = (
        "  ".join(
            cell.ljust(width) if i in leftwards else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
