"""The project's own P4 program on an embedded switch, with one way through it."""

import struct
from ipaddress import ip_address
from typing import Any

from p4rsvp.dataplane.entities import (
    Action,
    MeterConfig,
    MeterEntry,
    TableEntry,
    Update,
    UpdateType,
)
from p4rsvp.dataplane.errors import ControlError
from p4rsvp.softswitch.switch import Switch
from p4rsvp.target.artefacts import P4INFO, V1MODEL_JSON

IN_PORT, OUT_PORT = 1, 2
OWN_MAC, NEXT_MAC, OUT_MAC = 0x02, 0x0200000000AA, 0x0200000000BB
BEST_EFFORT, CONTROLLED_LOAD = 0, 1
SHAPE_FIVE_TUPLE = 1


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now_ns = 1_000_000_000

    def __call__(self) -> int:
        return self.now_ns


def load(**options: Any) -> Switch:
    """The program as it is built, without entries."""
    return Switch.load(
        P4INFO.read_text(),
        V1MODEL_JSON.read_text(),
        **options,
    )


class Router:
    """Names instead of ids."""

    def __init__(self, **options: Any) -> None:
        self.clock = Clock()
        self.switch = load(clock_ns=self.clock, **options)
        self.tables = {t.info.name.split(".")[-1]: i for i, t in self.switch.tables.items()}
        self.actions = {a.name.split(".")[-1]: i for i, a in self.switch.p4info.actions.items()}
        self.meters = {m.info.name.split(".")[-1]: i for i, m in self.switch.meters.items()}

    def entry(self, table: str, match: tuple[Any, ...], action: str, *params: int) -> TableEntry:
        """A table entry by names."""
        return TableEntry(self.tables[table], match, Action(self.actions[action], params))

    def write(self, kind: UpdateType, *entities: Any) -> list[ControlError | None]:
        """The answers to a write of one kind."""
        return self.switch.apply([Update(kind, entity) for entity in entities])

    def insert(self, *entities: Any) -> None:
        """Insert what must succeed."""
        assert self.write(UpdateType.INSERT, *entities) == [None] * len(entities)

    def connect(self, *, shapes: int = SHAPE_FIVE_TUPLE) -> None:
        """One way through: 10.0.0.0/8 leaves by port 2."""
        self.insert(
            self.entry("interfaces", (IN_PORT, 0), "admit", 1, OWN_MAC, 1),
            self.entry("ipv4_routes", ((address("10.0.0.0"), 8),), "route", 1),
            self.entry("next_hops", (1,), "reach", 2, NEXT_MAC),
            self.entry("outgoing_interfaces", (2,), "leave", OUT_PORT, OUT_MAC, 0, 1500, shapes),
        )
        for service_class in range(4):
            for colour in range(3):
                queue = 3 * (service_class > 0 and colour == 0)
                verdict = self.entry("verdicts", (service_class, colour), "send", queue)
                self.insert(verdict)

    def reserve(self, reservation: int, source_port: int, meter: MeterConfig | None) -> None:
        """Controlled load for the flow of `frame(source_port)`."""
        match = (2, address("10.0.0.2"), 17, 6000, address("10.1.0.1"), source_port)
        self.insert(self.entry("ipv4_five_tuple", match, "reserve", reservation, CONTROLLED_LOAD))
        entry = MeterEntry(self.meters["reservation_meter"], reservation, meter)
        assert self.write(UpdateType.MODIFY, entry) == [None]


def address(text: str) -> int:
    """An address as a number."""
    return int(ip_address(text))


def checksum(data: bytes) -> int:
    """RFC 1071, by the definition."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def frame(source_port: int = 5000, *, size: int = 128, ttl: int = 64, dscp: int = 0) -> bytes:
    """A UDP packet from 10.1.0.1 to 10.0.0.2 port 6000."""
    ends = address("10.1.0.1"), address("10.0.0.2")
    head = struct.pack("!BBHHHBBHII", 0x45, dscp << 2, size - 14, 7, 0, ttl, 17, 0, *ends)
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    udp = struct.pack("!HHHH", source_port, 6000, size - 34, 0)
    link = OWN_MAC.to_bytes(6, "big") + bytes(6) + b"\x08\x00"
    return (link + head + udp).ljust(size, b"x")
