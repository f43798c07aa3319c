"""What the real servers share: a small strict HTTP/1.1, the work of a request, the report, and start and end."""
