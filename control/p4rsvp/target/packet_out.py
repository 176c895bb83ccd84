"""Packets out as P4Runtime's stream takes them: bytes around a frame, with gRPC's prefix.

The metadata of a packet say its port and class, of which there are few, so that they are encoded
once each. The rest is three lengths (protobuf's encoding; P4Runtime 16.1).
"""

from __future__ import annotations

from functools import cache

from finsy import P4PacketOut, P4Schema
from finsy.proto import p4r

from p4rsvp.target.http2 import PREFIX
from p4rsvp.target.numbers import ServiceClass

_PACKET_TAG = b"\x12"  # StreamMessageRequest.packet
_PAYLOAD_TAG = b"\x0a"  # PacketOut.payload


class PacketEncoder:
    """Encodes for the packet-out header of one P4Info."""

    def __init__(self, schema: P4Schema) -> None:
        self._schema = schema
        self._metadata: dict[tuple[int, ServiceClass], bytes] = {}

    def encode(self, port: int, frame: bytes, service_class: ServiceClass) -> bytes:
        """A StreamMessageRequest, with its prefix."""
        metadata = self._metadata.get((port, service_class))
        if metadata is None:
            metadata = self._metadata[port, service_class] = self._encode(port, service_class)
        packet = _length(len(frame)) + frame + metadata
        length = _length(1 + len(packet))
        body = 1 + len(length) + 1 + len(packet)
        return PREFIX.pack(0, body) + _PACKET_TAG + length + _PAYLOAD_TAG + packet

    def _encode(self, port: int, service_class: ServiceClass) -> bytes:
        made = P4PacketOut(b"", egress_port=port, service_class=int(service_class))
        message: p4r.StreamMessageRequest = made.encode_update(self._schema)
        return message.packet.SerializeToString()


@cache
def _length(length: int) -> bytes:
    """A length as protobuf writes it: seven bits a byte, the lowest first."""
    octets = bytearray()
    while length > 0x7F:
        octets.append(length & 0x7F | 0x80)
        length >>= 7
    octets.append(length)
    return bytes(octets)
