"""TLS and mutual TLS, with certificates of an authority that lives as long as the test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from finsy.proto import p4r, p4r_grpc

from p4rsvp.p4rt.server import Tls
from tests.p4rt.rig import PATIENCE_S, Rig

AUTHORITY = trustme.CA()
STRANGER = trustme.CA()


def files(folder: Path, *, mutual: bool) -> Tls:
    identity = AUTHORITY.issue_cert("localhost")
    certificate, key, client_ca = (folder / name for name in ("server.pem", "key.pem", "ca.pem"))
    identity.cert_chain_pems[0].write_to_path(certificate)
    identity.private_key_pem.write_to_path(key)
    AUTHORITY.cert_pem.write_to_path(client_ca)
    return Tls(certificate, key, client_ca if mutual else None)


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


def client(authority: trustme.CA | None, server_authority: trustme.CA) -> grpc.ChannelCredentials:
    root = server_authority.cert_pem.bytes()
    if authority is None:
        return grpc.ssl_channel_credentials(root)
    identity = authority.issue_cert("controller")
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
