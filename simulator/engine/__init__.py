"""Two engines with one meaning: the reference on SimPy, to be read, and the compiled kernel, to be fast."""
