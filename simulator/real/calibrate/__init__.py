"""Measures what this machine needs for the fixed costs of a server, with real code."""
