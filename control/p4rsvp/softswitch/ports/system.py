"""System calls from kernels, without the interpreter: the clock, sleep, and a packet socket's.

With the jit these are the C library's functions, found by name; without, the same by ctypes.
Buffers are handed over by address (`address_of`), since a kernel owns no memory; whoever takes an
address keeps the array.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core import types
from numba.extending import intrinsic

from p4rsvp.softswitch.jit import JIT_DISABLED, Words, kernel, u64

if TYPE_CHECKING:
    from collections.abc import Callable

_C_LIBRARY = ctypes.CDLL(None)
# name -> argument types; all answer an int but `send`. An address is a word.
_SIGNATURES: dict[str, tuple[str, ...]] = {
    "clock_gettime": ("int32", "uint64"),
    "clock_nanosleep": ("int32", "int32", "uint64", "uint64"),
    "poll": ("uint64", "uint64", "int32"),
    "send": ("int32", "uint64", "uint64", "int32"),
}
_CTYPES = {"int32": ctypes.c_int, "uint64": ctypes.c_uint64}


def _function(name: str) -> Any:
    arguments = _SIGNATURES[name]
    if not JIT_DISABLED:
        answer = types.int64 if name == "send" else types.int32
        return types.ExternalFunction(name, answer(*(getattr(types, a) for a in arguments)))
    function = getattr(_C_LIBRARY, name)
    function.argtypes = [_CTYPES[a] for a in arguments]
    function.restype = ctypes.c_int64 if name == "send" else ctypes.c_int
    return function


clock_gettime: Callable[[int, int], int] = _function("clock_gettime")
clock_nanosleep: Callable[[int, int, int, int], int] = _function("clock_nanosleep")
poll: Callable[[int, int, int], int] = _function("poll")
send: Callable[[int, int, int, int], int] = _function("send")


@intrinsic
def _fence(_typing: Any) -> Any:
    """No reading or writing moves across."""

    def codegen(context: Any, builder: Any, _signature: Any, _args: Any) -> Any:
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), codegen


def _plain_fence() -> None:
    """An interpreter does things in order."""


_fences: dict[bool, Any] = {True: _plain_fence, False: _fence}
fence: Callable[[], None] = _fences[JIT_DISABLED]

REALTIME = 0
MONOTONIC = 1
UNTIL = 1  # TIMER_ABSTIME: sleep until a time, not for one
DONT_WAIT = 0x40
READABLE = 1
BILLION = u64(1_000_000_000)
ZERO = u64(0)


def address_of(array: np.ndarray) -> int:
    """Where an array's first byte is."""
    return int(u64(array.ctypes.data))


@kernel
def read_clock(clock: int, pair: Words, pair_at: int) -> int:
    """A clock in ns; `pair` are two words to read it into, `pair_at` their address."""
    clock_gettime(clock, pair_at)
    return pair[0] * BILLION + pair[1]


@kernel
def sleep_until(clock: int, when_ns: int, pair: Words, pair_at: int) -> None:
    """Sleep until a clock shows this time, or a signal comes."""
    pair[0] = when_ns // BILLION
    pair[1] = when_ns % BILLION
    clock_nanosleep(clock, UNTIL, pair_at, ZERO)


@kernel
def kick(descriptor: int) -> bool:
    """Have the kernel send what is ready in a socket's ring; False where it could not."""
    return send(descriptor, ZERO, ZERO, DONT_WAIT) >= 0


def pollfd(descriptor: int) -> np.ndarray:
    """A struct pollfd that waits for something to read."""
    return np.array([descriptor & 0xFFFFFFFF | READABLE << 32], dtype=np.uint64)
