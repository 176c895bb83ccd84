"""Every row of the mapping from a socket and its QOS to RSVP's objects, and the news' codes."""

from __future__ import annotations

import socket
from math import inf

import pytest

from p4rsvp.host import qos_mapping
from p4rsvp.host.flowspecs import Announced
from p4rsvp.host.happenings import (
    Confirmed,
    Happening,
    PathArrived,
    PathGone,
    PathRefused,
    Refused,
    ReservationGone,
    Reserved,
)
from p4rsvp.host.qos import (
    FLOWSPEC,
    NOT_SPECIFIED,
    QOS,
    DestAddr,
    RsvpFlow,
    RsvpReserveInfo,
    RsvpStyle,
    ServiceFlag,
    ServiceType,
    StatusCode,
)
from p4rsvp.host.qos_mapping import End, Ends
from p4rsvp.intserv.advertise import OPEN_PATH
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, SE, WF, Style
from p4rsvp.wire.tspec import NullTspec, Tspec

TCP, UDP = 6, 17
MTU_BYTES = 1500
LOCAL = End(Address.parse("10.0.0.1"), 5004)
PEER = End(Address.parse("10.0.0.2"), 4000)
GROUP = Address.parse("239.1.1.1")
ANY = Address.parse("0.0.0.0")  # noqa: S104 (the wildcard is what it is about)

FULL = FLOWSPEC(
    token_rate=125_000,
    token_bucket_size=10_000,
    peak_bandwidth=250_000,
    service_type=ServiceType.CONTROLLED_LOAD,
    max_sdu_size=1_200,
    minimum_policed_size=100,
)
BUCKET = Tspec(125_000.0, 10_000.0, 250_000.0, 100, 1_200)


def both(flowspec: FLOWSPEC, *specific: RsvpReserveInfo | DestAddr) -> QOS:
    return QOS(flowspec, flowspec, specific)


@pytest.mark.parametrize(
    ("service_type", "signals"),
    [
        (ServiceType.NO_TRAFFIC, False),
        (ServiceType.BEST_EFFORT, False),
        (ServiceType.CONTROLLED_LOAD, True),
        (ServiceType.GUARANTEED, True),
        (ServiceType.QUALITATIVE, True),
        (ServiceType.GUARANTEED | ServiceFlag.NO_QOS_SIGNALING, False),
    ],
)
def test_signalling_starts_for_all_but_best_effort_and_no_traffic(
    service_type: int, *, signals: bool
) -> None:
    qos = both(FLOWSPEC(token_rate=1_000, service_type=service_type))
    ends = Ends(UDP, LOCAL, PEER)
    assert (qos_mapping.sending_session(qos, ends) is not None) == signals
    assert (qos_mapping.receiving_session(qos, ends) is not None) == signals


def test_one_direction_may_be_signalled_without_the_other() -> None:
    qos = QOS(sending=FULL, receiving=FLOWSPEC(service_type=ServiceType.NO_TRAFFIC))
    assert qos_mapping.sending_session(qos, Ends(UDP, LOCAL, PEER)) is not None
    assert qos_mapping.receiving_session(qos, Ends(UDP, LOCAL, PEER)) is None


def test_the_sender_tspec_is_the_sending_flowspec() -> None:
    assert qos_mapping.tspec(FULL, MTU_BYTES) == BUCKET


def test_what_a_flowspec_does_not_specify_is_filled_in_from_rate_and_mtu() -> None:
    filled = qos_mapping.tspec(FLOWSPEC(token_rate=1_000_000), MTU_BYTES)
    assert filled == Tspec(1_000_000.0, 20_000.0, inf, 1000, MTU_BYTES)


def test_a_flowspec_without_a_rate_cannot_be_announced() -> None:
    with pytest.raises(ValueError, match="token_rate"):
        qos_mapping.tspec(FLOWSPEC(service_type=ServiceType.GUARANTEED), MTU_BYTES)


@pytest.mark.parametrize(
    ("local", "selector"),
    [
        (LOCAL, PortSelector(LOCAL.address, 5004)),
        (End(ANY, 5004), PortSelector(PEER.address, 5004)),
        (None, PortSelector(PEER.address, 0)),
    ],
)
def test_the_sender_template_is_the_bound_source_address_and_port(
    local: End | None, selector: PortSelector
) -> None:
    assert qos_mapping.template(Ends(UDP, local), source=PEER.address) == selector


@pytest.mark.parametrize(
    ("kind", "protocol"), [(socket.SOCK_STREAM, TCP), (socket.SOCK_DGRAM, UDP)]
)
def test_a_sending_session_is_the_destination_and_the_socket_s_protocol(
    kind: socket.SocketKind, protocol: int
) -> None:
    ends = Ends(qos_mapping.PROTOCOLS[kind], LOCAL, PEER)
    found = qos_mapping.sending_session(both(FULL), ends)
    assert found == Session(PEER.address, protocol, PEER.port)


def test_an_unconnected_sender_names_its_destination() -> None:
    ends = Ends(UDP, LOCAL)
    assert qos_mapping.sending_session(both(FULL), ends) is None
    named = both(FULL, DestAddr("239.1.1.1", 5004))
    assert qos_mapping.sending_session(named, ends) == Session(GROUP, UDP, 5004)


@pytest.mark.parametrize(
    ("ends", "destination"),
    [
        (Ends(UDP, LOCAL), LOCAL.address),
        (Ends(UDP, LOCAL, PEER), LOCAL.address),
        (Ends(UDP, LOCAL, None, GROUP), GROUP),
        (Ends(UDP, End(ANY, 5004), None, GROUP), GROUP),
    ],
)
def test_a_receiving_session_is_the_group_joined_or_the_local_address(
    ends: Ends, destination: Address
) -> None:
    assert qos_mapping.receiving_session(both(FULL), ends) == Session(destination, UDP, 5004)


@pytest.mark.parametrize(
    "ends", [Ends(UDP, None), Ends(UDP, End(ANY, 5004)), Ends(TCP, LOCAL)], ids=str
)
def test_a_socket_that_receives_nowhere_yet_has_no_receiving_session(ends: Ends) -> None:
    assert qos_mapping.receiving_session(both(FULL), ends) is None


@pytest.mark.parametrize(
    ("ends", "style"),
    [
        (Ends(UDP, LOCAL, None, GROUP), WF),
        (Ends(UDP, LOCAL), WF),
        (Ends(UDP, LOCAL, PEER), FF),
        (Ends(TCP, LOCAL, PEER), FF),
    ],
)
def test_the_style_is_wf_for_a_group_and_without_a_peer_and_ff_with_one(
    ends: Ends, style: Style
) -> None:
    assert qos_mapping.style(both(FULL), ends) == style


@pytest.mark.parametrize(
    ("asked", "style"),
    [
        (RsvpStyle.WILDCARD, WF),
        (RsvpStyle.FIXED_FILTER, FF),
        (RsvpStyle.SHARED_EXPLICIT, SE),
    ],
)
def test_a_style_that_is_asked_for_is_taken(asked: RsvpStyle, style: Style) -> None:
    qos = both(FULL, RsvpReserveInfo(asked))
    for ends in (Ends(UDP, LOCAL, PEER), Ends(UDP, LOCAL, None, GROUP)):
        assert qos_mapping.style(qos, ends) == style


def flows(qos: QOS, ends: Ends, *senders: PortSelector) -> tuple[FlowDescriptor, ...]:
    wish = qos_mapping.wish(qos, ends, MTU_BYTES)
    assert wish is not None
    return wish.flows(dict.fromkeys(senders, Announced(BUCKET, OPEN_PATH)))


def test_the_flowspec_is_the_receiving_flowspec() -> None:
    (flow,) = flows(both(FULL), Ends(UDP, LOCAL, None, GROUP))
    assert flow == FlowDescriptor(Flowspec(Service.CONTROLLED_LOAD, BUCKET))


def test_a_receiving_flowspec_without_a_rate_is_what_the_sender_announces() -> None:
    qos = both(FLOWSPEC(service_type=ServiceType.CONTROLLED_LOAD))
    ends = Ends(UDP, LOCAL, None, GROUP)
    assert not flows(qos, ends)
    (flow,) = flows(qos, ends, PEER.selector)
    assert flow.flowspec == Flowspec(Service.CONTROLLED_LOAD, BUCKET)


def test_guaranteed_service_reserves_the_token_rate() -> None:
    qos = both(FLOWSPEC(token_rate=125_000, service_type=ServiceType.GUARANTEED))
    (flow,) = flows(qos, Ends(UDP, LOCAL, PEER))
    assert isinstance(flow.flowspec, Flowspec)
    assert flow.flowspec.rspec == Rspec(125_000.0, 0)


@pytest.mark.parametrize("bound", ["latency", "delay_variation"])
def test_latency_and_delay_variation_raise_the_rate_of_guaranteed_service(bound: str) -> None:
    qos = both(
        FLOWSPEC(
            token_rate=125_000,
            token_bucket_size=10_000,
            service_type=ServiceType.GUARANTEED,
            **{bound: 20_000},
        )
    )
    ends = Ends(UDP, LOCAL, PEER)
    assert not flows(qos, ends), "until a Path tells how far the network may lag"
    (flow,) = flows(qos, ends, PEER.selector)
    assert isinstance(flow.flowspec, Flowspec)
    assert flow.flowspec.rspec is not None
    # b / R <= 20 ms (RFC 2212, with no terms and an unknown peak rate)
    assert flow.flowspec.rspec.rate_bytes_per_s == 500_000


@pytest.mark.rfc("2997", "4.4")
@pytest.mark.parametrize(("largest", "told"), [(NOT_SPECIFIED, MTU_BYTES), (500, 500)])
def test_a_qualitative_direction_is_the_null_service(largest: int, told: int) -> None:
    flowspec = FLOWSPEC(
        token_rate=1_000, max_sdu_size=largest, service_type=ServiceType.QUALITATIVE
    )
    assert qos_mapping.tspec(flowspec, MTU_BYTES) == NullTspec.of(told)
    offered = qos_mapping.adspec(flowspec)
    assert (offered.controlled_load, offered.guaranteed) == (None, None)
    assert [one.service for one in offered.others] == [Service.NULL]
    wish = qos_mapping.wish(both(flowspec), Ends(UDP, LOCAL, PEER), MTU_BYTES)
    assert wish is not None
    announced = Announced(NullTspec.of(told), offered)
    (flow,) = wish.flows({PEER.selector: announced})
    assert flow.flowspec == Flowspec(Service.NULL, NullTspec.of(told))


def test_the_filter_spec_is_the_peer() -> None:
    stranger = PortSelector(Address.parse("10.0.0.9"), 9)
    (flow,) = flows(both(FULL), Ends(TCP, LOCAL, PEER), stranger)
    assert flow.filters == (FilterSpec(PortSelector(PEER.address, PEER.port)),)


def test_shared_explicit_takes_those_who_send_up_to_its_limit() -> None:
    senders = [PortSelector(Address(bytes((10, 0, 0, n))), 4000) for n in range(2, 7)]
    info = RsvpReserveInfo(RsvpStyle.SHARED_EXPLICIT, senders_max=3)
    (flow,) = flows(both(FULL, info), Ends(UDP, LOCAL, None, GROUP), *senders)
    assert flow.filters == tuple(FilterSpec(one) for one in senders[:3])


def test_flow_descriptors_of_the_reserve_info_stand_in_for_the_receiving_flowspec() -> None:
    info = RsvpReserveInfo(RsvpStyle.FIXED_FILTER, flows=(RsvpFlow(FULL, (PEER.selector,)),))
    (flow,) = qos_mapping.flows(both(FLOWSPEC(), info), MTU_BYTES)
    assert flow.flowspec == Flowspec(Service.CONTROLLED_LOAD, BUCKET)
    assert flow.filters == (FilterSpec(PEER.selector),)


NODE = Address.parse("10.0.0.254")


@pytest.mark.parametrize(
    ("happening", "code"),
    [
        (PathArrived(PEER.selector, BUCKET, None), StatusCode.SENDERS),
        (PathGone(PEER.selector), StatusCode.NO_SENDERS),
        (Reserved(PEER.selector, WF, ()), StatusCode.RECEIVERS),
        (ReservationGone(PEER.selector), StatusCode.NO_RECEIVERS),
        (Confirmed(NODE, ()), StatusCode.REQUEST_CONFIRMED),
        (
            Refused(NODE, "", ErrorCode.ADMISSION_CONTROL_FAILURE, 2, in_place=False),
            StatusCode.ADMISSION_FAILURE,
        ),
        (
            Refused(NODE, "", ErrorCode.POLICY_CONTROL_FAILURE, 0, in_place=False),
            StatusCode.POLICY_FAILURE,
        ),
        (Refused(NODE, "", ErrorCode.CONFLICTING_STYLE, 0, in_place=False), StatusCode.BAD_STYLE),
        (
            PathRefused(NODE, "", ErrorCode.UNKNOWN_OBJECT_CLASS, 0, None),
            StatusCode.BAD_OBJECT,
        ),
        (
            PathRefused(NODE, "", ErrorCode.TRAFFIC_CONTROL_ERROR, 4, None),
            StatusCode.TRAFFIC_CTRL_ERROR,
        ),
        (
            Refused(NODE, "", ErrorCode.SERVICE_PREEMPTED, 0, in_place=False),
            StatusCode.GENERIC_ERROR,
        ),
        (Refused(NODE, "", 200, 0, in_place=False), StatusCode.GENERIC_ERROR),
    ],
    ids=lambda value: value.name if isinstance(value, StatusCode) else type(value).__name__,
)
def test_each_happening_has_its_status_code(happening: Happening, code: StatusCode) -> None:
    assert qos_mapping.status(happening) is code
