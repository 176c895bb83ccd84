"""Objects and messages that we do not know, or cannot read (RFC 2205 3.10, B; RFC 2961 3)."""

from typing import Any

import pytest

from p4rsvp.engine.effects import TraceKind
from p4rsvp.wire.codes import ErrorCode, TrafficControlValue
from p4rsvp.wire.extensions import Ack
from p4rsvp.wire.filter_spec import SenderTemplate
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.grammar import Placed
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.message import Bundle, encode
from p4rsvp.wire.messages import (
    Message,
    Path,
    PathErr,
    PathTear,
    Resv,
    ResvErr,
    ResvTear,
)
from p4rsvp.wire.opaque import Opaque
from p4rsvp.wire.refresh import MessageId, MessageIdAck
from p4rsvp.wire.style import FF, WF
from p4rsvp.wire.tspec import SenderTspec
from tests.engine.figures.notation import tspec
from tests.engine.rig import GROUP, S1, S2, UNI, Rig, neighbour, want

REJECTED, IGNORED, FORWARDED = 0x1001, 0x8F01, 0xE1F1
STRANGER = Opaque(FORWARDED, b"pass")


def with_extra(kind: int, data: bytes = b"pass") -> dict[str, Any]:
    return {"extras": (Placed(2, Opaque(kind, data)),)}


def extras(message: Message) -> list[Opaque]:
    return [item for _, item in message.extras if isinstance(item, Opaque)]


def raw_path(kind: int) -> bytes:
    """A Path with an object of this class and C-Type, which nobody has a name for."""
    message = Path(
        GROUP,
        Hop(neighbour(1), 91),
        TimeValues(30_000),
        SenderTemplate(S1),
        SenderTspec(tspec(1)),
        send_ttl=60,
        **with_extra(kind),
    )
    return encode(message)


def raw_resv(kind: int) -> bytes:
    """The same of a Resv."""
    message = Resv(
        GROUP, Hop(neighbour(2), 2), TimeValues(30_000), WF, (want(4),), **with_extra(kind)
    )
    return encode(message)


@pytest.mark.rfc("2205", "3.10")
@pytest.mark.parametrize("kind", [REJECTED, 0x7E01], ids=["known by name", "unknown"])
def test_a_path_with_an_object_of_a_class_that_must_be_known_is_rejected(
    rig: Rig, kind: int
) -> None:
    outcome = rig.receive(raw_path(kind), by=1, destination=GROUP.destination, ttl=60)
    assert outcome.refused_with(PathErr) == (ErrorCode.UNKNOWN_OBJECT_CLASS, kind)
    assert outcome.only(PathErr).template == SenderTemplate(S1)
    assert not rig.remains()


@pytest.mark.rfc("2205", "3.10")
@pytest.mark.parametrize("kind", [REJECTED, 0x7E01], ids=["known by name", "unknown"])
def test_a_resv_with_an_object_of_a_class_that_must_be_known_is_rejected(
    rig: Rig, kind: int
) -> None:
    rig.path(S1)
    outcome = rig.receive(raw_resv(kind), by=2)
    assert outcome.refused_with(ResvErr) == (ErrorCode.UNKNOWN_OBJECT_CLASS, kind)
    assert not rig.target.entries


@pytest.mark.rfc("2205", "3.10")
def test_a_c_type_that_nobody_has_a_name_for_rejects_the_message(rig: Rig) -> None:
    outcome = rig.receive(raw_path(0x0C63), by=1, destination=GROUP.destination, ttl=60)
    assert outcome.refused_with(PathErr)[0] == ErrorCode.UNKNOWN_OBJECT_C_TYPE


@pytest.mark.rfc("2205", "3.10")
def test_an_object_that_may_be_ignored_is_not_passed_on(rig: Rig) -> None:
    message = rig.path(S1, session=UNI, **with_extra(IGNORED)).only(Path)
    assert not extras(message)


@pytest.mark.rfc("2205", "3.10")
def test_an_object_that_is_to_be_forwarded_is_kept_and_sent_in_every_refresh(rig: Rig) -> None:
    assert extras(rig.path(S1, session=UNI, **with_extra(FORWARDED)).only(Path)) == [STRANGER]
    refreshes = rig.wait(100_000).sent(Path)
    assert [extras(one.message) for one in refreshes] == [[STRANGER]] * len(refreshes)
    assert refreshes


@pytest.mark.rfc("2205", "3.10")
def test_a_resv_carries_the_union_of_what_came_with_the_requests_each_once(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4), **with_extra(FORWARDED, b"both"))
    rig.resv(WF, want(5), by=3, **with_extra(FORWARDED, b"both"))
    outcome = rig.resv(WF, want(6), nhop=neighbour(2, 8), **with_extra(FORWARDED, b"mine"))
    assert sorted(item.data for item in extras(outcome.only(Resv))) == [b"both", b"mine"]


@pytest.mark.rfc("2205", "3.10")
def test_an_unknown_object_that_is_new_in_a_resv_is_forwarded_at_once(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4))
    assert extras(rig.resv(WF, want(4), **with_extra(FORWARDED)).only(Resv)) == [STRANGER]


@pytest.mark.rfc("2205", "3.10")
@pytest.mark.parametrize("kind", [IGNORED, FORWARDED])
def test_tears_and_errors_pass_on_what_is_to_be_forwarded_at_once(rig: Rig, kind: int) -> None:
    expected = [STRANGER] if kind == FORWARDED else []
    extra = with_extra(kind)
    rig.path(S1, session=UNI)
    rig.resv(FF, want(4, S1), session=UNI)
    found = [
        rig.resv_err(FF, want(4, S1), session=UNI, **extra).only(ResvErr),
        rig.path_err(S1, session=UNI, **extra).only(PathErr),
        rig.resv_tear(FF, want(None, S1), session=UNI, **extra).only(ResvTear),
        rig.path_tear(S1, session=UNI, **extra).only(PathTear),
    ]
    assert [extras(message) for message in found] == [expected] * 4


@pytest.mark.rfc("2205", "3.10")
def test_tears_and_errors_with_an_object_that_must_be_known_are_rejected_in_silence(
    rig: Rig,
) -> None:
    extra = with_extra(REJECTED)
    rig.path(S1, session=UNI)
    rig.resv(FF, want(4, S1), session=UNI)
    for outcome in (
        rig.resv_err(FF, want(4, S1), session=UNI, **extra),
        rig.path_err(S1, session=UNI, **extra),
        rig.resv_tear(FF, want(None, S1), session=UNI, **extra),
        rig.path_tear(S1, session=UNI, **extra),
    ):
        assert outcome.silent
        assert outcome.traced(TraceKind.MALFORMED)


@pytest.mark.rfc("2205", "3.10")
def test_a_hop_of_a_type_that_we_do_not_read_stops_no_message_type(rig: Rig) -> None:
    hop: Any = Opaque(0x0303, bytes(12))
    rig.path(S1)
    rig.resv(FF, want(4, S1))
    error = rig.path_err(S1).error(PathErr)
    for outcome in (
        rig.receive(PathTear(GROUP, hop, SenderTemplate(S1)), by=1, destination=GROUP.destination),
        rig.receive(ResvTear(GROUP, hop, FF, (want(None, S1),)), by=2),
        rig.receive(ResvErr(GROUP, hop, error, FF, (want(4, S1),)), by=1),
    ):
        assert outcome.silent
        assert outcome.traced(TraceKind.MALFORMED)


@pytest.mark.rfc("2205", "B")
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-4],
        lambda data: b"\x20" + data[1:],
        lambda data: data[:2] + b"\x12\x34" + data[4:],
        lambda data: data[:1] + b"\x63" + data[2:],
        lambda data: data[:8] + b"\x00\x03" + data[10:],
        lambda data: data[:0],
        lambda data: data[:1],
    ],
    ids=["length", "version", "checksum", "type", "object length", "nothing", "a byte"],
)
def test_what_appendix_b_wants_logged_is_logged_and_not_reported(rig: Rig, damage: Any) -> None:
    data = damage(raw_path(IGNORED))
    outcome = rig.receive(data, by=1)
    assert outcome.silent
    assert outcome.traced(TraceKind.MALFORMED)
    assert not rig.remains()


@pytest.mark.rfc("2205", "B")
def test_a_malformed_flowspec_is_reported_as_bad(rig: Rig) -> None:
    rig.path(S1)
    data = bytearray(encode(Resv(GROUP, Hop(neighbour(2), 2), TimeValues(1), WF, (want(4),))))
    flowspec = want(4).flowspec
    assert isinstance(flowspec, Flowspec)
    at = bytes(data).index(flowspec.body())
    data[at + 3] = 99  # the length of the message inside
    data[2:4] = bytes(2)
    outcome = rig.receive(bytes(data), by=2)
    assert outcome.refused_with(ResvErr) == (
        ErrorCode.TRAFFIC_CONTROL_ERROR,
        TrafficControlValue.BAD_FLOWSPEC,
    )


@pytest.mark.rfc("2205", "B")
def test_nobody_is_answered_at_an_address_that_is_illegal(rig: Rig) -> None:
    message = Path(
        GROUP,
        Hop(GROUP.destination, 91),
        TimeValues(30_000),
        SenderTemplate(S1),
        SenderTspec(tspec(1)),
        **with_extra(0x7E01),
    )
    assert rig.receive(encode(message), by=1, destination=GROUP.destination).silent


@pytest.mark.rfc("2205", "3.1.1")
def test_a_message_type_that_the_engine_has_no_use_for_is_dropped(rig: Rig) -> None:
    outcome = rig.receive(Ack(acks=(MessageIdAck(1, 2),)), by=1)
    assert outcome.silent
    assert outcome.traced(TraceKind.DROPPED)


@pytest.mark.rfc("2961", "3.4")
def test_every_message_of_a_bundle_is_taken(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    hop = Hop(neighbour(2), 2)
    both = tuple(
        Resv(GROUP, hop, TimeValues(30_000), FF, (want(4, one),), send_ttl=255) for one in (S1, S2)
    )
    rig.receive(encode(Bundle(messages=both)), by=2)
    assert len(rig.held(2)) == 2


@pytest.mark.rfc("2961", "4.1")
def test_message_ids_do_not_disturb_the_engine(rig: Rig) -> None:
    assert rig.path(S1, session=UNI, message_id=MessageId(1, 2)).only(Path).message_id is None
