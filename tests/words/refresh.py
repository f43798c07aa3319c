"""``python -m tests.words.refresh``: bring the catalogue up to date with the sources, and compile it.

New messages are added without a translation and listed; those that no source has any more are dropped. Translate what
is listed in the .po file and run it again.
"""

import io
import sys
from datetime import UTC, datetime

from babel.messages import mofile
from babel.messages.catalog import Catalog

from tests.words.catalogue import MO, PO, read, updated, written

MADE = datetime(2000, 1, 1, tzinfo=UTC)


def compiled(catalogue: Catalog) -> bytes:
    """As a .mo file, which the program reads."""
    catalogue.creation_date = catalogue.revision_date = MADE  # the same bytes at every hour
    buffer = io.BytesIO()
    mofile.write_mo(buffer, catalogue)
    return buffer.getvalue()


def texts(form: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """Babel keeps one form as a string and several as a list or a tuple."""
    return (form or "",) if form is None or isinstance(form, str) else tuple(form)


def main() -> int:
    PO.write_bytes(written(updated()))
    catalogue = read()
    MO.write_bytes(compiled(catalogue))
    missing = [message for message in catalogue if message.id and not all(texts(message.string))]
    for message in missing:
        sys.stdout.write(f"not translated: {message.id!r}\n")
    sys.stdout.write(f"{len(catalogue)} messages, {len(missing)} of them not translated\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
