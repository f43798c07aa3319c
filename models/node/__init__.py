"""An event loop with a pool of threads for files, crypto and compression."""
