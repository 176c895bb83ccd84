"""Objects that a node does not know: to be refused, ignored or passed on (RFC 2205 3.10)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from operator import attrgetter
from typing import Any, TypeVar

from msgspec.structs import replace

from p4rsvp.wire.codes import ErrorCode, UnknownClassAction
from p4rsvp.wire.grammar import Placed
from p4rsvp.wire.messages import Message, Path, Resv
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.opaque import NullObject, Opaque

# Every message has two objects before any that must come last; unknown ones need not keep their
# order (3.10, rule 4).
_POSITION = 2

AnyMessage = TypeVar("AnyMessage", bound=Message)


def forwardable(message: Message) -> tuple[WireObject, ...]:
    """The objects of unknown class 11bbbbbb: to be stored, and sent on unexamined."""
    if not message.extras:  # as in nearly every message
        return ()
    return tuple(
        item
        for _, item in message.extras
        if UnknownClassAction.of(item.class_num) is UnknownClassAction.FORWARD
    )


def as_extras(items: Collection[WireObject]) -> tuple[Placed, ...]:
    """Objects for a message of our own making, where any message may have them."""
    if not items:  # as in nearly every message
        return ()
    return tuple([Placed(_POSITION, item) for item in items])


def onward(message: AnyMessage) -> AnyMessage:
    """The message as the next node is to have it: without what belongs to the hop it came by.

    RFC 2747 2 and RFC 2961 4: INTEGRITY and the message ids are between neighbours.
    """
    return replace(
        message,
        flags=0,
        integrity=None,
        acks=(),
        message_id=None,
        extras=as_extras(forwardable(message)),
    )


def refused(message: Message) -> tuple[ErrorCode, int] | None:
    """The error for an object that we must refuse, being no RSVP-TE node; None if there is none."""
    item = rejected(message) if message.extras else None
    if item is not None:
        return ErrorCode.UNKNOWN_OBJECT_CLASS, _kind(item)
    for found in _MUST_READ[type(message)](message):
        if isinstance(found, Opaque):
            return ErrorCode.UNKNOWN_OBJECT_C_TYPE, found.kind
    return None


# Of the messages that are answered: the objects without which nothing can be done with them.
_MUST_READ: dict[type[Message], Callable[[Any], tuple[WireObject, ...]]] = {
    Path: attrgetter("session", "hop", "template", "tspec"),
    Resv: attrgetter("session", "hop"),
}


def rejected(message: Message) -> WireObject | None:
    """An object of a class that refuses the whole message."""
    for _, item in message.extras:
        if isinstance(item, NullObject):
            continue
        if UnknownClassAction.of(item.class_num) is UnknownClassAction.REJECT:
            return item
    return None


def _kind(item: WireObject) -> int:
    return item.class_num << 8 | item.c_type
