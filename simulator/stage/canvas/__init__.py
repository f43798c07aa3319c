"""A grid of cells, how it is shared out and written on, and what it becomes: text, SVG, PNG, GIF and asciicast."""
