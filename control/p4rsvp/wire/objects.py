"""What an RSVP object is, and the registry of those we interpret (RFC 2205 3.1.2).

Every object is an immutable value that knows its class number, its C-Type and its body: a frozen,
slotted dataclass, or, where every message has new ones, a struct of msgspec, which is made in a
fifth of the time. The garbage collector may leave a struct alone (`gc=False`): a value holds what
was there before it, so that no circle goes through it. A
decoder is a function from a body to such a value, registered under `class number << 8 | C-Type`,
which is how the two stand on the wire. Bodies of one fixed size declare it here, so that a decoder
need not check.

The modules beside this one hold the objects; `p4rsvp.wire.registry` imports them all and is what
the message codec uses. Objects that we know to exist and do not interpret are `Opaque` (names:
opaque.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from struct import Struct
from typing import ClassVar, TypeVar

import msgspec

_HEADER = Struct("!HBB")  # length in bytes, header included; class number; C-Type


class WireObject:
    """The base of every object. Subclasses are frozen dataclasses with slots, or frozen structs."""

    __slots__ = ()

    class_num: ClassVar[int]

    @property
    def c_type(self) -> int:
        """The C-Type, which for most classes follows from the address family."""
        raise AttributeError(f"{type(self).__name__} names no C-Type")

    def body(self) -> bytes:
        """The bytes behind the object header; a multiple of four."""
        raise AttributeError(f"{type(self).__name__} has no body")

    def encode(self) -> bytes:
        """The whole object, header included."""
        body = self.body()
        return _HEADER.pack(len(body) + 4, self.class_num, self.c_type) + body


class RecurringObject(WireObject):
    """One of a kind whose few values recur; it keeps its encoding once that has been asked for."""

    __slots__ = ("_encoded",)

    _encoded: bytes

    def encode(self) -> bytes:
        """The whole object, header included."""
        try:
            return self._encoded
        except AttributeError:
            encoded = super().encode()
            object.__setattr__(self, "_encoded", encoded)
            return encoded


@dataclass(frozen=True, slots=True)
class Entry:
    """What the registry knows of one (class, C-Type)."""

    name: str  # the RFC's own: "SESSION IPv4/UDP"
    size: int | None  # of the body, in bytes; None where it varies and the decoder checks
    decode: Callable[[bytes], WireObject]
    # The values of bodies that have been seen, for kinds whose few values recur in message after
    # message (hops, periods, styles, traffic parameters). Objects are immutable, so whoever asks
    # gets the same one: reading is one look-up, and a million states share what is equal.
    seen: dict[bytes, WireObject] | None = None

    def read(self, body: bytes) -> WireObject:
        """Decode a body of the right size, and keep what recurs."""
        item = self.decode(body)
        if self.seen is not None:
            if len(self.seen) >= MOST_SEEN:
                self.seen.clear()
            self.seen[body] = item
        return item


def field_names(value: object) -> tuple[str, ...]:
    """The names of the fields of a value, whichever sort it is of."""
    if isinstance(value, msgspec.Struct):
        return value.__struct_fields__
    return tuple(field.name for field in fields(value))  # type: ignore[arg-type]  # a dataclass


MOST_SEEN = 8_192  # of one kind; a peer that varies them costs us the look-up and no memory

ENTRIES: dict[int, Entry] = {}

_Decoder = TypeVar("_Decoder", bound=Callable[[bytes], WireObject])


def decodes(
    class_num: int, c_type: int, name: str, *, size: int | None = None, recurs: bool = False
) -> Callable[[_Decoder], _Decoder]:
    """Register the decorated function as the decoder of bodies of this class and C-Type."""

    def register(decoder: _Decoder) -> _Decoder:
        kind = class_num << 8 | c_type
        assert kind not in ENTRIES, f"class {class_num} C-Type {c_type} is registered twice"
        ENTRIES[kind] = Entry(name, size, decoder, {} if recurs else None)
        return decoder

    return register
