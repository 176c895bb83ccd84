"""One way through the project's own program: entries, reservations, and frames that have them.

Port 1 leads to port 2 by one next hop; the routes are 256 of 24 bits and one of 8. Each flow is UDP
over IPv4 in frames of 128 bytes and has a reservation with a meter. All that the switch benches
write and send comes from here, so that whatever is compared gets the same.
"""

from __future__ import annotations

import struct
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import numpy as np

from p4rsvp.dataplane.entities import (
    Action,
    MeterConfig,
    MeterEntry,
    TableEntry,
    Update,
    UpdateType,
)
from p4rsvp.target.artefacts import P4INFO, V1MODEL_JSON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from p4rsvp.dataplane.p4info import P4Info

FRAME_BYTES = 128
IN_PORT, OUT_PORT = 1, 2
QUEUE = 3
OWN_MAC = 0x02
RESERVATIONS_AT_MOST = 131_071
UDP = 17


def texts() -> tuple[str, str]:
    """P4Info and JSON, as they are checked in."""
    return P4INFO.read_text(), V1MODEL_JSON.read_text()


class Way:
    """What a controller writes for it, in the ids of a P4Info."""

    def __init__(self, info: P4Info) -> None:
        self._tables = {t.name.split(".")[-1]: i for i, t in info.tables.items()}
        self._actions = {a.name.split(".")[-1]: i for i, a in info.actions.items()}
        self._meter = next(i for i, m in info.meters.items() if "reservation" in m.name)

    def updates(self, reservations: int) -> list[Update]:
        """The way and so many reservations on it."""
        numbers = range(reservations)
        made = [Update(UpdateType.INSERT, entry) for entry in self._connection()]
        made += [Update(UpdateType.INSERT, self.filter(n)) for n in numbers]
        return made + [
            Update(UpdateType.MODIFY, self._rate(n)) for n in numbers[:RESERVATIONS_AT_MOST]
        ]

    def filter(self, number: int) -> TableEntry:
        """A flow's place in the classifier."""
        source, destination, source_port, port = _flow(number)
        match = (OUT_PORT, destination, UDP, port, source, source_port)
        action = Action(self._actions["reserve"], (number % RESERVATIONS_AT_MOST + 1, 1))
        return TableEntry(self._tables["ipv4_five_tuple"], match, action)

    def rows(self, kind: UpdateType, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """The same as a P4Runtime server hands sound writes on: rows of numbers."""
        source, destination, source_port, port = _flow(numbers)
        entry = self.filter(0)
        assert isinstance(entry.action, Action)
        heads = kind, entry.table_id, entry.action.action_id, OUT_PORT
        behind = numbers % RESERVATIONS_AT_MOST + 1, 1
        columns = (*heads, destination, UDP, port, source, source_port, *behind)
        return np.stack([np.broadcast_to(c, len(numbers)) for c in columns], axis=1)

    def _rate(self, number: int) -> MeterEntry:
        return MeterEntry(self._meter, number + 1, MeterConfig(10**6, 10**5, 10**7, 10**6))

    def _connection(self) -> Iterator[TableEntry]:
        destination = int(ip_address("10.0.0.0"))
        yield self._entry("interfaces", (IN_PORT, 0), "admit", 1, OWN_MAC, 1)
        yield self._entry("ipv4_routes", ((destination, 8),), "route", 1)
        for number in range(256):
            yield self._entry("ipv4_routes", ((destination | number << 8, 24),), "route", 1)
        yield self._entry("next_hops", (1,), "reach", OUT_PORT, 0x0200000000AA)
        leave = OUT_PORT, 0x0200000000BB, 0, 1500, 1
        yield self._entry("outgoing_interfaces", (OUT_PORT,), "leave", *leave)
        for service_class in range(4):
            for colour in range(3):
                yield self._entry("verdicts", (service_class, colour), "send", QUEUE)

    def _entry(self, table: str, match: tuple[Any, ...], action: str, *params: int) -> TableEntry:
        return TableEntry(self._tables[table], match, Action(self._actions[action], params))


def frame(number: int) -> bytes:
    """A packet of a flow, without a UDP checksum."""
    source, destination, source_port, port = _flow(number)
    size = FRAME_BYTES - 14
    head = struct.pack("!BBHHHBBHII", 0x45, 0, size, 0, 0, 64, UDP, 0, source, destination)
    total: int = sum(struct.unpack("!10H", head))
    total = (total >> 16) + (total & 0xFFFF)
    check = (total >> 16) + (total & 0xFFFF) ^ 0xFFFF  # RFC 1071
    head = head[:10] + check.to_bytes(2, "big") + head[12:]
    link = OWN_MAC.to_bytes(6, "big") + bytes(6) + b"\x08\x00"
    return (link + head + struct.pack("!HHHH", source_port, port, size - 20, 0)).ljust(FRAME_BYTES)


def _flow(number: Any) -> tuple[Any, Any, Any, Any]:  # noqa: ANN401 (an int, or an array of them)
    """Source, destination, source port and port."""
    source = int(ip_address("10.1.0.0")) + number % (1 << 16)
    destination = int(ip_address("10.0.0.7")) | (number % 256) << 8
    return source, destination, 5000 + number % 1000, 6000 + number // (1 << 16)
