"""Digests, clones, resubmission, recirculation and registers, each in a program of a few lines."""

import pytest

from p4rsvp.dataplane.entities import (
    CloneSession,
    DigestConfig,
    DigestList,
    MulticastGroup,
    Replica,
    Update,
    UpdateType,
)
from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch.switch import Switch
from tests.softswitch.tiny import OUT_PORT, Json, field, forward, load, number, step

DIGEST_ID = 0x17000001
DIGEST_INFO = f'digests {{ preamble {{ id: {DIGEST_ID} name: "seen" }} }}'
SEEN = {"id": 1, "name": "seen", "elements": [field("h", "a"), field("h", "b")]}
KEPT_LIST = {"id": 1, "name": "fl", "elements": [field("scalars", "kept")]}
ONE, TWO = b"\x01\x00\x07rest", b"\x02\x00\x08rest"


def condition(left: Json, op: str, right: Json) -> Json:
    inner = {"op": op, "left": left, "right": right}
    return {"type": "expression", "value": {"type": "expression", "value": inner}}


def write(switch: Switch, kind: UpdateType, *entities: object) -> None:
    updates = [Update(kind, entity) for entity in entities]  # type: ignore[arg-type]  # any of them
    assert switch.apply(updates) == [None] * len(entities)


def digesting(**config: int) -> tuple[Switch, list[DigestList]]:
    steps = [step("generate_digest", number(0), number(1)), forward()]
    switch = load(steps, p4info=DIGEST_INFO, learn_lists=[SEEN])
    got: list[DigestList] = []
    switch.on_digest(got.append)
    write(switch, UpdateType.INSERT, DigestConfig(DIGEST_ID, **config))
    return switch, got


def test_a_digest_brings_its_fields_at_once_where_lists_are_of_one() -> None:
    switch, got = digesting(max_list_size=1)
    switch.process([(1, ONE)], 1000)
    assert [(d.digest_id, d.members) for d in got] == [(DIGEST_ID, [(1, 7)])]


def test_a_list_waits_until_it_is_full() -> None:
    switch, got = digesting(max_list_size=2, max_timeout_ns=10**9)
    switch.process([(1, ONE)], 1000)
    assert got == []
    switch.process([(1, TWO)], 2000)
    assert got[0].members == [(1, 7), (2, 8)]


def test_a_list_does_not_wait_longer_than_its_timeout() -> None:
    switch, got = digesting(max_list_size=9, max_timeout_ns=500)
    switch.process([(1, ONE)], 1000)
    switch.process([], 1499)
    assert got == []
    switch.process([], 1500)
    assert got[0].members == [(1, 7)]


def test_what_was_sent_is_not_sent_again_until_it_is_acknowledged_or_old() -> None:
    switch, got = digesting(max_list_size=1, ack_timeout_ns=10_000)
    switch.process([(1, ONE)], 1000)
    switch.process([(1, ONE)], 2000)
    assert len(got) == 1
    switch.ack_digest(DIGEST_ID, got[0].list_id)
    switch.process([(1, ONE)], 3000)
    assert len(got) == 2
    switch.process([(1, ONE)], 13_000)
    assert len(got) == 3


def test_a_digest_that_nobody_asked_for_is_silent() -> None:
    steps = [step("generate_digest", number(0), number(1)), forward()]
    switch = load(steps, p4info=DIGEST_INFO, learn_lists=[SEEN])
    got: list[DigestList] = []
    switch.on_digest(got.append)
    switch.process([(1, ONE)], 1000)
    assert got == []


@pytest.mark.parametrize("plain", [True, pytest.param(False, marks=pytest.mark.kernel)])
def test_an_ingress_clone_is_the_packet_as_it_came(plain: bool) -> None:  # noqa: FBT001
    steps = [
        step("clone_ingress_pkt_to_egress", number(7), number(1)),
        step("assign", field("h", "a"), number(0xAA)),
        forward(),
    ]
    switch = load(steps, plain=plain, field_lists=[KEPT_LIST])
    write(switch, UpdateType.INSERT, CloneSession(7, (Replica(5), Replica(6))))
    sent = {p.port: p.data for p in switch.process([(1, ONE)], 1000)}
    assert sent == {OUT_PORT: b"\xaa" + ONE[1:], 5: ONE, 6: ONE}


@pytest.mark.parametrize("plain", [True, pytest.param(False, marks=pytest.mark.kernel)])
def test_an_egress_clone_has_the_headers_as_egress_left_them(plain: bool) -> None:  # noqa: FBT001
    is_clone = condition(field("standard_metadata", "instance_type"), "==", number(0))
    steps = [
        step("assign", field("h", "b"), field("standard_metadata", "instance_type")),
        step("_jump_if_zero", is_clone, number(4)),
        step("assign", field("h", "a"), number(0xBB)),
        step("clone_egress_pkt_to_egress", number(7), number(1)),
    ]
    switch = load([forward()], steps, plain=plain, field_lists=[KEPT_LIST])
    write(switch, UpdateType.INSERT, CloneSession(7, (Replica(5),)))
    sent = {p.port: p.data for p in switch.process([(1, ONE)], 1000)}
    assert sent == {OUT_PORT: b"\xbb\x00\x00rest", 5: b"\xbb\x00\x02rest"}


def test_a_clone_session_can_cut_its_packets() -> None:
    steps = [step("clone_ingress_pkt_to_egress", number(7), number(1)), forward()]
    switch = load(steps, field_lists=[KEPT_LIST])
    write(switch, UpdateType.INSERT, CloneSession(7, (Replica(5),), packet_length_bytes=4))
    sent = {p.port: p.data for p in switch.process([(1, ONE)], 1000)}
    assert sent == {OUT_PORT: ONE, 5: ONE[:4]}


def test_a_clone_waits_in_the_queue_of_its_sessions_class() -> None:
    steps = [step("clone_ingress_pkt_to_egress", field("h", "a"), number(1)), forward()]
    switch = load(steps, field_lists=[KEPT_LIST])
    write(switch, UpdateType.INSERT, CloneSession(1, (Replica(5),)))
    write(switch, UpdateType.INSERT, CloneSession(2, (Replica(5),), class_of_service=6))
    switch.engines[0].shape(5, 1_000, limit_bytes=10_000)
    frames = [bytes([session, 0, number_]) for number_, session in enumerate((1, 1, 2))]
    sent = switch.process([(1, frame) for frame in frames], 0)
    sent += switch.process([], 1_000_000_000)
    assert [p.data for p in sent if p.port == 5] == [frames[2], frames[0], frames[1]]


def _once_more(op: str, kind: int) -> list[Json]:
    """Do `op` on a packet's first pass and write what it kept on the second."""
    again = condition(field("standard_metadata", "instance_type"), "==", number(kind))
    return [
        step("_jump_if_zero", again, number(4)),
        step("assign", field("h", "b"), field("scalars", "kept")),
        forward(),
        step("_jump", number(7)),
        step("assign", field("scalars", "kept"), number(0x1234)),
        step(op, number(1)),
        forward(4),
    ]


def test_a_resubmitted_packet_comes_again_with_what_it_kept() -> None:
    switch = load(_once_more("resubmit", 6), field_lists=[KEPT_LIST])
    (sent,) = switch.process([(1, ONE)], 1000)
    assert (sent.port, sent.data) == (OUT_PORT, b"\x01\x12\x34rest")


def test_a_recirculated_packet_comes_again_as_it_left() -> None:
    first = condition(field("h", "a"), "==", number(1))
    egress = [
        step("_jump_if_zero", first, number(3)),
        step("assign", field("h", "a"), number(0xCC)),
        step("recirculate", number(1)),
    ]
    ingress = [
        step("assign", field("h", "b"), field("standard_metadata", "instance_type")),
        forward(),
    ]
    switch = load(ingress, egress, field_lists=[KEPT_LIST])
    (sent,) = switch.process([(1, ONE)], 1000)
    assert sent.data == b"\xcc\x00\x04rest"


@pytest.mark.parametrize("plain", [True, pytest.param(False, marks=pytest.mark.kernel)])
def test_a_group_sends_one_replica_to_each_member_with_its_instance(plain: bool) -> None:  # noqa: FBT001
    ingress = [step("assign", field("standard_metadata", "mcast_grp"), number(9))]
    egress = [step("assign", field("h", "b"), field("standard_metadata", "egress_rid"))]
    switch = load(ingress, egress, plain=plain)
    write(switch, UpdateType.INSERT, MulticastGroup(9, (Replica(2, 20), Replica(4, 40))))
    sent = {p.port: p.data for p in switch.process([(1, ONE)], 1000)}
    assert sent == {2: b"\x01\x00\x14rest", 4: b"\x01\x00\x28rest"}


def test_an_unknown_primitive_is_refused_by_name() -> None:
    with pytest.raises(Unsupported, match="primitive teleport"):
        load([step("teleport", number(1)), forward()])
