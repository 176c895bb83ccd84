"""How p4rsvp compiles: every numba option of the project stands in this one module.

A kernel is a function over flat numpy arrays and integers, decorated with `@kernel`. Beside each
stands a plain twin in a module `*_plain`, written for the reader with Python's own bytes and
integers; tests hold the two together. With NUMBA_DISABLE_JIT=1 a kernel runs as the Python that it
is, as a second reference.

Four traps, and the house rules that avoid them:
* The machine code is cached on disk under the content of the folder of the kernel's module, so a
  change elsewhere would go unseen: a kernel calls only kernels of its own folder.
* In numba `uint64` with a signed integer becomes a float: words are `np.uint64` throughout, and so
  are the constants that they meet.
* Taking an array out of a named tuple counts a reference, and that atomically: a kernel unpacks its
  tuples before its loop (a scan of messages ran at two thirds of its speed without).
* Words wrap silently when compiled, while numpy warns: without the jit, the warning is off in here.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeAlias, TypeVar

import numba
import numpy as np
from numba import njit

from p4rsvp.machinecode import kept

JIT_DISABLED = bool(numba.core.config.DISABLE_JIT)  # type: ignore[attr-defined]  # set as it is imported
Int: TypeAlias = int | np.int64  # what a kernel takes for an int: compiled, the two are one

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def kernel(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Compile at the first call, keep the code on disk, run without the interpreter's lock."""
    if JIT_DISABLED:
        return _wrapping(function)
    # error_model: a division raises nothing, so that loops vectorise; kernels check their divisors.
    compiled: Callable[_Arguments, _Result]
    compiled = kept(njit(nogil=True, error_model="numpy")(function))
    return compiled


def _wrapping(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Give a kernel that runs as plain Python the arithmetic of the compiled one."""

    @wraps(function)
    def run(*arguments: _Arguments.args, **named: _Arguments.kwargs) -> _Result:
        with np.errstate(over="ignore"):
            return function(*arguments, **named)

    return run
