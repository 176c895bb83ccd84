"""TLS and mutual TLS, with certificates of an authority that lives as long as the test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from finsy.proto import p4r, p4r_grpc

from p4rsvp.p4rt.server import Tls
from p4rsvp.p4rt.service import EVERYBODY
from p4rsvp.security.roles import Names
from tests.p4rt.rig import PATIENCE_S, Rig

AUTHORITY = trustme.CA()
STRANGER = trustme.CA()


def files(folder: Path, *, mutual: bool, names: Names = EVERYBODY) -> Tls:
    identity = AUTHORITY.issue_cert("localhost")
    certificate, key, client_ca = (folder / name for name in ("server.pem", "key.pem", "ca.pem"))
    identity.cert_chain_pems[0].write_to_path(certificate)
    identity.private_key_pem.write_to_path(key)
    AUTHORITY.cert_pem.write_to_path(client_ca)
    return Tls(certificate, key, client_ca if mutual else None, names)


def ask(rig: Rig, credentials: grpc.ChannelCredentials | None) -> str:
    """The version, asked over a channel with these credentials."""
    address = f"localhost:{rig.server.port}"
    channel = (
        grpc.secure_channel(address, credentials) if credentials else grpc.insecure_channel(address)
    )
    with channel:
        stub: Any = p4r_grpc.P4RuntimeStub(channel)
        answer = stub.Capabilities(p4r.CapabilitiesRequest(), timeout=PATIENCE_S)
        return str(answer.p4runtime_api_version)


def client(
    authority: trustme.CA | None, server_authority: trustme.CA, name: str = "controller"
) -> grpc.ChannelCredentials:
    root = server_authority.cert_pem.bytes()
    if authority is None:
        return grpc.ssl_channel_credentials(root)
    identity = authority.issue_cert(name)
    key, chain = identity.private_key_pem.bytes(), identity.cert_chain_pems[0].bytes()
    return grpc.ssl_channel_credentials(root, key, chain)


def test_a_client_that_trusts_the_authority_is_served(tmp_path: Path) -> None:
    with Rig(tls=files(tmp_path, mutual=False)) as rig:
        assert ask(rig, client(None, AUTHORITY)) == "1.4.0"


@pytest.mark.parametrize(
    "credentials", [None, client(None, STRANGER)], ids=["no TLS", "another authority"]
)
def test_a_client_that_does_not_is_not(
    tmp_path: Path, credentials: grpc.ChannelCredentials | None
) -> None:
    with Rig(tls=files(tmp_path, mutual=False)) as rig, pytest.raises(grpc.RpcError):
        ask(rig, credentials)


def test_mutual_tls_lets_in_whom_the_authority_has_signed(tmp_path: Path) -> None:
    with Rig(tls=files(tmp_path, mutual=True)) as rig:
        assert ask(rig, client(AUTHORITY, AUTHORITY)) == "1.4.0"


@pytest.mark.parametrize("authority", [None, STRANGER], ids=["nobody", "a stranger"])
def test_mutual_tls_keeps_everybody_else_out(tmp_path: Path, authority: trustme.CA | None) -> None:
    with Rig(tls=files(tmp_path, mutual=True)) as rig, pytest.raises(grpc.RpcError):
        ask(rig, client(authority, AUTHORITY))


NAMES = Names(operators=("daemon.example",), viewers=("looker.example",))
OPERATE = {"Write", "SetForwardingPipelineConfig", "StreamChannel"}
VIEW = {"Read", "GetForwardingPipelineConfig", "Capabilities"}


def denied(rig: Rig, name: str) -> set[str]:
    """The calls that a client of this name has no leave to make."""
    found = set()
    with grpc.secure_channel(
        f"localhost:{rig.server.port}", client(AUTHORITY, AUTHORITY, name)
    ) as channel:
        stub: Any = p4r_grpc.P4RuntimeStub(channel)
        calls: dict[str, Callable[[], Any]] = {
            "Write": lambda: stub.Write(p4r.WriteRequest(), timeout=PATIENCE_S),
            "SetForwardingPipelineConfig": lambda: stub.SetForwardingPipelineConfig(
                p4r.SetForwardingPipelineConfigRequest(), timeout=PATIENCE_S
            ),
            "StreamChannel": lambda: list(stub.StreamChannel(iter(()), timeout=PATIENCE_S)),
            "Read": lambda: list(stub.Read(p4r.ReadRequest(), timeout=PATIENCE_S)),
            "GetForwardingPipelineConfig": lambda: stub.GetForwardingPipelineConfig(
                p4r.GetForwardingPipelineConfigRequest(), timeout=PATIENCE_S
            ),
            "Capabilities": lambda: stub.Capabilities(
                p4r.CapabilitiesRequest(), timeout=PATIENCE_S
            ),
        }
        for which, call in calls.items():
            try:
                call()
            except grpc.RpcError as error:
                raised: Any = error
                if "have no leave" in raised.details():
                    assert raised.code() is grpc.StatusCode.PERMISSION_DENIED
                    found.add(which)
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [("daemon.example", set()), ("looker.example", OPERATE), ("other.example", OPERATE | VIEW)],
)
def test_a_certificates_name_opens_what_its_role_may_do(
    tmp_path: Path, name: str, expected: set[str]
) -> None:
    with Rig(tls=files(tmp_path, mutual=True, names=NAMES)) as rig:
        assert denied(rig, name) == expected


def test_names_without_certificates_are_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="client CA"):
        files(tmp_path, mutual=False, names=NAMES)
