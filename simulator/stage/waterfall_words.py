"""What the life of a request says in words: who it was, how it ended, what it adds up to, and what is not known."""

from math import isfinite

from simulator.plan.words import Outcome, State
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.fixed_width import clock
from simulator.stage.states import OUTCOME_STYLES
from simulator.trace.playback.life_story import LifeStory
from simulator.words.numbers import line_rate, rounded, share_in_words, short_duration, size, to_places, unit_for


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
        return f"still open after {short_duration(told.latency_s)}", Style.WARN
    words = f"{told.outcome.words} after {short_duration(told.latency_s)}"
    style = Style.GOOD if told.outcome is Outcome.COMPLETED else OUTCOME_STYLES[told.outcome]
    if told.slower_than is not None:
        words += f", slower than {_share(told.slower_than)}"
    return words, style


def facts(told: LifeStory, look: Look) -> str:
    """When it came, what it brought, and over which line."""
    up = f" at {line_rate(told.up_rate)}" if isfinite(told.up_rate) else ""
    down = f" at {line_rate(told.down_rate)}" if isfinite(told.down_rate) else ""
    said = [
        f"came at {clock(told.arrival_s)}",
        f"sends {size(told.upload_bytes)}{up}",
        f"gets {size(told.response_bytes)}{down}",
        f"round trip {short_duration(told.rtt_s)}" if told.rtt_s else "",
    ]
    return f" {look.glyphs.bullet} ".join(part for part in said if part)


def notes(told: LifeStory) -> list[str]:
    """What a reader must know to read the parts rightly."""
    said = []
    states = {part.state for part in told.parts}
    if told.last_s > told.end_s + 1e-9 and any(part.for_nobody for part in told.parts):
        said.append(
            f"The client was gone {short_duration(told.end_s - told.arrival_s)} after it came: the rest is for nobody."
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
    unit = unit_for([told.latency_s])
    scale = 10**unit.decimals / unit.seconds
    whole = int(rounded(told.latency_s * scale, 0))
    exact = [seconds * scale for seconds in totals.values()]
    digits_of = [int(value) for value in exact]
    order = sorted(range(len(exact)), key=lambda i: digits_of[i] - exact[i])
    for index in order[: max(whole - sum(digits_of), 0)]:
        digits_of[index] += 1

    def printed(digits: int) -> str:
        return to_places(digits / 10**unit.decimals, unit.decimals)

    parts = [(state, printed(digits)) for state, digits in zip(totals, digits_of, strict=True)]
    return f"total {printed(whole)} {unit.name}", parts


def _share(share: float) -> str:
    if share >= 0.99:
        return f"{to_places(int(share * 1000) / 10, 1)} % of all that were completed"
    return f"{share_in_words(share)} of all that were completed"
