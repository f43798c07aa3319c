"""Goroutines: a stack for each connection, and a few processors of the runtime that all of them share."""
