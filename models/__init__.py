"""The architectures, one a folder; the folders do not know one another."""
