"""Machine code on disk that processes share: numba's own cache, behind a lock and a digest.

numba keeps the machine code of each kernel in files beside an index. Two things about it do not
suffice here. Two processes that compile at once can give one file to two signatures, so whoever
reads or writes takes a lock on the folder first. And the index holds for the date of the one module
that has the kernel, although kernels become part of those that call them; here it holds for what
all modules of the folder contain, and whatever else the kernels say that they are made of.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numba.core.caching import FunctionCache, IndexDataCacheFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def locked(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Keep other processes out of a folder; `shared` lets in those that only read."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield  # closing the file gives the lock back, as does the end of the process


@cache
def digest(*sources: Path) -> str:
    """What these modules and folders of modules contain, as one short text."""
    sha = sha256()
    for source in sources:
        for path in sorted(source.glob("*.py")) if source.is_dir() else [source]:
            sha.update(path.read_bytes())
    return sha.hexdigest()


class SharedCache(FunctionCache):
    """The machine code of one kernel."""

    def __init__(self, function: Callable[..., Any], sources: tuple[Path, ...]) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]  # numba has no types
        self._folder = Path(self.cache_path)
        stamp = digest(Path(function.__code__.co_filename).parent, *sources)
        self._cache_file = IndexDataCacheFile(self.cache_path, self._impl.filename_base, stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What was compiled for this signature, or None."""
        with locked(self._folder, shared=True):
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]  # so

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled."""
        with locked(self._folder):
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]  # so


def kept(dispatcher: Any, *sources: Path) -> Any:
    """Make a kernel keep its machine code on disk; `sources` are what else it is made of."""
    dispatcher._cache = SharedCache(dispatcher.py_func, sources)  # noqa: SLF001  # numba has no hook
    return dispatcher
