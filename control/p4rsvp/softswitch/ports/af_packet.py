"""A network interface through AF_PACKET's memory-mapped rings (packet(7)). Needs CAP_NET_RAW.

Frames go between the kernel's ring and packet slots by jitted copies, a batch a call, and one
system call sends a batch. Several workers share an interface by PACKET_FANOUT, which keeps a flow
on one worker. Packets that the host's own stack sends without a checksum (offload) leave without
one: switch the sender's offload off (`ethtool -K eth0 tx off`), as every user-space switch asks.
"""

from __future__ import annotations

import errno
import mmap
import os
import socket
import struct
from typing import TYPE_CHECKING

import numpy as np

from p4rsvp.softswitch import jit
from p4rsvp.softswitch.kernels.rings import fill_from_ring, fill_to_ring, hand_over

if TYPE_CHECKING:
    from p4rsvp.softswitch.engine import Engine

# linux/if_packet.h
SOL_PACKET = 263
PACKET_ADD_MEMBERSHIP = 1
PACKET_RX_RING = 5
PACKET_STATISTICS = 6
PACKET_VERSION = 10
PACKET_TX_RING = 13
PACKET_FANOUT = 18
PACKET_QDISC_BYPASS = 20
PACKET_IGNORE_OUTGOING = 23
PACKET_MR_PROMISC = 1
PACKET_FANOUT_HASH = 0
TPACKET_V2 = 1
ETH_P_ALL = 0x0003

FRAME_BYTES = 2048
BLOCK_BYTES = 1 << 16
BLOCKS = 64
FRAMES = BLOCKS * BLOCK_BYTES // FRAME_BYTES
RING_BYTES = BLOCKS * BLOCK_BYTES
MOST_PER_CALL = 256
STATUS_FREE, STATUS_SEND = 0, 1


class AfPacket:
    """One interface, for one worker."""

    def __init__(self, port: int, interface: str, fanout_group: int | None = None) -> None:
        self.port = port
        self.interface = interface
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        option = self._socket.setsockopt
        option(SOL_PACKET, PACKET_VERSION, TPACKET_V2)
        option(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        option(SOL_PACKET, PACKET_QDISC_BYPASS, 1)
        ring = struct.pack("IIII", BLOCK_BYTES, BLOCKS, FRAME_BYTES, FRAMES)
        option(SOL_PACKET, PACKET_RX_RING, ring)
        option(SOL_PACKET, PACKET_TX_RING, ring)
        self._memory = mmap.mmap(self._socket.fileno(), 2 * RING_BYTES)
        octets = np.frombuffer(self._memory, dtype=np.uint8)
        self._incoming, self._outgoing = octets[:RING_BYTES], octets[RING_BYTES:]
        self._in_heads = self._incoming.view(np.uint32)
        self._out_heads = self._outgoing.view(np.uint32)
        self._next_in = self._next_out = 0
        self._socket.bind((interface, ETH_P_ALL))
        index = socket.if_nametoindex(interface)
        promiscuous = struct.pack("iHH8s", index, PACKET_MR_PROMISC, 0, b"")
        option(SOL_PACKET, PACKET_ADD_MEMBERSHIP, promiscuous)
        if fanout_group is not None:
            option(SOL_PACKET, PACKET_FANOUT, fanout_group | PACKET_FANOUT_HASH << 16)
        self._socket.settimeout(0.0)

    def receive(self, engine: Engine, now_ns: int) -> int:
        """Copy waiting frames into slots and give their places back to the kernel."""
        arrays = (engine.ctl, engine.bytes, engine.rows, self._incoming, self._in_heads)
        numbers = (self._next_in, FRAMES, MOST_PER_CALL, self.port, now_ns)
        views = (jit.view(a, plain=jit.JIT_DISABLED) for a in arrays)
        count = int(fill_from_ring(*views, *map(jit.u64, numbers)))
        if count:
            self._hand_over(self._in_heads, self._next_in, count, STATUS_FREE)
            self._next_in = (self._next_in + count) % FRAMES
        return count

    def send_from(self, engine: Engine) -> None:
        """Copy this port's packets into the ring and have the kernel send them."""
        arrays = (engine.ctl, engine.bytes, engine.rows, self._outgoing, self._out_heads)
        views = (jit.view(a, plain=jit.JIT_DISABLED) for a in arrays)
        count = int(fill_to_ring(*views, *map(jit.u64, (self._next_out, FRAMES, self.port))))
        if count:
            self._hand_over(self._out_heads, self._next_out, count, STATUS_SEND)
            self._next_out = (self._next_out + count) % FRAMES
            self._kick()

    def send(self, frame: bytes) -> None:
        """Send one packet without the ring."""
        self._socket.send(frame)

    def fileno(self) -> int:
        return self._socket.fileno()

    @property
    def lost(self) -> int:
        """Frames that the kernel dropped since the last call, because the ring was full."""
        return int(
            struct.unpack("II", self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]
        )

    def close(self) -> None:
        # The arrays are views of the mapping; it cannot be closed while they live.
        del self._incoming, self._outgoing, self._in_heads, self._out_heads
        self._memory.close()
        self._socket.close()

    @staticmethod
    def _hand_over(heads: np.ndarray, first: int, count: int, status: int) -> None:
        view = jit.view(heads, plain=jit.JIT_DISABLED)
        hand_over(view, *map(jit.u64, (first, FRAMES, count, status)))

    def _kick(self) -> None:
        """Have the kernel look at the ring; what it cannot send now, the next kick sends."""
        try:
            self._socket.send(b"", socket.MSG_DONTWAIT)
        except OSError as fault:
            # A link that is down or a full device queue loses packets, as links do.
            if fault.errno not in {errno.EAGAIN, errno.ENOBUFS, errno.ENETDOWN}:
                raise OSError(fault.errno, os.strerror(fault.errno or 0), self.interface) from fault
