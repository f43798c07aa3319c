"""What a teacher wants to be read at moments of a run: typed with --caption, or written in the scenario.

What to watch: a saved run keeps those of its scenario, in every language that they are written in.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter

from simulator.experiments.refusal import RefusalError
from simulator.stage.scene import CAPTION_S, Caption
from simulator.words.language import in_this_language, tell
from simulator.words.numbers import duration
from simulator.words.printable import printable_line
from simulator.workload.quantity import DURATION, parse

TYPED = re.compile(r"\s*([\d.]+\s?[a-zµ]+)\s+(\S.*)", re.DOTALL)
LABEL = "captions"
LEAD_S = 2.0
"""A film begins so much before its first caption."""


def typed_captions(given: Sequence[str]) -> tuple[Caption, ...]:
    """What stands behind each --caption. Raises RefusalError."""
    return tuple(map(_typed, given))


def _typed(given: str) -> Caption:
    found = TYPED.fullmatch(given)
    if found is None:
        raise RefusalError(
            tell("--caption {given}: expected a time and words, like {example}", given=given, example='"25s Look here"')
        )
    try:
        at_s = parse(found[1], DURATION)
    except ValueError as problem:
        raise RefusalError(tell("{flag} {given}: {problem}", flag="--caption", given=given, problem=problem)) from None
    return Caption(at_s=at_s, text=printable_line(found[2].strip()))


def refuse_late(captions: Sequence[Caption], end_s: float) -> None:
    """Raise RefusalError for one that nobody would ever see."""
    for each in captions:
        if each.at_s > end_s:
            time, end = duration(each.at_s), duration(end_s)
            raise RefusalError(tell("{flag} {time}: this run ends after {end}", flag="--caption", time=time, end=end))


def captions_of(typed: Sequence[Caption], labels: Mapping[str, str]) -> tuple[Caption, ...]:
    """All captions of a run in the order of their time, in the language of now."""
    if not typed and LABEL not in labels:
        return ()
    return tuple(sorted((*_written(labels), *typed), key=attrgetter("at_s")))


def _written(labels: Mapping[str, str]) -> Iterator[Caption]:
    for each in json.loads(labels.get(LABEL, "[]")):
        yield Caption(at_s=float(each["at"]), text=printable_line(in_this_language(each, "text")))


def film_of(captions: Sequence[Caption], speed: float) -> tuple[float, float]:
    """The part of a run in which all captions can be read."""
    return max(captions[0].at_s - LEAD_S * speed, 0.0), captions[-1].at_s + CAPTION_S * speed
