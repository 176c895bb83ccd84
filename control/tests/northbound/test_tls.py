"""The API over TCP, and the session with the switch, under TLS: whose certificate opens what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
import trustme
from packet.softswitch import Softswitch

from p4rsvp.northbound.server import SERVICE, NorthboundServer
from p4rsvp.northbound.v1 import router_pb2 as pb
from tests.daemon.files import interface
from tests.daemon.rig import Rig

PATIENCE_S = 20.0
TCP = """
[northbound]
address = "127.0.0.1:0"
certificate = "server.pem"
key = "server.key"
client_ca = "clients.pem"
"""


@pytest.fixture(scope="module", name="ours")
def _ours() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def port(switch: Softswitch, tmp_path: Path, ours: trustme.CA) -> Iterator[int]:
    server = ours.issue_cert("localhost")
    server.private_key_pem.write_to_path(str(tmp_path / "server.key"))
    server.cert_chain_pems[0].write_to_path(str(tmp_path / "server.pem"))
    ours.cert_pem.write_to_path(str(tmp_path / "clients.pem"))
    with Rig(switch, tmp_path, interface(1), TCP) as rig:
        northbound = rig.call(served(rig))
        yield northbound.port
        rig.call(northbound.stop())


async def served(rig: Rig) -> NorthboundServer:
    server = NorthboundServer(rig.daemon)
    await server.start()
    return server


def ask(port: int, credentials: grpc.ChannelCredentials) -> pb.StateResponse:
    with grpc.secure_channel(f"localhost:{port}", credentials) as channel:
        call = channel.unary_unary(
            f"/{SERVICE}/State",
            pb.StateRequest.SerializeToString,
            pb.StateResponse.FromString,
        )
        answer: pb.StateResponse = call(pb.StateRequest(), timeout=PATIENCE_S)
        return answer


def client(trusted: trustme.CA, own: trustme.CA | None) -> grpc.ChannelCredentials:
    root = trusted.cert_pem.bytes()
    if own is None:
        return grpc.ssl_channel_credentials(root)
    leaf = own.issue_cert("operator.example")
    chain = leaf.cert_chain_pems[0].bytes()
    return grpc.ssl_channel_credentials(root, leaf.private_key_pem.bytes(), chain)


def test_a_client_with_a_certificate_of_our_ca_is_answered(port: int, ours: trustme.CA) -> None:
    assert len(ask(port, client(ours, ours)).interfaces) == 1


def test_a_client_of_another_ca_is_not_answered(port: int, ours: trustme.CA) -> None:
    with pytest.raises(grpc.RpcError) as error:
        ask(port, client(ours, trustme.CA()))
    assert error.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_client_without_a_certificate_is_not_answered(port: int, ours: trustme.CA) -> None:
    with pytest.raises(grpc.RpcError) as error:
        ask(port, client(ours, None))
    assert error.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_client_does_not_talk_to_a_server_of_another_ca(port: int, ours: trustme.CA) -> None:
    with pytest.raises(grpc.RpcError) as error:
        ask(port, client(trustme.CA(), ours))
    assert error.value.code() is grpc.StatusCode.UNAVAILABLE


def test_nobody_is_answered_in_clear_text(port: int) -> None:
    with grpc.insecure_channel(f"localhost:{port}") as channel:
        call = channel.unary_unary(f"/{SERVICE}/State")
        with pytest.raises(grpc.RpcError) as error:
            call(b"", timeout=PATIENCE_S)
    assert error.value.code() is grpc.StatusCode.UNAVAILABLE
