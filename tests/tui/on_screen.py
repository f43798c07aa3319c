"""What can be seen of a running application."""

from textual.pilot import Pilot

from simulator.tui.screen import GridScreen


def picture(pilot: Pilot[int]) -> str:
    """As text."""
    screen = pilot.app.screen
    assert isinstance(screen, GridScreen)
    return str(screen.canvas.grid)
