"""``python -m tests.stage.refresh``: draw the kept pictures anew, for changes on purpose. Look at the difference."""

from tests.stage.goldens import FOLDER, README_PICTURE, as_styles, as_text, goldens, readme_picture


def refresh() -> None:
    FOLDER.mkdir(exist_ok=True)
    written = set()
    for golden in goldens():
        grid = golden.drawn()
        for ending, text in (("txt", as_text(grid)), ("styles", as_styles(grid))):
            path = FOLDER / f"{golden.stem}.{ending}"
            path.write_text(text, encoding="utf-8")
            written.add(path)
    README_PICTURE.write_text(readme_picture(), encoding="utf-8")
    for path in set(FOLDER.iterdir()) - written:
        path.unlink()


if __name__ == "__main__":
    refresh()
