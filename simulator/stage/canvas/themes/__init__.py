"""The gallery of themes, one a file; ``look`` says under which names they are chosen."""

from simulator.stage.canvas.themes.colour_blind import COLOUR_BLIND
from simulator.stage.canvas.themes.dark import DARK
from simulator.stage.canvas.themes.high_contrast import HIGH_CONTRAST
from simulator.stage.canvas.themes.light import LIGHT
from simulator.stage.canvas.themes.mono import MONO

__all__ = ["COLOUR_BLIND", "DARK", "HIGH_CONTRAST", "LIGHT", "MONO"]
