"""Grids as something to keep: plain text, text for a terminal, SVG, PNG, GIF and asciicast."""
