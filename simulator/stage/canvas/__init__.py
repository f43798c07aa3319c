"""Grids of cells, and what they become: plain text, text for a terminal, SVG, PNG, GIF and asciicast."""
