"""The one module with numba's options: `kernel`, `u64` and memory access, with and without jit.

Kernels and generated pipelines are written against four names: the decorator `kernel`, the integer
type `u64` (constants are module globals made with it, because numba would turn uint64 + int into a
float), and `load64`, `store64`... which move big-endian words between a packet and the registers.
With the jit these are numba's; without (`NUMBA_DISABLE_JIT=1`, or `plain=True` at load time) they
are Python's own integers, and arrays are handed over as memoryviews, whose elements are Python
integers too. So both run the same source, and the plain run, which cannot wrap or truncate
silently, is the reference of the jitted one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, MutableSequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from p4rsvp.fast import jit as fast
from p4rsvp.machinecode import kept
from p4rsvp.softswitch.straight import Straight

Words: TypeAlias = MutableSequence[int]  # uint64 words
Octets: TypeAlias = MutableSequence[int]  # bytes of packets

_Function = TypeVar("_Function", bound=Callable[..., Any])

_HERE = Path(__file__).parent
# What machine code is made of besides the module of its own kernel.
SOURCES = (_HERE / "kernels", *(_HERE / f"{name}.py" for name in ("jit", "straight", "layout")))
JIT_DISABLED = fast.JIT_DISABLED


def _jitted(function: _Function) -> _Function:
    options: dict[str, Any] = {
        "nogil": True,
        "error_model": "numpy",
        # Kernels create no arrays, so nothing needs counting: the atomic increments and decrements
        # of each argument at each call of a helper cost more than most helpers.
        "_nrt": False,
        "pipeline_class": Straight,
    }
    made: _Function = kept(numba.njit(**options)(function), *SOURCES)
    return made


def _unchanged(function: _Function) -> _Function:
    return function


def _word_access(width: int, *, store: bool) -> Any:
    """An intrinsic that loads or stores one big-endian word of `width` bits at a byte offset."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        word = ir.IntType(width)
        place = builder.bitcast(builder.gep(array.data, [args[1]]), word.as_pointer())
        if not store:
            loaded = builder.load(place, align=1)
            swapped = builder.bswap(loaded) if width > 8 else loaded
            return builder.zext(swapped, ir.IntType(64)) if width < 64 else swapped
        value = builder.trunc(args[2], word) if width < 64 else args[2]
        builder.store(builder.bswap(value) if width > 8 else value, place, align=1)
        return context.get_dummy_value()

    if store:

        def typer(_typing: Any, buffer: Any, _offset: Any, _value: Any) -> Any:
            return types.void(buffer, types.uint64, types.uint64), codegen

    else:

        def typer(_typing: Any, buffer: Any, _offset: Any) -> Any:  # type: ignore[misc]
            return types.uint64(buffer, types.uint64), codegen

    return intrinsic(typer)


def _plain_load(width: int) -> Callable[[Any, int], int]:
    size = width // 8

    def load(buffer: Any, offset: int) -> int:
        return int.from_bytes(buffer[offset : offset + size], "big")

    return load


def _plain_store(width: int) -> Callable[[Any, int, int], None]:
    size = width // 8
    ones = (1 << width) - 1

    def store(buffer: Any, offset: int, value: int) -> None:
        buffer[offset : offset + size] = (value & ones).to_bytes(size, "big")

    return store


@intrinsic
def _prefetch(_typing: Any, words: Any, _index: Any) -> Any:
    """Ask for the cache line of words[index], for reading and soon writing."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        place = builder.gep(array.data, [args[1]])
        pointer, i32 = cgutils.voidptr_t, ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer, i32, i32, i32])
        llvm = builder.module.declare_intrinsic("llvm.prefetch", (pointer,), kind)
        builder.call(llvm, [builder.bitcast(place, pointer), i32(1), i32(3), i32(1)])
        return context.get_dummy_value()

    return types.void(words, types.uint64), codegen


@intrinsic
def _copy_bytes(_typing: Any, target: Any, _at: Any, source: Any, _of: Any, _count: Any) -> Any:
    """Copy bytes between buffers that do not overlap."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        to = context.make_array(signature.args[0])(context, builder, args[0])
        of = context.make_array(signature.args[2])(context, builder, args[2])
        target = builder.gep(to.data, [args[1]])
        source = builder.gep(of.data, [args[3]])
        copy: Any = cgutils.raw_memcpy
        copy(builder, target, source, args[4], itemsize=1)
        return context.get_dummy_value()

    word = types.uint64
    return types.void(target, word, source, word, word), codegen


def _atomic(operation: str) -> Any:
    """An intrinsic that changes words[index] in one step; answers what was there."""

    def typer(_typing: Any, words: Any, _index: Any, _value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            array = context.make_array(signature.args[0])(context, builder, args[0])
            place = builder.gep(array.data, [args[1]])
            return builder.atomic_rmw(operation, place, args[2], "seq_cst")

        return types.uint64(words, types.uint64, types.uint64), codegen

    return intrinsic(typer)


def _plain_atomic_or(words: Any, index: int, value: int) -> int:
    before: int = words[index]
    words[index] = before | value
    return before


def _plain_atomic_and(words: Any, index: int, value: int) -> int:
    before: int = words[index]
    words[index] = before & value
    return before


def _plain_copy_bytes(target: Any, at: int, source: Any, of: int, count: int) -> None:
    target[at : at + count] = source[of : of + count]


def _plain_prefetch(_words: Any, _index: int) -> None:
    """Without the jit there is no cache to warm."""


PLAIN: dict[str, Any] = {
    "kernel": _unchanged,
    "u64": int,
    "prefetch": _plain_prefetch,
    "copy_bytes": _plain_copy_bytes,
    "atomic_or": _plain_atomic_or,
    "atomic_and": _plain_atomic_and,
}
JITTED: dict[str, Any] = {
    "kernel": _jitted,
    "u64": np.uint64,
    "prefetch": _prefetch,
    "copy_bytes": _copy_bytes,
    "atomic_or": _atomic("or"),
    "atomic_and": _atomic("and"),
}
for _width in (8, 16, 32, 64):
    PLAIN[f"load{_width}"] = _plain_load(_width)
    PLAIN[f"store{_width}"] = _plain_store(_width)
    JITTED[f"load{_width}"] = _word_access(_width, store=False)
    JITTED[f"store{_width}"] = _word_access(_width, store=True)

_ACTIVE = PLAIN if JIT_DISABLED else JITTED

kernel: Callable[[_Function], _Function] = _ACTIVE["kernel"]
u64: Callable[[int], int] = _ACTIVE["u64"]
prefetch: Callable[[Words, int], None] = _ACTIVE["prefetch"]
copy_bytes: Callable[[Octets, int, Octets, int, int], None] = _ACTIVE["copy_bytes"]
atomic_or: Callable[[Words, int, int], int] = _ACTIVE["atomic_or"]
atomic_and: Callable[[Words, int, int], int] = _ACTIVE["atomic_and"]
load8: Callable[[Octets, int], int] = _ACTIVE["load8"]
load16: Callable[[Octets, int], int] = _ACTIVE["load16"]
load32: Callable[[Octets, int], int] = _ACTIVE["load32"]
load64: Callable[[Octets, int], int] = _ACTIVE["load64"]
store8: Callable[[Octets, int, int], None] = _ACTIVE["store8"]
store16: Callable[[Octets, int, int], None] = _ACTIVE["store16"]
store32: Callable[[Octets, int, int], None] = _ACTIVE["store32"]
store64: Callable[[Octets, int, int], None] = _ACTIVE["store64"]


def view(array: np.ndarray[Any, Any], *, plain: bool) -> Any:
    """The form in which kernels of this mode take an array."""
    return memoryview(array.data) if plain else array


def machine_tag() -> str:
    """What compiled code depends on besides its source: numba's version and the CPU."""
    return f"numba {numba.__version__} {os.environ.get('NUMBA_CPU_NAME', '')}"
