"""The stage: pure functions from what happened to a grid of cells. No screen, no clock, no terminal."""
