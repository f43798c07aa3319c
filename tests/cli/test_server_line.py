"""A server that is named by the line that starts it, wherever a model can be named."""

import json
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from simulator.cli.link import linked
from simulator.cli.parser import parse
from simulator.experiments.deployment_words import pane, pane_words
from simulator.experiments.options import RunOptions
from simulator.experiments.setup import Setup, prepared
from simulator.lab.command_line import arguments, link
from simulator.lab.knobs import knob

GTHREAD = "gunicorn -w 4 -k gthread --threads 8 --timeout 30 -b :8000"
SHORT = ("--load", "mixed", "--duration", "6s")


def test_a_line_is_simulated_as_its_model_with_its_settings_and_costs(simulate: Any) -> None:
    line = json.loads(simulate("--server", GTHREAD, *SHORT, "--no-advice", "--json", "-").out)
    flags = shlex.split("--model threaded --accept eager --processes 4 --threads 8 --profile gunicorn-gthread")
    model = json.loads(simulate(*flags, *SHORT, "--no-advice", "--json", "-").out)
    assert line["server_line"]["line"] == GTHREAD
    assert model["server_line"] is None
    ours = {"server_line", "profile"}
    assert {key: line[key] for key in line.keys() - ours} == {key: model[key] for key in model.keys() - ours}


def test_three_lists_are_in_the_summary_and_by_key_in_every_file(simulate: Any, tmp_path: Path) -> None:
    done = simulate("--server", GTHREAD, *SHORT, "--csv", str(tmp_path), "--parquet", str(tmp_path / "run.parquet"))
    assert done.code == 0
    said = " ".join(done.out.split())
    assert f"started as {GTHREAD}" in said
    assert "modelled: -w 4 (processes 4), -k gthread (threaded accept eager), --threads 8 (threads 8)" in said
    assert "makes no difference here: -b :8000" in said
    assert "not modelled: --timeout 30: a worker that its master does not hear of" in said
    assert f"server_line.line,{GTHREAD}" in (tmp_path / "summary.csv").read_text()
    assert "server_line.not_modelled.--timeout 30,worker-timeout" in (tmp_path / "summary.csv").read_text()
    assert f"started as {GTHREAD}" in " ".join(simulate("show", str(tmp_path / "run.parquet")).out.split())


def test_the_lists_follow_the_language(simulate: Any) -> None:
    said = simulate("--lang", "zh", "--server", GTHREAD, *SHORT, "--no-advice").out
    assert "已建模：-w 4" in said
    assert "未建模：--timeout 30：" in said


def test_lines_and_models_stand_beside_one_another_in_the_order_in_which_they_are_typed(simulate: Any) -> None:
    typed = ("--server", "gunicorn -w 2 +nginx", "prefork:workers=3", "--server=uvicorn --workers 2", *SHORT)
    done = simulate("compare", *typed, "--json", "-")
    runs = json.loads(done.out)["runs"]
    assert [run["server"] for run in runs] == ["gunicorn -w 2 +nginx", "prefork:workers=3", "uvicorn --workers 2"]
    assert [run["model"] for run in runs] == ["prefork", "prefork", "hybrid"]
    assert [run["in_front"] != {} for run in runs] == [True, False, False]
    assert simulate("compare", "gunicorn -w 2 +nginx", "prefork:workers=3", *SHORT).code == 0


@pytest.mark.parametrize(
    "word", ["gunicorn -w 2 +nginx:temp_file=0", "uvicorn +profile=mini", "WEB_CONCURRENCY=2 gunicorn app:app", "node"]
)
def test_a_word_of_a_comparison_is_written_as_it_was_typed(word: str) -> None:
    assert pane_words(pane(word)) == word


def test_advice_is_the_line_that_helps_and_can_be_typed(simulate: Any) -> None:
    typed = ("--load", "slow-clients", "--duration", "30s", "--json", "-")
    advice = json.loads(simulate("--server", "gunicorn -w 2 app:app", *typed).out)["advice"]
    lines = [shlex.split(each["flags"]) for each in advice if each["flags"].startswith("--server")]
    assert lines
    for words in lines:
        assert words[1].startswith("gunicorn -w ")
        assert words[1].endswith(" app:app")
        assert simulate(*words, *typed).code == 0


def shown(line: str) -> Setup:
    return Setup(sides=(pane(line),), options=RunOptions(load="mixed"))


def test_a_knob_of_the_screen_changes_the_line() -> None:
    found = knob(prepared(shown("gunicorn -w 4 app:app")), 0, "workers")
    assert found is not None
    turned = found.turn(1)
    assert arguments(turned) == ["--server", "gunicorn -w 5 app:app", "--load", "mixed"]
    assert arguments(found.turn(-1)) == ["--server", "gunicorn -w 3 app:app", "--load", "mixed"]


def test_what_no_line_can_say_is_said_of_the_model_with_the_same_costs() -> None:
    found = knob(prepared(shown("uwsgi -p 4 --threads 2")), 0, "accept")
    assert found is not None
    typed = arguments(found.turn(1))
    assert typed[:2] == ["--model", "threaded"]
    assert typed[-2:] == ["--profile", "uwsgi"]


@pytest.mark.parametrize("line", [GTHREAD, "gunicorn -w 2 +nginx", "uvicorn --workers 2"])
def test_what_is_seen_can_be_typed_and_opened_by_a_link(line: str) -> None:
    setup = shown(line)
    understood = parse(arguments(setup))
    assert understood is not None
    pairs = parse_qsl(urlsplit(link("http://x/", setup, at_s=1, theme="dark")).query)
    assert linked(pairs, [])[:2] == arguments(setup)[:2]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["--server", "gunicorn --wrkers 4", "--load", "steady"], "has no option --wrkers"),
        (["--server", "prefork", "--load", "steady"], "--server prefork: no server that is known here"),
        (["--model", "coroutine", "--server", "asyncio", "--load", "steady"], "no server that is known here"),
        (["--server", "gunicorn -w 4"], "which load?"),
        (["--server", "gunicorn", "--model", "threaded", "--load", "steady"], "is prefork: leave threaded out"),
        (["compare", "gunicorn -w 4", "--load", "steady"], "expected 2 to 4 servers, got 1"),
        (["compare", "gunicorn -w 4 +varnish", "prefork", "--load", "steady"], "nothing called varnish"),
        (["compare", "--server", "gunicorn --wrkers 2", "prefork", "--load", "steady"], "has no option --wrkers"),
        (["measure", "--server", "flask run", "--load", "steady"], "is simulated, but not started here"),
        (["measure", "--server", "python3.14t -m gunicorn --threads 2", "--load", "steady"], "leave python3.14t out"),
        (["explain", "gunicorn --wrkers 4"], "has no option --wrkers"),
        (["explain", "UV_THREADPOOL_SIZE=0 node server.js"], "node: --pool 0: expected at least 1"),
        (
            ["--server", "gunicorn \u2013w 4", "--load", "steady"],
            "\u2013w begins with a dash that is no minus; type -w",
        ),
        (["--server", "celery \u2014concurrency 4 worker", "--load", "steady"], "type --concurrency"),
        (["--server", "gunicorn app:app \\", "--load", "steady"], "the backslash at its end has nothing behind it"),
    ],
)
def test_a_line_that_cannot_be_carried_out_gets_one_message(typed: list[str], says: str, simulate: Any) -> None:
    done = simulate(*typed)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert done.err.count("\n") == 1


def test_all_that_became_of_a_line_is_explained(simulate: Any) -> None:
    said = " ".join(simulate("explain", GTHREAD).out.split())
    assert "-w 4 processes 4" in said
    assert "-b :8000 nothing listens in a simulation" in said
    assert "--worker-connections 1000" in said
    assert "--keep-alive 2" in said


def test_what_was_pasted_is_explained_without_what_a_terminal_obeys(simulate: Any) -> None:
    done = simulate("explain", "gunicorn \x1b[31mapp:app")
    assert done.code == 0
    assert "\x1b" not in done.out
    assert "\u241b[31mapp:app" in done.out


def test_a_default_that_has_no_figure_is_not_listed(simulate: Any) -> None:
    said = simulate("explain", "celery worker").out
    assert "--prefetch-multiplier 4" in said
    assert "--concurrency" not in said


def test_every_server_is_listed_with_what_it_is_here(simulate: Any) -> None:
    said = simulate("list", "servers").out
    assert "gunicorn, options of" in said
    assert "--model threaded --accept eager" in said


def test_settings_beside_a_line_are_answered_with_the_line(simulate: Any) -> None:
    done = simulate("--server", "gunicorn -w 4", "--workers", "3", "--load", "steady")
    assert (done.code, done.out) == (2, "")
    assert "--workers: with --server its own line says it all: --server 'gunicorn -w 4'" in done.err


@pytest.mark.parametrize(
    ("line", "flags", "typed"),
    [
        (
            "gunicorn -w 6",
            "--middlewares 7",
            "--middlewares: no line of gunicorn says that, so type what it is here: --model prefork --workers 6",
        ),
        (
            "uwsgi --socket :3031 -p 4 --threads 2",
            "--nginx --protocol uwsgi",
            "--model threaded --processes 4 --threads 2 --backlog 100 --protocol uwsgi --nginx --profile uwsgi",
        ),
        (
            "gunicorn -k gevent -w 2",
            "--libraries unpatched",
            "--model greenlet --processes 2 --libraries unpatched --profile gunicorn-gevent",
        ),
    ],
)
def test_what_no_line_says_is_answered_with_the_model_that_can_be_typed_for_it(
    line: str, flags: str, typed: str, simulate: Any
) -> None:
    done = simulate("--server", line, *flags.split(), "--load", "steady")
    assert (done.code, done.out) == (2, "")
    assert typed in done.err
    command = done.err[done.err.index("--model") :].split()
    assert simulate(*command, "--load", "steady", "--duration", "10s", "--no-advice").code == 0


def test_a_film_is_named_by_the_line(simulate: Any, tmp_path: Path) -> None:
    film = tmp_path / "film.html"
    typed = (
        "--server",
        "gunicorn -w 2",
        *SHORT,
        "--film",
        str(film),
        "--from",
        "2s",
        "--to",
        "2.1s",
        "--size",
        "80x24",
    )
    assert simulate(*typed).code == 0
    assert "<title>gunicorn -w 2 ·" in film.read_text()
