"""What people and files meet: the command line, the summary on the terminal, and every export."""
