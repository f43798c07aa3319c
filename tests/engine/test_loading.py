"""Which kernel runs: never one that was built from another source, and never slowly without a word."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from simulator.engine import loading

FILES = {"kernel/life.py": "def run(): ...\n", "plan/words.py": "COMPLETED = 1\n"}
Install = Callable[..., ModuleType]


def module(name: str, **attributes: object) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(attributes)
    return made


@pytest.fixture(autouse=True)
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """An installation with the sources of a kernel, without a compiled kernel; yields the uncompiled one."""
    for file, source in FILES.items():
        (tmp_path / file).parent.mkdir()
        (tmp_path / file).write_text(source, encoding="utf-8")
    uncompiled = module(loading.UNCOMPILED)
    monkeypatch.setattr(loading, "ROOT", tmp_path)
    monkeypatch.setattr(loading, "COMPILED", "simulator.engine._no_such_kernel")
    monkeypatch.setattr(loading, "CHECKED", "simulator.engine._no_such_checked_kernel")
    monkeypatch.setitem(sys.modules, loading.UNCOMPILED, uncompiled)
    monkeypatch.delenv(loading.VARIABLE, raising=False)
    loading._choose.cache_clear()
    yield uncompiled
    loading._choose.cache_clear()


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Install:
    """Put a compiled kernel in place that was built from the files as they are now."""

    def install(name: str | None = None) -> ModuleType:
        name = name or loading.COMPILED
        made = module(name, BUILT_FROM=(loading.digest(FILES, tmp_path), tuple(FILES)))
        monkeypatch.setitem(sys.modules, name, made)
        return made

    return install


def test_a_current_compiled_kernel_runs_and_nothing_is_said(compiled: Install) -> None:
    fast = compiled()
    assert loading.kernel() is fast
    assert loading.kernel_notice() is None


@pytest.mark.parametrize("file", FILES)
def test_a_compiled_kernel_is_not_used_after_a_change_of_any_of_its_files(
    compiled: Install, plain: ModuleType, tmp_path: Path, file: str
) -> None:
    compiled()
    (tmp_path / file).write_text("# another\n", encoding="utf-8")
    assert loading.kernel() is plain
    assert "out of date" in (loading.kernel_notice() or "")
    assert "make build" in (loading.kernel_notice() or "")


def test_a_compiled_kernel_of_which_a_file_is_gone_is_not_used(
    compiled: Install, plain: ModuleType, tmp_path: Path
) -> None:
    compiled()
    (tmp_path / "kernel/life.py").unlink()
    assert loading.kernel() is plain


def test_a_compiled_kernel_that_does_not_say_what_it_was_built_from_is_not_used(
    monkeypatch: pytest.MonkeyPatch, plain: ModuleType
) -> None:
    monkeypatch.setitem(sys.modules, loading.COMPILED, module(loading.COMPILED))
    assert loading.kernel() is plain


def test_without_a_compiled_kernel_the_plain_one_runs_and_the_notice_says_what_that_costs(plain: ModuleType) -> None:
    assert loading.kernel() is plain
    notice = loading.kernel_notice() or ""
    assert "missing" in notice
    assert "100 times slower" in notice
    assert "\n" not in notice


def test_a_compiled_kernel_that_fails_to_load_is_reported_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, plain: ModuleType
) -> None:
    real = importlib.import_module

    def fail(name: str) -> ModuleType:
        if name == loading.COMPILED:
            raise AttributeError("module 'simulator.plan' has no attribute 'Old'")
        return real(name)

    monkeypatch.setattr(importlib, "import_module", fail)
    assert loading.kernel() is plain
    assert "no attribute 'Old'" in (loading.kernel_notice() or "")


def test_asking_for_python_runs_the_plain_kernel_and_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, compiled: Install, plain: ModuleType
) -> None:
    compiled()
    monkeypatch.setenv(loading.VARIABLE, "python")
    assert loading.kernel() is plain
    assert loading.kernel_notice() is None


def test_asking_for_compiled_is_refused_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(loading.VARIABLE, "compiled")
    with pytest.raises(loading.KernelError, match="missing"):
        loading.kernel()


def test_asking_for_compiled_is_refused_when_it_is_out_of_date(
    monkeypatch: pytest.MonkeyPatch, compiled: Install, tmp_path: Path
) -> None:
    compiled()
    (tmp_path / "kernel/life.py").write_text("# newer\n", encoding="utf-8")
    monkeypatch.setenv(loading.VARIABLE, "compiled")
    with pytest.raises(loading.KernelError, match=r"out of date.*make build"):
        loading.kernel()


def test_asking_for_checked_runs_the_kernel_with_checks_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, compiled: Install
) -> None:
    compiled()
    monkeypatch.setenv(loading.VARIABLE, "checked")
    with pytest.raises(loading.KernelError, match=r"has not been built.*LOOPFORK_KERNEL=checked make build"):
        loading.kernel()
    loading._choose.cache_clear()
    checked = compiled(loading.CHECKED)
    assert loading.kernel() is checked
    assert loading.kernel_notice() is None


def test_an_unknown_wish_is_refused_with_the_words_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(loading.VARIABLE, "fast")
    with pytest.raises(loading.KernelError, match="LOOPFORK_KERNEL=fast: expected auto, compiled, python or checked"):
        loading.kernel()
