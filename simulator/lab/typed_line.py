"""A server's line that somebody types on a screen, ``gunicorn -w 4``: what can be done with it, or what is wrong."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from simulator.experiments.catalogue import called
from simulator.experiments.deployment import Deployment
from simulator.experiments.deployment_words import pane, pane_words
from simulator.experiments.production_line import is_production
from simulator.experiments.refusal import RefusalError
from simulator.lab.palette import Command
from simulator.words.language import later, tell

SHOW, COMPARE = later("show {model}"), later("compare with {model}")


def commands_of_line(typed: str, deeds: Mapping[str, Callable[[Deployment], None]]) -> Iterator[Command]:
    """One for each deed, as soon as a server is in what was typed; else nothing. Names of models are listed anyway."""
    if called(typed.strip()) is not None:
        return
    try:
        if not is_production(typed):
            return
        side = pane(typed)
    except RefusalError as error:
        if len(typed.split()) > 1:  # a word alone is most likely not meant so
            yield Command(words=str(error), deed=_nothing, also=typed)
        return
    for words, deed in deeds.items():
        yield Command(words=tell(words, model=pane_words(side)), deed=partial(deed, side), also=typed)


def _nothing() -> None:
    """What is wrong with a line has been read."""
