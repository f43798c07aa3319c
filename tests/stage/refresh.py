"""``python -m tests.stage.refresh``: draw all kept pictures anew, for changes on purpose. Look at the difference.

They are the stage under every shipped scenario and the screens around it as text (beside this file), whole screens of
the running program as SVG (``tests/tui/pictures``), and the picture in README.
"""

from tests.stage import screens
from tests.stage.goldens import FOLDER, README_PICTURE, as_styles, as_text, goldens, readme_picture
from tests.tui import pictures


def refresh() -> None:
    _frames()
    README_PICTURE.write_text(readme_picture(), encoding="utf-8")
    screens.refresh()
    pictures.refresh()


def _frames() -> None:
    FOLDER.mkdir(exist_ok=True)
    written = set()
    for golden in goldens():
        grid = golden.drawn()
        for ending, text in (("txt", as_text(grid)), ("styles", as_styles(grid))):
            path = FOLDER / f"{golden.stem}.{ending}"
            path.write_text(text, encoding="utf-8")
            written.add(path)
    for path in set(FOLDER.iterdir()) - written:
        path.unlink()


if __name__ == "__main__":
    refresh()
