"""A buffering reverse proxy in front of any other model."""
