"""What single steps and blocks demand of what stands in them: a time that passes, a share, a batch of at least one.

What to watch: what holds of every field of its kind is asked in ``values``, of steps too.
"""

from dataclasses import astuple, replace
from itertools import pairwise
from typing import get_args

from simulator.plan.blocks import Branch, Chance, Element, Enqueue, PlanError, Within
from simulator.plan.resources import Loop, gil_of
from simulator.plan.steps import AcceptEagerly, Allocate, Compute, Connect, Crash, Die, Handle, Retire, Step
from simulator.plan.words import Kind, Outcome
from simulator.words.language import tell

DEEPEST = 50
"""Blocks are read block by block, and Python does not call that deep for ever."""
WAITING: tuple[Kind, ...] = ("io", "block")
"""What may be done with an event loop or without it; computing always has it."""


def check_made_of_steps(where: str, steps: object, depth: int = 0) -> None:
    """A forgotten comma makes a step of a tuple, and a forgotten Seize a pool of a step."""
    if depth > DEEPEST:
        raise PlanError(
            "{where}: blocks in blocks, more than {most} deep; put them one after the other", where=where, most=DEEPEST
        )
    if not isinstance(steps, tuple):
        raise PlanError(
            "{where}: expected a tuple of steps, got {steps}; a single one is followed by a comma",
            where=where,
            steps=repr(steps),
        )
    for step in steps:
        if not isinstance(step, Element):
            raise PlanError("{where}: expected a step, got {step}", where=where, step=repr(step))
        if isinstance(step, Within) and not isinstance(step.otherwise, Outcome | Die):
            raise PlanError(
                "Within: otherwise: expected an Outcome or Die(...), got {otherwise}", otherwise=repr(step.otherwise)
            )
        ways = ("then", "otherwise") if isinstance(step, Branch) else ("steps",)
        for way in ways if isinstance(step, Within | Branch | Enqueue) else ():
            check_made_of_steps(f"{type(step).__name__}: {way}", getattr(step, way), depth + 1)


def at_step(number: int, step: object) -> str:
    """How a message names a step."""
    return tell("step {number} ({name})", number=number, name=type(step).__name__)


def check_block(where: str, element: Element) -> None:
    """Raise PlanError for what one step, or one block, cannot be given."""
    match element:
        case Within(seconds=seconds, steps=inner):
            if seconds <= 0 or not inner:
                raise PlanError(
                    "{where}: expected a time above 0 s for at least one step, got {seconds} s",
                    where=where,
                    seconds=seconds,
                )
            if isinstance(element.otherwise, Die) and element.otherwise.boot_s <= 0:
                raise PlanError(
                    "{where}: expected a time above 0 s to boot, got {boot_s} s",
                    where=where,
                    boot_s=element.otherwise.boot_s,
                )
            if element.work == "goes on" and isinstance(element.otherwise, Die):
                raise PlanError("{where}: work cannot go on in a process that is killed", where=where)
        case Branch(test=Chance(share=share)) if share > 1:
            raise PlanError("{where}: expected a share from 0 to 1, got {share}", where=where, share=share)
        case Enqueue(steps=()):
            raise PlanError("{where}: expected a job of at least one step", where=where)
        case Branch() | Enqueue():
            pass
        case _:
            _check_step(where, element)


def _check_step(where: str, step: Step) -> None:
    match step:
        case Connect():
            _check_times(where, step)
        case AcceptEagerly(lock=lock, releases=releases) | Compute(lock=lock, releases=releases) if (
            releases and gil_of(lock) is None
        ):
            raise PlanError("{where}: calls let go of a GIL, and here is none", where=where)
        case AcceptEagerly():
            _check_accepting(where, step)
        case Compute(on=on, lock=lock) if on is not None and lock is not None:
            raise PlanError("{where}: who computes on other cores needs no lock of the server", where=where)
        case Handle():
            _check_handling(where, step)
        case Retire(after=after) if after < 1:
            raise PlanError("{where}: expected at least one request, got {step}", where=where, step=step)
        case Retire(boot_s=boot_s) | Crash(boot_s=boot_s) | Allocate(when_full=Die(boot_s=boot_s)) if boot_s <= 0:
            raise PlanError("{where}: expected a time above 0 s to boot, got {boot_s} s", where=where, boot_s=boot_s)
        case _:
            pass


def _check_accepting(where: str, step: AcceptEagerly) -> None:
    if min(step.batch, step.visits) < 1:
        raise PlanError("{where}: batch and visits must be at least 1", where=where)
    if step.by is not None and (step.by.processes != step.lock.processes or step.by.first):
        raise PlanError("{where}: expected one {name} for each lock, and nobody first", where=where, name=step.by.name)
    if step.visits > 1 and isinstance(step.lock, Loop) and step.lock.gil is not None:
        raise PlanError("{where}: beside threads, a loop accepts in one visit", where=where)
    if step.batch > 1 and step.visits > 1:
        raise PlanError("{where} has both batch and visits above 1", where=where)
    if step.limit == 0:
        raise PlanError("{where}: expected a limit of at least one connection, got {step}", where=where, step=step)


def _check_handling(where: str, step: Handle) -> None:
    if not {*step.keeps} <= {*WAITING}:
        raise PlanError(
            "{where}: keeps: expected kinds of waiting, {kinds}, got {keeps}",
            where=where,
            kinds=", ".join(map(repr, WAITING)),
            keeps=repr(step.keeps),
        )
    if step.cpu_factor <= 0:
        raise PlanError("{where}: expected a factor above 0, got {factor}", where=where, factor=step.cpu_factor)
    _check_helpers(where, step)


def _check_helpers(where: str, step: Handle) -> None:
    """A piece is done by one of them, who needs nothing that others may keep for ever."""
    kinds = [kind for elsewhere in step.elsewhere for kind in elsewhere.kinds or ("",)]
    if len({*kinds}) != len(kinds) or not {*kinds} <= {*get_args(Kind)}:
        raise PlanError(
            "{where}: elsewhere: expected each of {kinds} at most once, got {found}",
            where=where,
            kinds=", ".join(map(repr, get_args(Kind))),
            found=", ".join(map(repr, kinds)),
        )
    for elsewhere in step.elsewhere:
        pool = elsewhere.pool
        if pool is not None and (pool.slots_per_process is not None or pool.frees_when_client_leaves):
            raise PlanError(
                "{where}: a {name} that helps neither decides the process nor is free before its work is done",
                where=where,
                name=pool.name,
            )
        if isinstance(elsewhere.lock, Loop):
            raise PlanError("{where}: elsewhere: who helps needs a GIL or no lock", where=where)


def _check_times(where: str, step: Connect) -> None:
    """What is repeated is repeated later, and not for ever."""
    moments = (0.0, *step.retries_s, step.timeout_s)
    if any(b <= a for a, b in pairwise(moments)):
        raise PlanError("{where}: retries must grow from 0 to the timeout, got {moments}", where=where, moments=moments)
    if min(astuple(replace(step.timers, tick_s=1.0))) <= 0 or not step.timers.tick_s >= 0:
        raise PlanError("{where}: expected timers above 0 s, got {timers}", where=where, timers=step.timers)
