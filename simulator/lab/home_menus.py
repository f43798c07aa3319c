"""The first screen: what there is to begin with, to ask and to choose, and what is run for each.

What to watch: loads and servers are read from the scenarios and the models, questions from their table, so a new one is
on the screen without a line here.
"""

from dataclasses import dataclass, replace
from functools import cache

from simulator.experiments.catalogue import fronts, server, servers
from simulator.experiments.deployment import Deployment, configured
from simulator.experiments.options import RunOptions
from simulator.experiments.setup import Setup, with_front
from simulator.lab.command_line import command_line
from simulator.lab.questions import QUESTIONS, START, Question
from simulator.stage.home import Asked, Choice, Home, Menu
from simulator.words.language import Language, language, later, tell, translated
from simulator.words.phrases import first_sentence

FIRST = ("slow-clients", "prefork")
"""What is selected at the start: the load and server that show most at one glance."""
NOTHING = later("nothing")
LOAD, SERVER, FRONT = later("load"), later("server"), later("in front")
"""Names of the menus, in this order."""
BEGIN = later("Two servers, the same visitors: one hangs, one does not")
BEGIN_SHORT = later("One server hangs, one does not")
BEGIN_ABOUT = later("You see who waits for whom, and why. Nothing to know, nothing to set up.")


def offers() -> tuple[Menu, ...]:
    """Loads, servers, and what can stand in front of one; read from the shipped scenarios and the models."""
    return _offers(language())


@cache
def _offers(_: Language) -> tuple[Menu, ...]:
    from simulator.workload.shipped_scenarios import shipped, told

    loads = tuple(Choice(name=name, idea=first_sentence(told(name).story)) for name in shipped())
    models = tuple(Choice(name=model.name, idea=first_sentence(translated(model.claim))) for model in servers())
    nothing = Choice(name=translated(NOTHING), idea=tell("Clients connect to the server itself."))
    before = (nothing, *(Choice(name=model.name, idea=first_sentence(translated(model.claim))) for model in fronts()))
    return (
        Menu(title=translated(LOAD), choices=loads),
        Menu(title=translated(SERVER), choices=models),
        Menu(title=translated(FRONT), choices=before),
    )


def _asked() -> tuple[Asked, ...]:
    return tuple(_worded(question.asks, question.short, question.about, question.watch) for question in QUESTIONS)


def _worded(*texts: str) -> Asked:
    asks, short, about, sees = map(translated, texts)
    return Asked(asks=asks, short=short, about=about, sees=sees)


def first_home(names: tuple[str, ...] = ()) -> Home:
    """On what to start with; or, where something is to be selected already, where the rest is chosen."""
    menus = tuple(_on(menu, (*names, *FIRST)) for menu in offers())
    home = Home(start=_worded(BEGIN, BEGIN_SHORT, BEGIN_ABOUT, START.watch), questions=_asked(), menus=menus)
    open_menu = next((number for number, menu in enumerate(menus) if not _named(menu, names)), 0)
    return replace(home, focus=home.first_menu + open_menu) if names else home


def worded(home: Home) -> Home:
    """The same in the language of now."""
    now = first_home()
    menus = zip(now.menus, home.menus, strict=True)
    return replace(now, menus=tuple(replace(menu, selected=old.selected) for menu, old in menus), focus=home.focus)


def _named(menu: Menu, names: tuple[str, ...]) -> bool:
    return any(choice.name in names for choice in menu.choices)


def _on(menu: Menu, names: tuple[str, ...]) -> Menu:
    offered = [choice.name for choice in menu.choices]
    return replace(menu, selected=next((offered.index(name) for name in names if name in offered), 0))


# Moving about.


def moved(home: Home, lines: int) -> Home:
    """So many lines further down; after the last line comes the first."""
    return replace(home, focus=(home.focus + lines) % home.lines)


def turned(home: Home, choices: int) -> Home:
    """So many choices further in the menu in focus; elsewhere it is the next line."""
    number = home.menu
    if number is None:
        return moved(home, choices)
    menu = home.menus[number]
    return selected(home, number, (menu.selected + choices) % len(menu.choices))


def in_next_part(home: Home, parts: int) -> Home:
    """At the beginning of the next part of the screen: the start, the questions, the free choice."""
    begins = [0, 1, home.first_menu]
    here = sum(home.focus >= line for line in begins) - 1
    return replace(home, focus=begins[(here + parts) % len(begins)])


def selected(home: Home, number: int, choice: int) -> Home:
    """With another choice in one of the menus, which has the focus then."""
    menu = replace(home.menus[number], selected=choice)
    menus = (*home.menus[:number], menu, *home.menus[number + 1 :])
    return replace(home, menus=menus, focus=home.first_menu + number)


# What is run for it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What the line in focus stands for."""

    setup: Setup
    question: Question | None = None
    """None for a free choice, which is opened and shown where there is something to see."""
    left_s: float | None = None
    """Where it was left, if it was watched before."""

    @property
    def opens_s(self) -> float | None:
        """Where it is opened; None where that is still to be found."""
        return self.question.opens_s if self.question else self.left_s

    @property
    def command(self) -> str:
        """What to type for it."""
        return command_line(self.setup, watch=True, at_s=self.opens_s)


def prospect(home: Home) -> Prospect:
    """Of the line in focus."""
    if home.menu is not None:
        return Prospect(setup=chosen(home))
    return of_question(home.focus - 1 if home.focus else QUESTIONS.index(START))


@cache
def of_question(number: int) -> Prospect:
    """Counted from 0."""
    return Prospect(setup=QUESTIONS[number].setup, question=QUESTIONS[number])


def chosen(home: Home) -> Setup:
    """What is chosen freely."""
    load, its_server, its_front = (menu.choices[menu.selected].name for menu in home.menus)
    model = server(its_server)
    side = Deployment(model=model, config=configured(model, {}))
    if any(front.name == its_front for front in fronts()):
        side = with_front(side, its_front)
    return Setup(sides=(side,), options=RunOptions(load=load))


def with_and_without(setup: Setup) -> Setup:
    """A server beside the same with what can stand in front of it, or without."""
    (side,) = setup.sides
    return replace(setup, sides=(side, with_front(side, fronts()[0].name)))
