"""The Null Service (RFC 2997): policy decides, nothing is reserved, and senders are told a mark."""

from __future__ import annotations

import pytest

from p4rsvp.engine.config import Role
from p4rsvp.engine.effects import AddFlowspec, DelFlowspec, UpcallKind
from p4rsvp.engine.events import ApiSender, ApiSession
from p4rsvp.engine.extras import as_extras
from p4rsvp.host.flowspecs import OPEN_NULL_PATH
from p4rsvp.wire.adspec import Adspec
from p4rsvp.wire.codes import ErrorCode, TrafficControlValue
from p4rsvp.wire.dclass import Dclass
from p4rsvp.wire.filter_spec import FilterSpec
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.messages import Path, Resv, ResvErr
from p4rsvp.wire.style import FF
from p4rsvp.wire.tspec import NullTspec, SenderTspec
from tests.engine.rig import GROUP, S1, Rig, interface, want

CONFLICT = (ErrorCode.TRAFFIC_CONTROL_ERROR, TrafficControlValue.SERVICE_CONFLICT)


def null(max_packet_bytes: int = 1500) -> FlowDescriptor:
    flowspec = Flowspec(Service.NULL, NullTspec.of(max_packet_bytes))
    return FlowDescriptor(flowspec, (FilterSpec(S1),))


@pytest.fixture
def router() -> Rig:
    """A router that marks the Null Service with DSCP 10, and a sender that wants it."""
    rig = Rig(null_dscp=10)
    rig.path(S1, tspec=SenderTspec(NullTspec.of(1500)), adspec=OPEN_NULL_PATH)
    return rig


@pytest.mark.rfc("2997", "4.2")
@pytest.mark.rfc("2997", "4.3")
def test_a_path_of_the_null_service_goes_on_and_is_not_broken_here() -> None:
    rig = Rig()
    sent = rig.path(S1, tspec=SenderTspec(NullTspec.of(1500)), adspec=OPEN_NULL_PATH).sent(Path)
    for one in sent:
        assert one.message.tspec == SenderTspec(NullTspec.of(1500))
        assert isinstance(one.message.adspec, Adspec)
        (fragment,) = one.message.adspec.others
        assert (fragment.service, fragment.break_bit) == (Service.NULL, False)
    assert sent


@pytest.mark.rfc("2997", "4.4")
@pytest.mark.rfc("2996", "3")
def test_a_request_takes_nothing_and_its_sender_is_told_the_mark(router: Rig) -> None:
    outcome = router.resv(FF, null())
    assert not outcome.programs()
    assert not any(len(one.budget) for one in router.node.controls.values())
    resv = outcome.only(Resv)
    assert resv.flows == (null(),)
    assert resv.extras == as_extras([Dclass((10,))])


@pytest.mark.rfc("2996", "3")
def test_our_mark_takes_the_place_of_the_next_hop_s(router: Rig) -> None:
    resv = router.resv(FF, null(), extras=as_extras([Dclass((34,))])).only(Resv)
    assert resv.extras == as_extras([Dclass((10,))])


@pytest.mark.rfc("2996", "3")
def test_without_a_mark_of_our_own_the_next_hop_s_goes_on() -> None:
    rig = Rig()
    rig.path(S1, tspec=SenderTspec(NullTspec.of(1500)))
    resv = rig.resv(FF, null(), extras=as_extras([Dclass((34,))])).only(Resv)
    assert resv.extras == as_extras([Dclass((34,))])


@pytest.mark.rfc("2996", "3")
def test_what_is_quantified_is_not_marked_so(router: Rig) -> None:
    assert router.resv(FF, want(4, S1)).only(Resv).extras == ()


def test_the_smallest_of_merged_sizes_goes_upstream(router: Rig) -> None:
    router.resv(FF, null(1400), by=2)
    assert router.resv(FF, null(900), by=3).only(Resv).flows == (null(900),)


@pytest.mark.rfc("2205", "2.5")
def test_another_service_does_not_merge_with_it(router: Rig) -> None:
    router.resv(FF, null(), by=2)
    assert router.resv(FF, want(4, S1), by=3).refused_with(ResvErr) == CONFLICT


def test_a_reservation_that_becomes_one_of_the_null_service_gives_all_back(router: Rig) -> None:
    def steps(flow: FlowDescriptor) -> list[type]:
        programs = router.resv(FF, flow).programs()
        return [type(one.operations[0]) for one in programs]

    assert steps(want(4, S1)) == [AddFlowspec]
    assert steps(null()) == [DelFlowspec]
    assert not router.node.controls[2].budget.rate_bytes_per_s()
    assert steps(want(4, S1)) == [AddFlowspec]


@pytest.mark.rfc("2205", "B")
def test_packets_of_no_size_are_a_bad_flowspec(router: Rig) -> None:
    bad = (ErrorCode.TRAFFIC_CONTROL_ERROR, TrafficControlValue.BAD_FLOWSPEC)
    assert router.resv(FF, null(0)).refused_with(ResvErr) == bad


@pytest.mark.rfc("2996", "3")
def test_the_application_that_sends_hears_how_to_mark() -> None:
    host = Rig([interface(1)], role=Role.HOST)
    host.happens(ApiSession(1, GROUP))
    host.route(GROUP.destination, 1)
    host.happens(ApiSender(1, S1, NullTspec.of(1500), OPEN_NULL_PATH))
    outcome = host.resv(FF, null(), by=1, extras=as_extras([Dclass((10,))]))
    upcall = outcome.upcall(UpcallKind.RESV_EVENT)
    assert (upcall.flows, upcall.dscps) == ((null(),), (10,))
