"""The street: clients, queue, workers, and the way back."""
