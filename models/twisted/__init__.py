"""A reactor, and threads for calls that block."""
