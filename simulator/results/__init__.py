"""What becomes of a run: the summary on the terminal, and files for other programs."""
