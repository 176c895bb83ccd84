"""A network interface as a port, through packet rings (ring_socket.py). Needs CAP_NET_RAW.

Frames go between the kernel's ring and packet slots by jitted copies, a batch a call, and one
system call sends a batch. Several workers share an interface by PACKET_FANOUT, which keeps a flow
on one worker. Packets that the host's own stack sends without a checksum (offload) leave without
one: switch the sender's offload off (`ethtool -K eth0 tx off`), as every user-space switch asks.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from p4rsvp.softswitch import jit
from p4rsvp.softswitch.kernels.rings import fill_from_ring, fill_to_ring, hand_over
from p4rsvp.softswitch.ports.ring_socket import STATUS_FREE, STATUS_SEND, Ring, RingSocket, views

if TYPE_CHECKING:
    from p4rsvp.softswitch.engine import Engine

FRAMES_IN = 8192  # 10 ms of 800,000 packets a second: while another has the core, nothing is lost
FRAMES_OUT = 2048
MOST_PER_CALL = 256
# A link that is down or a full device queue loses packets, as links do.
_LOSSES = {errno.EAGAIN, errno.ENOBUFS, errno.ENETDOWN}


class AfPacket:
    """One interface, for one worker."""

    def __init__(self, port: int, interface: str, fanout_group: int | None = None) -> None:
        self.port = port
        self.interface = interface
        self._socket = RingSocket(
            interface, frames_in=FRAMES_IN, frames_out=FRAMES_OUT, fanout_group=fanout_group
        )

    def receive(self, engine: Engine, now_ns: int) -> int:
        """Copy waiting frames into slots and give their places back to the kernel."""
        ring = self._socket.incoming
        arrays = views(engine.ctl, engine.bytes, engine.rows, ring.octets, ring.heads)
        numbers = (ring.next, ring.frames, MOST_PER_CALL, self.port, now_ns)
        count = int(fill_from_ring(*arrays, *map(jit.u64, numbers)))
        if count:
            self._hand_over(ring, count, STATUS_FREE)
        return count

    def send_from(self, engine: Engine) -> None:
        """Copy this port's packets into the ring and have the kernel send them."""
        ring = self._socket.outgoing
        arrays = views(engine.ctl, engine.bytes, engine.rows, ring.octets, ring.heads)
        count = int(fill_to_ring(*arrays, *map(jit.u64, (ring.next, ring.frames, self.port))))
        if count:
            self._hand_over(ring, count, STATUS_SEND)
            self._kick()

    def send(self, frame: bytes) -> None:
        """Send one packet without the ring."""
        self._socket.send(frame)

    def fileno(self) -> int:
        return self._socket.fileno()

    @property
    def lost(self) -> int:
        """Frames that the kernel dropped since the last call, because the ring was full."""
        return self._socket.take_lost_frames()

    def close(self) -> None:
        self._socket.close()

    @staticmethod
    def _hand_over(ring: Ring, count: int, status: int) -> None:
        hand_over(*views(ring.heads), *map(jit.u64, (ring.next, ring.frames, count, status)))
        ring.advance(count)

    def _kick(self) -> None:
        """Have the kernel look at the ring; what it cannot send now, the next kick sends."""
        try:
            self._socket.send(b"")
        except OSError as fault:
            if fault.errno not in _LOSSES:
                raise OSError(fault.errno, os.strerror(fault.errno or 0), self.interface) from fault
