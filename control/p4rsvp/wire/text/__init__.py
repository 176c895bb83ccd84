"""Messages as text that an engineer reads at a glance, every number with its unit.

`message_lines` gives a label and a text for each line, for whoever lays them out or colours them;
`to_text` is the plain form. Objects stand in the order of the wire, each under its class's name.
How one object reads is decided in the modules beside this one (the table `describe`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from p4rsvp.wire.codes import HeaderFlag, MessageType
from p4rsvp.wire.message import Bundle
from p4rsvp.wire.messages import Message
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.text import intserv, later, policy, rfc2205  # noqa: F401  # they fill the table
from p4rsvp.wire.text.core import describe, flags, joined, label

_INDENT = "  "
_HEADER_FLAGS = ((HeaderFlag.REFRESH_REDUCTION_CAPABLE, "refresh reduction capable"),)

# The names that the RFCs give the message types, which no enumeration can spell.
MESSAGE_NAMES: dict[int, str] = {
    MessageType.PATH: "Path",
    MessageType.RESV: "Resv",
    MessageType.PATH_ERR: "PathErr",
    MessageType.RESV_ERR: "ResvErr",
    MessageType.PATH_TEAR: "PathTear",
    MessageType.RESV_TEAR: "ResvTear",
    MessageType.RESV_CONF: "ResvConf",
    MessageType.DREQ: "DREQ",
    MessageType.DREP: "DREP",
    MessageType.BUNDLE: "Bundle",
    MessageType.ACK: "Ack",
    MessageType.SREFRESH: "Srefresh",
    MessageType.HELLO: "Hello",
    MessageType.INTEGRITY_CHALLENGE: "Integrity Challenge",
    MessageType.INTEGRITY_RESPONSE: "Integrity Response",
    MessageType.RECOVERY_PATH: "RecoveryPath",
}


class Line(NamedTuple):
    """One line of text; a line that goes on with the object of the one before has no label."""

    label: str
    text: str


def message_name(number: int) -> str:
    """`Path` for 1; a type that we do not know is named by its number."""
    return MESSAGE_NAMES.get(number, f"type {number}")


def header_flags(value: int) -> str | None:
    """The flags of the common header in words; None where none is set."""
    return flags(value, _HEADER_FLAGS)


def message_lines(message: Message | Bundle) -> Iterator[Line]:
    """The lines of a message, without its name; in a Bundle each message starts with its own."""
    if not isinstance(message, Bundle):
        yield from object_lines(message.grammar.objects(message))
        return
    for inner in message.messages:
        yield Line(message_name(inner.type), _header(inner))
        yield from (Line(_INDENT + name, text) for name, text in message_lines(inner))


def object_lines(objects: Iterable[WireObject]) -> Iterator[Line]:
    """The lines of objects in the order in which they come."""
    for item in objects:
        name = label(item)
        for text in describe(item):
            yield Line(name, text)
            name = ""


def laid_out(lines: Iterable[Line], style: Callable[[str], str] = str) -> Iterator[str]:
    """The lines in two columns; `style` may colour a label."""
    rows = list(lines)
    width = max((len(row.label) for row in rows), default=0)
    for name, text in rows:
        yield f"{style(name.ljust(width))}{_INDENT}{text}".rstrip()


def to_text(message: Message | Bundle) -> str:
    """The whole message as plain text."""
    head = joined(message_name(message.type), _header(message))
    return "\n".join([head, *(_INDENT + line for line in laid_out(message_lines(message)))])


def _header(message: Message | Bundle) -> str:
    return joined(f"Send_TTL {message.send_ttl}", header_flags(message.flags))
