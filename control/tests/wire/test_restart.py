"""HELLO, RESTART_CAP and CAPABILITY."""

import pytest
from hypothesis import given

from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.objects import WireObject
from p4rsvp.wire.restart import (
    INDETERMINATE_MS,
    Capability,
    HelloAck,
    HelloRequest,
    RestartCap,
    decode_capability,
)

from .codec import assert_round_trip, assert_vector, decode_body
from .strategies_hello import capabilities, hello_acks, hello_requests, restart_caps


@pytest.mark.rfc("3209", "5.2")
@given(hello_requests | hello_acks)
def test_a_hello_survives_a_round_trip(value: WireObject) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("3473", "9.1")
@given(restart_caps)
def test_a_restart_cap_survives_a_round_trip(value: RestartCap) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("5063", "4.2")
@given(capabilities)
def test_a_capability_survives_a_round_trip(value: Capability) -> None:
    assert_round_trip(value)


@pytest.mark.rfc("3209", "5.2.1")
def test_a_hello_request_is_laid_out_as_drawn() -> None:
    assert_vector(HelloRequest(0x01020304, 0), "000c1601 01020304 00000000")


@pytest.mark.rfc("3209", "5.2.2")
def test_a_hello_ack_is_laid_out_as_drawn() -> None:
    assert_vector(HelloAck(0x01020304, 0x0A0B0C0D), "000c1602 01020304 0a0b0c0d")


@pytest.mark.rfc("3473", "9.1")
def test_a_restart_cap_is_laid_out_as_drawn() -> None:
    assert_vector(RestartCap(60_000, 0), "000c8301 0000ea60 00000000")
    assert_vector(RestartCap(INDETERMINATE_MS, 1), "000c8301 ffffffff 00000001")


@pytest.mark.rfc("5063", "4.2")
@pytest.mark.parametrize(
    ("value", "bits"),
    [
        (Capability(), "00000000"),
        (Capability(transmit_enabled=True), "00000004"),
        (Capability(recovery_desired=True), "00000002"),
        (Capability(srefresh_capable=True), "00000001"),
        (
            Capability(transmit_enabled=True, recovery_desired=True, srefresh_capable=True),
            "00000007",
        ),
    ],
)
def test_the_bits_of_a_capability_are_where_they_are_drawn(value: Capability, bits: str) -> None:
    assert_vector(value, f"00088601 {bits}")


@pytest.mark.rfc("5063", "4.2")
def test_reserved_bits_of_a_capability_are_ignored() -> None:
    assert decode_capability(bytes.fromhex("fffffff8")) == Capability()


@pytest.mark.rfc("3209", "5.2.2")
@pytest.mark.parametrize("kind", [0x1601, 0x1602])
def test_a_hello_without_a_source_instance_is_malformed(kind: int) -> None:
    with pytest.raises(DecodeError, match="Src_Instance"):
        decode_body(kind, bytes.fromhex("0000000000000001"))
