"""Which messages are only passed on: they are neither intercepted nor addressed to this node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.wire.codes import MessageType

if TYPE_CHECKING:
    from p4rsvp.engine.core import Core
    from p4rsvp.wire.address import Address

# RFC 2205 3.3: these are addressed to the data's destination, and stop at every RSVP node.
_INTERCEPTED = (MessageType.PATH, MessageType.PATH_TEAR, MessageType.RESV_CONF)


def is_in_transit(node: Core, data: bytes, destination: Address) -> bool:
    """RFC 2209: what is neither intercepted nor addressed to us is forwarded as data is."""
    return len(data) > 1 and data[1] not in _INTERCEPTED and destination not in node.own_addresses
