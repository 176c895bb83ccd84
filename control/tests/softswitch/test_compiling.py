"""Machine code on disk: shared by processes, never stale, and never of floats."""

from __future__ import annotations

import fcntl
import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numba.core.errors import TypingError

from p4rsvp import machinecode
from p4rsvp.softswitch import jit

KERNEL = """
from p4rsvp.softswitch.jit import kernel, u64
TWO = u64(2)

@kernel
def twice(n):
    return n * TWO

@kernel
def broken(n, signed):
    return n if n == TWO else signed
"""

needs_jit = pytest.mark.skipif(jit.JIT_DISABLED, reason="without the jit nothing is compiled")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of kernels that keeps its machine code beside them."""
    monkeypatch.setattr("numba.core.config.CACHE_DIR", "")
    (tmp_path / "kernels.py").write_text(KERNEL)
    return tmp_path


def load(folder: Path) -> ModuleType:
    """The module of kernels as a process that starts now would have it."""
    machinecode.digest.cache_clear()
    spec = importlib.util.spec_from_file_location("kernels_of_a_test", folder / "kernels.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def is_taken(folder: Path, wish: int) -> bool:
    with (folder / "lock").open("a") as held:
        try:
            fcntl.flock(held, wish | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_locked_folder_is_closed_to_others_until_it_is_let_go(tmp_path: Path) -> None:
    with machinecode.locked(tmp_path):
        assert is_taken(tmp_path, fcntl.LOCK_SH)
    assert not is_taken(tmp_path, fcntl.LOCK_EX)


def test_those_who_read_share_a_folder_and_keep_out_who_writes(tmp_path: Path) -> None:
    with machinecode.locked(tmp_path, shared=True):
        assert not is_taken(tmp_path, fcntl.LOCK_SH)
        assert is_taken(tmp_path, fcntl.LOCK_EX)


@needs_jit
def test_a_kernel_is_compiled_once_and_loaded_after_that(folder: Path) -> None:
    first = load(folder)
    assert first.twice(np.uint64(21)) == 42
    second = load(folder)
    assert second.twice(np.uint64(21)) == 42
    assert not first.twice.stats.cache_hits
    assert second.twice.stats.cache_hits


@needs_jit
def test_a_change_of_another_module_of_the_folder_makes_machine_code_stale(folder: Path) -> None:
    load(folder).twice(np.uint64(21))
    (folder / "other.py").write_text("A = 1\n")
    changed = load(folder)
    changed.twice(np.uint64(21))
    assert not changed.twice.stats.cache_hits


@needs_jit
def test_a_word_that_meets_a_signed_number_is_refused_instead_of_becoming_a_float(
    folder: Path,
) -> None:
    with pytest.raises(TypingError, match=r"broken: .* has become a float64"):
        load(folder).broken(np.uint64(1), 2)
