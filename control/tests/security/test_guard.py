"""What passes a guard and what does not (RFC 2747 4)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from p4rsvp.engine.config import MOST_MESSAGE_BYTES
from p4rsvp.security.algorithms import Algorithm
from p4rsvp.security.faults import REPORTS_AT_ONCE, Fault, Report
from p4rsvp.security.guard import Handshake, Mode
from p4rsvp.security.keys import Keys, Lifetime
from p4rsvp.security.signature import signature_bytes
from p4rsvp.wire.address import Address
from p4rsvp.wire.integrity import Integrity, signed_bytes
from p4rsvp.wire.message import Bundle, decode, encode
from p4rsvp.wire.messages import Message
from tests.security.ends import (
    LEFT,
    RIGHT,
    SECOND_NS,
    SESSION,
    WALL_NS,
    End,
    acquainted,
    key,
)
from tests.wire.samples import ENCODED

PATH, RESV, PATH_ERR = ENCODED["path"], ENCODED["resv FF"], ENCODED["path error"]
# A Bundle, and what is signed already, are not signed as others are.
OTHERS = {"bundle", "challenge", "response", "path of IPsec, signed"}


@pytest.fixture
def left() -> End:
    return End(LEFT)


@pytest.fixture
def right(left: End) -> End:
    """It knows the left one."""
    found = End(RIGHT)
    acquainted(left, found)
    found.guard.faults.counts.clear()
    return found


def without_handshake(**rules: Any) -> End:
    return End(RIGHT, handshake=Handshake.NEVER, **rules)


@pytest.mark.rfc("2747", "4.1")
@pytest.mark.parametrize("algorithm", Algorithm)
def test_what_is_signed_is_the_message_with_an_integrity(algorithm: Algorithm) -> None:
    one = key(algorithm=algorithm)
    data = End(LEFT, Keys([one])).sign(PATH_ERR)
    message = decode(data)
    assert isinstance(message, Message)
    found = message.integrity
    assert isinstance(found, Integrity)
    assert (found.key_id, found.handshake) == (7, True)
    assert found.digest == one.mac.digest(signed_bytes(data))
    assert data[2:4] == bytes(2)
    assert without_handshake(keys=Keys([one])).takes(data)


@pytest.mark.rfc("2747", "4.2")
@pytest.mark.parametrize("name", sorted(ENCODED.keys() - OTHERS))
def test_a_signed_message_of_any_type_passes_once(name: str) -> None:
    left, right = End(LEFT), without_handshake()
    signed = left.sign(ENCODED[name])
    assert right.takes(signed)
    assert not right.takes(signed)
    assert right.faults() == {Fault.REPLAYED: 1}


@pytest.mark.rfc("2747", "4.2")
def test_what_is_unsigned_does_not_pass_where_it_must_be_signed(right: End) -> None:
    assert not right.takes(PATH_ERR)
    assert not right.takes(b"")
    assert right.faults() == {Fault.UNSIGNED: 2}


@pytest.mark.rfc("2747", "4.2")
@given(st.data())
def test_no_bit_of_a_signed_message_can_be_changed(data: st.DataObject) -> None:
    right = without_handshake()
    signed = End(LEFT).sign(PATH_ERR)
    bit = data.draw(st.integers(0, 8 * len(signed) - 1))
    if 16 <= bit < 32:
        return  # the checksum, which a node on the way may write (RFC 2747 4.1)
    changed = bytearray(signed)
    changed[bit // 8] ^= 0x80 >> bit % 8
    assert not right.takes(bytes(changed))


@pytest.mark.rfc("2747", "4.2")
@given(st.binary(max_size=80))
def test_whatever_comes_without_a_key_is_refused(tail: bytes) -> None:
    assert not without_handshake().takes(PATH_ERR[:8] + tail)


@pytest.mark.rfc("2747", "4.2")
def test_each_reason_is_counted_by_its_name(left: End, right: End) -> None:
    good = left.sign(PATH_ERR)
    other_key = End(LEFT, Keys([key(8)])).sign(PATH_ERR)
    stranger = End(LEFT, Keys([key(secret=b"not ours")]))
    stranger.now_ns += 1_000
    other_secret = stranger.sign(PATH_ERR)
    longer = End(LEFT, Keys([key(algorithm=Algorithm.HMAC_SHA_512)])).sign(PATH_ERR)
    misshapen = good[:9] + bytes([good[9] + 1]) + good[10:]
    for data in (other_key, other_secret, longer, misshapen):
        assert not right.takes(data)
    assert right.faults() == {
        Fault.UNKNOWN_KEY: 1,
        Fault.WRONG_DIGEST: 1,
        Fault.WRONG_LENGTH: 1,
        Fault.MALFORMED: 1,
    }
    assert right.takes(good)


@pytest.mark.rfc("2747", "4.2")
def test_a_message_that_fails_uses_no_sequence_number_up(left: End, right: End) -> None:
    good = left.sign(PATH_ERR)
    assert not right.takes(good[:-1] + bytes([good[-1] ^ 1]))
    assert right.takes(good)


@pytest.mark.rfc("2747", "4.2")
def test_messages_may_come_out_of_order(left: End, right: End) -> None:
    sent = [left.sign(PATH_ERR) for _ in range(20)]
    assert all(right.takes(data) for data in reversed(sent))
    assert not any(right.takes(data) for data in sent)


@pytest.mark.rfc("2747", "4.2")
def test_the_sender_of_a_path_is_its_hop_and_not_its_source(left: End) -> None:
    right = End(RIGHT, Keys([key(neighbour=Address.parse("192.0.2.1"))]), handshake=Handshake.NEVER)
    data = left.sign(PATH, to=SESSION)
    message = decode(data)
    hop = message.hop.address  # type: ignore[union-attr]
    right.guard.keys = Keys([key(neighbour=hop)])
    assert right.takes(data, source=Address.parse("10.8.0.1"), to=SESSION)
    stranger = without_handshake(keys=Keys([key(neighbour=LEFT)]))
    assert not stranger.takes(data, source=LEFT, to=SESSION)


@pytest.mark.rfc("2747", "4")
def test_where_it_is_accepted_what_is_unsigned_passes_and_what_is_wrong_does_not(left: End) -> None:
    right = without_handshake(mode=Mode.ACCEPTED)
    good = left.sign(PATH_ERR)
    assert right.takes(PATH_ERR)
    assert not right.takes(good[:-1] + bytes([good[-1] ^ 1]))
    assert right.takes(good)


@pytest.mark.rfc("2747", "4")
def test_where_it_is_off_nothing_is_looked_at_or_signed() -> None:
    right = End(RIGHT, mode=Mode.OFF)
    assert right.takes(PATH_ERR)
    assert right.sign(PATH_ERR) == PATH_ERR
    assert right.guard.is_idle


@pytest.mark.rfc("2747", "4.1")
def test_nothing_leaves_unsigned_where_it_must_be_signed() -> None:
    left = End(LEFT, Keys())
    assert left.guard.signed(left.packet(PATH_ERR), 0, WALL_NS) is None
    assert left.faults() == {Fault.NO_KEY: 1}
    lenient = End(LEFT, Keys(), mode=Mode.ACCEPTED)
    assert lenient.sign(PATH_ERR) == PATH_ERR


@pytest.mark.rfc("2747", "4.1")
def test_what_is_too_long_to_be_signed_is_not_sent(left: End) -> None:
    data = bytes.fromhex("1001000000000000") + bytes(MOST_MESSAGE_BYTES - 8)
    assert left.guard.signed(left.packet(data), 0, WALL_NS) is None
    assert left.faults() == {Fault.TOO_LONG: 1}
    assert left.sign(data[: -signature_bytes(key())])


def test_what_is_only_passed_on_is_neither_verified_nor_signed(left: End) -> None:
    far = Address.parse("10.7.0.7")
    assert left.takes(RESV, to=far)
    assert not left.faults()
    packet = left.packet(RESV, to=far)
    passed_on = replace(packet, in_transit=True)
    assert left.guard.signed(passed_on, 0, WALL_NS) is passed_on


@pytest.mark.rfc("2961", "3.2")
def test_a_bundle_passes_when_all_in_it_are_signed(left: End, right: End) -> None:
    parts = [decode(left.sign(PATH_ERR)) for _ in range(2)]
    good = encode(Bundle(messages=tuple(parts)))  # type: ignore[arg-type]
    half = encode(Bundle(messages=(parts[0], decode(PATH_ERR))))  # type: ignore[arg-type]
    assert not right.takes(half)
    assert right.faults() == {Fault.UNSIGNED: 1}
    fresh = [decode(left.sign(PATH_ERR)) for _ in range(2)]
    assert right.takes(encode(Bundle(messages=tuple(fresh))))  # type: ignore[arg-type]
    assert not right.takes(good)


@pytest.mark.rfc("2961", "3.2")
@pytest.mark.parametrize("size", [2, 3, 8])
def test_a_bundle_of_nothing_is_signed_by_nobody(right: End, size: int) -> None:
    assert not right.takes(bytes.fromhex("100c0000ff000008")[:size])
    assert right.faults() == {Fault.MALFORMED: 1}


@pytest.mark.rfc("2747", "5.1")
def test_a_key_is_not_believed_outside_its_lifetime(left: End) -> None:
    early = key(accepts=Lifetime(WALL_NS + SECOND_NS))
    right = without_handshake(keys=Keys([early]))
    assert not right.takes(left.sign(PATH_ERR))
    assert right.faults() == {Fault.EXPIRED_KEY: 1}
    right.now_ns += SECOND_NS
    assert right.takes(left.sign(PATH_ERR))


@pytest.mark.rfc("2747", "5.1")
def test_new_keys_are_taken_over_without_a_lost_message(left: End, right: End) -> None:
    both = Keys([key(), key(8, secret=b"the next one", sends=Lifetime(WALL_NS + SECOND_NS))])
    for end in (left, right):
        end.guard.reload(end.guard.rules, both)
    assert right.takes(left.sign(PATH_ERR))
    left.now_ns += SECOND_NS
    acquainted(left, right)  # RFC 2747 5.1: a handshake with the new key
    assert right.takes(left.sign(PATH_ERR))


@pytest.mark.rfc("2747", "5.2")
def test_a_key_that_is_deleted_is_not_believed_any_more(left: End, right: End) -> None:
    right.guard.reload(right.guard.rules, Keys())
    assert not right.takes(left.sign(PATH_ERR))
    assert right.faults() == {Fault.UNKNOWN_KEY: 1}


def test_faults_are_all_counted_and_few_are_reported() -> None:
    right = End(RIGHT)
    reports: list[Report] = []
    right.guard.faults.on_report = reports.append
    for _ in range(1_000):
        right.takes(PATH_ERR)
    assert right.faults()[Fault.UNSIGNED] == 1_000
    assert len(reports) <= REPORTS_AT_ONCE
    right.now_ns += 2 * SECOND_NS
    right.takes(PATH_ERR)
    assert reports[-1].withheld == 1_000 - REPORTS_AT_ONCE
