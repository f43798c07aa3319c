"""The key bar and the list of all keys: what is offered, as it is written on the stage.

What to watch: the bar has only what matters most in the present state, the most important first, so that any width
shows the best of it. The list has everything.
"""

from collections.abc import Callable, Iterator

from simulator.lab.lab import Lab
from simulator.lab.offers import Offer, offers
from simulator.stage.canvas.key_bar import KeyHint
from simulator.stage.canvas.key_menu import Entry, KeyGroup, KeyMenu
from simulator.words.language import tell

ALWAYS = "help"
"""Stands at the right end of every key bar: whoever knows no key finds all of them there."""
USUAL = (
    "play", "front", "larger", "inspect", "jump", "compare", "charts", "source", "export", "panel", "front-beside",
    "step-back", "undo", "kill", "more-load", "card", "next-model", "quit", "slower", "burst", "more-slow", "copy",
    "language", "palette", "select-up", "back",
)  # fmt: skip
SIDE_BY_SIDE = ("play", "next-pane", "front", "larger", "jump", "inspect", "charts", "compare", "source")
REPLAYED = ("play", "inspect", "jump", "charts", "source", "export", "card", "step-back", "slower", "select-up", "quit")
OVER_IT = ("front-beside", "front", "larger", "next-model", "compare", "charts", "export", "card", "quit", "start")
"""While the card lies over the stage: what would change most, or closing it."""
FOR_A_CLASS = ("play", "jump", "jump-back", "present")
BROKEN = ("undo", "panel", "leave", "quit")
TYPING = ("inspect", "leave")
LIST = ("select-up", "back", "remove", "undo", "panel")


def bar(lab: Lab) -> tuple[Offer, ...]:
    """What the key bar shows; at last, and at its right end, the way to all the rest."""
    by_id = {offer.ids[0]: offer for offer in offers(lab)}
    if lab.panel is not None:
        by_id |= {offer.ids[0]: offer for offer in _of_list(lab)}
    wanted = dict.fromkeys([*_important(lab), ALWAYS])
    return tuple(by_id[each] for each in wanted if each in by_id)


def _important(lab: Lab) -> Iterator[str]:
    if lab.broken:
        yield from BROKEN
    elif lab.panel is not None:
        yield from TYPING if lab.typed else LIST
    elif lab.presenting:
        yield from FOR_A_CLASS
    elif lab.card and lab.verdicts:
        yield from OVER_IT
    elif lab.history.wanted is None:
        yield from REPLAYED
    else:
        yield from SIDE_BY_SIDE if len(lab.panes) > 1 else ()
        yield from USUAL


def _of_list(lab: Lab) -> Iterator[Offer]:
    """What keys do while the list of knobs is open."""
    state = lab.open_panel()
    yield Offer(ids=("inspect",), short=tell("set"), words="", group="")
    yield Offer(ids=("leave",), short=tell("do not set"), words="", group="")
    yield Offer(ids=("select-up", "select-down"), short=tell("choose"), words="", group="")
    yield Offer(ids=("back", "forward"), short=tell("turn"), words="", group="")
    yield Offer(ids=("panel",), short=tell("close"), words="", group="")
    if state is not None and state.entry is not None:
        yield Offer(ids=("remove",), short=tell("remove"), words="", group="")


# The list of all keys, over the stage.


def key_menu(lab: Lab, pressed: Callable[[str], str]) -> KeyMenu:
    """What can be done now under its headings; ``pressed`` says which key it is, wherever it was remapped to."""
    groups: dict[str, list[Entry]] = {}
    for offer in offers(lab):
        first, *others = offer.ids
        entry = (_hint(first, offer.words, pressed), *(_hint(each, "", pressed) for each in others))
        groups.setdefault(offer.group, []).append(entry)
    return KeyMenu(
        title=tell("ALL KEYS"),
        groups=tuple(KeyGroup(title=title, entries=tuple(entries)) for title, entries in groups.items()),
        close=_hint("leave", tell("close"), pressed),
        turn=_hint("page-down", "", pressed),
        page=lab.menu_page or 0,
    )


PAGES = {"page-up": -1, "page-down": 1}
"""A page back, or on: of the lanes, and of the list of all keys while it is open."""


def press_in_menu(lab: Lab, id: str) -> str:
    """Turn the pages of the list, or close it; returns the key that is still to be done, if any.

    Asked for twice, the help opens.
    """
    if id in PAGES:
        lab.menu_page = (lab.menu_page or 0) + PAGES[id]
        return ""
    lab.menu_page = None
    return "" if id in ("leave", "menu") else id


def _hint(id: str, does: str, pressed: Callable[[str], str]) -> KeyHint:
    return KeyHint(key=pressed(id), does=does, action=id)


def hints(lab: Lab, pressed: Callable[[str], str]) -> tuple[KeyHint, ...]:
    """The key bar."""
    return tuple(
        KeyHint(
            key=" ".join(map(pressed, offer.ids)),
            does=offer.short,
            action=offer.ids[0],
            at_end=offer.ids[0] == ALWAYS,
        )
        for offer in bar(lab)
    )
