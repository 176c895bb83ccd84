"""Messages of a shape that has been seen, read at a stroke.

The shape of a message is its type and the chain of its object headers: lengths, classes and C-Types
in their order. A network's messages have few, and two of one shape differ in nothing but what is in
the objects: so one comparison of masked bits checks every header, one `struct` cuts the bodies out,
and each goes to the decoder and to the field that it went to the first time. message.py reads with
care, is the reference, and knows what to complain of: whatever is amiss is left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from struct import Struct
from typing import TYPE_CHECKING, Any

from p4rsvp.wire.chain import OBJECT_HEADER, split_objects
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.header import HEADER_BYTES
from p4rsvp.wire.objects import ENTRIES, WireObject

if TYPE_CHECKING:
    from p4rsvp.wire.messages import Message

_LENGTH = slice(6, 8)  # of the message, in its header
# Behind the objects of a message stand its flow descriptors, and what fields without any hold.
_FLOWS, _NO_OBJECT, _NO_OBJECTS = -3, -2, -1
_SEVERAL = -4  # several objects in one field, which a shape has no place for
_NAMED = ("integrity", "message_id")  # of any message; they are not among the positional fields


class Shape:
    """One shape: all that is the same in every message of it."""

    def __init__(
        self, data: bytes, message: Message, places: Sequence[int], named: dict[str, int]
    ) -> None:
        """Learn it from a message; `places` and `named`: which object is in which field."""
        spans = split_objects(data, HEADER_BYTES)
        layout = "".join([f"{OBJECT_HEADER.size}x{len(body)}s" for _, _, body in spans])
        self._cut = Struct(f"!BxHB3x{layout}").unpack
        mask = bytearray(len(data))
        mask[0], mask[_LENGTH] = 0xF0, b"\xff\xff"  # the version, which is its upper half
        for at, _, _ in spans:
            mask[at : at + OBJECT_HEADER.size] = b"\xff" * OBJECT_HEADER.size
        self._mask = int.from_bytes(mask)
        self._same = self._mask & int.from_bytes(data)
        entries = [ENTRIES[kind] for _, kind, _ in spans]
        # Of each object what gives it, or None, and what does then; what does not recur is decoded.
        self._readers = tuple(
            [(e.decode if e.seen is None else e.seen.get, e.read) for e in entries]
        )
        self._class = type(message)
        self._arrange = itemgetter(*places)
        self._named = named
        self._read_flows: Callable[[list[WireObject]], object] | None = None
        if _FLOWS in places:
            style = places[_positional(message).index("style")]
            self._read_flows = message.grammar.flows_behind(style)

    def read(self, data: bytes) -> Message | None:
        """Read a message that is as long as those of this shape; None where it is of another."""
        number = int.from_bytes(data)
        if number & self._mask != self._same:
            return None
        version_flags, checksum, send_ttl, *bodies = self._cut(data)
        if checksum and number % 0xFFFF:
            return None
        try:
            found: list[Any] = [
                known(body) or read(body)
                for (known, read), body in zip(self._readers, bodies, strict=True)
            ]
            flows = None if self._read_flows is None else self._read_flows(found)
        except DecodeError:
            return None
        found += (flows, None, ())
        flags = version_flags & 0xF
        if not self._named:  # which takes a quarter less time
            return self._class(*self._arrange(found), send_ttl=send_ttl, flags=flags)
        named = {name: found[place] for name, place in self._named.items()}
        return self._class(*self._arrange(found), send_ttl=send_ttl, flags=flags, **named)


def learn(data: bytes, objects: Sequence[WireObject], message: Message) -> Shape | None:
    """The shape of a message that has been read; None where a shape would not tell all of it."""
    kinds = [kind for _, kind, _ in split_objects(data, HEADER_BYTES)]
    if message.acks or message.extras or not ENTRIES.keys() >= set(kinds):
        return None
    places = [_place(objects, name, getattr(message, name)) for name in _positional(message)]
    named = {name: _place(objects, name, getattr(message, name)) for name in _NAMED}
    if _SEVERAL in places or len(places) < 2:  # a Hello, say: there is nothing to arrange
        return None
    return Shape(data, message, places, {n: at for n, at in named.items() if at >= 0})


def _positional(message: Message) -> list[str]:
    return list(type(message).__match_args__)


def _place(objects: Sequence[WireObject], name: str, value: object) -> int:
    """Where a field's value stands: among the objects, or behind them."""
    if name == "flows":
        return _FLOWS
    if value is None:
        return _NO_OBJECT
    if value == ():
        return _NO_OBJECTS
    return next((index for index, item in enumerate(objects) if item is value), _SEVERAL)
