"""From punted frames to a batch of RSVP messages, without an object for each.

`fill` copies the messages of ordinary frames into a batch, as `Batch.add` would: raw RSVP in one
whole IP datagram, behind at most one VLAN tag, with Router Alert as the only option (RFC 2113,
RFC 2711). It stops at the first packet that is anything else, for its caller to deal with and to go
on behind it. So what is odd costs a little more, and nothing is read in two ways: where a frame is
ordinary, daemon/frames.py reads the same of it, and a test holds the two together. Fragments, which
nobody reassembles here, are counted and left out, so that a flood of them costs no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from p4rsvp.fast.batch import LINK, Batch
from p4rsvp.fast.jit import Int, kernel
from p4rsvp.fast.packet_in import Column, Kind, Packets

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Which metadata of a packet in says what (p4src/shared/headers.p4).
INTERFACE: Final = Column.METADATA + 1
REASON: Final = Column.METADATA + 2
_INTERFACE, _REASON = int(INTERFACE), int(REASON)
_RSVP_REASON: Final = 1
_KIND, _START, _LENGTH = int(Column.KIND), int(Column.START), int(Column.LENGTH)
_PACKET: Final = int(Kind.PACKET)

_ETHERNET_BYTES: Final = 14
_VLAN, _IPV4, _IPV6 = 0x8100, 0x0800, 0x86DD
_TAG_BYTES: Final = 4
_IPV4_BYTES, _IPV6_BYTES = 20, 40
_RSVP: Final = 46
_HOP_BY_HOP_BYTES: Final = 8
_IPV6_FRAGMENT: Final = 44
_IPV6_FRAGMENT_BYTES: Final = 8
_ROUTER_ALERT_V4: Final = 148
_ROUTER_ALERT_V6: Final = 5
_LINK_BYTES: Final = LINK.size
_TTL_AT, _LENGTH_AT, _ADDRESS_AT = 4, 5, 8  # in a link
# Columns of what `fill` tells of each message.
_ROW, _SOURCE, _ADDRESS_BYTES, _TTL, _ALERT = range(5)
_FOUND: Final = 5
_FRAGMENT: Final = -1  # in the place of a length


class Datagram(NamedTuple):
    """What lay around a message."""

    row: int  # of the packets
    source: bytes
    destination: bytes
    ip_ttl: int
    router_alert: bool


class Arrivals:
    """A batch, and where each of its messages came from."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self._found = np.zeros((len(batch.arrays.starts), _FOUND), np.int64)
        self._packets: Packets | None = None
        self.is_full = False  # the last `fill` stopped for want of room
        self.fragments = 0  # left out so far

    def fill(self, packets: Packets, row: int) -> int:
        """Add ordinary messages from `row` on; the row that it stops at."""
        self._packets = packets
        batch = self.batch
        state = np.array([batch.count, batch.end, 0, 0], np.int64)
        octets = np.frombuffer(packets.data, np.uint8)
        links = batch.arrays.links.view(np.uint8).reshape(-1, _LINK_BYTES)
        arrays = batch.arrays
        row = int(
            fill(
                octets,
                packets.rows,
                row,
                self._found,
                arrays.data,
                arrays.starts,
                arrays.lengths,
                links,
                state,
            )
        )
        count, end, is_full, fragments = state.tolist()
        batch.grown(count, end)
        self.is_full = bool(is_full)
        self.fragments += fragments
        return row

    def row(self, index: int) -> int:
        """Of the message at `index` of the batch the row of its packet."""
        return int(self._found[index, _ROW])

    def datagram(self, index: int) -> Datagram:
        """What lay around the message at `index` of the batch, which `fill` has put there."""
        assert self._packets is not None
        row, source, size, ttl, alert = self._found[index].tolist()
        data = self._packets.data
        middle = source + size
        return Datagram(
            row, data[source:middle], data[middle : middle + size], ttl, router_alert=bool(alert)
        )


@kernel
def fill(
    octets: NDArray[np.uint8],
    rows: NDArray[np.int64],
    first: Int,
    found: NDArray[np.int64],
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    links: NDArray[np.uint8],
    state: NDArray[np.int64],
) -> Int:
    """Copy messages in until a packet is odd or the batch is full; the row that it stops at."""
    index, end = state[0], state[1]
    row: Int = first
    while row < len(rows):
        if index == len(starts):
            state[2] = 1
            break
        if rows[row, _KIND] != _PACKET or rows[row, _REASON] != _RSVP_REASON:
            break
        start, length = _message(octets, rows[row, _START], rows[row, _LENGTH], found[index])
        if length == _FRAGMENT:
            state[3] += 1
            row += 1
            continue
        if length <= 0:
            break
        if end + length > len(data):
            state[2] = 1
            break
        found[index, _ROW] = row
        data[end : end + length] = octets[start : start + length]
        starts[index] = end
        lengths[index] = length
        link = links[index]
        link[:] = 0
        interface = rows[row, _INTERFACE]
        for place in range(4):
            link[place] = interface >> (8 * place) & 0xFF
        size = found[index, _ADDRESS_BYTES]
        source = found[index, _SOURCE]
        link[_TTL_AT] = found[index, _TTL]
        link[_LENGTH_AT] = size
        link[_ADDRESS_AT : _ADDRESS_AT + size] = octets[source : source + size]
        end = end + length + 7 & ~7
        index += 1
        row += 1
    state[0], state[1] = index, end
    return row


@kernel
def _message(
    octets: NDArray[np.uint8], start: Int, length: Int, found: NDArray[np.int64]
) -> tuple[Int, Int]:
    """Where the RSVP message of an ordinary frame is, and its length.

    0: the frame is not ordinary; _FRAGMENT: it is a part of a message.
    """
    end = start + length
    at = start + _ETHERNET_BYTES
    if at > end:
        return 0, 0
    kind = _word(octets, at - 2)
    if kind == _VLAN:
        at += _TAG_BYTES
        if at > end:
            return 0, 0
        kind = _word(octets, at - 2)
    if kind == _IPV4:
        return _ipv4(octets, at, end, found)
    if kind == _IPV6:
        return _ipv6(octets, at, end, found)
    return 0, 0


@kernel
def _ipv4(
    octets: NDArray[np.uint8], at: Int, end: Int, found: NDArray[np.int64]
) -> tuple[Int, Int]:
    if end - at < _IPV4_BYTES or octets[at] >> 4 != 4:
        return 0, 0
    header = 4 * np.int64(octets[at] & 0xF)
    total = _word(octets, at + 2)
    is_fragment = _word(octets, at + 6) & 0x3FFF != 0
    if octets[at + 9] != _RSVP or total > end - at or total < header:
        return 0, 0
    if is_fragment:
        return 0, _FRAGMENT
    if header == _IPV4_BYTES:
        alert = 0
    elif header == _IPV4_BYTES + 4 and octets[at + _IPV4_BYTES] == _ROUTER_ALERT_V4:
        alert = 1
    else:
        return 0, 0
    found[_SOURCE], found[_ADDRESS_BYTES] = at + 12, 4
    found[_TTL], found[_ALERT] = octets[at + 8], alert
    return at + header, total - header


@kernel
def _ipv6(
    octets: NDArray[np.uint8], at: Int, end: Int, found: NDArray[np.int64]
) -> tuple[Int, Int]:
    if end - at < _IPV6_BYTES or octets[at] >> 4 != 6:
        return 0, 0
    length = _word(octets, at + 4)
    start = at + _IPV6_BYTES
    if length == 0 or length > end - start:
        return 0, 0
    alert = 0
    protocol = octets[at + 6]
    if protocol == 0 and length >= _HOP_BY_HOP_BYTES:
        is_alert = octets[start + 1] == 0 and octets[start + 2] == _ROUTER_ALERT_V6
        if not is_alert:
            return 0, 0
        protocol = octets[start]
        start += _HOP_BY_HOP_BYTES
        length -= _HOP_BY_HOP_BYTES
        alert = 1
    if protocol == _IPV6_FRAGMENT and length >= _IPV6_FRAGMENT_BYTES:
        # RFC 8200 4.5: offset and M flag; with neither it is a whole packet (RFC 6946).
        return 0, _FRAGMENT if _word(octets, start + 2) & 0xFFF9 else 0
    if protocol != _RSVP:
        return 0, 0
    found[_SOURCE], found[_ADDRESS_BYTES] = at + 8, 16
    found[_TTL], found[_ALERT] = octets[at + 7], alert
    return start, length


@kernel
def _word(octets: NDArray[np.uint8], at: Int) -> Int:
    return np.int64(octets[at]) << 8 | np.int64(octets[at + 1])
