"""The API from the other side, for commands: blocking calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

import grpc

from p4rsvp.northbound.server import SERVICE, socket_address
from p4rsvp.northbound.v1 import router_pb2 as pb

TIMEOUT_S = 10.0


class NoDaemonError(Exception):
    """The daemon does not answer; the text says where it was looked for."""


class NothingThereError(Exception):
    """What is named does not exist in the daemon; the text says so."""


class Client:
    """A daemon behind its socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._channel = grpc.insecure_channel(socket_address(socket))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()

    def state(self, *sections: pb.Section) -> pb.StateResponse:
        """What the router holds."""
        call = self._channel.unary_unary(
            f"/{SERVICE}/State",
            pb.StateRequest.SerializeToString,
            pb.StateResponse.FromString,
        )
        try:
            return call(pb.StateRequest(sections=sections), timeout=TIMEOUT_S)
        except grpc.RpcError as error:
            raise self._no_daemon(error) from error

    def events(self) -> Iterator[pb.Event]:
        """Facts as they happen, from when this returns."""
        call = self._channel.unary_stream(
            f"/{SERVICE}/Events", pb.EventsRequest.SerializeToString, pb.Event.FromString
        )
        try:
            stream = call(pb.EventsRequest())
            stream.initial_metadata()  # which the daemon sends when it listens for us
        except grpc.RpcError as error:
            raise self._no_daemon(error) from error
        return self._facts(stream)

    def _facts(self, stream: Iterable[pb.Event]) -> Iterator[pb.Event]:
        try:
            yield from stream
        except grpc.RpcError as error:
            raise self._no_daemon(error) from error

    def tear_down(self, what: pb.TearDownRequest) -> pb.TearDownResponse:
        """End some reservations and path state; raises NothingThereError."""
        call = self._channel.unary_unary(
            f"/{SERVICE}/TearDown",
            pb.TearDownRequest.SerializeToString,
            pb.TearDownResponse.FromString,
        )
        try:
            return call(what, timeout=TIMEOUT_S)
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND:
                raise NothingThereError(error.details()) from error
            raise self._no_daemon(error) from error

    def _no_daemon(self, error: grpc.RpcError) -> NoDaemonError:
        details = error.details()
        return NoDaemonError(f"no daemon answers at {self._socket}: {details}")
