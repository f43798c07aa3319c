"""Loads to try servers with: one TOML file each, a story and then the numbers."""
