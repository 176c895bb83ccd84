"""A batch of received messages, laid out for the scan: one buffer and flat arrays, used again.

Each message is copied once, to a start that is a multiple of eight, so that the kernel reads it as
32- and 64-bit words. Beside it stands its link: the words that say where it came from (interface,
IP TTL, neighbour), which count for the fingerprint as the message's own bytes do.

A batch knows nothing of RSVP. A Bundle (RFC 2961 3) is one message here; its sub-messages are added
as messages of their own by the one who took it apart, with the link that the Bundle came over.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_MESSAGE_BYTES: Final = 0xFFFF  # RFC 2205 3.1.1: the RSVP Length has 16 bits
LINK = Struct(
    "<IBBxx16s"
)  # interface index, IP TTL, length of the neighbour's address, the address
LINK_WORDS: Final = LINK.size // 8


class Received(NamedTuple):
    """The arrays of a batch, as the scan reads them."""

    data: NDArray[np.uint8]
    words32: NDArray[np.uint32]  # the same bytes
    words64: NDArray[np.uint64]  # the same bytes
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    links: NDArray[np.uint64]


class Batch:
    """Up to `message_capacity` messages in up to `byte_capacity` bytes."""

    def __init__(self, message_capacity: int = 1024, byte_capacity: int = 1 << 19) -> None:
        if byte_capacity % 8 or byte_capacity <= LONGEST_MESSAGE_BYTES:
            raise ValueError(
                f"a batch of {byte_capacity} bytes: want a multiple of 8 from 65536 up"
            )
        data = np.zeros(byte_capacity, np.uint8)
        self.count = 0
        self.arrays = Received(
            data,
            data.view(np.uint32),
            data.view(np.uint64),
            np.zeros(message_capacity, np.int64),
            np.zeros(message_capacity, np.int64),
            np.zeros((message_capacity, LINK_WORDS), np.uint64),
        )
        # A store through a memoryview costs a third of one through numpy.
        self._data = data.data
        self._starts = self.arrays.starts.data
        self._lengths = self.arrays.lengths.data
        self._links = self.arrays.links.data.cast("B")
        self._end = 0

    def add(
        self, message: bytes | memoryview, interface: int, neighbour: bytes, ip_ttl: int
    ) -> bool:
        """Copy one message in; False when the batch has no room for it.

        `interface` is an index below 2^32, `neighbour` the IP source address in 4 or 16 bytes.
        """
        length, start, index = len(message), self._end, self.count
        if length > LONGEST_MESSAGE_BYTES:
            raise ValueError(f"no RSVP message has {length} bytes")
        if index == len(self._starts) or start + length > len(self._data):
            return False
        self._data[start : start + length] = message
        self._starts[index] = start
        self._lengths[index] = length
        address_bytes = len(neighbour)
        LINK.pack_into(self._links, index * LINK.size, interface, ip_ttl, address_bytes, neighbour)
        self._end = start + length + 7 & ~7
        self.count = index + 1
        return True

    @property
    def end(self) -> int:
        """Where the next message is to start."""
        return self._end

    def grown(self, count: int, end: int) -> None:
        """A kernel has put messages in, up to here."""
        self.count, self._end = count, end

    def message(self, index: int) -> bytes:
        """The bytes of one message, copied out for the decoder."""
        assert index < self.count
        start = self._starts[index]
        return bytes(self._data[start : start + self._lengths[index]])

    def received(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Interface, neighbour and bytes of each message."""
        for index in range(self.count):
            interface, _, size, address = LINK.unpack_from(self._links, index * LINK.size)
            yield interface, address[:size], self.message(index)

    def clear(self) -> None:
        """Forget the messages; the memory stays."""
        self.count = 0
        self._end = 0
