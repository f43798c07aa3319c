"""Which kernel runs: never one that was built from another source, and never slowly without a word."""

import hashlib
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from simulator.engine import loading

SOURCE = b"def run(): ...\n"
Install = Callable[..., ModuleType]


def module(name: str, **attributes: str) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(attributes)
    return made


@pytest.fixture(autouse=True)
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """An installation with a kernel source, without a compiled kernel; yields the uncompiled one."""
    source = tmp_path / "kernel.py"
    source.write_bytes(SOURCE)
    uncompiled = module(loading.UNCOMPILED)
    monkeypatch.setattr(loading, "SOURCE", source)
    monkeypatch.setattr(loading, "COMPILED", "simulator.engine._no_such_kernel")
    monkeypatch.setitem(sys.modules, loading.UNCOMPILED, uncompiled)
    monkeypatch.delenv(loading.VARIABLE, raising=False)
    loading._choose.cache_clear()
    yield uncompiled
    loading._choose.cache_clear()


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a compiled kernel in place that was built from the given source."""

    def install(source: bytes = SOURCE) -> ModuleType:
        made = module(loading.COMPILED, BUILT_FROM=hashlib.sha256(source).hexdigest())
        monkeypatch.setitem(sys.modules, loading.COMPILED, made)
        return made

    return install


def test_a_current_compiled_kernel_runs_and_nothing_is_said(compiled: Install) -> None:
    fast = compiled()
    assert loading.kernel() is fast
    assert loading.kernel_notice() is None


def test_a_compiled_kernel_built_from_another_source_is_not_used(compiled: Install, plain: ModuleType) -> None:
    compiled(SOURCE + b"# one line more\n")
    assert loading.kernel() is plain
    assert "out of date" in (loading.kernel_notice() or "")
    assert "make build" in (loading.kernel_notice() or "")


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
    monkeypatch: pytest.MonkeyPatch, compiled: Install
) -> None:
    compiled(b"older")
    monkeypatch.setenv(loading.VARIABLE, "compiled")
    with pytest.raises(loading.KernelError, match=r"out of date.*make build"):
        loading.kernel()


def test_an_unknown_wish_is_refused_with_the_words_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(loading.VARIABLE, "fast")
    with pytest.raises(loading.KernelError, match="LOOPFORK_KERNEL=fast: expected auto, compiled or python"):
        loading.kernel()
