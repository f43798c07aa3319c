"""Processes with threads under the GIL."""
