"""Frames into a batch by the kernel beside daemon/frames.py and `Batch.add`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.daemon.frames import Ends, read_rsvp, rsvp_frame
from p4rsvp.engine.effects import SendPacket
from p4rsvp.fast.arrivals import Arrivals
from p4rsvp.fast.batch import Batch
from p4rsvp.fast.packet_in import PacketReader, Packets
from p4rsvp.wire.address import Address
from tests.fast.test_packet_in import packet, prefixed

pytestmark = pytest.mark.kernel

RSVP, ARP = 1, 3  # reasons of punts
ADDRESSES = ["192.0.2.1", "239.1.1.1", "2001:db8::1", "ff1e::7"]


def frame(
    data: bytes, to: str, *, vlan_id: int = 0, alert: bool = False, port: int | None = None
) -> bytes:
    destination = Address.parse(to)
    source = Address.parse("198.51.100.7" if destination.version == 4 else "2001:db8::7")
    sent = SendPacket(1, source, destination, 61, alert, data)
    return rsvp_frame(sent, Ends(b"\2" * 6, b"\4" * 6, vlan_id), port)


frames = st.builds(
    lambda data, to, vlan_id, alert, port: frame(data, to, vlan_id=vlan_id, alert=alert, port=port),
    st.binary(min_size=1, max_size=200),
    st.sampled_from(ADDRESSES),
    st.sampled_from([0, 0, 7]),
    st.booleans(),
    st.sampled_from([None, None, None, 1698]),
)


def packets_of(*punts: tuple[bytes, int, int]) -> Packets:
    data = b"".join(prefixed(packet(one, {1: 5, 2: number, 3: why})) for one, number, why in punts)
    packets, behind = PacketReader().read(data)
    assert behind == len(data)
    return packets


def filled(packets: Packets, batch: Batch) -> tuple[Arrivals, int]:
    arrivals = Arrivals(batch)
    return arrivals, arrivals.fill(packets, 0)


def holds(batch: Batch, index: int) -> tuple[bytes, bytes]:
    return batch.message(index), batch.arrays.links[index].tobytes()


def check(ordinary: bytes) -> bool:
    """Whether the kernel took a frame; if so, exactly as the reference reads it."""
    batch, other = Batch(4, 1 << 17), Batch(4, 1 << 17)
    arrivals, row = filled(packets_of((ordinary, 300, RSVP)), batch)
    if row == 0:
        assert batch.count == 0
        return False
    read = read_rsvp(ordinary)
    if arrivals.fragments:
        assert (batch.count, read) == (0, None)
        return False
    assert read is not None
    assert read.udp_port is None
    assert other.add(read.data, 300, read.source, read.ip_ttl)
    assert holds(batch, 0) == holds(other, 0)
    assert batch.end == other.end
    around = arrivals.datagram(0)
    assert around[1:] == (read.source, read.destination, read.ip_ttl, read.router_alert)
    return True


@pytest.mark.parametrize("to", ADDRESSES)
@pytest.mark.parametrize("vlan_id", [0, 7])
@pytest.mark.parametrize("alert", [False, True])
def test_raw_rsvp_is_ordinary(to: str, vlan_id: int, alert: bool) -> None:  # noqa: FBT001 (a case)
    assert check(frame(b"message", to, vlan_id=vlan_id, alert=alert))


def fragments(of: bytes, *, offset_units: int, more: bool) -> bytes:
    """The same frame as a part of a longer message (RFC 791 3.1, RFC 8200 4.5)."""
    words = bytearray(of)
    if of[14] >> 4 == 4:
        words[20:22] = (more << 13 | offset_units).to_bytes(2)
        return bytes(words)
    header = bytes((words[20], 0)) + (offset_units << 3 | more).to_bytes(2) + bytes(4)
    words[18:20] = (int.from_bytes(words[18:20]) + len(header)).to_bytes(2)
    words[20] = 44
    return bytes(words[:54]) + header + bytes(words[54:])


@pytest.mark.rfc("2205", "3.3")
@pytest.mark.parametrize("to", ADDRESSES)
@pytest.mark.parametrize(("offset_units", "more"), [(0, True), (100, False), (100, True)])
def test_fragments_are_counted_and_left_out(to: str, offset_units: int, more: bool) -> None:  # noqa: FBT001 (a case)
    whole = frame(b"message", to)
    part = fragments(whole, offset_units=offset_units, more=more)
    batch = Batch(4, 1 << 17)
    arrivals, row = filled(packets_of((part, 1, RSVP), (whole, 2, RSVP), (part, 1, RSVP)), batch)
    assert (row, batch.count, arrivals.fragments) == (3, 1, 2)
    assert arrivals.row(0) == 1


def test_rsvp_in_udp_is_left_to_the_caller() -> None:
    assert not check(frame(b"message", ADDRESSES[0], port=1698))


@given(frames, st.data())
def test_whatever_the_kernel_takes_the_reference_reads_the_same(
    made: bytes, data: st.DataObject
) -> None:
    broken = bytearray(made)
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(12, min(len(broken) - 1, 70)))
        broken[place] = data.draw(st.integers(0, 255))
    check(bytes(broken[: data.draw(st.integers(0, len(broken)))]))


def test_it_stops_at_what_is_no_rsvp_and_goes_on_behind_it() -> None:
    one = frame(b"one", ADDRESSES[0])
    packets = packets_of((one, 1, RSVP), (one, 1, ARP), (one, 2, RSVP))
    batch = Batch(4, 1 << 17)
    arrivals, row = filled(packets, batch)
    assert (row, batch.count, arrivals.is_full) == (1, 1, False)
    assert arrivals.fill(packets, 2) == 3
    assert batch.count == 2
    assert [arrivals.datagram(place).row for place in range(2)] == [0, 2]


def test_it_stops_when_the_batch_is_full() -> None:
    packets = packets_of(*[(frame(b"one", ADDRESSES[0]), 1, RSVP)] * 3)
    arrivals, row = filled(packets, Batch(2, 1 << 17))
    assert (row, arrivals.is_full) == (2, True)
    long = packets_of(*[(frame(bytes(60_000), ADDRESSES[0]), 1, RSVP)] * 3)
    arrivals, row = filled(long, Batch(4, 1 << 17))
    assert (row, arrivals.is_full) == (2, True)
