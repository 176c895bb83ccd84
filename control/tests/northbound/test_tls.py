"""The API over TCP, and the session with the switch, under TLS: whose certificate opens what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from packet.softswitch import Softswitch

from p4rsvp.northbound.server import SERVICE, NorthboundServer
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.p4rt.server import Tls
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
def port(
    switch: Softswitch, tmp_path: Path, ours: trustme.CA, request: pytest.FixtureRequest
) -> Iterator[int]:
    """Where it listens; a parameter is more of its table."""
    server = ours.issue_cert("localhost")
    server.private_key_pem.write_to_path(str(tmp_path / "server.key"))
    server.cert_chain_pems[0].write_to_path(str(tmp_path / "server.pem"))
    ours.cert_pem.write_to_path(str(tmp_path / "clients.pem"))
    with Rig(switch, tmp_path, interface(1), TCP, getattr(request, "param", "")) as rig:
        northbound = rig.call(served(rig))
        yield northbound.port
        rig.call(northbound.stop())


async def served(rig: Rig) -> NorthboundServer:
    server = NorthboundServer(rig.daemon)
    await server.start()
    return server


def answer_to(name: str, request: Any, port: int, credentials: grpc.ChannelCredentials) -> Any:
    """The answer to a call, whose messages are named after it."""
    with grpc.secure_channel(f"localhost:{port}", credentials) as channel:
        read = getattr(pb, f"{name}Response").FromString
        call = channel.unary_unary(f"/{SERVICE}/{name}", type(request).SerializeToString, read)
        return call(request, timeout=PATIENCE_S)


def ask(port: int, credentials: grpc.ChannelCredentials) -> Any:
    return answer_to("State", pb.StateRequest(), port, credentials)


def clear(port: int, credentials: grpc.ChannelCredentials) -> Any:
    return answer_to("TearDown", pb.TearDownRequest(), port, credentials)


@pytest.mark.parametrize("mutual", [False, True], ids=["TLS", "mutual TLS"])
def test_the_daemon_and_its_switch_know_each_other_by_their_certificates(
    tmp_path: Path, ours: trustme.CA, *, mutual: bool
) -> None:
    def write(name: str, who: str) -> None:
        leaf = ours.issue_cert(who)
        leaf.private_key_pem.write_to_path(str(tmp_path / f"{name}.key"))
        leaf.cert_chain_pems[0].write_to_path(str(tmp_path / f"{name}.pem"))

    write("switch", "127.0.0.1")
    write("daemon", "r1.example")
    ca = tmp_path / "ca.pem"
    ours.cert_pem.write_to_path(str(ca))
    tls = Tls(tmp_path / "switch.pem", tmp_path / "switch.key", ca if mutual else None)
    shown = '[switch.tls]\nca = "ca.pem"\n'
    if mutual:
        shown += 'certificate = "daemon.pem"\nkey = "daemon.key"\n'
    switch = Softswitch(plain=True, tls=tls)
    try:
        with Rig(switch, tmp_path, interface(1), shown) as rig:
            assert rig.daemon.session.is_primary
    finally:
        switch.stop()


def client(trusted: trustme.CA, own: trustme.CA | None) -> grpc.ChannelCredentials:
    root = trusted.cert_pem.bytes()
    if own is None:
        return grpc.ssl_channel_credentials(root)
    leaf = own.issue_cert("operator.example")
    chain = leaf.cert_chain_pems[0].bytes()
    return grpc.ssl_channel_credentials(root, leaf.private_key_pem.bytes(), chain)


def test_a_client_with_a_certificate_of_our_ca_is_answered(port: int, ours: trustme.CA) -> None:
    assert len(ask(port, client(ours, ours)).interfaces) == 1


@pytest.mark.parametrize("port", ['viewers = ["operator.example"]\n'], indirect=True)
def test_a_viewer_may_look_and_not_act(port: int, ours: trustme.CA) -> None:
    credentials = client(ours, ours)
    assert len(ask(port, credentials).interfaces) == 1
    with pytest.raises(grpc.RpcError) as error:
        clear(port, credentials)
    assert error.value.code() is grpc.StatusCode.PERMISSION_DENIED


@pytest.mark.parametrize("port", ['operators = ["operator.example"]\n'], indirect=True)
def test_an_operator_may_act(port: int, ours: trustme.CA) -> None:
    assert clear(port, client(ours, ours)) == pb.TearDownResponse()  # there was nothing to tear


@pytest.mark.parametrize("port", ['operators = ["another.example"]\n'], indirect=True)
def test_who_is_in_no_list_may_not_even_look(port: int, ours: trustme.CA) -> None:
    with pytest.raises(grpc.RpcError) as error:
        ask(port, client(ours, ours))
    assert error.value.code() is grpc.StatusCode.PERMISSION_DENIED


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
        call = channel.unary_unary(
            f"/{SERVICE}/State", pb.StateRequest.SerializeToString, pb.StateResponse.FromString
        )
        with pytest.raises(grpc.RpcError) as error:
            call(pb.StateRequest(), timeout=PATIENCE_S)
    assert error.value.code() is grpc.StatusCode.UNAVAILABLE
