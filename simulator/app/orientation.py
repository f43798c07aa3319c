"""What ``simulate`` says to somebody who typed nothing else: what to type first."""

from simulator.app.catalogue import fronts, servers
from simulator.app.terminal import write

EXAMPLE = "simulate --model prefork --load slow-clients"


def orientation() -> int:
    """Print it; returns the exit code."""
    names = ", ".join(model.name for model in servers())
    front = next((f" --{front.name}" for front in fronts()), "")
    write(
        f"""The same requests arrive. What happens to them under another server, and why?

Type first:

    {EXAMPLE}

then change one thing and look again:

    {EXAMPLE}{front}
    {EXAMPLE} --workers 16
    {EXAMPLE.replace("prefork", "coroutine")}

Servers: {names}
Explained, with all their settings: simulate list models
Loads to try: simulate list loads
All flags of a server: simulate --model prefork --help
"""
    )
    return 0
