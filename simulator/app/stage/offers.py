"""What the first screen offers: the shipped loads with their stories, the servers with their ideas."""

from simulator.app.catalogue import fronts, servers
from simulator.app.stage.home import Choice, Menu

NOTHING = Choice(name="nothing", idea="Clients connect to the server itself.")
LOAD, SERVER, FRONT = "Load: what arrives", "Server: who is to cope with it", "In front of the server"
"""Titles of the menus, in this order."""


def offers() -> tuple[Menu, ...]:
    """Loads, servers, and what can stand in front of one; read from the shipped scenarios and the models."""
    from simulator.workload.shelf import shipped, told

    loads = tuple(Choice(name=name, idea=first_sentence(told(name).story)) for name in shipped())
    models = tuple(Choice(name=model.name, idea=first_sentence(model.claim)) for model in servers())
    before = (NOTHING, *(Choice(name=model.name, idea=first_sentence(model.claim)) for model in fronts()))
    return (
        Menu(title=LOAD, choices=loads),
        Menu(title=SERVER, choices=models),
        Menu(title=FRONT, choices=before),
    )


def first_sentence(text: str) -> str:
    """Up to the first full stop or question mark that ends a word, in one line."""
    words = text.split()
    for number, word in enumerate(words, 1):
        if word.endswith((".", "?")):
            return " ".join(words[:number])
    return " ".join(words)
