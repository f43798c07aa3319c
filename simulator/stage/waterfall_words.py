"""What the life of a request says in words: who it was, how it ended, what it adds up to, and what is not known."""

from math import isfinite

from simulator.plan.words import Outcome, State
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.states import OUTCOME_STYLES
from simulator.trace.playback.life_story import LifeStory
from simulator.words.phrases import data_size, duration, line_rate, percent

UNITS = (("s", 1.0, 3), ("ms", 1e3, 1), ("ms", 1e3, 3))
"""Name, how many in a second, decimals: from 10 s on, from 10 ms on, below."""


def heading(told: LifeStory) -> str:
    """Its number, as the command line takes it, and what it is."""
    return f"request #{told.request}  {told.of_class} from {told.client}"


def about(told: LifeStory) -> str:
    """The run that it belongs to."""
    model, load = told.labels.get("model", ""), told.labels.get("load", "")
    kind = "measured" if told.measured else ""
    return " ".join(word for word in (model, f"under {load}" if load else "", f"({kind})" if kind else "") if word)


def ending(told: LifeStory) -> tuple[str, Style]:
    """How it ended and after how long."""
    if told.outcome is Outcome.OPEN:
        return f"still open after {duration(told.latency_s)}", Style.WARN
    words = f"{told.outcome.words} after {duration(told.latency_s)}"
    style = Style.GOOD if told.outcome is Outcome.COMPLETED else OUTCOME_STYLES[told.outcome]
    if told.slower_than is not None:
        words += f", slower than {_share(told.slower_than)}"
    return words, style


def facts(told: LifeStory, look: Look) -> str:
    """When it came, what it brought, and over which line."""
    up = f" at {line_rate(told.up_rate)}" if isfinite(told.up_rate) else ""
    down = f" at {line_rate(told.down_rate)}" if isfinite(told.down_rate) else ""
    said = [
        f"came at {told.arrival_s:.3f} s",
        f"sends {data_size(told.upload_bytes)}{up}",
        f"gets {data_size(told.response_bytes)}{down}",
        f"round trip {duration(told.rtt_s)}" if told.rtt_s else "",
    ]
    return f" {look.glyphs.bullet} ".join(part for part in said if part)


def notes(told: LifeStory) -> list[str]:
    """What a reader must know to read the parts rightly."""
    said = []
    states = {part.state for part in told.parts}
    if told.last_s > told.end_s + 1e-9 and any(part.for_nobody for part in told.parts):
        said.append(
            f"The client was gone {duration(told.end_s - told.arrival_s)} after it came: the rest is for nobody."
        )
    if State.GIL_OR_CORE in states:
        said.append("Measured: no clock tells a thread's wait for the GIL from its wait for a core.")
    if told.measured:
        said.append("Measured: what lies between two reports of the server is put down to the step before.")
    if None in told.totals_s():
        said.append("Not known: nobody reported what the request did then.")
    return said


def total_words(told: LifeStory) -> tuple[str, list[tuple[State | None, str]]]:
    """The latency and its parts in one unit, rounded so that the printed parts add up to the printed total."""
    totals = told.totals_s()
    name, factor, decimals = UNITS[0 if told.latency_s >= 10.0 else 1 if told.latency_s >= 0.01 else 2]
    scale = factor * 10**decimals
    whole = round(told.latency_s * scale)
    exact = [seconds * scale for seconds in totals.values()]
    rounded = [int(value) for value in exact]
    order = sorted(range(len(exact)), key=lambda i: rounded[i] - exact[i])
    for index in order[: max(whole - sum(rounded), 0)]:
        rounded[index] += 1

    def printed(digits: int) -> str:
        return f"{digits / 10**decimals:.{decimals}f}"

    parts = [(state, printed(digits)) for state, digits in zip(totals, rounded, strict=True)]
    return f"total {printed(whole)} {name}", parts


def _share(share: float) -> str:
    if share >= 0.99:
        return f"{int(share * 1000) / 10:.1f} % of all that were completed"
    return f"{percent(share)} of all that were completed"
