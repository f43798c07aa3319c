"""Colours of what a report draws besides its curves: quiet, so that the curves speak."""

INK, QUIET, GRID, ALARM = "#1c2128", "#6a737d", "#e4e7eb", "#b3261e"
