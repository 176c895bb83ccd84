"""The refresh filter before a node: all is as if every refresh had reached the engine."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from p4rsvp.engine.config import InterfaceConfig, NodeConfig, TimeParameters
from p4rsvp.engine.effects import Effect, Program, SendPacket
from p4rsvp.engine.events import Event, PacketIn, Prefix, Route, RouteChanged, TargetResult, Tick
from p4rsvp.engine.node import Node
from p4rsvp.fast.batch import Batch
from p4rsvp.fast.front import Front
from p4rsvp.intserv.admission import ClassLimit
from p4rsvp.intserv.link import LinkConfig
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.message import encode
from p4rsvp.wire.messages import Message, Path, PathTear, Resv, ResvTear
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, SE
from p4rsvp.wire.tspec import SenderTspec, Tspec

SECOND_NS = 1_000_000_000
REFRESH_MS = 1_000
SENDER_SIDE, RECEIVER_SIDE = 1, 2
SHARED = 9  # the number of a session with several senders
UPSTREAM, DOWNSTREAM = Address.parse("10.0.1.2"), Address.parse("10.0.2.2")
LINK = LinkConfig(
    rate_bytes_per_s=1_250_000,
    mtu_bytes=1500,
    guaranteed=ClassLimit(400_000, 100_000),
    controlled_load=ClassLimit(400_000, 100_000),
    best_effort_rate_bytes_per_s=100_000,
    control_rate_bytes_per_s=10_000,
    control_burst_bytes=10_000,
)


def router() -> Node:
    times = TimeParameters(refresh_period_ms=REFRESH_MS)
    interfaces = tuple(
        InterfaceConfig(i, f"if{i}", (Address.parse(f"10.0.{i}.1"),), LINK, times=times)
        for i in (SENDER_SIDE, RECEIVER_SIDE)
    )
    return Node(NodeConfig("r", interfaces, seed=7))


def session(number: int) -> Session:
    return Session(Address.parse("10.9.0.9"), 17, 5000 + number)


def sender(number: int) -> PortSelector:
    return PortSelector(Address.parse("10.8.0.8"), 4000 + number)


def tspec(rate: int) -> Tspec:
    return Tspec(float(rate), 3000.0, float(2 * rate), 64, 1500)


def path(number: int, rate: int, of: int | None = None) -> PacketIn:
    message = Path(
        session(number if of is None else of),
        Hop(UPSTREAM, 9),
        TimeValues(REFRESH_MS),
        SenderTemplate(sender(number)),
        SenderTspec(tspec(rate)),
        send_ttl=60,
    )
    return PacketIn(
        SENDER_SIDE,
        sender(number).source,
        session(number).destination,
        60,
        router_alert=True,
        data=encode(message),
    )


def path_tear(number: int) -> PacketIn:
    message = PathTear(session(number), Hop(UPSTREAM, 9), SenderTemplate(sender(number)))
    return PacketIn(
        SENDER_SIDE,
        sender(number).source,
        session(number).destination,
        60,
        router_alert=True,
        data=encode(message),
    )


def flows(number: int, rate: int) -> tuple[FlowDescriptor, ...]:
    flowspec = Flowspec(Service.CONTROLLED_LOAD, tspec(rate))
    return (FlowDescriptor(flowspec, (FilterSpec(sender(number)),)),)


def from_receiver(message: Message) -> PacketIn:
    return PacketIn(
        RECEIVER_SIDE,
        DOWNSTREAM,
        Address.parse("10.0.2.1"),
        255,
        router_alert=False,
        data=encode(message),
    )


def resv(number: int, rate: int) -> PacketIn:
    hop = Hop(DOWNSTREAM, RECEIVER_SIDE)
    return from_receiver(
        Resv(session(number), hop, TimeValues(REFRESH_MS), FF, flows(number, rate))
    )


def resv_tear(number: int) -> PacketIn:
    hop = Hop(DOWNSTREAM, RECEIVER_SIDE)
    return from_receiver(ResvTear(session(number), hop, FF, flows(number, 1000)))


def shared_path(number: int) -> PacketIn:
    return path(number, 20_000, SHARED)


def shared_flows(numbers: frozenset[int], rate: int) -> tuple[FlowDescriptor, ...]:
    flowspec = Flowspec(Service.CONTROLLED_LOAD, tspec(rate))
    return (FlowDescriptor(flowspec, tuple(FilterSpec(sender(n)) for n in sorted(numbers))),)


def shared_resv(numbers: frozenset[int], rate: int) -> PacketIn:
    hop = Hop(DOWNSTREAM, RECEIVER_SIDE)
    flow = shared_flows(numbers, rate)
    return from_receiver(Resv(session(SHARED), hop, TimeValues(REFRESH_MS), SE, flow))


def shared_tear(numbers: frozenset[int]) -> PacketIn:
    hop = Hop(DOWNSTREAM, RECEIVER_SIDE)
    return from_receiver(ResvTear(session(SHARED), hop, SE, shared_flows(numbers, 1000)))


@dataclass
class World:
    """A node, filtered or not, whose data plane answers at once, and what has come out of it."""

    node: Node
    front: Front | None
    target_refuses: bool = False
    sent: list[Effect] = field(default_factory=list)

    def happen(self, event: Event, now_ns: int) -> None:
        handler = self.node if self.front is None else self.front
        for effect in handler.handle(event, now_ns):
            if isinstance(effect, SendPacket):
                self.sent.append(effect)
            if isinstance(effect, Program):
                self.sent.append(replace(effect, txn=0))
                self.happen(TargetResult(effect.txn, not self.target_refuses), now_ns)

    def in_any_order(self) -> list[str]:
        """What ends in the same nanosecond may end in any order."""
        return sorted(map(repr, self.sent))

    def pass_time(self, until_ns: int) -> None:
        while (due := self.node.deadline()) is not None and due <= until_ns:
            self.happen(Tick(), max(due, self.node.now_ns))


several = st.frozensets(st.integers(0, 2), min_size=1)
events = st.lists(
    st.tuples(
        st.one_of(
            st.builds(path, st.integers(0, 2), st.sampled_from([10_000, 20_000])),
            st.builds(resv, st.integers(0, 2), st.sampled_from([10_000, 20_000, 390_000])),
            st.builds(path_tear, st.integers(0, 2)),
            st.builds(resv_tear, st.integers(0, 2)),
            st.builds(shared_path, st.integers(0, 2)),
            st.builds(shared_resv, several, st.sampled_from([10_000, 20_000, 390_000])),
            st.builds(shared_tear, several),
        ),
        # Never in the same nanosecond: what ends in one may end in any order, and what has ended
        # first may take the other with it.
        st.integers(1, 2 * SECOND_NS),
        st.booleans(),
    ),
    max_size=40,
)


@pytest.mark.kernel
@settings(deadline=None, max_examples=60)
@given(events)
def test_a_filtered_node_does_what_an_unfiltered_node_does(
    script: list[tuple[PacketIn, int, bool]],
) -> None:
    plain = World(router(), None)
    filtered_node = router()
    filtered = World(filtered_node, Front(filtered_node, b"seed"))
    route = RouteChanged(Prefix(Address.parse("10.9.0.0"), 16), Route((RECEIVER_SIDE,)))
    now_ns = 0
    for world in (plain, filtered):
        world.happen(route, now_ns)
    for packet, wait_ns, refuses in script:
        now_ns += wait_ns
        for world in (plain, filtered):
            world.pass_time(now_ns)
            world.target_refuses = refuses
            world.happen(packet, now_ns)
        assert filtered.in_any_order() == plain.in_any_order()
    for world in (plain, filtered):
        world.target_refuses = False
        world.pass_time(now_ns + 60 * SECOND_NS)
    assert filtered.in_any_order() == plain.in_any_order()
    assert not plain.node.sessions
    assert not filtered.node.sessions


@pytest.mark.kernel
def test_a_repetition_does_not_reach_the_engine_and_keeps_the_state_alive() -> None:
    node = router()
    world = World(node, front := Front(node, b"seed"))
    for second in range(20):
        world.pass_time(second * SECOND_NS)
        world.happen(path(0, 10_000), second * SECOND_NS)
    assert front.known == 19
    assert len(node.sessions) == 1


@pytest.mark.kernel
def test_a_message_behind_the_one_that_undoes_it_is_handled_in_full() -> None:
    node = router()
    front = Front(node, b"seed")
    front.receive([path(0, 10_000)], 0)
    front.receive([path(0, 10_000), path_tear(0), path(0, 10_000)], SECOND_NS)
    assert front.known == 1
    assert len(node.sessions) == 1


def sharing() -> tuple[World, Front]:
    """Senders 0 and 1 of a shared session, behind a filter."""
    node = router()
    world = World(node, front := Front(node, b"seed"))
    world.happen(RouteChanged(Prefix(Address.parse("10.9.0.0"), 16), Route((RECEIVER_SIDE,))), 0)
    for number in (0, 1):
        world.happen(shared_path(number), number)
    return world, front


@pytest.mark.kernel
@pytest.mark.rfc("2205", "3.7")
def test_what_a_tear_leaves_of_a_message_lives_as_long_as_its_repetitions_have_it() -> None:
    world, _ = sharing()
    for second in range(5):
        now_ns = second * SECOND_NS + 2
        world.pass_time(now_ns)
        for event in (shared_path(0), shared_path(1), shared_resv(frozenset({0, 1}), 10_000)):
            world.happen(event, now_ns)
    world.happen(shared_tear(frozenset({0})), 4 * SECOND_NS + 3)
    # L is 5.25 s, which is over for the first of the messages, and not for the last.
    world.pass_time(7 * SECOND_NS)
    (rsb,) = world.node.sessions[session(SHARED)].rsbs
    assert rsb.selectors == (sender(1),)


@pytest.mark.kernel
@pytest.mark.rfc("2205", "3.1.4")
def test_a_message_is_no_repetition_once_another_has_changed_what_it_shares() -> None:
    world, front = sharing()
    world.happen(shared_resv(frozenset({0}), 10_000), 2)
    world.happen(shared_resv(frozenset({1}), 20_000), 3)
    world.happen(shared_resv(frozenset({0}), 10_000), 4)
    assert front.known == 0
    (rsb,) = world.node.sessions[session(SHARED)].rsbs
    assert rsb.flowspec.tspec.token_rate_bytes_per_s == 10_000


@pytest.mark.kernel
@pytest.mark.rfc("2205", "2.5")
def test_a_request_of_which_a_part_was_refused_is_looked_at_again() -> None:
    world, front = sharing()
    for number in (0, 1):  # each of them fits on the link, and both do not
        world.happen(path(number, 200_000, SHARED), 2)
    for time_ns, numbers in (3, {0}), (4, {0, 1}), (5, {0, 1}):
        world.happen(shared_resv(frozenset(numbers), 390_000), time_ns)
    (rsb,) = world.node.sessions[session(SHARED)].rsbs
    assert rsb.selectors == (sender(0),)
    assert front.known == 0


@pytest.mark.kernel
def test_no_object_is_asked_for_of_a_message_that_is_known() -> None:
    node = router()
    front = Front(node, b"seed")
    packets = [path(0, 10_000), path(1, 10_000), path(2, 10_000)]
    front.receive([packets[0], packets[2]], 0)
    batch = Batch()
    for packet in packets:
        assert packet.ip_ttl is not None
        assert batch.add(packet.data, packet.interface, packet.source, packet.ip_ttl)
    asked: list[int] = []

    def packet_at(index: int) -> PacketIn:
        asked.append(index)
        return packets[index]

    front.take(batch, packet_at, SECOND_NS)
    assert asked == [1]
    assert front.known == 2
    assert len(node.sessions) == 3


@pytest.mark.kernel
@pytest.mark.rfc("2747", "4.2")
def test_what_is_refused_neither_refreshes_nor_reaches_the_engine() -> None:
    node = router()
    front = Front(node, b"seed")
    known, new, changing = path(0, 10_000), path(1, 10_000), path(0, 20_000)
    front.receive([known], 0)
    batch = Batch()
    packets = [known, new, changing, known]
    for packet in packets:
        assert packet.ip_ttl is not None
        assert batch.add(packet.data, packet.interface, packet.source, packet.ip_ttl)
    front.take(batch, packets.__getitem__, SECOND_NS, refused=(0, 1, 3))
    assert front.known == 0
    assert len(node.sessions) == 1
    assert node.counters.received.total() == 2  # the first, and the one that changes


def test_to_prepare_is_to_take_no_message() -> None:
    front = Front(router(), b"seed")
    front.prepare()
    assert (front.known, front.deadline()) == (0, None)
