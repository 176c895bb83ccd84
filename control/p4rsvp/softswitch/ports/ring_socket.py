"""A packet socket with memory-mapped rings (packet(7), TPACKET_V2). Needs CAP_NET_RAW.

A ring is an array of frames of 2,048 bytes, each with a head that says whose it is: the kernel's or
ours. The switch's ports, the traffic generator and the receiver share this; what they do with the
frames is in their kernels. The socket belongs to the network namespace of the thread that opens it.

Why not TPACKET_V3: it shows received frames a block at a time, a millisecond late when there are
few. Why no GSO: there is nothing to segment in a frame that is already one packet.
"""

from __future__ import annotations

import mmap
import os
import socket
import struct
from typing import Any

import numpy as np

from p4rsvp.softswitch import jit

# linux/if_packet.h
SOL_PACKET = 263
PACKET_ADD_MEMBERSHIP = 1
PACKET_RX_RING = 5
PACKET_STATISTICS = 6
PACKET_VERSION = 10
PACKET_TX_RING = 13
PACKET_LOSS = 14
PACKET_FANOUT = 18
PACKET_QDISC_BYPASS = 20
PACKET_IGNORE_OUTGOING = 23
PACKET_MR_PROMISC = 1
PACKET_FANOUT_HASH = 0
TPACKET_V2 = 1
ETH_P_ALL = 0x0003

FRAME_BYTES = 2048
BLOCK_BYTES = 1 << 16
FRAMES_A_BLOCK = BLOCK_BYTES // FRAME_BYTES
STATUS_FREE, STATUS_SEND = 0, 1


class Ring:
    """One direction's frames, and which is next."""

    def __init__(self, octets: np.ndarray) -> None:
        self.octets = octets
        self.heads = octets.view(np.uint32)
        self.frames = len(octets) // FRAME_BYTES
        self.next = 0

    def advance(self, count: int) -> None:
        """Go on by so many frames."""
        self.next = (self.next + count) % self.frames


class RingSocket:
    """A packet socket on one interface with a ring for each direction that is wanted."""

    def __init__(
        self,
        interface: str,
        *,
        frames_in: int = 0,
        frames_out: int = 0,
        fanout_group: int | None = None,
    ) -> None:
        assert frames_in % FRAMES_A_BLOCK == 0
        assert frames_out % FRAMES_A_BLOCK == 0
        self.interface = interface
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        try:
            self._set_up(frames_in, frames_out)
            self._bind(fanout_group, listens=frames_in > 0)
        except OSError as fault:
            self._socket.close()
            raise OSError(fault.errno, os.strerror(fault.errno or 0), interface) from fault

    def _set_up(self, frames_in: int, frames_out: int) -> None:
        option = self._socket.setsockopt
        option(SOL_PACKET, PACKET_VERSION, TPACKET_V2)
        option(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        option(SOL_PACKET, PACKET_QDISC_BYPASS, 1)
        option(SOL_PACKET, PACKET_LOSS, 1)  # a frame longer than the MTU is lost, not in the way
        for name, frames in ((PACKET_RX_RING, frames_in), (PACKET_TX_RING, frames_out)):
            if frames:
                sizes = BLOCK_BYTES, frames // FRAMES_A_BLOCK, FRAME_BYTES, frames
                option(SOL_PACKET, name, struct.pack("IIII", *sizes))
        self._memory = mmap.mmap(self._socket.fileno(), (frames_in + frames_out) * FRAME_BYTES)
        octets = np.frombuffer(self._memory, dtype=np.uint8)
        self.incoming = Ring(octets[: frames_in * FRAME_BYTES])
        self.outgoing = Ring(octets[frames_in * FRAME_BYTES :])

    def _bind(self, fanout_group: int | None, *, listens: bool) -> None:
        self._socket.bind((self.interface, ETH_P_ALL if listens else 0))
        if listens:
            index = socket.if_nametoindex(self.interface)
            promiscuous = struct.pack("iHH8s", index, PACKET_MR_PROMISC, 0, b"")
            self._socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, promiscuous)
        if fanout_group is not None:
            fanout = fanout_group | PACKET_FANOUT_HASH << 16
            self._socket.setsockopt(SOL_PACKET, PACKET_FANOUT, fanout)
        self._socket.settimeout(0.0)

    def send(self, frame: bytes) -> None:
        """Send one frame without the ring, or have the kernel look at the ring (no bytes)."""
        self._socket.send(frame, socket.MSG_DONTWAIT)

    def fileno(self) -> int:
        """What becomes readable when a frame comes in."""
        return self._socket.fileno()

    def take_lost_frames(self) -> int:
        """Frames that the kernel dropped since the last call, because the ring was full."""
        statistics = self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        return int(struct.unpack("II", statistics)[1])

    def close(self) -> None:
        """Let go; the mapping, and the kernel's end with it, goes with the last array of it."""
        del self.incoming, self.outgoing, self._memory
        self._socket.close()


def views(*arrays: np.ndarray) -> Any:
    """Arrays as the kernels of this mode take them."""
    return [jit.view(array, plain=jit.JIT_DISABLED) for array in arrays]
