"""The panes around the street: what is claimed, how it went, what happened."""
