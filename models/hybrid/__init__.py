"""Processes, each with an event loop."""
