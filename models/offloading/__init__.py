"""Event loops that hand work to threads or processes."""
