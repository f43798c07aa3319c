"""What happened in a run, and what it means: the trace, measures, timeline, checks and diagnosis."""
