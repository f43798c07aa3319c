"""The text of a model and of its real server, and which of their lines belong to which place of the walk.

What to watch: nothing here knows an architecture. In a model the lines are found by the constructors of its steps; in a
server by the places that it reports (``visit.reach("receive")``): a place lasts to the next report. A server need not
be written in Python.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module, resources
from pathlib import PurePath

from simulator.experiments.catalogue import Model, catalogue
from simulator.plan import Elsewhere, Handle
from simulator.plan.walk import Place, sent_at
from simulator.stage.canvas.style import Style

REPORT = "reach"
NOT_SERVERS = ("__init__.py", "config.py", "model.py")
PYTHON = ".py"
LANGUAGES = {PYTHON: ("python", "PythonLexer"), ".js": ("javascript", "JavascriptLexer"), ".go": ("go", "GoLexer")}
"""What a server may be written in: how its files end, and who colours them."""
CALL = re.compile(r"""\b[rR]each\([^"'`)]*["'`]([\w .]*)""")
"""A report in a language with braces, up to where a number stands: ``visit.reach(`handle.${n}`)``."""
Line = tuple[tuple[str, Style], ...]
"""Pieces of one style each, from left to right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file. Lines are counted from 0."""

    title: str
    """Its path, as it is imported: ``models/prefork/model.py``."""
    lines: tuple[Line, ...]
    spans: Mapping[str, tuple[range, ...]]
    """The lines that belong to each place of the walk that has any here."""

    def active(self, places: Sequence[str]) -> frozenset[int]:
        """The lines of these places."""
        return frozenset(line for place in places for span in self.spans.get(place, ()) for line in span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A model, with what stands in front of it, and the real servers of both."""

    models: tuple[Page, ...]
    servers: tuple[Page, ...]


def code_of(model: str, server: str, fronts: tuple[str, ...], places: tuple[Place, ...]) -> Code:
    """Read the files of a deployment.

    ``server`` tells real servers of one model apart ("" is the first one); ``places`` is the walk of the whole
    deployment. Of a model that is not here (a run saved elsewhere) there is nothing to read.
    """
    if not {model, *fronts} <= set(catalogue()):
        return Code(models=(), servers=())
    own, before = catalogue()[model], [catalogue()[name] for name in fronts]
    behind = _behind(places) if before else places
    outside = tuple(place for place in places if place not in behind)
    parts = [(front, "", outside) for front in before] + [(own, server, behind)]
    return Code(
        models=tuple(_page(each, "model.py", _step_lines, walk) for each, _, walk in parts),
        servers=tuple(page for each, which, walk in parts for page in _server_pages(each, which, walk)),
    )


def _behind(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """The places of the innermost server: from the last connect to the release of what was taken since."""
    first = max((i for i, place in enumerate(places) if place.knocks_at is not None), default=0)
    taken = [place.takes for place in places[first:] if place.takes is not None]
    sent = sent_at(places, first)
    released = [i for i, place in enumerate(places) if place.frees in taken]
    return places[first : max([len(places) - 1 if sent is None else sent, *released]) + 1]


def _server_pages(model: Model, server: str, walk: tuple[Place, ...]) -> Iterator[Page]:
    """The files that report places, and the one that is started; without the model's other real servers."""
    started = {name: module.rpartition(".")[2] + ".py" for name, module in model.real_servers.items()}
    if not started:
        return
    main = started.get(server, next(iter(started.values())))
    folder = resources.files(f"models.{model.folder}")
    others = {*NOT_SERVERS, *started.values()} - {main}
    files = sorted(file.name for file in folder.iterdir() if _language(file.name) and file.name not in others)
    pages = {name: _page(model, name, _reported_lines, walk) for name in sorted(files, key=lambda f: f != main)}
    reporting = [page for page in pages.values() if page.spans]
    yield from reporting
    if pages[main] not in reporting:
        yield pages[main]


_Spans = dict[str, tuple[range, ...]]
_Find = Callable[[str, str, tuple[Place, ...]], _Spans]


def _page(model: Model, file: str, find: _Find, walk: tuple[Place, ...]) -> Page:
    text = resources.files(f"models.{model.folder}").joinpath(file).read_text("utf-8").expandtabs(4)
    return Page(title=f"models/{model.folder}/{file}", lines=coloured(text, file), spans=find(file, text, walk))


def _language(file: str) -> tuple[str, str] | None:
    return LANGUAGES.get(PurePath(file).suffix)


def _step_lines(_: str, text: str, walk: tuple[Place, ...]) -> _Spans:
    """The calls that make the step of each place."""
    nodes = ast.walk(ast.parse(text))
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    found = {place.name: tuple(_lines(call) for call in calls if _makes(call, place)) for place in walk}
    return {place: spans for place, spans in found.items() if spans}


def _makes(call: ast.Call, place: Place) -> bool:
    step = place.step
    helped = place.kinds is not None and not (isinstance(step, Handle) and step.elsewhere)
    name = Elsewhere.__name__ if helped else type(step).__name__
    if not (isinstance(call.func, ast.Name) and call.func.id == name):
        return False
    if place.what is None or helped:
        return True
    named = [part for word in call.keywords if word.arg == "what" for part in ast.walk(word.value)]  # one, or a choice
    return any(isinstance(word, ast.Constant) and word.value == place.what for word in named)


def _reported_lines(file: str, text: str, walk: tuple[Place, ...]) -> _Spans:
    """From the report of a place to the next report in the same function, or to its end."""
    found = _reports(ast.parse(text)) if file.endswith(PYTHON) else _calls(text.splitlines())
    reports = sorted(found, key=lambda report: report[1])
    spans: dict[str, tuple[range, ...]] = {}
    for number, (said, line, end) in enumerate(reports):
        following = reports[number + 1][1] if number + 1 < len(reports) else end + 1
        for place in walk:
            if _is_said(place.name, said):
                spans[place.name] = (*spans.get(place.name, ()), range(line - 1, min(following - 1, end)))
    return spans


def _reports(tree: ast.Module) -> Iterator[tuple[str, int, int]]:
    """What each report says, its line, and the last line of its function; counted from 1."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == REPORT:
                said = _said(node.args[0]) if node.args else ""
                if said:
                    yield said, node.lineno, function.end_lineno or node.lineno


def _calls(lines: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The same of a language with braces, where what begins in the first column ends there, too."""
    for number, line in enumerate(lines, 1):
        if (call := CALL.search(line)) is not None:
            yield (
                call[1],
                number,
                next((end for end in range(number, len(lines)) if lines[end][:1] == "}"), number - 1) + 1,
            )


def _said(argument: ast.expr) -> str:
    """``receive``; of ``f"handle.{n}"`` what stands before the number."""
    part = argument.values[0] if isinstance(argument, ast.JoinedStr) and argument.values else argument
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else ""


def _is_said(place: str, said: str) -> bool:
    name = place.partition(" #")[0].replace(" ", "_")
    return name == said or (said.endswith(".") and name.startswith(said))


def _lines(node: ast.expr) -> range:
    return range(node.lineno - 1, node.end_lineno or node.lineno)


# Source in a few colours: keywords, strings, comments, and all the rest.

STYLES = (
    ("Token.Keyword", Style.CODE_KEYWORD),
    ("Token.Operator.Word", Style.CODE_KEYWORD),
    ("Token.Literal.String", Style.CODE_STRING),
    ("Token.Comment", Style.CODE_COMMENT),
)
"""By how the names of Pygments' kinds begin: ``and`` is an operator for it, ``import`` a kind of keyword."""


def coloured(text: str, file: str = PYTHON) -> tuple[Line, ...]:
    """The lines of a source file."""
    module, lexer = _language(file) or LANGUAGES[PYTHON]
    colours = getattr(import_module(f"pygments.lexers.{module}"), lexer)(stripnl=False)
    lines: list[list[tuple[str, Style]]] = [[]]
    for kind, words in colours.get_tokens(text):
        style = _style(str(kind))
        first, *others = words.split("\n")
        _append(lines[-1], first, style)
        for each in others:
            lines.append([])
            _append(lines[-1], each, style)
    return tuple(tuple(line) for line in lines[:-1])  # the last one follows the last end of a line


def _style(kind: str) -> Style:
    return next((style for start, style in STYLES if kind.startswith(start)), Style.CODE)


def _append(line: list[tuple[str, Style]], text: str, style: Style) -> None:
    """Add to a line; neighbours of one style are one piece."""
    if line and line[-1][1] is style:
        line[-1] = (line[-1][0] + text, style)
    elif text:
        line.append((text, style))
