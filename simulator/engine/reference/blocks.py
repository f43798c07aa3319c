"""Stretches of a walk, for the reference engine: time limits, and branches.

What to watch: a time limit is a timer, forgotten when the request leaves the stretch. If it fires, the request is
thrown out of whatever it waits for; or it is answered, and its steps go on for nobody.
"""

from typing import TYPE_CHECKING

from simulator.engine.reference.request import Life, Request
from simulator.plan import Branch, Busy, Chance, Choose, Die, OfClass, Within
from simulator.plan.walk import Outline, Place, Stretch

if TYPE_CHECKING:
    from simulator.engine.reference.server import Server


class Blocks:
    """How requests go through the blocks of a plan."""

    def __init__(self, server: "Server") -> None:
        """No timer runs."""
        self.server, self.env = server, server.env

    def within(self, request: Request, block: Within, steps: Outline) -> Life:
        """The timer runs from before the first step until after the last one; for who is aborted, there is none."""
        if request.aborted:
            yield from self.server.walk(request, steps)
            return
        timer = self.env.timeout(block.seconds)
        assert timer.callbacks is not None  # the event is fresh
        timer.callbacks.append(lambda _: self.time_is_up(request, block))
        yield from self.server.walk(request, steps)
        if timer.callbacks is not None:
            timer.callbacks.clear()

    def time_is_up(self, request: Request, block: Within) -> None:
        """The request has not done these steps in time."""
        if request.leaving:
            return
        server = self.server
        if isinstance(block.otherwise, Die):
            process = server.lifetimes.process_of(request)
            if process is not None:
                server.lifetimes.kill(process, block.otherwise.boot_s)
        elif block.work == "goes on":
            server.rows.settle(request, block.otherwise, self.env.now + request.rtt / 2)
            server.stock.free_for_who_left(request)
        else:
            server.throw_out([request], block.otherwise)

    def passes(self, request: Request, branch: Branch, luck: float) -> bool:
        """Whether the request goes the first way."""
        match branch.test:
            case OfClass(names=names):
                return self.server.class_of(request) in names
            case Chance(share=share):
                return luck < share
            case Busy(pool=pool, at_least=at_least):
                return self.server.stock.slots_of(request, pool).in_use >= at_least


def left_to_chance(parts: Outline, places: tuple[Place, ...]) -> list[int | Stretch]:
    """What of a walk is left to chance, in the order of the plan: each has a luck of its own."""
    found: list[int | Stretch] = []
    for part in parts:
        if isinstance(part, int):
            step = places[part].step
            if isinstance(step, Choose) and step.policy in ("random", "hashed"):
                found.append(part)
            continue
        if isinstance(part.block, Branch) and isinstance(part.block.test, Chance):
            found.append(part)
        for way in part.ways:
            found += left_to_chance(way, places)
    return found
