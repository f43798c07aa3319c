"""What the life of a request says in words: who it was, how it ended, what it adds up to, and what is not known."""

from dataclasses import replace
from math import isfinite

from simulator.plan.words import Outcome, State
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.fixed_width import clock
from simulator.stage.states import OUTCOME_STYLES
from simulator.trace.playback.life_story import LifeStory
from simulator.words.kinds import kind_name
from simulator.words.language import later, tell, translated
from simulator.words.numbers import line_rate, rounded, share_in_words, short_duration, size, to_places, unit_for


def heading(told: LifeStory) -> str:
    """Its number, as the command line takes it, and what it is."""
    return tell(
        "request #{number}  {request} from {client}",
        number=told.request,
        request=kind_name(told.of_class),
        client=kind_name(told.client),
    )


def about(told: LifeStory) -> str:
    """The run that it belongs to."""
    model, load = told.labels.get("model", ""), told.labels.get("load", "")
    under = tell("{model} under {load}", model=model, load=load) if model and load else model or load
    return tell("{run} (measured)", run=under) if told.measured and under else under


def ending(told: LifeStory) -> tuple[str, Style]:
    """How it ended and after how long."""
    time = short_duration(told.latency_s)
    if told.outcome is Outcome.OPEN:
        return tell("still open after {time}", time=time), Style.WARN
    style = Style.GOOD if told.outcome is Outcome.COMPLETED else OUTCOME_STYLES[told.outcome]
    outcome = translated(told.outcome.words)
    if told.slower_than is None:
        return tell("{outcome} after {time}", outcome=outcome, time=time), style
    words = tell(
        "{outcome} after {time}, slower than {share} of all that were completed",
        outcome=outcome,
        time=time,
        share=_share(told.slower_than),
    )
    return words, style


def brief_ending(told: LifeStory) -> tuple[str, Style]:
    """The same without how many were quicker."""
    return ending(replace(told, slower_than=None))


def facts(told: LifeStory, look: Look) -> str:
    """When it came, what it brought, and over which line."""
    said = [
        tell("came at {time}", time=clock(told.arrival_s)),
        _moved(told.upload_bytes, told.up_rate, later("sends {size}"), later("sends {size} at {rate}")),
        _moved(told.response_bytes, told.down_rate, later("gets {size}"), later("gets {size} at {rate}")),
        tell("round trip {time}", time=short_duration(told.rtt_s)) if told.rtt_s else "",
    ]
    return f" {look.glyphs.bullet} ".join(part for part in said if part)


def _moved(number: float, rate: float, alone: str, over_a_line: str) -> str:
    """So many bytes, and how fast, where the line is known."""
    if not isfinite(rate):
        return tell(alone, size=size(number))
    return tell(over_a_line, size=size(number), rate=line_rate(rate))


def notes(told: LifeStory) -> list[str]:
    """What a reader must know to read the parts rightly."""
    said = []
    states = {part.state for part in told.parts}
    if told.last_s > told.end_s + 1e-9 and any(part.for_nobody for part in told.parts):
        time = short_duration(told.end_s - told.arrival_s)
        said.append(tell("The client was gone {time} after it came: the rest is for nobody.", time=time))
    if State.GIL_OR_CORE in states:
        said.append(tell("Measured: no clock tells a thread's wait for the GIL from its wait for a core."))
    if told.measured:
        said.append(tell("Measured: what lies between two reports of the server is put down to the step before."))
    if None in told.totals_s():
        said.append(tell("Not known: nobody reported what the request did then."))
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
    time = f"{printed(whole)} {unit.name}"
    return tell("total {time}", time=time), parts


def _share(share: float) -> str:
    return f"{to_places(int(share * 1000) / 10, 1)} %" if share >= 0.99 else share_in_words(share)
