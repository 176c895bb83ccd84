"""The messages that came after RFC 2205, whole."""

import pytest
from hypothesis import given

from p4rsvp.wire.codes import MessageType
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.extensions import Ack, HelloMessage, IntegrityChallenge, IntegrityResponse
from p4rsvp.wire.header import frame
from p4rsvp.wire.integrity import Challenge, Integrity
from p4rsvp.wire.message import Bundle, decode, encode
from p4rsvp.wire.messages import Message
from p4rsvp.wire.refresh import MessageId, MessageIdAck
from p4rsvp.wire.restart import Capability, HelloRequest, RestartCap

from .strategies_extensions import bundles, extensions

CHALLENGE = Challenge(1, bytes(8))


def without_checksum(message: Message) -> bytes:
    data = encode(message)
    return data[:2] + bytes(2) + data[4:]


@pytest.mark.rfc("2745", "3")
@pytest.mark.rfc("2961", "4.4")
@pytest.mark.rfc("2961", "5.2")
@pytest.mark.rfc("3209", "5.1")
@pytest.mark.rfc("2747", "4.3")
@given(extensions)
def test_every_later_message_survives_encoding_and_decoding(message: Message) -> None:
    assert decode(encode(message)) == message


@given(extensions)
def test_what_we_write_of_later_messages_is_canonical(message: Message) -> None:
    data = encode(message)
    assert encode(decode(data)) == data


@pytest.mark.rfc("2961", "3.2")
@given(bundles)
def test_a_bundle_survives_encoding_and_decoding(bundle: Bundle) -> None:
    assert decode(encode(bundle)) == bundle


@pytest.mark.rfc("2961", "4.4")
def test_an_ack_is_laid_out_as_drawn() -> None:
    message = Ack(acks=(MessageIdAck(1, 2),), send_ttl=1)
    words = "100d0000 01000014 000c1801 00000001 00000002"
    assert without_checksum(message) == bytes.fromhex(words)


@pytest.mark.rfc("5063", "4.2")
def test_a_hello_is_laid_out_as_drawn() -> None:
    message = HelloMessage(
        HelloRequest(1, 2), RestartCap(1000, 2000), Capability(recovery_desired=True), send_ttl=1
    )
    words = "10140000 01000028 000c1601 00000001 00000002 000c8301 000003e8 000007d0 00088601"
    assert without_checksum(message) == bytes.fromhex(words + "00000002")


@pytest.mark.rfc("3097", "2")
@pytest.mark.parametrize(
    ("message", "number"),
    [
        (IntegrityChallenge(CHALLENGE), 25),
        (IntegrityResponse(CHALLENGE, integrity=Integrity(1, 2, bytes(16))), 26),
    ],
)
def test_the_handshake_has_the_numbers_that_do_not_collide_with_bundle(
    message: Message, number: int
) -> None:
    assert encode(message)[1] == number


@pytest.mark.rfc("2961", "4.1")
def test_a_message_id_stands_behind_the_acks() -> None:
    message = HelloMessage(HelloRequest(1), acks=(MessageIdAck(1, 2),), message_id=MessageId(3, 4))
    kinds = [encode(message)[at : at + 2].hex() for at in (10, 22, 34)]
    assert kinds == ["1801", "1701", "1601"]


@pytest.mark.rfc("2747", "4.3")
def test_a_challenge_message_without_a_challenge_is_malformed() -> None:
    with pytest.raises(DecodeError, match="CHALLENGE is missing"):
        decode(bytes.fromhex("10190000 01000008"))


@pytest.mark.rfc("2961", "4.4")
def test_an_ack_message_without_an_acknowledgement_is_malformed() -> None:
    with pytest.raises(DecodeError, match="MESSAGE_ID_ACK is missing"):
        decode(frame(MessageType.ACK, 0, 1, b""))


@pytest.mark.rfc("2961", "4.4")
def test_an_ack_message_may_not_ask_for_an_acknowledgement() -> None:
    body = MessageIdAck(1, 2).encode() + MessageId(3, 4).encode()
    with pytest.raises(DecodeError, match="no place in this message type"):
        decode(frame(MessageType.ACK, 0, 1, body))
