"""What was asked for with --picture and --film: the stage without opening it, for slides, pages and mails.

What to watch: everything that can be wrong with what was typed is said before the run, except a moment behind its end.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.experiments.options import PictureOptions, ScreenOptions
from simulator.experiments.progress import talk
from simulator.experiments.refusal import RefusalError
from simulator.results.whole_files import WholeFiles, refuse_unwritable
from simulator.words.language import tell
from simulator.words.numbers import duration
from simulator.workload.quantity import DURATION, parse

if TYPE_CHECKING:
    from simulator.experiments.advice import Advice
    from simulator.lab.history import Result
    from simulator.stage.canvas.grid import Size
    from simulator.stage.pictures import Drawn, Film
    from simulator.stage.scene import Caption, Scene
    from simulator.trace.table import Trace

USUAL_S = 10.0
"""Of the run, in a film whose end was not said."""
LEAST, MOST = (20, 5), (400, 200)
"""Columns and rows."""
NEEDS = {"at": "picture", "from_": "film", "to": "film", "speed": "film"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """What to draw of a run; all times in its seconds."""

    picture: Path | None
    at_s: float | None
    at_end: bool
    """Whether the picture is of the end, with the card that tells what came of the run."""
    film: Path | None
    from_s: float | None
    """None: the first interesting moment."""
    to_s: float | None
    speed: float
    drawn: "Drawn"
    captions: "tuple[Caption, ...]" = ()
    reduced_motion: bool = False

    def draw(
        self, traces: "tuple[Trace, ...]", files: WholeFiles, advices: "Sequence[Advice | None] | None" = None
    ) -> None:
        """Write them; ``advices`` for the end card, one for each run. Raises RefusalError for a moment that is none."""
        from simulator.lab.captions import refuse_late
        from simulator.lab.first_moment import moment_within
        from simulator.lab.history import Result
        from simulator.lab.lab import open_lab
        from simulator.lab.scenes import scene
        from simulator.lab.verdicts import verdicts_of
        from simulator.stage.pictures import PICTURES

        run = Result.of(traces)
        lab = open_lab(run)
        end_s = lab.playhead.end_s
        refuse_late(self.captions, end_s)
        lab.captions, lab.reduced_motion = self.captions, self.reduced_motion
        if self.picture:
            lab.playhead.seek(end_s / 2.0 if self.at_s is None else moment_within(end_s, self.at_s))
            if self.at_end:
                lab.follow()
                lab.judge(run, verdicts_of(traces, advices or [None] * len(traces)))
            data = PICTURES[self.picture.suffix](scene(lab), self.drawn)
            files.write(self.picture, lambda path: _write(path, data))
        if self.film:
            files.write(self.film, partial(self._write_film, self._film(run, scene(lab).captions), scene(lab)))
        self._remark(scene(lab))

    def _remark(self, scene: "Scene") -> None:
        """Say once that there are boxes for letters: whoever draws without looking would send them off."""
        from simulator.stage.pictures import without_font

        for path in filter(None, (self.picture, self.film)):
            if letters := without_font(path.suffix, scene, self.drawn):
                told = tell(
                    "{file}: no font on this machine has {letters}, so boxes stand for such letters. "
                    "Install a font with Chinese, like fonts-noto-cjk, and draw it again",
                    file=path,
                    letters=letters,
                )
                talk(f"simulate: {told}\n")
                return

    def _film(self, run: "Result", captions: "Sequence[Caption]") -> "Film":
        from simulator.lab.first_moment import moment_within
        from simulator.stage.pictures import MOST_S, Film

        end_s = max(playback.end_s for playback in run.playbacks)
        begin_s, last_s = self._proposed(run, captions)
        if self.to_s is not None:
            _within(end_s, "--to", self.to_s)
        if self.from_s is not None:
            start_s = _within(end_s, "--from", self.from_s)
        elif self.at_s is not None and not self.picture:
            start_s = moment_within(end_s, self.at_s)
        else:
            start_s = begin_s
        to_s = min(max(start_s + USUAL_S, last_s), end_s) if self.to_s is None else self.to_s
        film = Film(start_s=start_s, end_s=to_s, speed=self.speed)
        if film.too_long:
            raise RefusalError(
                tell(
                    "--film {file}: it would take {lasts} to watch, and {most} are the most: show less of the run "
                    "(--to), or show it faster (--speed)",
                    file=self.film,
                    lasts=duration(film.lasts_s),
                    most=duration(MOST_S),
                )
            )
        return film

    def _proposed(self, run: "Result", captions: "Sequence[Caption]") -> tuple[float, float]:
        """Where a film begins if that was not typed, and what it is to show at least: its captions.

        Without any it begins shortly before something happens; where only an end was typed, with the run.
        """
        from simulator.lab.captions import film_of
        from simulator.lab.first_moment import first_moment

        if self.to_s is not None:
            return 0.0, 0.0
        return film_of(captions, self.speed) if captions else (first_moment(run.playbacks), 0.0)

    def _write_film(self, film: "Film", scene: "Scene", path: Path) -> None:
        from simulator.experiments.progress import MAKING, shown_while
        from simulator.stage.pictures import write_film

        assert self.film is not None  # the caller has looked
        with shown_while(self.film.name, film.lasts_s, MAKING) as progress:
            suffix, lasts_s = self.film.suffix, film.lasts_s
            write_film(path, suffix, film, scene, self.drawn, lambda done: progress(done * lasts_s))


def pictures_of(options: PictureOptions, screen: ScreenOptions) -> Pictures:
    """What was typed, understood. Raises RefusalError."""
    from simulator.lab.captions import typed_captions
    from simulator.lab.first_moment import typed_moment
    from simulator.stage.canvas.look import chosen_look
    from simulator.stage.pictures import FILMS, PICTURES, Drawn

    nothing = PictureOptions()
    for name, needed in NEEDS.items():
        typed = getattr(options, name) != getattr(nothing, name)
        if typed and not getattr(options, needed) and not (name == "at" and options.film):
            flag = f"--{name.rstrip('_')}"
            if name == "at":
                raise RefusalError(
                    tell("--at belongs to --picture: add --picture FILE, or --watch to open the screen there")
                )
            raise RefusalError(tell("{flag} belongs to --{needed}: add --{needed} FILE", flag=flag, needed=needed))
    if not options.picture and not options.film:
        raise RefusalError(tell("--size is about pictures: add --picture FILE or --film FILE"))
    from_s, to_s = _time("--from", options.from_), _time("--to", options.to)
    if not 0.001 <= options.speed <= 1000.0:
        raise RefusalError(tell("--speed {given}: expected a number from 0.001 to 1000", given=f"{options.speed:g}"))
    at_s = typed_moment(options.at)
    if to_s is not None:
        _refuse_backwards(options, to_s, from_s, at_s)
    # Files look the same wherever they are made, whatever the terminal there can do.
    look = chosen_look(glyphs=screen.glyphs, theme=screen.theme, environ={}, encoding="utf-8")
    return Pictures(
        picture=_file("--picture", options.picture, PICTURES),
        at_s=at_s,
        at_end=at_s == inf,
        film=_file("--film", options.film, FILMS),
        from_s=from_s,
        to_s=to_s,
        speed=options.speed,
        captions=typed_captions(screen.caption),
        reduced_motion=screen.reduced_motion,
        drawn=Drawn(size=_size(options.size), look=look),
    )


def _refuse_backwards(options: PictureOptions, to_s: float, from_s: float | None, at_s: float | None) -> None:
    """Raise RefusalError for a film that ends before it begins."""
    flag, begins, begin_s = "--from", options.from_ or "0s", from_s or 0.0
    if from_s is None and at_s is not None and not options.picture:
        flag, begins, begin_s = "--at", options.at or "", at_s
    if to_s <= begin_s:
        raise RefusalError(
            tell("--to {given}: expected a time after {flag} {begins}", given=options.to, flag=flag, begins=begins)
        )


def _file(flag: str, given: str | None, known: Collection[str]) -> Path | None:
    if given is None:
        return None
    path = Path(given)
    if path.suffix not in known:
        endings = ", ".join(known)
        raise RefusalError(
            tell(
                "{flag} {given}: expected a file that ends in one of {endings}", flag=flag, given=given, endings=endings
            )
        )
    refuse_unwritable(path)
    return path


def _time(flag: str, given: str | None) -> float | None:
    try:
        return None if given is None else parse(given, DURATION)
    except ValueError as error:
        raise RefusalError(tell("{flag} {given}: {problem}", flag=flag, given=given, problem=error)) from None


def _within(end_s: float, flag: str, time_s: float) -> float:
    if time_s > end_s:
        time, end = duration(time_s), duration(end_s)
        raise RefusalError(tell("{flag} {time}: this run ends after {end}", flag=flag, time=time, end=end))
    return time_s


def _size(given: str) -> "Size":
    from simulator.stage.canvas.grid import Size

    found = re.fullmatch(r"(\d{1,4})x(\d{1,4})", given)
    size = Size(int(found[1]), int(found[2])) if found else Size(0, 0)
    if not all(least <= cells <= most for least, cells, most in zip(LEAST, size, MOST, strict=True)):
        least, most = ("x".join(map(str, each)) for each in (LEAST, MOST))
        raise RefusalError(
            tell(
                "--size {given}: expected columns and rows, like 120x36, from {least} to {most}",
                given=given,
                least=least,
                most=most,
            )
        )
    return size


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
