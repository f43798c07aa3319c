"""The command line: what can be typed, help, and what is said where it cannot be carried out."""
