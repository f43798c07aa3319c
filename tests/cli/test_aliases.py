"""A model is found under every name by which people know it, and says its own."""

from typing import Any

import pytest

from simulator.cli.completion import app
from simulator.experiments.catalogue import all_names, catalogue, servers


@pytest.mark.parametrize("name", ["koa", "express", "nodejs", "node"])
def test_another_name_is_as_good_and_the_output_has_its_own(name: str, simulate: Any) -> None:
    done = simulate("--model", name, "--load", "steady", "--duration", "20s")
    assert done.code == 0
    assert "\nnode  processes 1 · pool 4 · backlog 511\n" in done.out
    assert "koa" not in done.out


def test_sides_of_a_comparison_have_their_own_names(simulate: Any) -> None:
    done = simulate("compare", "koa:pool=8", "twistd", "--load", "steady", "--duration", "20s")
    assert done.code == 0
    assert "node" in done.out
    assert "twisted" in done.out
    assert "koa" not in done.out


def test_its_flags_are_known_under_another_name_too(simulate: Any) -> None:
    assert "--pool" in simulate("help", "koa").out
    assert simulate("--model", "koa", "--help").out == simulate("--model", "node", "--help").out


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("--model kao --load steady", "Did you mean koa?"),
        ("--model expres --load steady", "Did you mean express?"),
        ("--model xyzzy --load steady", "node (koa, nodejs, express)"),
        ("help expres", "Did you mean express?"),
        ("koa", "Type simulate --model node"),
    ],
)
def test_whoever_mistypes_a_name_is_told_the_nearest_of_all(typed: str, says: str, simulate: Any) -> None:
    done = simulate(*typed.split())
    assert done.code == 2
    assert says in " ".join(done.err.split())


def test_lists_and_help_have_them(simulate: Any) -> None:
    assert "Also called: koa, nodejs, express" in simulate("list", "models").out
    assert "node (koa, nodejs, express)" in " ".join(simulate("--help").out.split())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_offers_them(shell: Any) -> None:
    assert "koa" in app().generate_completion(shell=shell)


def test_no_two_models_are_found_under_one_name() -> None:
    names = all_names(catalogue().values())
    assert len(names) == len(set(names))
    assert len(servers()) < len(names)
