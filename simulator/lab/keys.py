"""Every key: what it is called in the user's key file, what is pressed, and what it does.

One table makes the bindings, the key bar, the help and the page about the screen.
"""

import tomllib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from simulator.experiments.refusal import RefusalError
from simulator.words.language import later, tell, translated
from simulator.words.nearest import nearest
from simulator.words.phrases import clauses


class Group(Enum):
    """Where keys belong together; the value is the heading in the help."""

    TIME = "time"
    LOOK = "looking"
    LOAD = "the load"
    SERVER = "the server"
    DONE = "done to the server at the playhead"
    SCREENS = "screens"
    TAKE = "taking away"
    QUESTIONS = "questions of the first screen"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One action and its keys."""

    id: str
    """What the key file and the program call it."""
    keys: str
    """In Textual's words, several with commas between them."""
    shown: str
    """As it is written on a keyboard."""
    does: str
    """One to three words, for the key bar."""
    about: str
    """What it does, for the help."""
    group: Group


def _key(id: str, keys: str, shown: str, does: str, about: str, group: Group) -> Key:
    return Key(id=id, keys=keys, shown=shown, does=does, about=about, group=group)


KEYS: tuple[Key, ...] = (
    _key("play", "space", "space", "play", "play or pause", Group.TIME),
    _key("step-back", "comma", ",", "step back", "back to the event before", Group.TIME),
    _key("step", "full_stop", ".", "step", "on to the next event", Group.TIME),
    _key("back", "left,shift+left", "left", "back", "one second back", Group.TIME),
    _key("forward", "right,shift+right", "right", "forward", "one second forward", Group.TIME),
    _key("start", "home", "home", "start", "to the start of the run", Group.TIME),
    _key("end", "end", "end", "end", "to the end of the run", Group.TIME),
    _key("slower", "left_square_bracket", "[", "slower", "play slower, down to a hundredth", Group.TIME),
    _key("faster", "right_square_bracket", "]", "faster", "play faster, up to a hundred times", Group.TIME),
    _key("jump", "j", "j", "next moment", "to the next moment worth seeing: a refusal, a long block", Group.TIME),
    _key("jump-back", "J", "J", "moment before", "to the moment before", Group.TIME),
    _key("select-up", "up", "up", "select", "the lane above", Group.LOOK),
    _key("select-down", "down", "down", "select", "the lane below", Group.LOOK),
    _key("page-up", "pageup", "page up", "scroll", "a page up", Group.LOOK),
    _key("page-down", "pagedown", "page down", "scroll", "a page down", Group.LOOK),
    _key("inspect", "enter", "enter", "inspect", "the life of the request on the selected lane", Group.LOOK),
    _key("next-pane", "tab", "tab", "pane", "the next server of several", Group.LOOK),
    _key("previous-pane", "shift+tab", "shift+tab", "pane", "the server before", Group.LOOK),
    _key("zoom-pane", "z", "z", "zoom", "this server alone, or all again", Group.LOOK),
    _key("finer", "i", "i", "closer", "less time in a column of the lanes", Group.LOOK),
    _key("coarser", "o", "o", "wider", "more time in a column of the lanes", Group.LOOK),
    _key("log-scale", "L", "L", "log scale", "charts and lives on a logarithmic scale, or a linear one", Group.LOOK),
    _key("present", "F", "F", "large", "large lanes, few figures and one sentence, for a class", Group.LOOK),
    _key("more-load", "r", "r", "rate", "more requests per second", Group.LOAD),
    _key("less-load", "R", "R", "rate", "fewer requests per second", Group.LOAD),
    _key("more-slow", "s", "s", "slow", "a larger share of slow clients", Group.LOAD),
    _key("less-slow", "S", "S", "slow", "a smaller share of slow clients", Group.LOAD),
    _key("more-io", "d", "d", "I/O", "slower databases and services", Group.LOAD),
    _key("less-io", "D", "D", "I/O", "quicker databases and services", Group.LOAD),
    _key("more-cpu", "p", "p", "CPU", "more computing in each request", Group.LOAD),
    _key("less-cpu", "P", "P", "CPU", "less computing in each request", Group.LOAD),
    _key("next-seed", "x", "x", "seed", "other requests of the same kinds", Group.LOAD),
    _key(
        "larger", "plus,equals_sign", "+", "size", "a larger server: more workers, threads or processes", Group.SERVER
    ),
    _key("smaller", "minus", "-", "size", "a smaller server", Group.SERVER),
    _key("front", "n", "n", "nginx", "put nginx in front, or take it away", Group.SERVER),
    _key(
        "front-beside", "N", "N", "compare nginx", "the same server with and without nginx, side by side", Group.SERVER
    ),
    _key("next-model", "m", "m", "model", "another server under the same requests", Group.SERVER),
    _key("previous-model", "M", "M", "model", "the server before that", Group.SERVER),
    _key("compare", "c", "c", "compare", "one server more beside this one, up to four", Group.SERVER),
    _key("fewer-panes", "C", "C", "compare", "one server less", Group.SERVER),
    _key("panel", "a", "a", "all knobs", "all that can be turned, in a list", Group.SERVER),
    _key("kill", "k", "k", "kill", "kill the process of the selected lane", Group.DONE),
    _key("burst", "b", "b", "burst", "three times as many requests for two seconds", Group.DONE),
    _key("slow-io", "f", "f", "slow I/O", "all I/O ten times as long for five seconds", Group.DONE),
    _key("shrink", "less_than_sign", "<", "fewer", "half as many workers, threads or cores from here on", Group.DONE),
    _key("grow", "greater_than_sign", ">", "more", "twice as many workers, threads or cores from here on", Group.DONE),
    _key("undo", "u,ctrl+z", "u", "undo", "take the last change back", Group.DONE),
    _key("redo", "U,ctrl+y", "U", "redo", "do again what was taken back", Group.DONE),
    _key(
        "remove", "delete,backspace", "delete", "remove", "in the list: take the selected intervention away", Group.DONE
    ),
    _key("card", "w", "w", "verdict", "what came of the run, and why; at the end it opens by itself", Group.SCREENS),
    _key(
        "menu", "colon,f2", ":", "all keys", "all that can be done now, each with its key; ? does it too", Group.SCREENS
    ),
    _key("charts", "h", "h", "charts", "latencies, queues and splits of the whole run", Group.SCREENS),
    _key("source", "v", "v", "source", "the model and the real server, the active steps marked", Group.SCREENS),
    _key("help", "question_mark,f1", "?", "help", "what the keys and glyphs mean", Group.SCREENS),
    _key(
        "palette", "ctrl+p", "ctrl+p", "find", "find by words what can be done: servers, loads, moments", Group.SCREENS
    ),
    _key("leave", "escape", "esc", "back", "close this, and at last back to the first screen", Group.SCREENS),
    _key("copy", "y", "y", "copy command", "copy the command line that reproduces this run", Group.TAKE),
    _key("link", "Y", "Y", "copy link", "in a browser: copy the link that opens this state", Group.TAKE),
    _key("export", "e", "e", "export", "save the picture, a film of it, or the run", Group.TAKE),
    *(
        _key(
            f"question-{n}",
            str(n),
            str(n),
            "a question",
            "open what this question asks about: two servers side by side",
            Group.QUESTIONS,
        )
        for n in range(1, 7)
    ),
    _key("go-on", "0", "0", "go on", "what was watched last, from the moment where it was left", Group.QUESTIONS),
    _key("glyphs", "g", "g", "glyphs", "Unicode or ASCII", Group.PROGRAM),
    _key(
        "theme",
        "t",
        "t",
        "theme",
        "dark, light, high contrast, for colour-blind eyes, or without colours",
        Group.PROGRAM,
    ),
    _key("language", "l", "l", "language", "English or Chinese", Group.PROGRAM),
    _key("quit", "q,ctrl+q,ctrl+c", "q", "quit", "leave the program", Group.PROGRAM),
)
BY_ID = {key.id: key for key in KEYS}
PALETTE = "ctrl+p"
"""Opens the list of all actions on every screen; on the stage it can be given another key besides."""


def of(*groups: Group) -> tuple[Key, ...]:
    """The keys of some groups, in the order of the table."""
    return tuple(key for key in KEYS if key.group in groups)


# The user's own keys: a TOML file with a ``[keys]`` table, like ``kill = "ctrl+k"``.
# Where it is belongs to the system: ``~/.config/loopfork/keys.toml`` on Linux.

EXPECTED = later('expected a [keys] table with lines like kill = "ctrl+k"')


def keymap_file() -> Path:
    """Where the file is looked for."""
    from platformdirs import user_config_path

    return user_config_path("loopfork") / "keys.toml"


def keymap(file: Path) -> dict[str, str]:
    """Keys by action; empty where there is no file. Raises RefusalError with everything that is wrong in it."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        why = error.strerror or error
        raise RefusalError(
            tell("{file}: cannot be read: {why}; {expected}", file=file, why=why, expected=translated(EXPECTED))
        ) from None
    except ValueError as error:
        raise RefusalError(
            tell("{file}: not TOML: {why}; {expected}", file=file, why=error, expected=translated(EXPECTED))
        ) from None
    table = found.get("keys")
    if not isinstance(table, dict) or set(found) != {"keys"}:
        raise RefusalError(tell("{file}: {expected}, and nothing else", file=file, expected=translated(EXPECTED)))
    mistakes = [mistake for action, keys in table.items() if (mistake := _mistake(action, keys))]
    taken: dict[str, str] = {}
    for action, keys in table.items() if not mistakes else ():
        for key in keys.split(","):
            if key.strip() in taken:
                one, other = taken[key.strip()], action
                mistakes.append(tell("{key} is given to both {one} and {other}", key=key.strip(), one=one, other=other))
            taken[key.strip()] = action
    if mistakes:
        raise RefusalError(f"{file}: {clauses(mistakes)}")
    return {action: ",".join(key.strip() for key in keys.split(",")) for action, keys in table.items()}


def _mistake(id: str, keys: object) -> str:
    if id not in BY_ID:
        return tell(
            "{name}: no such action.{near} All of them: press ? in the program, or docs/stage.md",
            name=id,
            near=nearest(id, BY_ID),
        )
    if not isinstance(keys, str) or not all(key.strip() for key in keys.split(",")):
        return tell('{name}: expected a key, or several with commas between them, like "k" or "ctrl+k,delete"', name=id)
    return ""
