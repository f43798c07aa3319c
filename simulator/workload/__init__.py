"""Scenario files, and the requests drawn from them: ``load`` reads a file, ``draw`` makes the table of its requests."""
