"""``python -m tests.stage.refresh``: draw all kept pictures anew, for changes on purpose. Look at the difference.

They are the stage and the screens around it as text (beside this file), whole screens of the running program as SVG
(``tests/tui/pictures``), and the picture in README. A line is printed for each that changed.
"""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path

from simulator.words.phrases import plural
from tests.stage.goldens import FOLDER, GOLDENS, README_PICTURE, file_of, readme_picture
from tests.tui import pictures


def refresh() -> Iterator[str]:
    """Draw everything, and say what changed."""
    yield from refreshed(FOLDER, {file_of(name).name: golden.text() for name, golden in GOLDENS.items()})
    drawn = {pictures.path_of(name).name: kept.drawn() for name, kept in pictures.PICTURES.items()}
    yield from refreshed(pictures.FOLDER, drawn)
    yield from _written(README_PICTURE, readme_picture())


def refreshed(folder: Path, wanted: Mapping[str, str]) -> Iterator[str]:
    """Write the files of a folder, remove all others, and say what changed: a line for each file that did."""
    folder.mkdir(exist_ok=True)
    changes = 0
    for name, text in sorted(wanted.items()):
        for line in _written(folder / name, text):
            changes += 1
            yield line
    for path in sorted(folder.iterdir()):
        if path.name not in wanted:
            path.unlink()
            yield f"removed    {folder.name}/{path.name}"
    yield f"unchanged  {len(wanted) - changes} of {len(wanted)} in {folder.name}"


def _written(path: Path, text: str) -> Iterator[str]:
    """Write one file; nothing is said of one that stays as it is."""
    known = path.exists()
    before, after = path.read_text(encoding="utf-8").splitlines() if known else [], text.splitlines()
    path.write_text(text, encoding="utf-8")
    changed = [number for number, (old, new) in enumerate(zip_longest(before, after)) if old != new]
    lines = f"{path.parent.name}/{path.name}, {len(changed)} {plural('line', len(changed))}"
    if not known:
        yield f"new        {lines}"
    elif changed:
        first = after[changed[0]] if changed[0] < len(after) else "(no more)"
        yield f"changed    {lines}, the first is line {changed[0] + 1}: {first.strip()[:60]}"


if __name__ == "__main__":
    for line in refresh():
        print(line)
