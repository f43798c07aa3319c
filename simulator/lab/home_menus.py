"""The menus of the first screen: shipped loads with their stories, servers with their ideas, and what is chosen.

What to watch: everything is read from the scenarios and the models, so a new one is on the screen without a line here.
"""

from dataclasses import replace
from functools import cache

from simulator.experiments.catalogue import fronts, server, servers
from simulator.experiments.deployment import Deployment, configured
from simulator.experiments.options import RunOptions
from simulator.experiments.setup import Setup, with_front
from simulator.stage.home import Choice, Home, Menu
from simulator.words.language import Language, language, later, tell, translated
from simulator.words.phrases import first_sentence
from simulator.workload.shipped_scenarios import shipped, told

FIRST = ("slow-clients", "prefork")
"""What is selected at the start: the load and server that show most at one glance."""
NOTHING = later("nothing")
LOAD, SERVER, FRONT = later("Load: what arrives"), later("Server: what serves it"), later("In front of the server")
"""Titles of the menus, in this order."""


def offers() -> tuple[Menu, ...]:
    """Loads, servers, and what can stand in front of one; read from the shipped scenarios and the models."""
    return _offers(language())


@cache
def _offers(_: Language) -> tuple[Menu, ...]:
    loads = tuple(Choice(name=name, idea=first_sentence(told(name).story)) for name in shipped())
    models = tuple(Choice(name=model.name, idea=first_sentence(translated(model.claim))) for model in servers())
    nothing = Choice(name=translated(NOTHING), idea=tell("Clients connect to the server itself."))
    before = (nothing, *(Choice(name=model.name, idea=first_sentence(translated(model.claim))) for model in fronts()))
    return (
        Menu(title=translated(LOAD), choices=loads),
        Menu(title=translated(SERVER), choices=models),
        Menu(title=translated(FRONT), choices=before),
    )


def first_home(names: tuple[str, ...] = ()) -> Home:
    """With these selected, and otherwise something that is worth seeing."""
    return Home(menus=tuple(_on(menu, (*names, *FIRST)) for menu in offers()))


def worded(home: Home) -> Home:
    """The same in the language of now."""
    menus = zip(offers(), home.menus, strict=True)
    return replace(home, menus=tuple(replace(menu, selected=before.selected) for menu, before in menus))


def _on(menu: Menu, names: tuple[str, ...]) -> Menu:
    offered = [choice.name for choice in menu.choices]
    return replace(menu, selected=next((offered.index(name) for name in names if name in offered), 0))


def moved(home: Home, lines: int) -> Home:
    """So many lines further in the menu in focus."""
    menu = home.menus[home.focus]
    return selected(home, home.focus, (menu.selected + lines) % len(menu.choices))


def selected(home: Home, number: int, choice: int) -> Home:
    """With another choice in one of the menus, which has the focus then."""
    menu = replace(home.menus[number], selected=choice)
    return replace(home, menus=(*home.menus[:number], menu, *home.menus[number + 1 :]), focus=number)


def chosen(home: Home) -> Setup:
    """The setup that is selected."""
    load, its_server, its_front = (menu.choices[menu.selected].name for menu in home.menus)
    model = server(its_server)
    side = Deployment(model=model, config=configured(model, {}))
    if any(front.name == its_front for front in fronts()):
        side = with_front(side, its_front)
    return Setup(sides=(side,), options=RunOptions(load=load))
