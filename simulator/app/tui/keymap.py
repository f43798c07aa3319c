"""The user's own keys: a TOML file with a ``[keys]`` table, like ``kill = "ctrl+k"``.

Where it is belongs to the system: ``~/.config/loopfork/keys.toml`` on Linux.
"""

import tomllib
from pathlib import Path

from simulator.app.refusal import RefusalError, nearest
from simulator.app.tui.keys import BY_ID

EXPECTED = 'expected a [keys] table with lines like kill = "ctrl+k"'


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
        raise RefusalError(f"{file}: cannot be read: {error.strerror or error}; {EXPECTED}") from None
    except ValueError as error:
        raise RefusalError(f"{file}: not TOML: {error}; {EXPECTED}") from None
    table = found.get("keys")
    if not isinstance(table, dict) or set(found) != {"keys"}:
        raise RefusalError(f"{file}: {EXPECTED}, and nothing else")
    mistakes = [mistake for action, keys in table.items() if (mistake := _mistake(action, keys))]
    taken: dict[str, str] = {}
    for action, keys in table.items() if not mistakes else ():
        for key in keys.split(","):
            if key.strip() in taken:
                mistakes.append(f"{key.strip()} is given to both {taken[key.strip()]} and {action}")
            taken[key.strip()] = action
    if mistakes:
        raise RefusalError(f"{file}: {'; '.join(mistakes)}")
    return {action: ",".join(key.strip() for key in keys.split(",")) for action, keys in table.items()}


def _mistake(id: str, keys: object) -> str:
    if id not in BY_ID:
        return f"{id}: no such action.{nearest(id, BY_ID)} All of them: press ? in the program, or docs/stage.md"
    if not isinstance(keys, str) or not all(key.strip() for key in keys.split(",")):
        return f'{id}: expected a key, or several with commas between them, like "k" or "ctrl+k,delete"'
    return ""
