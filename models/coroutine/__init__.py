"""Event loops that run coroutines."""
