"""A quiet machine for validation, on any machine: an emulated one whose clock counts instructions."""
