"""The flags of the screen, and what they do not go together with."""

from dataclasses import fields
from typing import Any

from simulator.app.flags import SEPARATOR
from simulator.app.options import ScreenOptions
from simulator.app.refusal import RefusalError
from simulator.app.sections import SCREEN

WATCH = "watch"


def screen_options(given: dict[str, Any], outputs: Any) -> ScreenOptions:
    """The options that were typed. Raises RefusalError where they would have no effect.

    ``outputs``: an instance of the options that say where results go; a screen saves with a key instead.
    """
    typed = SCREEN.given(given)
    others = [name for name in given if not name.startswith(SCREEN.key + SEPARATOR)]
    if typed and others and not typed.get(WATCH):
        raise RefusalError(f"{SCREEN.flag(next(iter(typed)))} is about the screen: add {SCREEN.flag(WATCH)}")
    for field in fields(outputs) if typed.get(WATCH) else ():
        if getattr(outputs, field.name) != field.default:
            flag = "--" + field.name.replace("_", "-")
            raise RefusalError(
                f"{flag} does not go with {SCREEN.flag(WATCH)}: press e in the screen to save, or leave it out"
            )
    return ScreenOptions(**typed)
