"""The options of the command itself, declared like the settings of a model: every field is a flag."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from simulator.experiments.catalogue import Model, servers
from simulator.words.language import later, tell


def option(default: Any, help: str, *, metavar: str | None = None, minimum: float | None = None) -> Any:
    """A dataclass field with its sentence of help, and the word that stands for its value there."""
    return dataclasses.field(default=default, metadata={"help": help, "metavar": metavar, "minimum": minimum})


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What to simulate."""

    model: str | None = option(None, "The server: a name from `simulate list models`.", metavar="NAME")
    load: str | None = option(
        None, "The load: a name from `simulate list loads`, or the path of a TOML file.", metavar="NAME|FILE"
    )
    seed: int | None = option(None, "Draw other requests; overrides the scenario.", metavar="N", minimum=0)
    rate: str | None = option(None, "Requests per second; overrides the scenario.", metavar="N")
    duration: str | None = option(
        None, 'How long requests arrive, like 90s or "2 min"; overrides the scenario.', metavar="TIME"
    )
    cores: float | None = option(
        None, "CPU cores of the machine; overrides the scenario. 0.5: a container's quota.", metavar="N", minimum=0.01
    )
    set: tuple[str, ...] = option(
        (),
        'Override any key of the scenario, like requests.page.response="2 MiB"; may be repeated.',
        metavar="KEY=VALUE",
    )
    machine: str | None = option(
        None,
        "Take what the scenario does not say of the machine from this file, or from `simulate calibrate`.",
        metavar="FILE|calibrated",
    )
    profile: str | None = option(
        None,
        "Whose costs the server has: a name from `simulate list profiles`, own: those of the server that the model "
        "stands for, mini: those of loopfork's own servers, or a file from `simulate calibrate --server`. Default: "
        "own, and mini where loopfork's own servers are measured.",
        metavar="NAME|own|FILE",
    )
    server: str | None = option(
        None,
        'A server as you start it, like "gunicorn -w 4"; measured, also which one of ours, where a model has several: '
        "coroutine also has asyncio.",
        metavar="COMMAND|NAME",
    )
    engine: Literal["kernel", "reference"] = option("kernel", "The compiled engine, or the readable one on SimPy.")
    no_advice: bool = option(False, "Do not try on the same requests what might help.")


@dataclass(frozen=True, kw_only=True)
class CalibrateOptions:
    """How to measure this machine, or a server on it."""

    server: str | None = option(
        None,
        'Measure one server instead, and write its profile: "gunicorn -w 4", uvicorn, or the name of a model.',
        metavar="COMMAND",
    )
    output: str | None = option(
        None, "Write the machine file here, instead of where --machine calibrated finds it.", metavar="FILE"
    )
    quick: bool = option(False, "Take only a few samples: to try it out, not to trust it.")


@dataclass(frozen=True, kw_only=True)
class OutputOptions:
    """Where the results go."""

    json: str | None = option(
        None,
        "Write the results as one JSON document to this file; - means stdout, without the summary.",
        metavar="FILE|-",
    )
    csv: str | None = option(
        None, "Write requests.csv, timeline.csv and summary.csv into this folder.", metavar="FOLDER"
    )
    parquet: str | None = option(
        None, "Save the whole run in this file; `simulate show FILE` reads it back.", metavar="FILE"
    )
    quiet: bool = option(False, "Do not print the summary.")


@dataclass(frozen=True, kw_only=True)
class ValidationOptions:
    """How a validation is carried out, and where its results go besides the tables."""

    repeat: int = option(3, "How often each load is sent to the real server.", metavar="N", minimum=1)
    json: str | None = option(
        None,
        "Write the results as one JSON document to this file; - means stdout, without the tables.",
        metavar="FILE|-",
    )
    csv: str | None = option(None, "Write one line for every figure to this file.", metavar="FILE")
    report: str | None = option(
        None, "Draw the latencies over one another: a page (.html) or a picture (.svg, .png).", metavar="FILE"
    )


@dataclass(frozen=True, kw_only=True)
class ComparisonOptions:
    """Where the results of a comparison go."""

    json: str | None = option(
        None,
        "Write the results of all servers as one JSON document to this file; - means stdout, without the table.",
        metavar="FILE|-",
    )
    csv: str | None = option(
        None, "Write one line for every figure, with a column for each server, to this file.", metavar="FILE"
    )


@dataclass(frozen=True, kw_only=True)
class PictureOptions:
    """What is drawn of the stage without opening it."""

    picture: str | None = option(None, "Draw the stage at one moment: .txt, .svg or .png.", metavar="FILE")
    at: str | None = option(
        None,
        "The moment of --picture, by default the middle, or where --film or --watch begins; end: what came of it.",
        metavar="TIME|end",
    )
    film: str | None = option(
        None, "Make a film of the stage: .gif, .html with its player, or .cast for asciinema.", metavar="FILE"
    )
    from_: str | None = option(None, "Where --film begins. Default: shortly before something happens.", metavar="TIME")
    to: str | None = option(None, "Where --film ends. Default: ten seconds later.", metavar="TIME")
    speed: float = option(1.0, "How fast --film shows the run: 0.1 is ten times as slow.", metavar="N")
    size: str = option("120x36", "How large --picture and --film are, in columns and rows.", metavar="WxH")


@dataclass(frozen=True, kw_only=True)
class ScreenOptions:
    """The screen in the terminal."""

    watch: bool = option(False, "Watch the run in the terminal: play, rewind, and change what you like.")
    fps: int = option(20, "Pictures per second at most; a slow line needs fewer.", metavar="N", minimum=1)
    caption: tuple[str, ...] = option(
        (), 'Show these words from a moment on, like "25s Watch worker 3"; may be repeated.', metavar='"TIME TEXT"'
    )
    glyphs: Literal["auto", "unicode", "ascii"] = option("auto", "What the pictures are drawn with.")
    theme: Literal["auto", "dark", "light", "high-contrast", "colour-blind", "mono"] = option(
        "auto",
        "Colours for a dark or a light background, of high contrast, for colour-blind eyes, or none (also NO_COLOR).",
    )
    reduced_motion: bool = option(
        False, "Nothing travels on the stage (also with REDUCED_MOTION, and where the terminal is slow)."
    )


# What each option is called on a command line.

SEPARATOR = "__"
HELP = frozenset({"--help", "-h"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The flags of one dataclass: a group in the help, and a prefix for the values that were given."""

    key: str
    title: str
    options: type[Any]
    prefixed: frozenset[str] = frozenset()
    """Fields whose flag begins with the key, because another model uses the bare word."""
    negatable: bool = False
    """Whether a switch also has its --no- form."""
    left_out: frozenset[str] = frozenset()
    """Fields that are no flag here."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields, in order."""
        return tuple(field.name for field in dataclasses.fields(self.options) if field.name not in self.left_out)

    def flag(self, field: str) -> str:
        """What a user types for a field."""
        word = f"{self.key}_{field}" if field in self.prefixed else field
        return "--" + word.rstrip("_").replace("_", "-")  # from_ is --from, a word of Python's own

    def given(self, values: dict[str, Any]) -> dict[str, Any]:
        """Those of the values that belong to this section, by field."""
        start = self.key + SEPARATOR
        fields = {name.removeprefix(start): value for name, value in values.items() if name.startswith(start)}
        return {name: value for name, value in fields.items() if name}  # the switch itself has no field

    def typed(self, field: str, value: Any) -> str:
        """The flag as it was typed for this value."""
        return self.flag(field) if value is not False else self.flag(field).replace("--", "--no-", 1)


SIMULATED = frozenset({"no_advice"})
"""What makes sense for the run of one model alone."""

RUN = Section(key="run", title=later("Run"), options=RunOptions)
MEASURE = Section(key="run", title=later("Run"), options=RunOptions, left_out=SIMULATED | {"model", "engine"})
CALIBRATE = Section(key="calibrate", title=later("Calibrate"), options=CalibrateOptions)
OUTPUT = Section(key="output", title=later("Output"), options=OutputOptions)
COMPARE = Section(key="run", title=later("Run"), options=RunOptions, left_out=SIMULATED | {"model", "server"})
COMPARISON = Section(key="comparison", title=later("Output"), options=ComparisonOptions)
PICTURES = Section(key="pictures", title=later("Pictures of the stage"), options=PictureOptions)
SCREEN = Section(key="screen", title=later("Screen"), options=ScreenOptions)
VALIDATION = Section(key="validation", title=later("Validation"), options=ValidationOptions)


def section(model: Model) -> Section:
    """The flags of a model's settings.

    A setting of a front has the bare word as its flag, unless some server has the same word: a flag must not change its
    meaning with the model.
    """
    if not model.stands_in_front:
        return Section(
            key=model.folder, title=tell("Model: {model}", model=model.name), options=model.config, negatable=True
        )
    taken = {field.name for each in servers() for field in each.settings}
    return Section(
        key=model.folder,
        title=model.name,
        options=model.config,
        prefixed=frozenset(field.name for field in model.settings if field.name in taken),
        negatable=True,
    )
