"""Blocks in micro-steps: time limits around a stretch, and branches, whose second way is jumped over by the first."""

from dataclasses import replace

from simulator.engine.kernel import numbers as ops
from simulator.engine.lowering.program import Guard, Micro, Program
from simulator.plan import Branch, Busy, Chance, Choose, Enqueue, OfClass, Within
from simulator.plan.blocks import every_element
from simulator.plan.walk import Outline, Stretch

Jobs = dict[int, Outline]
"""The walks of jobs, by their numbers."""


class Blocks:
    """The walk of one class, with its blocks. A place is for whoever knows places."""

    def __init__(self, program: Program, name: str, jobs: Jobs) -> None:
        """``name``: of the class. ``jobs`` collects the walks of the jobs that are met."""
        self.program, self.name, self.jobs = program, name, jobs
        self.ends: list[tuple[int, bool]] = []
        """The places from which on one is not inside of a process, or a group, any more; and whether of a group yet."""

    def visit(self, column: int) -> None:
        """One place."""
        raise NotImplementedError

    def apart(self) -> None:
        """Something stands between two places."""
        raise NotImplementedError

    def add(self, parts: Outline) -> None:
        """Places and blocks, one after the other."""
        for part in parts:
            if isinstance(part, int):
                self.visit(part)
                continue
            self.apart()
            self._add_stretch(part)
            self.apart()

    def _add_stretch(self, stretch: Stretch) -> None:
        match stretch.block:
            case Within():
                self._add_guarded(stretch.block, stretch.ways[0])
            case Branch():
                self._add_branch(stretch.block, *stretch.ways)
            case Enqueue():
                self.jobs[self.number_of(stretch.block)] = stretch.ways[0]

    def number_of(self, job: Enqueue) -> int:
        """Which job of the plan it is."""
        return next(i for i, each in enumerate(self.program.plan.jobs) if each is job)

    def _add_guarded(self, block: Within, way: Outline) -> None:
        program = self.program
        known = [element for element in every_element(program.plan.steps) if isinstance(element, Within)]
        number = next(i for i, element in enumerate(known) if element is block)
        if not program.guards:
            program.guards += [Guard.of(element) for element in known]
        ring = len(program.stations.rings) + number
        program.emit(Micro(op=ops.ARM, a=ring, b=number), word=Within)
        self.add(way)
        program.emit(Micro(op=ops.DISARM, b=number), word=Within)

    def _add_branch(self, block: Branch, then: Outline, otherwise: Outline) -> None:
        if isinstance(block.test, OfClass):
            self.add(then if self.name in block.test.names else otherwise)
            return
        program, test, before = self.program, self.program.end, [*self.ends]
        program.emit(self._tested(block), word=Branch)
        self.add(then)
        jump, after_then = program.end, self.ends
        program.emit(Micro(op=ops.JUMP), word=Branch)
        program.code[test] = replace(program.code[test], b=program.end)
        self.apart()
        self.ends = before
        self.add(otherwise)
        self.ends = max(self.ends, after_then, key=len)  # what is not behind who came by one way is ahead of all
        program.code[jump] = replace(program.code[jump], b=program.end)

    def _tested(self, block: Branch) -> Micro:
        match block.test:
            case Chance(share=share):
                return Micro(op=ops.LUCK, a=self.next_luck(block), x=share)
            case Busy(pool=pool, at_least=at_least):
                return Micro(op=ops.BUSY, a=self.program.stations.number(pool), c=at_least)
            case OfClass():
                raise AssertionError("a class is known before the run")

    def next_luck(self, element: Branch | Choose) -> int:
        """The number of what is decided by luck, among all such elements of the plan."""
        lucky = [each for each in every_element(self.program.plan.steps) if _by_luck(each)]
        self.program.lucks = len(lucky)
        return next(i for i, each in enumerate(lucky) if each is element)


def _by_luck(element: object) -> bool:
    match element:
        case Branch(test=Chance()) | Choose(policy="random" | "hashed"):
            return True
        case _:
            return False
