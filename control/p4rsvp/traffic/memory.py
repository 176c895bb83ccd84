"""Where counts are kept: in memory of our own, or in files that another process reads meanwhile.

Words are written one at a time and never torn, so whoever looks on needs no lock: it sees each
count as of some moment.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NewWords: TypeAlias = "Callable[[int], NDArray[np.uint64]]"


def new_words(length: int) -> NDArray[np.uint64]:
    """So many words of nobody else's, all 0."""
    return np.zeros(length, dtype=np.uint64)


def shared_words(path: Path) -> NewWords:
    """Words in files beside this name, numbered as they are asked for.

    All who ask for the same lengths in the same order share them; who comes first makes them.
    """
    numbers = count()

    def words(length: int) -> NDArray[np.uint64]:
        part = path.with_name(f"{path.name}.{next(numbers)}")
        if part.exists():
            found = np.memmap(part, dtype=np.uint64, mode="r+", shape=(length,))
        else:
            found = np.memmap(part, dtype=np.uint64, mode="w+", shape=(length,))
        return np.asarray(found)

    return words
