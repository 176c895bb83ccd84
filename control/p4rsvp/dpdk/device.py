"""The DPDK switch as a device of the P4Runtime server, and as its operator sees it.

The program is compiled into it, so that a config can only be that program. There is one pipeline:
a config that is loaded becomes a data plane that waits, and committing it clears the pipeline.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from finsy.proto import p4i
from google.protobuf import text_format

from p4rsvp.dataplane.links import queue_bytes
from p4rsvp.dataplane.p4info import read_p4info
from p4rsvp.dpdk.connection import BrokenError, Connection
from p4rsvp.dpdk.packets import PacketChannel
from p4rsvp.dpdk.plane import DpdkPlane
from p4rsvp.dpdk.protocol import (
    PORT_ACCOUNT,
    SHAPE,
    WORKER_ACCOUNT,
    MessageType,
    PortAccount,
    WorkerAccount,
)
from p4rsvp.dpdk.records import Forms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from p4rsvp.dataplane.control import DataPlane
    from p4rsvp.dataplane.entities import Update

LINK_OVERHEAD_BYTES: Final = 0  # of a frame on a shaped link: rates count frames, as elsewhere
_NO_DELAY_BYTES_PER_S: Final = 10**12


class DpdkDevice:
    """A switch behind a control socket."""

    def __init__(
        self, control: Path, p4info: Path, device_config: Path, lost: Callable[[str], None]
    ) -> None:
        """Connect; `lost` is called once, from a thread, when the switch has gone."""
        self._p4info = p4info.read_text()
        self._device_config = device_config.read_bytes()
        self._connection = Connection(control)
        if self._connection.hello.program != sha256(self._p4info.encode()).digest():
            self._connection.close()
            raise BrokenError(f"it was built with another program than {p4info}")
        self._info = read_p4info(text_format.Parse(self._p4info, p4i.P4Info()))
        self._forms = Forms(self._info)
        self._packets = PacketChannel(control, self._info, lost)
        self._running: DpdkPlane | None = None
        self._rates_bytes_per_s: dict[int, int] = {}
        self._cut: set[int] = set()

    def load(self, p4info: p4i.P4Info, device_config: bytes) -> DpdkPlane:
        """See device.Device."""
        ours = text_format.Parse(self._p4info, p4i.P4Info())
        if p4info != ours or device_config != self._device_config:
            raise ValueError("this is not the program that the DPDK switch was built with")
        return DpdkPlane(self._forms, self._connection, self._packets)

    def run(self, plane: DataPlane) -> None:
        """See device.Device."""
        assert isinstance(plane, DpdkPlane)
        if self._running is not None:
            self._running.is_running = False
        plane.start()
        self._running = plane

    def fill(self, updates: Sequence[Update]) -> None:
        """Have just these entities, without a controller; raises ControlError where one cannot."""
        plane = DpdkPlane(self._forms, self._connection, self._packets)
        self.run(plane)
        for fault in filter(None, plane.apply(updates)):
            raise fault

    # As its operator sees it (dataplane/operating.py)

    def shape(self, port: int, rate_bits_per_s: int) -> None:
        """Give a link another rate; 0 lifts it."""
        self._set_queues(port, rate_bits_per_s // 8, cut=port in self._cut)
        self._rates_bytes_per_s[port] = rate_bits_per_s // 8

    def impair(self, port: int, faults: dict[str, float]) -> None:
        """Cut a link, or restore it; no other faults can be given."""
        loss = faults.get("loss", 0.0)
        if loss not in {0.0, 1.0} or any(v for kind, v in faults.items() if kind != "loss"):
            raise ValueError(f"port {port}: DPDK loses all packets or none (loss:1, loss:0)")
        self._set_queues(port, self._rates_bytes_per_s.get(port, 0), cut=loss == 1.0)
        (self._cut.add if loss else self._cut.discard)(port)

    def _set_queues(self, port: int, rate: int, *, cut: bool) -> None:
        """Queues without room lose whatever comes; what waits in them leaves at its rate."""
        limit = 0 if cut else min(queue_bytes(rate), 0xFFFFFFFF)
        if cut and not rate:
            rate = _NO_DELAY_BYTES_PER_S
        body = SHAPE.pack(port, LINK_OVERHEAD_BYTES, limit, rate)
        if self._connection.ask(MessageType.SHAPE, body, 1).result:
            raise ValueError(f"the switch has no port {port}")

    def ports(self) -> list[PortAccount]:
        """The accounts of all ports."""
        body = self._connection.ask(MessageType.PORTS).body
        return [PortAccount(*row) for row in PORT_ACCOUNT.iter_unpack(body)]

    def workers(self) -> list[WorkerAccount]:
        """The accounts of all workers."""
        body = self._connection.ask(MessageType.WORKERS).body
        return [WorkerAccount(*row) for row in WORKER_ACCOUNT.iter_unpack(body)]

    def figures(self) -> dict[str, Any]:
        """Packets by what became of them, and every shaped port's queues."""
        ports, workers = self.ports(), self.workers()
        packets = {
            "received": sum(port.received_packets for port in ports),
            "transmitted": sum(port.sent_packets for port in ports),
            "missed": sum(port.missed_packets for port in ports),
            "unsent": sum(port.unsent_packets for port in ports),
            "tail_drop": sum(queue.dropped_packets for port in ports for queue in port.queues),
            "no_buffer": sum(worker.no_buffer_packets for worker in workers),
            "punts_lost": sum(worker.punts_lost for worker in workers),
            "packet_outs_refused": self._packets.refused,
        }
        queues = [row for port in ports if port.rate_bytes_per_s for row in _queue_rows(port)]
        return {"packets": packets, "queues": queues, "workers": len(workers)}

    def close(self) -> None:
        """Leave the switch; it goes on."""
        self._packets.close()
        self._connection.close()


def _queue_rows(port: PortAccount) -> list[dict[str, int]]:
    return [
        {
            "port": port.port,
            "queue": number,
            "packets": queue.waiting_packets,
            "left": queue.left_packets,
            "dropped": queue.dropped_packets,
            "sojourn_ns": queue.waited_ns,
            "longest_ns": queue.longest_ns,
        }
        for number, queue in enumerate(port.queues)
        if queue.left_packets or queue.waiting_packets or queue.dropped_packets
    ]
