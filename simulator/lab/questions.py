"""The prepared comparisons: a question, two servers under one load that answer it, and the moment at which they do.

What to watch: each is one entry of a table, and nothing about it is anywhere else. A test runs every one and holds what
it promises against the run: a question whose servers no longer answer it is not shown.
"""

from dataclasses import dataclass

from simulator.experiments.deployment_words import pane
from simulator.experiments.options import RunOptions
from simulator.experiments.setup import Setup
from simulator.words.language import later


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A comparison that answers something people ask."""

    asks: str
    short: str
    """The same in at most 32 cells, for narrow screens."""
    about: str
    """What is compared, in a few words."""
    watch: str
    """One sentence: where to look, and what is seen there."""
    load: str
    servers: tuple[str, str]
    """As after ``simulate compare``; the first is the one in trouble."""
    opens_s: float
    """Where the run is opened: shortly before there is something to be seen."""
    worst_s: float
    """The moment at which the first server shows most."""

    @property
    def setup(self) -> Setup:
        """What is run."""
        return Setup(sides=tuple(map(pane, self.servers)), options=RunOptions(load=self.load))


QUESTIONS: tuple[Question, ...] = (
    Question(
        asks=later("Why does my site hang although the CPU is idle?"),
        short=later("A site hangs, the CPU is idle"),
        about=later("slow phones, with and without nginx in front"),
        watch=later(
            "Watch the workers: they listen to slow phones and wait for clients to close, all others queue, and the "
            "cores are idle. Behind nginx nobody queues."
        ),
        load="slow-clients",
        servers=("prefork", "prefork+nginx"),
        opens_s=17.5,
        worst_s=20.5,
    ),
    Question(
        asks=later("Why do 4 threads not compute 4 times as fast?"),
        short=later("4 threads, not 4 times as fast"),
        about=later("one lock for all threads of a process: the GIL"),
        watch=later(
            "Watch the cores: 4 threads of one process keep only one of them busy, because one at a time may compute. "
            "4 processes use both."
        ),
        load="cpu-heavy",
        servers=("threaded", "prefork"),
        opens_s=27.5,
        worst_s=30.0,
    ),
    Question(
        asks=later("How can one report stop everybody?"),
        short=later("One report stops everybody"),
        about=later("one event loop, or four workers"),
        watch=later(
            "Watch a report compute for 200 ms: on the event loop all pages behind it wait, "
            "and of the workers it takes one."
        ),
        load="mixed",
        servers=("coroutine", "prefork"),
        opens_s=9.5,
        worst_s=11.05,
    ),
    Question(
        asks=later("A worker dies. Who notices?"),
        short=later("A worker dies. Who notices?"),
        about=later("one process for all, or one for each visitor"),
        watch=later(
            "Watch second 20: with threads all that the process had in hand is lost, and for 2 s nobody is served. "
            "Of the workers one visitor is lost."
        ),
        load="crash",
        servers=("threaded", "prefork:workers=6"),
        opens_s=18.0,
        worst_s=21.5,
    ),
    Question(
        asks=later("Suddenly many times as many visitors?"),
        short=later("Suddenly many more visitors"),
        about=later("4 workers or 24, and visitors who lose patience"),
        watch=later(
            "Watch the queue from second 20 on: 4 workers still serve it long after the flood, for visitors who have "
            "left. 24 are through soon after it."
        ),
        load="spike",
        servers=("prefork", "prefork:workers=24"),
        opens_s=19.5,
        worst_s=34.0,
    ),
    Question(
        asks=later("90 % busy is efficient, is it not?"),
        short=later("90 % busy: is that efficient?"),
        about=later("10 workers or 16 for the same visitors"),
        watch=later(
            "Watch the queue: of 10 workers more than 90 % are busy on average, and visitors wait again and again. "
            "Of 16 it is 60 %, and hardly anybody waits."
        ),
        load="io-heavy",
        servers=("prefork:workers=10", "prefork:workers=16"),
        opens_s=15.0,
        worst_s=17.75,
    ),
)
START = QUESTIONS[0]
"""What somebody begins with who knows nothing."""
