"""Production servers with our application: which are installed, how they are started and ended, and what was seen."""
