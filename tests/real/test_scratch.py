"""The folder of a measured run goes with the run; one that a killed run left goes with the next."""

import os
from pathlib import Path

import pytest

from simulator.real.measure import LOCK, PREFIX, YOUNGEST_S, remove_dead_folders, scratch_folder

LATER = 1e12
"""A moment at which every folder is old."""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def left_behind(home: Path, *files: str) -> Path:
    folder = home / f"{PREFIX}dead"
    folder.mkdir()
    for file in files:
        (folder / file).touch()
    return folder


def test_the_folder_is_there_for_as_long_as_the_block(temporary: Path) -> None:
    with scratch_folder() as folder:
        (folder / "report").write_text("a line")
        assert folder.parent == temporary
    assert list(temporary.iterdir()) == []


def test_what_a_killed_run_left_goes_with_the_next_one(temporary: Path) -> None:
    dead = left_behind(temporary, LOCK, "job.npz")
    os.utime(dead, (0, 0))
    with scratch_folder() as folder:
        assert list(temporary.iterdir()) == [folder]


def test_a_run_that_lives_keeps_its_folder(temporary: Path) -> None:
    with scratch_folder() as folder:
        remove_dead_folders(LATER)
        assert folder.is_dir()


def test_a_folder_that_is_young_or_none_of_ours_is_left_alone(temporary: Path) -> None:
    young = left_behind(temporary, LOCK)
    remove_dead_folders(young.stat().st_mtime + YOUNGEST_S / 2)
    assert young.is_dir()
    (young / LOCK).unlink()
    remove_dead_folders(LATER)
    assert young.is_dir()


def test_a_link_is_not_followed(temporary: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / LOCK).touch()
    (temporary / f"{PREFIX}link").symlink_to(elsewhere)
    remove_dead_folders(LATER)
    assert (elsewhere / LOCK).exists()
