"""A package of somebody else with one of our names is reported by name, wherever it hides."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from simulator.cli.main import SIBLINGS, PackageError, check_packages


@pytest.fixture(autouse=True)
def nothing_imported_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SIBLINGS:
        monkeypatch.delitem(sys.modules, name, raising=False)
    importlib.invalidate_caches()


def test_our_own_packages_are_in_order() -> None:
    check_packages()


@pytest.mark.parametrize("name", SIBLINGS)
def test_another_package_earlier_on_the_path_is_named_with_its_place(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PackageError) as caught:
        check_packages()
    assert f"another package named '{name}' at {tmp_path.resolve() / name} hides loopfork's" in str(caught.value)
    assert f"take {tmp_path.resolve()} off PYTHONPATH" in str(caught.value)


def test_a_single_file_that_hides_ours_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PackageError, match=r"another package named 'models' at .*models\.py hides loopfork's"):
        check_packages()


def test_a_folder_without_init_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    check_packages()


def test_a_package_that_is_already_imported_is_noticed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "models", ModuleType("models"))
    with pytest.raises(PackageError, match="another package named 'models'"):
        check_packages()


def test_a_missing_package_is_reported_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.cli.main.find_spec", lambda name: None)
    with pytest.raises(PackageError, match="the package 'models' is missing beside"):
        check_packages()
