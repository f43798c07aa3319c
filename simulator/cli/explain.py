"""``simulate explain``: a term of the glossary in two sentences, what became of a server's line, or all the terms."""

from collections.abc import Iterator

from rich.cells import cell_len

from simulator.cli.command import Given
from simulator.cli.page import HEADING, beside, page_width, print_page, wrapped
from simulator.experiments.catalogue import Model
from simulator.experiments.production_answer import answer
from simulator.experiments.production_line import (
    config_of,
    is_like_a_line,
    is_production,
    no_such_server,
    production,
)
from simulator.experiments.refusal import RefusalError
from simulator.words.glossary import Term, find, terms
from simulator.words.language import tell
from simulator.words.nearest import nearest


def run(_: Model | None, given: Given) -> int:
    """Carry the command out; returns the exit code. Raises RefusalError."""
    word = " ".join(given.get("words", ()))
    if word and find(word) is None and is_production(word):
        print_page(_line(word, page_width()))
        return 0
    print_page(_explained(known(word), page_width()) if word else _listed(page_width()))
    return 0


def known(word: str) -> Term:
    """The term that the word means. Raises RefusalError with the nearest one."""
    term = find(word)
    if term is None:
        names = {name.casefold(): name for each in terms() for name in each.names}
        near = nearest(word.casefold(), names)
        if not near and is_like_a_line(word):
            raise RefusalError(no_such_server(word))
        raise RefusalError(
            tell("explain {word}: not in the glossary.{near} All terms: simulate explain", word=word, near=near)
        )
    return term


def _explained(term: Term, width: int) -> Iterator[str]:
    others = [name for name in term.names if name != term.word]
    yield HEADING + term.word + (f" ({', '.join(others)})" if others else "")
    yield from (f"  {line}" for line in wrapped(term.meaning, width - 2))


def _line(line: str, width: int) -> Iterator[str]:
    """What a server's line becomes here, all of it."""
    found = production(line)
    config_of(found)  # what cannot be simulated is refused here too
    given = answer(found)
    yield HEADING + given.line
    model = f"--model {given.model}"
    whole = tell("{program}, options of {version}: {model}", program=given.program, version=given.version, model=model)
    yield from (f"  {each}" for each in wrapped(whole, width - 2))
    for title, entries in (
        (tell("Modelled"), given.modelled),
        (tell("Makes no difference here"), given.harmless),
        (tell("Would make one, and is not modelled"), given.matters),
    ):
        if entries:
            yield ""
            yield title
            yield from beside([(each.typed, each.told) for each in entries], width=width, indent=2)
    if given.by_itself:
        yield ""
        yield tell("What it has by itself")
        words = ", ".join(f"{name} {value}" for name, value in given.by_itself.items())
        yield from (f"  {each}" for each in wrapped(words, width - 2))


def _listed(width: int) -> Iterator[str]:
    line = ""
    for number, term in enumerate(terms(), 1):
        word = term.word + ("," if number < len(terms()) else "")
        if line and cell_len(f"{line} {word}") > width:
            yield line
            line = word
        else:
            line = f"{line} {word}".lstrip()
    yield line
    yield ""
    yield tell("Explain one of them: {typed}", typed="simulate explain backlog")
