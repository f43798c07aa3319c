"""Print on stdout what any terminal, file or pipe can take: as wide as it is, without colour where that is unwanted,
and in plain ASCII where it does not speak UTF-8.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from simulator.experiments.progress import forget
from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell
from simulator.words.printable import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

GLUE = "\ue000"
"""A blank at which no line is broken: a character for private use, because Rich breaks at no-break spaces too."""
FINE = "█▓▒░▚▞▨▤▥▦▧▌─·•…→\N{MULTIPLICATION SIGN}µ—“”"
PLAIN = '#%=-x+&~|o/|-.*.>xu-""'
ASCII = str.maketrans(FINE, PLAIN)
"""One character for one, so that what was aligned stays aligned."""


def show(parts: Iterable["RenderableType"]) -> None:
    """Render all parts and write them at once."""
    with shown() as console:
        for part in parts:
            # Rich's print makes a new Text of every Text, and forgets whether its lines may be broken.
            console.print(part, no_wrap=getattr(part, "no_wrap", None), overflow=getattr(part, "overflow", None))


@contextmanager
def shown() -> "Iterator[Console]":
    """Write at once, when the block ends, what is printed in it."""
    console = _console()
    with _refused(), console.capture() as capture:  # at its end Rich writes nothing, which can fail too
        yield console
    text = capture.get().replace(GLUE, " ")
    write("".join(line.rstrip() + "\n" for line in text.rstrip("\n").split("\n")))


def _console() -> "Console":
    """One that obeys nothing that stands in a title or a name: only Rich itself writes escape sequences."""
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    from simulator.words.columns import columns

    class Harmless(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                yield segment if segment.control else Segment(printable(segment.text), segment.style)

    return Harmless(width=columns(), highlight=False, markup=False, emoji=False)


def write(text: str) -> None:
    """Write text, with plain marks and only what the stream knows if it does not speak UTF-8."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    if not encoding.lower().startswith("utf"):
        text = text.translate(ASCII).encode(encoding, "replace").decode(encoding)
    with _refused():
        sys.stdout.write(text)
        sys.stdout.flush()


def write_data(text: str) -> None:
    """Write text that a program will read: UTF-8 whatever the terminal speaks."""
    with _refused():
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()


def forget_stdout() -> None:
    """Let what could not be written go nowhere, so that the interpreter does not complain about it when it ends."""
    forget(sys.stdout)


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:  # nobody is left to be told
        raise
    except OSError as error:
        forget_stdout()
        raise RefusalError(tell("cannot write to stdout: {why}", why=error.strerror)) from None
