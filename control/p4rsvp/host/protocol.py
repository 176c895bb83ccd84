"""What programs and the agent say to each other over a Unix stream socket.

A frame is its length in four bytes, then one MessagePack map that names its `type`. RSVP's objects
travel in it as RSVP has them on the wire, headers included, so that a client needs no other notion
of them. The client speaks first and says its version; requests carry numbers, which the
answers repeat; reports come unasked.

Version 1: `hello`; `open`, `send`, `reserve`, `release`, `towards`, `diagnose`; `done`, `refused`;
`report`.
"""

from __future__ import annotations

import asyncio
from struct import Struct
from typing import TypeAlias

import msgspec

from p4rsvp.wire import registry as _registry  # noqa: F401  # it registers what can be decoded
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.nested import read_nested
from p4rsvp.wire.objects import WireObject

VERSION = 1
FRAME_BYTES_MAX = 1 << 20  # the largest frame that either side takes
DEFAULT_SOCKET = "/run/p4rsvp/host.sock"
SOCKET_VARIABLE = "P4RSVP_HOST"

_LENGTH = Struct("!I")


class ProtocolError(Exception):
    """The other side does not keep to the protocol; the text says in what."""


class Message(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower, kw_only=True):
    """The base of all."""


class Hello(Message, frozen=True):
    """The first frame of either side. Versions that differ do not go on."""

    version: int = VERSION


class Open(Message, frozen=True):
    """SESSION; answered by `done` with the number of this part."""

    request: int
    session: bytes  # SESSION
    listens: bool = True
    receiver: bytes = b""  # an address; empty: every interface


class Send(Message, frozen=True):
    """SENDER: SENDER_TEMPLATE, then SENDER_TSPEC unless withdrawn, ADSPEC, POLICY_DATA."""

    request: int
    app: int
    objects: bytes
    ttl: int = 64


class Reserve(Message, frozen=True):
    """RESERVE: STYLE, then flowspecs with their filters, each flowspec with its own."""

    request: int
    app: int
    style: bytes
    flows: tuple[bytes, ...] = ()  # FLOWSPEC, FILTER_SPECs
    receiver: bytes = b""
    confirm: bool = False
    policy: bytes = b""


class Release(Message, frozen=True):
    """RELEASE."""

    request: int
    app: int


class Towards(Message, frozen=True):
    """How data to this address leaves the host; answered by `done`."""

    request: int
    destination: bytes


class Diagnose(Message, frozen=True):
    """A diagnosis (RFC 2745), which takes its time; answered by `done`."""

    request: int
    session: bytes
    template: bytes  # SENDER_TEMPLATE
    last_hop: bytes = b""
    max_hops: int = 0
    along_route: bool = False


class Done(Message, frozen=True):
    """A request is carried out."""

    request: int
    app: int = 0  # of `open`
    source: bytes = b""  # of `towards`
    mtu_bytes: int = 0
    responses: bytes = b""  # of `diagnose`: DIAG_RESPONSEs
    is_complete: bool = False


class Refused(Message, frozen=True):
    """A request is not carried out. With request 0, the whole connection is refused."""

    request: int
    why: str


class Report(Message, frozen=True):
    """An upcall (RFC 2205 3.11.1): objects by name, those empty that its kind does not have."""

    app: int
    kind: str
    error: bytes = b""
    style: bytes = b""
    flows: tuple[bytes, ...] = ()
    template: bytes = b""
    tspec: bytes = b""
    adspec: bytes = b""
    policy: bytes = b""
    text: str = ""
    dclass: bytes = b""


Request: TypeAlias = Open | Send | Reserve | Release | Towards | Diagnose
Answer: TypeAlias = Done | Refused
AnyMessage: TypeAlias = Hello | Request | Answer | Report

_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[AnyMessage] = msgspec.msgpack.Decoder(AnyMessage)


def write(writer: asyncio.StreamWriter, message: AnyMessage) -> None:
    """Put a frame into the stream."""
    body = _ENCODER.encode(message)
    writer.write(_LENGTH.pack(len(body)) + body)


async def read(reader: asyncio.StreamReader) -> AnyMessage | None:
    """The next frame; None where the stream ends between two. Raises ProtocolError."""
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > FRAME_BYTES_MAX:
            raise ProtocolError(f"a frame of {length} bytes; {FRAME_BYTES_MAX} are the most")
        return frame_of(await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None  # whoever is gone has said all that counts


def frame_of(data: bytes) -> AnyMessage:
    """What a frame says; raises ProtocolError."""
    try:
        return _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:  # text need not be UTF-8
        raise ProtocolError(f"a frame that is no message of the protocol: {error}") from error


def objects(data: bytes) -> tuple[WireObject, ...]:
    """RSVP's objects from a field; raises ProtocolError."""
    try:
        return read_nested(data)
    except DecodeError as error:
        raise ProtocolError(str(error)) from error
