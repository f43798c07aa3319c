"""The table of operations is what a plan, both engines and the generator of programs know, no more and no less."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from textwrap import dedent
from types import ModuleType
from typing import get_args

import pytest

from simulator.engine.kernel import numbers, program, timeline
from simulator.engine.lowering import lower
from simulator.engine.lowering.program import MEANING_OF, OPERATION_OF, WAYS_OF, Micro, Program
from simulator.engine.lowering.requests import ClassProgram
from simulator.engine.reference.server import Server
from simulator.plan import Busy, Chance, Die, HandshakeTimers, OfClass, Plan, Retry, Scale, Seize, blocks, steps
from simulator.plan.blocks import every_element
from simulator.plan.operations import MEANINGS, Operation
from tests.engine.strategies_words import seeded_program, word_workload

ELEMENTS = {*get_args(steps.Step), *get_args(blocks.Block)}
SAID_WITH = (HandshakeTimers, Die, OfClass, Chance, Busy)
"""What stands inside of a word."""
ONLY_WAITED_AT = {"REST", "AT"}
"""Steps that nobody comes to: an acceptor begins there, and the timeline goes over them by itself."""
SEEDS = range(150)
OFTEN = len(SEEDS) // 10
"""Programs of these that each word is in, at least."""
PROGRAMS = [seeded_program(seed) for seed in SEEDS]
each_word = pytest.mark.parametrize("word", [*MEANINGS, *SAID_WITH], ids=lambda word: word.__name__)
_named = ast.walk(ast.parse(inspect.getsource(numbers).split("# what an entry of the heap")[0]))
MICRO_STEPS = [n.id for n in _named if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and vars(numbers)[n.id]]
"""Their names: with them the numbers of the kernel begin; 0 is nobody's."""
each_micro_step = pytest.mark.parametrize("name", MICRO_STEPS)


@pytest.fixture(scope="module")
def lowered() -> list[Program]:
    """Programs of every kind, and what is done to their servers, in micro-steps."""
    return [lower(plan, word_workload(seed)) for seed, plan in zip(SEEDS, PROGRAMS, strict=True)]


def test_every_word_of_a_plan_has_a_meaning() -> None:
    made = {each for module in (steps, blocks) for each in classes_of(module)}
    assert set(MEANINGS) == (made | {Plan}) - {*SAID_WITH}
    assert set(MEANINGS) == ELEMENTS | {Retry, Scale, Plan}


def test_every_operation_is_what_some_word_means_and_has_its_micro_steps() -> None:
    assert {operation for meaning in MEANINGS.values() for operation in meaning} == set(Operation)
    assert list(WAYS_OF) == list(Operation)


@pytest.mark.parametrize(
    "recognising",
    [(Server.perform, Server.walk), (ClassProgram._add_place, ClassProgram._add_stretch)],
    ids=["reference", "lowering"],
)
def test_either_engine_has_a_case_for_every_step_and_every_block(
    recognising: tuple[Callable[..., object], ...],
) -> None:
    cases = {name for function in recognising for name in cases_of(function)}
    assert cases == {word.__name__ for word in ELEMENTS}


@each_word
def test_the_generator_uses_every_word(word: type) -> None:
    assert sum(word in words_of(plan) for plan in PROGRAMS) >= OFTEN


@pytest.mark.parametrize("word", MEANING_OF, ids=lambda word: word.__name__)
def test_a_word_is_lowered_to_the_operations_of_the_table_and_to_no_other(lowered: list[Program], word: type) -> None:
    pairs = (pair for each in lowered for pair in zip(each.word_of[1:], each.code[1:], strict=True))
    emitted = {OPERATION_OF[micro.op] for by, micro in pairs if by is word}
    if word is Retry:  # a row ends by END, where another one may follow: no program says so
        assert emitted == set()
    else:
        assert emitted == set(MEANING_OF[word])


def test_a_micro_step_that_a_word_does_not_mean_is_not_emitted(lowered: list[Program]) -> None:
    with pytest.raises(AssertionError, match=r"WORK.* is not what .*Seize.* means"):
        lowered[0].emit(Micro(op=numbers.RUN), word=Seize)


@each_micro_step
def test_every_micro_step_is_one_of_an_operation_is_emitted_and_is_carried_out(
    lowered: list[Program], name: str
) -> None:
    number = getattr(numbers, name)
    assert number in OPERATION_OF, "it is of no operation"
    assert any(micro.op == number for each in lowered for micro in each.code), "nobody emits it"
    assert (name in carried_out()) == (name not in ONLY_WAITED_AT)


def test_the_micro_steps_have_different_numbers_and_there_are_no_others() -> None:
    assert len(OPERATION_OF) == len({getattr(numbers, name) for name in MICRO_STEPS}) == len(MICRO_STEPS)


# --- what is in the source --------------------------------------------------------------------------------------------


def classes_of(module: ModuleType) -> Iterator[type]:
    """The words that a module makes, and what stands inside of them."""
    for each in vars(module).values():
        if inspect.isclass(each) and is_dataclass(each) and each.__module__ == module.__name__:
            yield each


def cases_of(function: Callable[..., object]) -> set[str]:
    """The classes that a function has a case for."""
    nodes = ast.walk(ast.parse(dedent(inspect.getsource(function))))
    return {ast.unparse(node.cls) for node in nodes if isinstance(node, ast.MatchClass)}


def carried_out() -> set[str]:
    """The micro-steps that the kernel has a branch for."""
    parts = (ast.parse(inspect.getsource(part)) for part in (program, timeline))
    tests = (node for part in parts for node in ast.walk(part) if isinstance(node, ast.Compare))
    asked = (ast.unparse(part) for test in tests if ast.unparse(test.left) == "op" for part in test.comparators)
    return {name for part in asked for name in re.findall("[A-Z_]+", part)}


def words_of(plan: Plan) -> set[type]:
    """The words that a plan is made of, and what stands inside of them."""
    found: set[type] = {Plan, *map(type, plan.scales)} | ({Retry} if plan.retry else set())
    for element in every_element(plan.steps):
        inside = (getattr(element, field, None) for field in ("test", "otherwise", "when_full", "timers"))
        found |= {type(element), *map(type, inside)}
    return found
