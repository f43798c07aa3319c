"""The instrument: from a scenario and an architecture to numbers and reasons; it knows no architecture by name."""

__version__ = "0.1.0"
