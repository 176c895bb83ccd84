"""Our call beside h2, another implementation of HTTP/2, as the server."""

from __future__ import annotations

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, RequestReceived
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.target.http2 import PREFIX, Call, Ending

STREAM = 1


class Server:
    """h2 with one call on it, every byte exchanged at once."""

    def __init__(self, *, chunk: int = 1 << 20) -> None:
        self.call = Call("switch:1", "/p4.v1.P4Runtime/StreamChannel", is_secure=False)
        self.h2 = H2Connection(H2Configuration(client_side=False))
        self.h2.initiate_connection()
        self.events: list[Event] = []
        self._chunk = chunk
        self.exchange()
        self.h2.send_headers(STREAM, [(":status", "200"), ("content-type", "application/grpc")])
        self.exchange()

    def exchange(self) -> None:
        """Carry bytes both ways until nobody has any more."""
        while True:
            ours, theirs = self.call.take_out(), self.h2.data_to_send()
            if not ours and not theirs:
                return
            self.events += self.h2.receive_data(ours)
            for at in range(0, len(theirs), self._chunk):
                self.call.receive(theirs[at : at + self._chunk])

    def received(self) -> bytes:
        return b"".join(e.data or b"" for e in self.events if isinstance(e, DataReceived))


def prefixed(*messages: bytes) -> bytes:
    return b"".join(PREFIX.pack(0, len(one)) + one for one in messages)


def test_a_call_begins_as_grpc_has_it() -> None:
    (begun,) = (e for e in Server().events if isinstance(e, RequestReceived))
    assert begun.headers is not None
    assert set(begun.headers) >= {
        (b":method", b"POST"),
        (b":path", b"/p4.v1.P4Runtime/StreamChannel"),
        (b"content-type", b"application/grpc"),
        (b"te", b"trailers"),
    }


@given(st.lists(st.binary(max_size=40_000), max_size=5), st.integers(1, 3000))
def test_messages_arrive_whole_however_they_are_cut(messages: list[bytes], chunk: int) -> None:
    server = Server(chunk=chunk)
    for one in messages:
        for at in range(0, len(one) + 5, 16_384):
            server.h2.send_data(STREAM, prefixed(one)[at : at + 16_384])
    server.exchange()
    assert server.call.messages == prefixed(*messages)
    assert server.call.ending is None


def test_what_is_sent_waits_for_the_windows_of_the_server() -> None:
    server, message = Server(), bytes(200_000)
    server.call.send(message)
    server.exchange()
    assert server.call.is_full
    taken = len(server.received())
    assert taken == 65_535  # the window that a connection begins with
    while len(server.received()) < len(message) + 5:
        server.h2.increment_flow_control_window(50_000)
        server.h2.increment_flow_control_window(50_000, STREAM)
        server.exchange()
    assert server.received() == prefixed(message)
    assert server.call.take_out() == b""


def test_padding_is_no_part_of_a_message() -> None:
    server = Server()
    server.h2.send_data(STREAM, prefixed(b"message"), pad_length=20)
    server.exchange()
    assert server.call.messages == prefixed(b"message")


def test_a_ping_is_answered() -> None:
    server = Server()
    server.h2.ping(b"12345678")
    server.exchange()
    assert any(type(event).__name__ == "PingAckReceived" for event in server.events)


def test_settings_of_the_server_bound_what_is_sent() -> None:
    server = Server()
    server.h2.update_settings({4: 100, 5: 20_000})  # initial window, longest frame
    server.exchange()
    server.call.send(bytes(1000))
    server.exchange()
    assert len(server.received()) == 100


def test_trailers_end_the_call_with_their_status() -> None:
    server = Server()
    trailers = [
        ("grpc-status", "3"),
        ("grpc-message", "Election%20id already exists"),
        ("grpc-status-details-bin", "CAM"),
    ]
    server.h2.send_headers(STREAM, trailers, end_stream=True)
    server.exchange()
    assert server.call.ending is not None
    assert server.call.ending[:2] == (3, "Election id already exists")
    assert ("grpc-status-details-bin", b"\x08\x03") in server.call.ending.metadata


def test_headers_may_go_on_in_more_frames() -> None:
    server = Server()
    long = "x" * 40_000
    server.h2.send_headers(STREAM, [("grpc-status", "13"), ("grpc-message", long)], end_stream=True)
    server.exchange()
    assert server.call.ending is not None
    assert server.call.ending[:2] == (13, long)


@pytest.mark.parametrize("how", [0, 1])
def test_a_reset_and_a_connection_that_goes_away_end_the_call(how: int) -> None:
    server = Server()
    if how == 0:
        server.h2.reset_stream(STREAM)
    else:
        server.h2.close_connection(error_code=2)
    server.exchange()
    assert server.call.ending is not None
    assert server.call.ending.status == 14


def test_a_connection_that_is_lost_ends_the_call_but_once() -> None:
    server = Server()
    server.call.lost("gone")
    server.call.lost("again")
    assert server.call.ending == Ending(14, "gone")


frames = st.builds(
    lambda kind, flags, stream, payload: (
        len(payload).to_bytes(3) + bytes((kind, flags)) + stream.to_bytes(4) + payload
    ),
    st.integers(0, 10),
    st.integers(0, 255),
    st.integers(0, 2),
    st.binary(max_size=40),
)


@given(st.lists(st.binary(max_size=60) | frames, max_size=8))
def test_no_bytes_whatever_raise(parts: list[bytes]) -> None:
    call = Call("switch:1", "/x/y", is_secure=True)
    for part in parts:
        call.receive(part)
    assert len(call.take_out()) < 10_000
