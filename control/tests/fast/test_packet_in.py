"""Packets in by the kernel beside protobuf's own reading of them."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from finsy.proto import p4r
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.fast.packet_in import METADATA, Column, Kind, PacketReader

pytestmark = pytest.mark.kernel


class Read(NamedTuple):
    """A message as a reader tells it."""

    payload: bytes
    metadata: list[int] | None  # None: no packet


def prefixed(message: bytes, compressed: int = 0) -> bytes:
    return bytes((compressed,)) + len(message).to_bytes(4) + message


def packet(payload: bytes, values: dict[int, int]) -> bytes:
    message = p4r.PacketIn(payload=payload)
    for number, value in values.items():
        octets = value.to_bytes((value.bit_length() + 7) // 8 or 1)
        message.metadata.add(metadata_id=number, value=octets)
    return p4r.StreamMessageResponse(packet=message).SerializeToString()


def read(data: bytes) -> tuple[list[Read], int]:
    packets, behind = PacketReader().read(data)
    found = []
    for row in range(len(packets)):
        is_packet = packets.rows[row, Column.KIND] == Kind.PACKET
        found.append(Read(packets.payload(row), packets.metadata(row) if is_packet else None))
    return found, behind


packets = st.builds(
    packet,
    st.binary(max_size=300),
    st.dictionaries(st.integers(1, METADATA), st.integers(0, 2**56 - 1)),
)
others = st.sampled_from(
    [
        p4r.StreamMessageResponse(),
        p4r.StreamMessageResponse(arbitration=p4r.MasterArbitrationUpdate(device_id=7)),
        p4r.StreamMessageResponse(error=p4r.StreamError(message="no")),
    ]
).map(lambda message: message.SerializeToString())


def by_protobuf(message: bytes) -> Read:
    response = p4r.StreamMessageResponse.FromString(message)
    if response.WhichOneof("update") != "packet":
        return Read(message, None)
    values = [0] * METADATA
    for one in response.packet.metadata:
        values[one.metadata_id - 1] = int.from_bytes(one.value)
    return Read(response.packet.payload, values)


@given(st.lists(packets | others, max_size=150), st.binary(max_size=4))
def test_every_whole_message_is_read_as_protobuf_reads_it(
    messages: list[bytes], rest: bytes
) -> None:
    data = b"".join(map(prefixed, messages))
    found, behind = read(data + rest)
    assert behind == len(data)
    assert found == [by_protobuf(one) for one in messages]


@given(packets, st.data())
def test_a_message_that_is_not_whole_waits(message: bytes, data: st.DataObject) -> None:
    whole = prefixed(message)
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert read(whole[:cut]) == ([], 0)


def test_a_compressed_message_is_no_packet() -> None:
    message = packet(b"frame", {1: 2})
    assert read(prefixed(message, compressed=1))[0] == [Read(message, None)]


def test_an_unknown_field_is_left_to_who_has_the_schema() -> None:
    message = packet(b"frame", {9: 2})
    assert read(prefixed(message))[0] == [Read(message, None)]


@given(packets, st.data())
def test_what_the_kernel_takes_for_a_packet_is_one(message: bytes, data: st.DataObject) -> None:
    broken = bytearray(message)
    for _ in range(data.draw(st.integers(1, 3))):
        if broken:
            place = data.draw(st.integers(0, len(broken) - 1))
            broken[place] = data.draw(st.integers(0, 255))
    ((payload, metadata),), _ = read(prefixed(bytes(broken)))
    if metadata is None:
        return
    try:
        assert by_protobuf(bytes(broken)) == (payload, metadata)
    except DecodeError:
        pytest.fail(f"protobuf reads nothing in {broken.hex()}")
