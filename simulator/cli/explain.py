"""``simulate explain``: a term of the glossary in two sentences, or the list of them."""

from collections.abc import Iterator

from rich.cells import cell_len

from simulator.cli.command import Given
from simulator.cli.page import HEADING, page_width, print_page, wrapped
from simulator.experiments.catalogue import Model
from simulator.experiments.refusal import RefusalError
from simulator.words.glossary import Term, find, terms
from simulator.words.language import tell
from simulator.words.nearest import nearest


def run(_: Model | None, given: Given) -> int:
    """Carry the command out; returns the exit code. Raises RefusalError."""
    word = " ".join(given.get("words", ()))
    print_page(_explained(known(word), page_width()) if word else _listed(page_width()))
    return 0


def known(word: str) -> Term:
    """The term that the word means. Raises RefusalError with the nearest one."""
    term = find(word)
    if term is None:
        names = {name.casefold(): name for each in terms() for name in each.names}
        near = nearest(word.casefold(), names)
        raise RefusalError(
            tell("explain {word}: not in the glossary.{near} All terms: simulate explain", word=word, near=near)
        )
    return term


def _explained(term: Term, width: int) -> Iterator[str]:
    others = [name for name in term.names if name != term.word]
    yield HEADING + term.word + (f" ({', '.join(others)})" if others else "")
    yield from (f"  {line}" for line in wrapped(term.meaning, width - 2))


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
