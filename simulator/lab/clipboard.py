"""What is copied, for another terminal or another browser: the command line that reproduces a run, or its link."""

from collections.abc import Mapping

from simulator.lab.command_line import ADDRESS, command_line, link
from simulator.lab.lab import Lab
from simulator.words.language import said


def copied(lab: Lab, id: str, environ: Mapping[str, str], theme: str) -> str:
    """What ``copy`` or ``link`` puts into the clipboard, and the lab says so; empty where there is nothing."""
    prepared, address = lab.shown.prepared, environ.get(ADDRESS, "")
    if prepared is None:
        lab.say(said("This run was saved or measured: there is no command that computes it."))
        return ""
    if id == "link" and not address:
        lab.say(said("There are links in a browser only: simulate serve shows the screen in one."))
        return ""
    setup = prepared.setup
    words = link(address, setup, at_s=lab.playhead.t_s, theme=theme) if id == "link" else command_line(setup)
    lab.say(said("copied: {command}", command=words))
    return words
