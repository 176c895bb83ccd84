"""Packets out beside what finsy makes of them."""

from __future__ import annotations

import pytest
from finsy import P4PacketOut, P4Schema
from finsy.proto import p4r

from p4rsvp.target.artefacts import P4INFO
from p4rsvp.target.http2 import PREFIX
from p4rsvp.target.numbers import ServiceClass
from p4rsvp.target.packet_out import PacketEncoder

SCHEMA = P4Schema(P4INFO)


@pytest.mark.parametrize("size", [0, 1, 100, 113, 127, 128, 300, 1514, 16_500])
@pytest.mark.parametrize("port", [1, 2, 300])
def test_a_packet_out_says_what_finsys_says(size: int, port: int) -> None:
    frame = bytes(number % 251 for number in range(size))
    made = PacketEncoder(SCHEMA).encode(port, frame, ServiceClass.NETWORK_CONTROL)
    compressed, length = PREFIX.unpack_from(made)
    assert (compressed, length) == (0, len(made) - PREFIX.size)
    wanted = P4PacketOut(frame, egress_port=port, service_class=3).encode_update(SCHEMA)
    assert p4r.StreamMessageRequest.FromString(made[PREFIX.size :]) == wanted
