"""The reference engine: the plan interpreted on SimPy, every request a process. Read ``server`` first."""
