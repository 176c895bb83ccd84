"""A neighbour that has just started asks for sequence numbers before it believes (RFC 2747 4.3)."""

import pytest

from p4rsvp.security.faults import Fault
from p4rsvp.security.guard import RESPONSES_AT_ONCE, Handshake
from p4rsvp.security.handshake import OPEN_MAX, REPETITIONS_MAX, Handshakes, Who
from p4rsvp.security.keys import Keys
from p4rsvp.wire.address import Address
from p4rsvp.wire.extensions import IntegrityChallenge, IntegrityResponse
from p4rsvp.wire.integrity import Challenge, Integrity, with_digest
from p4rsvp.wire.message import decode, encode
from tests.security.ends import LEFT, RIGHT, SECOND_NS, End, acquainted, key
from tests.wire.samples import ENCODED

DATA = ENCODED["path error"]


def declining(data: bytes, secret_of: End) -> bytes:
    """The same message from somebody who answers no challenges."""
    blank = data[:12] + b"\0" + data[13:28] + bytes(32) + data[60:]
    (one,) = secret_of.guard.keys.all
    return with_digest(blank, one.mac.digest(blank))


@pytest.fixture
def left() -> End:
    return End(LEFT)


@pytest.fixture
def right() -> End:
    return End(RIGHT)


@pytest.mark.rfc("2747", "4.3")
def test_an_unknown_sender_is_challenged_and_then_believed(left: End, right: End) -> None:
    assert not right.takes(left.sign(DATA))
    (challenge,) = right.guard.outbox
    assert isinstance(decode(challenge.data), IntegrityChallenge)
    left.hears(right)
    (response,) = left.guard.outbox
    assert isinstance(decode(response.data), IntegrityResponse)
    right.hears(left)
    assert right.takes(left.sign(DATA))
    assert right.guard.deadline() is None


@pytest.mark.rfc("2747", "4.3")
def test_what_was_recorded_before_a_restart_is_not_believed_after_it(left: End, right: End) -> None:
    acquainted(left, right)
    recorded = [left.sign(DATA) for _ in range(3)]
    restarted = End(RIGHT)
    assert not any(restarted.takes(data) for data in recorded)
    left.hears(restarted)
    restarted.hears(left)
    assert not any(restarted.takes(data) for data in recorded)
    assert restarted.takes(left.sign(DATA))


@pytest.mark.rfc("2747", "3.2")
def test_a_sender_that_restarts_is_believed_at_once(left: End, right: End) -> None:
    acquainted(left, right)
    for _ in range(100):
        assert right.takes(left.sign(DATA))
    restarted = End(LEFT)
    restarted.now_ns = SECOND_NS
    assert right.takes(restarted.sign(DATA))


@pytest.mark.rfc("2747", "4.3")
def test_a_challenge_is_repeated_and_then_given_up(left: End, right: End) -> None:
    right.takes(left.sign(DATA))
    (first,) = right.guard.take_outbox()
    for second in range(70):
        right.now_ns = second * SECOND_NS
        right.guard.tick(right.now_ns)
    again = right.guard.take_outbox()
    assert [packet.data for packet in again] == REPETITIONS_MAX * [first.data]
    assert right.guard.deadline() is None


@pytest.mark.rfc("2747", "4.3")
def test_an_old_response_is_of_no_use(left: End, right: End) -> None:
    right.takes(left.sign(DATA))
    left.hears(right)
    (response,) = left.guard.outbox
    right.hears(left)
    restarted = End(RIGHT, keys=Keys([key()]))
    restarted.guard = type(restarted.guard)(
        restarted.node, restarted.guard.rules, restarted.guard.keys, b"another seed"
    )
    restarted.takes(left.sign(DATA))
    assert not restarted.takes(response.data)
    assert restarted.faults()[Fault.WRONG_RESPONSE] == 1
    assert not right.takes(response.data)


@pytest.mark.rfc("2747", "4.3")
def test_nobody_without_a_key_can_make_a_node_send_challenges(right: End) -> None:
    stranger = End(LEFT, Keys([key(secret=b"guessed")]))
    assert not right.takes(stranger.sign(DATA))
    assert not right.guard.outbox
    assert right.guard.deadline() is None


@pytest.mark.rfc("2747", "4.3")
def test_answers_to_challenges_are_few(left: End) -> None:
    challenge = encode(IntegrityChallenge(challenge=Challenge(7, bytes(8))))
    for _ in range(1_000):
        left.takes(challenge)
    assert len(left.guard.outbox) == RESPONSES_AT_ONCE
    assert left.faults() == {Fault.TOO_MANY: 1_000 - RESPONSES_AT_ONCE}


@pytest.mark.rfc("2747", "4.3")
def test_a_challenge_for_another_is_not_answered(left: End) -> None:
    challenge = encode(IntegrityChallenge(challenge=Challenge(7, bytes(8))))
    assert left.takes(challenge, to=Address.parse("10.7.0.7"))
    assert not left.guard.outbox


@pytest.mark.rfc("2747", "4.3")
def test_a_challenge_with_an_unknown_key_is_not_answered(left: End) -> None:
    left.takes(encode(IntegrityChallenge(challenge=Challenge(9, bytes(8)))))
    left.takes(encode(IntegrityChallenge(challenge=Challenge(7, bytes(8))))[:-4])
    assert not left.guard.outbox
    assert left.faults() == {Fault.UNKNOWN_KEY: 1, Fault.MALFORMED: 1}


@pytest.mark.rfc("2747", "4.3")
def test_named_neighbours_are_asked_at_the_start(left: End) -> None:
    right = End(RIGHT, Keys([key(neighbour=LEFT)]))
    right.guard.begin(right.now_ns, right.wall_ns)
    left.hears(right)
    right.hears(left)
    assert right.takes(left.sign(DATA))


@pytest.mark.rfc("2747", "2.1")
@pytest.mark.parametrize(
    ("rule", "passes"),
    [(Handshake.ALWAYS, False), (Handshake.OFFERED, True), (Handshake.NEVER, True)],
)
def test_who_answers_no_challenges_is_believed_as_configured(
    left: End, rule: Handshake, *, passes: bool
) -> None:
    right = End(RIGHT, handshake=rule)
    signed = declining(left.sign(DATA), left)
    found = decode(signed).integrity  # type: ignore[union-attr]
    assert isinstance(found, Integrity)
    assert not found.handshake
    assert right.takes(signed) == passes
    assert not right.guard.outbox


def test_open_questions_are_bounded() -> None:
    handshakes = Handshakes(b"seed")
    for number in range(OPEN_MAX):
        handshakes.ask(Who(1, number, LEFT), 0)
    assert handshakes.is_full


@pytest.mark.rfc("2747", "4.3")
def test_no_two_cookies_are_alike() -> None:
    handshakes = Handshakes(b"seed")
    cookies = {handshakes.ask(Who(1, 7, LEFT), 0).cookie for _ in range(100)}
    assert len(cookies) == 100
