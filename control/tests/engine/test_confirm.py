"""Confirmations (RFC 2205 2.6, 3.1.4, 3.1.9; RFC 2209, RESV CONFIRM ARRIVES)."""

import pytest

from p4rsvp.engine.effects import TraceKind, UpcallKind
from p4rsvp.wire.codes import ErrorCode
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.hop import Hop, ResvConfirm
from p4rsvp.wire.messages import Resv, ResvConf
from p4rsvp.wire.refresh import MessageId
from p4rsvp.wire.style import FF, WF
from tests.engine.rig import GROUP, S1, S2, Rig, address, neighbour, ours, want

R1 = ResvConfirm(address("10.0.2.100"))
R2 = ResvConfirm(address("10.0.3.100"))


@pytest.fixture
def router(rig: Rig) -> Rig:
    """A router with one sender and routes to both receivers."""
    rig.path(S1)
    rig.route(R1.receiver, 2)
    rig.route(R2.receiver, 3)
    return rig


def confirmation(receiver: ResvConfirm) -> ResvConf:
    error = ErrorSpec(address("10.8.0.1"), ErrorCode.CONFIRMATION, 0)
    return ResvConf(GROUP, error, receiver, FF, (want(4, S1),), send_ttl=200)


@pytest.mark.rfc("2205", "2.6")
def test_the_request_for_a_confirmation_goes_on_with_the_largest_reservation(router: Rig) -> None:
    outcome = router.resv(WF, want(4), confirm=R1)
    assert outcome.only(Resv).confirm == R1
    assert not outcome.sent(ResvConf)


@pytest.mark.rfc("2205", "2.6")
def test_a_request_is_forwarded_once_and_no_refresh_repeats_it(router: Rig) -> None:
    router.resv(WF, want(4), confirm=R1)
    assert all(one.message.confirm is None for one in router.wait(50_000).sent(Resv))


@pytest.mark.rfc("2205", "2.6")
def test_a_request_that_is_covered_on_another_interface_is_confirmed_here(router: Rig) -> None:
    router.resv(WF, want(6))
    outcome = router.resv(WF, want(4), by=3, confirm=R2)
    (sent,) = outcome.sent(ResvConf)
    assert (sent.packet.interface, sent.to, sent.packet.router_alert) == (3, R2.receiver, True)
    assert sent.message.error == ErrorSpec(ours(3), ErrorCode.CONFIRMATION, 0)
    assert (sent.message.confirm, sent.message.style) == (R2, WF)
    assert sent.message.flows == (want(4),)
    assert not outcome.sent(Resv)


@pytest.mark.rfc("2205", "2.6")
def test_a_request_that_equals_what_is_in_place_is_confirmed_here(router: Rig) -> None:
    router.resv(WF, want(4))
    assert router.resv(WF, want(4), by=3, confirm=R2).sent(ResvConf)


@pytest.mark.rfc("2209", "UPDATE TRAFFIC CONTROL")
def test_a_request_that_another_next_hop_covers_is_confirmed_here(router: Rig) -> None:
    router.resv(WF, want(6))
    outcome = router.resv(WF, want(4), nhop=neighbour(2, 8), confirm=R1)
    assert outcome.sent(ResvConf)


@pytest.mark.rfc("2205", "2.6")
def test_the_same_request_with_a_new_wish_for_confirmation_asks_upstream_again(
    router: Rig,
) -> None:
    router.resv(WF, want(4))
    assert router.resv(WF, want(4), confirm=R1).only(Resv).confirm == R1


@pytest.mark.rfc("2205", "2.6")
def test_a_request_that_goes_to_several_previous_hops_asks_each_of_them(router: Rig) -> None:
    router.path(S2, hop=Hop(neighbour(1, 8), 1))
    sent = router.resv(WF, want(4), confirm=R1).sent(Resv)
    assert [one.message.confirm for one in sent] == [R1, R1]


@pytest.mark.rfc("2205", "3.1.4")
def test_a_blockaded_request_for_a_confirmation_is_dropped(router: Rig) -> None:
    router.resv(WF, want(6))
    router.resv(WF, want(4), by=3)
    router.resv_err(WF, want(6))
    outcome = router.resv(WF, want(6), confirm=R1)
    assert not outcome.sent(ResvConf)
    assert all(one.message.confirm is None for one in outcome.sent(Resv))
    assert all(one.message.confirm is None for one in router.wait(61_000).sent(Resv))


@pytest.mark.rfc("2209", "RESV REFRESH")
def test_a_request_that_has_come_to_its_sender_is_confirmed(rig: Rig) -> None:
    rig.route(R1.receiver, 2)
    rig.joins(1)
    rig.announces(1, S1)
    outcome = rig.resv(FF, want(4, S1), confirm=R1)
    assert outcome.only(ResvConf).flows == (want(4, S1),)


@pytest.mark.rfc("2205", "2.6")
def test_nothing_is_confirmed_before_the_data_plane_holds_it(rig: Rig) -> None:
    rig.joins(1)
    rig.announces(1, S1)
    rig.answers = False
    assert not rig.resv(FF, want(4, S1), confirm=R1).sent(ResvConf)
    assert rig.answer().sent(ResvConf)


@pytest.mark.rfc("2205", "2.6")
def test_a_refresh_before_the_data_plane_answers_forgets_no_confirmation(rig: Rig) -> None:
    rig.joins(1)
    rig.announces(1, S1)
    rig.answers = False
    rig.resv(FF, want(4, S1), confirm=R1)
    rig.resv(FF, want(4, S1))
    (sent,) = rig.answer().sent(ResvConf)
    assert sent.to == R1.receiver


@pytest.mark.rfc("2205", "2.6")
def test_what_is_refused_is_not_confirmed(router: Rig) -> None:
    router.path(S1, multiple=20_000)
    assert not router.resv(WF, want(20_000), confirm=R1).sent(ResvConf)


@pytest.mark.rfc("2205", "3.1.9")
def test_a_confirmation_travels_on_to_its_receiver(router: Rig) -> None:
    (sent,) = router.resv_conf(confirmation(R1)).sent(ResvConf)
    assert (sent.packet.interface, sent.to, sent.packet.ttl) == (2, R1.receiver, 199)
    assert sent.packet.router_alert
    assert (sent.message.error.node, sent.message.send_ttl) == (address("10.8.0.1"), 199)


@pytest.mark.rfc("2961", "4")
def test_what_belongs_to_one_hop_does_not_travel_on_with_a_confirmation(router: Rig) -> None:
    message = ResvConf(
        GROUP,
        confirmation(R1).error,
        R1,
        FF,
        (want(4, S1),),
        send_ttl=200,
        message_id=MessageId(1, 2),
    )
    assert router.resv_conf(message).only(ResvConf).message_id is None


@pytest.mark.rfc("2205", "3.1.9")
def test_a_confirmation_without_a_route_or_a_ttl_is_dropped(rig: Rig) -> None:
    assert rig.resv_conf(confirmation(R1)).silent
    rig.route(R1.receiver, 2)
    message = confirmation(R1)
    assert rig.receive(message, by=1, destination=R1.receiver, ttl=1).silent


@pytest.mark.rfc("2205", "B")
def test_a_confirmation_addressed_to_another_than_its_receiver_is_logged(router: Rig) -> None:
    outcome = router.receive(confirmation(R1), by=1, destination=R2.receiver)
    assert outcome.silent
    assert outcome.traced(TraceKind.MALFORMED)


@pytest.mark.rfc("2205", "C")
def test_a_confirmation_that_a_host_sends_to_its_router_in_udp_travels_on(router: Rig) -> None:
    (sent,) = router.receive(confirmation(R1), by=1, ttl=None).sent(ResvConf)
    assert (sent.to, sent.packet.ttl) == (R1.receiver, 199)


@pytest.mark.rfc("2209", "RESV CONFIRM ARRIVES")
def test_a_confirmation_for_us_is_an_upcall_to_those_who_reserved_that(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    for app, one in ((1, S1), (2, S2)):
        rig.joins(app)
        rig.reserves(app, FF, want(4, one))
    outcome = rig.resv_conf(confirmation(ResvConfirm(ours(1))))
    upcall = outcome.upcall(UpcallKind.RESV_CONFIRM)
    assert (upcall.app, upcall.style, upcall.flows) == (1, FF, (want(4, S1),))


@pytest.mark.rfc("2205", "3.11.1")
def test_an_application_that_wants_a_confirmation_asks_upstream_for_it(rig: Rig) -> None:
    rig.path(S1)
    rig.joins(1)
    outcome = rig.reserves(1, FF, want(4, S1), confirm=True, receiver=ours(1))
    assert outcome.only(Resv).confirm == ResvConfirm(ours(1))


@pytest.mark.rfc("2205", "3.11.1")
def test_a_wish_for_confirmation_waits_for_the_first_path(rig: Rig) -> None:
    rig.joins(1)
    rig.reserves(1, FF, want(4, S1), confirm=True, receiver=ours(1))
    assert rig.path(S1).only(Resv).confirm == ResvConfirm(ours(1))


@pytest.mark.rfc("2205", "2.6")
def test_an_applications_covered_request_is_confirmed_by_an_upcall(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(FF, want(6, S1))
    rig.joins(1)
    outcome = rig.reserves(1, FF, want(4, S1), confirm=True, receiver=ours(1))
    assert outcome.upcall(UpcallKind.RESV_CONFIRM).app == 1
    assert not outcome.sent(Resv)
