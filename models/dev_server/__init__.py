"""One process, one request at a time."""
