"""What the data plane reports, to the controllers that are to know: packets, digests, idle entries.

Each goes to the primary of every role that extends to it (5.3).
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Final

from finsy.proto import p4r

from p4rsvp.dataplane.entities import DigestList, PacketIn, TableEntry
from p4rsvp.p4rt.arbitration import Arbitration
from p4rsvp.p4rt.inbox import Inbox
from p4rsvp.p4rt.pipeline import Program
from p4rsvp.p4rt.streams import Stream


class Notifications:
    """Listens to the data plane of one program."""

    def __init__(
        self, program: Program, arbitration: Arbitration[Stream], waiting_limit: int
    ) -> None:
        self.program: Final = program
        self._arbitration = arbitration
        loop = asyncio.get_running_loop()
        self._port_at = program.schema.ingress_port_at
        self.packets: Final[Inbox[PacketIn]] = Inbox(loop, self._packet, waiting_limit, self._port)
        self._digests: Inbox[DigestList] = Inbox(loop, self._digest, waiting_limit)
        self._idle: Inbox[list[TableEntry]] = Inbox(loop, self._idle_entries, waiting_limit)

    def listen(self) -> None:
        """Begin to pass on what is reported."""
        plane = self.program.plane
        plane.on_packet_in(self.packets.put)
        plane.on_digest(self._digests.put)
        plane.on_idle_timeout(self._idle.put)

    def ignore(self) -> None:
        """Pass on nothing more."""
        plane = self.program.plane
        plane.on_packet_in(None)
        plane.on_digest(None)
        plane.on_idle_timeout(None)

    def _port(self, packet: PacketIn) -> int:
        """Which port a packet has come in by: a flood on one keeps nobody else's from coming."""
        return 0 if self._port_at is None else packet.metadata[self._port_at]

    def _packet(self, packet: PacketIn) -> None:
        make, port = partial(self._message, packet), self._port(packet)
        for stream, scope in self._arbitration.primaries():
            if scope.packet_filter is None:
                takes = scope.packets
            else:
                takes = scope.takes_packet(make().packet)
            if takes:
                stream.offer(make, port)

    def _message(self, packet: PacketIn) -> p4r.StreamMessageResponse:
        message = p4r.StreamMessageResponse(packet=p4r.PacketIn(payload=packet.payload))
        self.program.schema.packet_in.encode(packet.metadata, message.packet.metadata)
        return message

    def _digest(self, digest: DigestList) -> None:
        message = self.program.schema.digests.encode_list(digest)
        for stream, scope in self._arbitration.primaries():
            if scope.allows("digest_entry", message):
                stream.offer(partial(p4r.StreamMessageResponse, digest=message))

    def _idle_entries(self, entries: list[TableEntry]) -> None:
        notification = p4r.IdleTimeoutNotification(timestamp=time.time_ns())
        for entry in entries:
            table = self.program.schema.tables.find(entry.table_id)
            table.encode(entry, notification.table_entry.add())
        for stream, scope in self._arbitration.primaries():
            told = p4r.IdleTimeoutNotification(timestamp=notification.timestamp)
            told.table_entry.extend(
                entry for entry in notification.table_entry if scope.allows("table_entry", entry)
            )
            if told.table_entry:
                stream.offer(partial(p4r.StreamMessageResponse, idle_timeout_notification=told))
