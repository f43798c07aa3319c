"""How much of a run a film can show: some seconds from the playhead on, all that is left, or the whole run."""

from dataclasses import dataclass

from simulator.stage.pictures import Film
from simulator.words.numbers import long_duration, three_digits

LENGTHS_S = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
"""Of the run."""
USUAL_S = 5.0
"""What is proposed first is a film that is at most so long."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the run."""

    start_s: float
    end_s: float
    words: str

    def film(self, speed: float) -> Film:
        """It is shown at this speed."""
        return Film(start_s=self.start_s, end_s=self.end_s, speed=speed)


def stretches(t_s: float, end_s: float) -> tuple[Stretch, ...]:
    """What can be chosen at a moment of a run, the shortest first; the whole run is always there."""
    left_s = end_s - t_s
    here = f"from {long_duration(t_s)}"
    some = [
        Stretch(t_s, t_s + length_s, f"{long_duration(length_s)} {here}") for length_s in LENGTHS_S if length_s < left_s
    ]
    if some and t_s > 0.0:
        some.append(Stretch(t_s, end_s, f"{long_duration(left_s)} {here} to the end"))
    return (*some, Stretch(0.0, end_s, f"the whole run, {long_duration(end_s)}"))


def usual(of: tuple[Stretch, ...], speed: float) -> int:
    """The number of the longest whose film is not longer than usual, else of the shortest."""
    return max((i for i, each in enumerate(of) if each.film(speed).lasts_s <= USUAL_S), default=0)


def film_words(film: Film) -> str:
    """How long it takes to watch it, or that this is too long."""
    words = f"a film of {long_duration(film.lasts_s)}"
    return f"{words} is too long" if film.too_long else f"{words}, {three_digits(film.fps)} pictures/s"
