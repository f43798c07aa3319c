"""The flags of the screen and of its pictures, and what they do not go together with."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from simulator.app.flags import SEPARATOR
from simulator.app.options import PictureOptions, ScreenOptions
from simulator.app.refusal import RefusalError
from simulator.app.sections import PICTURES, SCREEN

if TYPE_CHECKING:
    from simulator.app.picture.asked import Pictures

WATCH = "watch"
LOOK = frozenset({"glyphs", "theme"})
"""Pictures have these too."""


def screen_options(given: dict[str, Any], outputs: Any) -> ScreenOptions:
    """The options that were typed. Raises RefusalError where they would have no effect.

    ``outputs``: an instance of the options that say where results go; a screen saves with a key instead.
    """
    typed, drawn = SCREEN.given(given), PICTURES.given(given)
    others = [name for name in given if not name.startswith(SCREEN.key + SEPARATOR)]
    lost = typed.keys() - LOOK if drawn else typed.keys()
    if lost and others and not typed.get(WATCH):
        raise RefusalError(f"{SCREEN.flag(min(lost))} is about the screen: add {SCREEN.flag(WATCH)}")
    if typed.get(WATCH) and drawn:
        raise RefusalError(
            f"{PICTURES.flag(next(iter(drawn)))} does not go with --watch: press e in the screen to save"
        )
    for field in fields(outputs) if typed.get(WATCH) else ():
        if getattr(outputs, field.name) != field.default:
            flag = "--" + field.name.replace("_", "-")
            raise RefusalError(
                f"{flag} does not go with {SCREEN.flag(WATCH)}: press e in the screen to save, or leave it out"
            )
    return ScreenOptions(**typed)


def pictures(given: dict[str, Any], screen: ScreenOptions) -> "Pictures | None":
    """What was asked for to be drawn, if anything was. Raises RefusalError where that cannot be right."""
    typed = PICTURES.given(given)
    if not typed:
        return None
    from simulator.app.picture.asked import pictures_of

    return pictures_of(PictureOptions(**typed), screen)
