"""One gRPC call on an HTTP/2 connection of its own, as bytes in and bytes out.

The stream on which a switch and its controller exchange packets carries thousands of messages a
second, and gRPC's library takes 40 to 50 microseconds of a core for each of them, either way. Here
all messages that wait go in one frame and one system call, and those that have come stand one
behind the other in one buffer, as the kernels like them (fast/packet_in.py).

RFC 9113 as far as the client of one stream needs it, and gRPC over HTTP/2 as its specification
"PROTOCOL-HTTP2" has it. Whoever owns the connection gives what it reads to `receive`, writes what
`take_out` has, and stops sending while `is_full`. Left out: compressed messages, push and
priorities, which a client may refuse or ignore.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from enum import IntEnum
from struct import Struct
from typing import ClassVar, Final, NamedTuple, cast
from urllib.parse import unquote

from hpack import Decoder, Encoder, HPACKError

PREFIX: Final = Struct(">BI")  # of a gRPC message: whether it is compressed, and its length

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_HEAD = Struct(">BHBBI")  # length in 24 bits, type, flags, stream
_SETTING = Struct(">HI")
_NUMBER = Struct(">I")
_STREAM = 1
_END_STREAM, _ACK, _END_HEADERS, _PADDED, _PRIORITY = 0x1, 0x1, 0x4, 0x8, 0x20
_PRIORITY_BYTES = 5
_ENABLE_PUSH, _INITIAL_WINDOW_SIZE, _MAX_FRAME_SIZE = 2, 4, 5  # RFC 9113 6.5.2
_FIRST_WINDOW_BYTES = 65_535  # RFC 9113 6.9.2
_LARGEST_WINDOW_BYTES = 2**31 - 1
_FRAME_BYTES = 16_384  # RFC 9113 4.2: what we take, and what all must take
_CREDIT_BYTES = 2**29  # read before the peer is told that it may go on
_MOST_HEADER_BYTES = 1 << 18

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")

_UNKNOWN, _INTERNAL, _UNAVAILABLE = 2, 13, 14  # gRPC's status codes


class _Frame(IntEnum):
    """RFC 9113 6."""

    DATA = 0
    HEADERS = 1
    RST_STREAM = 3
    SETTINGS = 4
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9


class Ending(NamedTuple):
    """Why a call has ended."""

    status: int  # gRPC's code
    message: str
    metadata: tuple[tuple[str, str | bytes], ...] = ()


class Call:
    """A call of a streaming method."""

    def __init__(self, authority: str, method: str, *, is_secure: bool) -> None:
        self.ending: Ending | None = None
        self.messages = b""  # with their prefixes; the last may not be whole yet
        self._unread = b""  # the beginning of a frame
        self._unsent = b""  # what the windows have no room for
        self._credit_bytes = 0
        self._windows = [_FIRST_WINDOW_BYTES, _FIRST_WINDOW_BYTES]  # the connection's, the stream's
        self._first_window_bytes = _FIRST_WINDOW_BYTES
        self._frame_bytes = _FRAME_BYTES
        self._decoder = Decoder()
        self._block = b""  # headers that go on in the next frame
        self._block_ends = False
        self._out = [_PREFACE]
        settings = ((_ENABLE_PUSH, 0), (_INITIAL_WINDOW_SIZE, _LARGEST_WINDOW_BYTES))
        self._frame(_Frame.SETTINGS, 0, b"".join(_SETTING.pack(*one) for one in settings))
        self._frame(
            _Frame.WINDOW_UPDATE, 0, _NUMBER.pack(_LARGEST_WINDOW_BYTES - _FIRST_WINDOW_BYTES)
        )
        headers = [
            (":method", "POST"),
            (":scheme", "https" if is_secure else "http"),
            (":path", method),
            (":authority", authority),
            ("te", "trailers"),
            ("content-type", "application/grpc"),
        ]
        self._frame(_Frame.HEADERS, _END_HEADERS, Encoder().encode(headers), _STREAM)

    # --- out ---

    def send(self, message: bytes) -> None:
        """Send one message."""
        self.send_prefixed(PREFIX.pack(0, len(message)) + message)

    def send_prefixed(self, messages: bytes) -> None:
        """Send messages that have their prefixes already."""
        self._unsent += messages
        self._flush()

    @property
    def is_full(self) -> bool:
        """Whether the peer takes no more for now."""
        return bool(self._unsent)

    def take_out(self) -> bytes:
        """What is to be written to the connection."""
        out, self._out = b"".join(self._out), []
        return out

    def _flush(self) -> None:
        """Send as much as the windows allow (RFC 9113 5.2)."""
        while self._unsent:
            size = min(len(self._unsent), self._frame_bytes, *self._windows)
            if size <= 0:
                return
            self._frame(_Frame.DATA, 0, self._unsent[:size], _STREAM)
            self._unsent = self._unsent[size:]
            self._windows = [one - size for one in self._windows]

    def _frame(self, kind: _Frame, flags: int, payload: bytes, stream: int = 0) -> None:
        length = len(payload)
        self._out.append(_HEAD.pack(length >> 16, length & 0xFFFF, kind, flags, stream) + payload)

    # --- in ---

    def receive(self, data: bytes) -> None:
        """Take what has come; what is no HTTP/2 ends the call."""
        data = self._unread + data if self._unread else data
        at, end, parts = 0, len(data), [self.messages]
        while end - at >= _HEAD.size and self.ending is None:
            high, low, kind, flags, stream = _HEAD.unpack_from(data, at)
            behind = at + _HEAD.size + (high << 16 | low)
            if behind - at > _HEAD.size + _FRAME_BYTES:
                self._end(_INTERNAL, "a frame is longer than we said we take")
                break
            if behind > end:
                break
            payload = data[at + _HEAD.size : behind]
            at = behind
            if kind == _Frame.DATA:
                parts.append(self._data(flags, payload))
            elif (take := self._TAKE.get(kind)) is not None:
                take(self, flags, stream & _LARGEST_WINDOW_BYTES, payload)
        self._unread = data[at:]
        self.messages = b"".join(parts)

    def lost(self, why: str) -> None:
        """The connection is gone."""
        self._end(_UNAVAILABLE, why)

    def _end(self, status: int, message: str) -> None:
        if self.ending is None:
            self.ending = Ending(status, message)

    def _data(self, flags: int, payload: bytes) -> bytes:
        self._credit_bytes += len(payload)
        if self._credit_bytes >= _CREDIT_BYTES:
            for stream in (0, _STREAM):
                credit = _NUMBER.pack(self._credit_bytes)
                self._frame(_Frame.WINDOW_UPDATE, 0, credit, stream)
            self._credit_bytes = 0
        if flags & _END_STREAM:
            self._end(_UNKNOWN, "the stream has ended without a status")
        return _unpadded(flags, payload)

    def _settings(self, flags: int, _: int, payload: bytes) -> None:
        if flags & _ACK:
            return
        for name, value in _SETTING.iter_unpack(payload[: len(payload) // 6 * 6]):
            if name == _INITIAL_WINDOW_SIZE:
                self._windows[1] += value - self._first_window_bytes
                self._first_window_bytes = value
            elif name == _MAX_FRAME_SIZE:
                self._frame_bytes = value
        self._frame(_Frame.SETTINGS, _ACK, b"")
        self._flush()

    def _ping(self, flags: int, _: int, payload: bytes) -> None:
        if not flags & _ACK:
            self._frame(_Frame.PING, _ACK, payload)

    def _window_update(self, _: int, stream: int, payload: bytes) -> None:
        if len(payload) == _NUMBER.size:
            place = 0 if stream == 0 else 1
            self._windows[place] += _NUMBER.unpack(payload)[0] & _LARGEST_WINDOW_BYTES
            self._flush()

    def _reset(self, _: int, __: int, payload: bytes) -> None:
        self._end(_UNAVAILABLE, f"the stream was reset with error {payload.hex()}")

    def _go_away(self, _: int, __: int, payload: bytes) -> None:
        last, error = payload[:4], payload[4:8]
        if not any(last) or any(error):  # else the stream goes on to its end (RFC 9113 6.8)
            self._end(_UNAVAILABLE, f"the server goes away: {payload[8:]!r}")

    def _headers(self, flags: int, _: int, payload: bytes) -> None:
        payload = _unpadded(flags, payload)
        self._block = payload[_PRIORITY_BYTES:] if flags & _PRIORITY else payload
        self._block_ends = bool(flags & _END_STREAM)
        if flags & _END_HEADERS:
            self._header_block()

    def _continuation(self, flags: int, _: int, payload: bytes) -> None:
        self._block += payload
        if len(self._block) > _MOST_HEADER_BYTES:
            self._end(_INTERNAL, "headers without an end")
        elif flags & _END_HEADERS:
            self._header_block()

    def _header_block(self) -> None:
        try:
            headers = cast("list[tuple[str, str]]", list(self._decoder.decode(self._block)))
        except HPACKError as error:
            self._end(_INTERNAL, f"headers that cannot be read: {error}")
            return
        found = dict(headers)
        status = found.get(":status", "200")
        if status != "200":
            self._end(_UNAVAILABLE, f"HTTP status {status}")
        elif self._block_ends:
            code = found.get("grpc-status", "")
            self.ending = Ending(
                int(code) if code.isdigit() else _UNKNOWN,
                unquote(found.get("grpc-message", "")),
                tuple(_metadata(*one) for one in headers if not one[0].startswith(":")),
            )

    _TAKE: ClassVar[dict[int, Callable[[Call, int, int, bytes], None]]] = {
        _Frame.HEADERS: _headers,
        _Frame.RST_STREAM: _reset,
        _Frame.SETTINGS: _settings,
        _Frame.PING: _ping,
        _Frame.GOAWAY: _go_away,
        _Frame.WINDOW_UPDATE: _window_update,
        _Frame.CONTINUATION: _continuation,
    }


def _unpadded(flags: int, payload: bytes) -> bytes:
    """RFC 9113 6.1: the length of the padding stands before what it pads."""
    if not flags & _PADDED or not payload:
        return payload
    return payload[1 : max(1, len(payload) - payload[0])]


def _metadata(name: str, value: str) -> tuple[str, str | bytes]:
    """A field of gRPC's metadata; what is binary goes as base64, perhaps without its padding."""
    if not name.endswith("-bin"):
        return name, value
    padded = value + "=" * (-len(value) % 4)
    return name, b64decode(padded) if _BASE64.fullmatch(padded) else b""
