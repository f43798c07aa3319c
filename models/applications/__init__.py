"""Our applications for production servers: one piece of work behind each interface that such a server can load."""
