"""Event loops that run callbacks."""
