"""From a deployment to a checked trace: which servers there are, what is asked of a run, and the one way to run it."""
