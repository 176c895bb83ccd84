"""PREEMPTION_PRI and the identities AUTH_USER and AUTH_APP."""

import pytest
from hypothesis import given

from p4rsvp.wire.codes import PolicyValue
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.identity import (
    AttributeType,
    AuthAttribute,
    AuthData,
    CredentialType,
    IdentityError,
    LocatorType,
    PolicyErrorObject,
    read_auth_app,
    read_auth_user,
)
from p4rsvp.wire.policy_elements import (
    ElementType,
    MergeStrategy,
    PreemptionError,
    PreemptionPriority,
    read_preemption_priority,
)

from .strategies_policy import auth_datas, priorities

HEADER_BYTES = 4
LOCATOR = AuthAttribute(AttributeType.POLICY_LOCATOR, LocatorType.ASCII_DN, b"CN=Ada")
LOCATOR_WORDS = "000a0101 434e3d41 64610000"
LOGIN = AuthAttribute(AttributeType.CREDENTIAL, CredentialType.ASCII_ID, b"ada")
LOGIN_WORDS = "00070201 61646100"
SEAL = AuthAttribute(AttributeType.DIGITAL_SIGNATURE, 0, b"seal")
SEAL_WORDS = "00080300 7365616c"


@pytest.mark.rfc("3181", "4")
@given(priorities)
def test_a_preemption_priority_survives_a_round_trip(value: PreemptionPriority) -> None:
    assert read_preemption_priority(value.encode()[HEADER_BYTES:]) == value


@pytest.mark.rfc("3182", "3.2")
@given(auth_datas)
def test_an_identity_survives_a_round_trip(value: AuthData) -> None:
    read = read_auth_user if value.identity_type == ElementType.AUTH_USER else read_auth_app
    encoded = value.encode()
    assert len(encoded) % 4 == 0
    assert read(encoded[HEADER_BYTES:]) == value


@pytest.mark.rfc("3181", "4")
def test_a_preemption_priority_is_laid_out_as_drawn() -> None:
    value = PreemptionPriority(
        3, 7, MergeStrategy.ERROR_IF_HETEROGENEOUS, PreemptionError.HETEROGENEOUS
    )
    assert value.encode() == bytes.fromhex("000c0001 00030200 00030007")


@pytest.mark.rfc("3181", "4")
def test_flags_and_reserved_byte_of_a_preemption_priority_are_ignored() -> None:
    body = bytes.fromhex("ff0100ff 00030007")
    assert read_preemption_priority(body) == PreemptionPriority(3, 7)


@pytest.mark.rfc("3181", "4")
@pytest.mark.parametrize("size", [0, 4, 12])
def test_a_preemption_priority_of_another_size_is_a_bad_element(size: int) -> None:
    with pytest.raises(DecodeError, match="PREEMPTION_PRI") as caught:
        read_preemption_priority(bytes(size))
    assert caught.value.value == PolicyValue.ERR_PE_BAD


@pytest.mark.rfc("3182", "4.3")
def test_an_identity_is_laid_out_as_drawn() -> None:
    value = AuthData(ElementType.AUTH_USER, (LOCATOR, LOGIN, SEAL))
    words = f"00200002 {LOCATOR_WORDS} {LOGIN_WORDS} {SEAL_WORDS}"
    assert value.encode() == bytes.fromhex(words)
    assert read_auth_user(value.body()) == value


@pytest.mark.rfc("3182", "3.3.4")
def test_a_policy_error_object_is_laid_out_as_drawn() -> None:
    value = PolicyErrorObject(IdentityError.EXPIRED_CREDENTIAL, b"late")
    assert value.encode() == bytes.fromhex("000c0400 00000004 6c617465")


@pytest.mark.rfc("3182", "3.3")
def test_padding_is_no_part_of_an_attribute_whatever_it_holds() -> None:
    body = bytes.fromhex(LOCATOR_WORDS[:-4] + "ffff" + LOGIN_WORDS)
    assert read_auth_user(body).attributes == (LOCATOR, LOGIN)


@pytest.mark.rfc("3182", "3.3.3")
def test_nothing_follows_a_digital_signature() -> None:
    with pytest.raises(DecodeError, match="follows the DIGITAL_SIGNATURE") as caught:
        read_auth_user(bytes.fromhex(SEAL_WORDS + LOGIN_WORDS))
    assert caught.value.offset == HEADER_BYTES + 8


@pytest.mark.rfc("3182", "3.3")
@pytest.mark.parametrize("length", [0, 1, 2, 3, 9, 0xFFFF])
def test_an_attribute_of_an_impossible_length_is_a_bad_element(length: int) -> None:
    with pytest.raises(DecodeError, match="attribute length") as caught:
        read_auth_user(bytes.fromhex(LOCATOR_WORDS + f"{length:04x}0201 61646100"))
    assert caught.value.value == PolicyValue.ERR_PE_BAD
    assert caught.value.offset == HEADER_BYTES + 12


@pytest.mark.rfc("3182", "3.3.4")
@pytest.mark.parametrize("length", [4, 5, 7])
def test_a_policy_error_object_without_an_error_is_a_bad_element(length: int) -> None:
    with pytest.raises(DecodeError, match="has no error"):
        read_auth_user(bytes.fromhex(f"{length:04x}0400 00000004"))
