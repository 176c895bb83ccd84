"""Routes and interfaces change (RFC 2205 3.6, 3.11.4; RFC 2209, ROUTE CHANGE NOTIFICATION)."""

import pytest

from p4rsvp.engine.config import TimeParameters
from p4rsvp.engine.events import InterfaceChanged, Prefix, Route, RouteChanged
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.messages import Path, PathTear, Resv, ResvTear
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, WF
from tests.engine.rig import GROUP, S1, S2, UNI, Rig, address, interface, neighbour, ours, want

W_MS = 2_000


@pytest.mark.rfc("2209", "PATH LOCAL REPAIR")
def test_after_a_route_change_paths_take_the_new_way_when_w_has_passed(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    assert not rig.route(UNI.destination, 3).sent(Path)
    assert not rig.wait(W_MS - 1).sent(Path)
    assert [one.packet.interface for one in rig.wait(20).sent(Path)] == [3]


@pytest.mark.rfc("2205", "3.6")
def test_w_is_configured_for_each_interface() -> None:
    quick = TimeParameters(local_repair_delay_ms=100)
    rig = Rig((interface(1), interface(2), interface(3, times=quick)))
    rig.path(S1, session=UNI)
    rig.route(UNI.destination, 3)
    assert not rig.wait(99).sent(Path)
    assert rig.wait(20).sent(Path, by=3)


@pytest.mark.rfc("2205", "3.6")
def test_routing_that_goes_on_changing_is_waited_for(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    rig.route(UNI.destination, 3)
    rig.wait(1_500)
    rig.route(UNI.destination, 2)
    rig.wait(1_000)
    rig.route(UNI.destination, 3)
    assert not rig.wait(W_MS - 1).sent(Path)
    assert rig.wait(20).sent(Path, by=3)


@pytest.mark.rfc("2205", "3.6")
def test_every_session_of_the_destination_is_repaired(rig: Rig) -> None:
    other = Session(UNI.destination, UNI.protocol, 6_000)
    rig.path(S1, session=UNI)
    rig.path(S1, session=other)
    rig.route(UNI.destination, 3)
    assert {one.message.session for one in rig.wait(W_MS + 20).sent(Path)} == {UNI, other}


@pytest.mark.rfc("2205", "3.6")
def test_no_refresh_takes_the_old_way_after_a_route_change(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    rig.route(UNI.destination, 3)
    assert not rig.wait(100_000).sent(Path, by=2)


@pytest.mark.rfc("2205", "3.6")
def test_reservations_on_the_old_way_are_given_up_and_torn_down_upstream(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    rig.resv(FF, want(4, S1), session=UNI)
    assert rig.route(UNI.destination, 3).sent(ResvTear)
    assert not rig.target.entries


@pytest.mark.rfc("2205", "3.6")
def test_a_reservation_on_the_new_way_is_forwarded_upstream_again(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    rig.resv(FF, want(4, S1), session=UNI)
    rig.route(UNI.destination, 3)
    rig.wait(W_MS + 20)
    assert rig.resv(FF, want(4, S1), session=UNI, by=3).sent(Resv)


@pytest.mark.rfc("2205", "3.6")
def test_a_multicast_branch_more_gets_a_path_and_the_others_none(rig: Rig) -> None:
    rig.route(GROUP.destination, 2, incoming=1)
    rig.path(S1)
    rig.route(GROUP.destination, 2, 3, incoming=1)
    assert [one.packet.interface for one in rig.wait(W_MS + 20).sent(Path)] == [3]


@pytest.mark.rfc("2205", "3.6")
def test_a_multicast_branch_less_gives_its_reservation_up(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(6))
    rig.resv(WF, want(4), by=3)
    outcome = rig.route(GROUP.destination, 3, incoming=1)
    assert outcome.only(Resv).flows == (want(4),)
    assert not rig.held(2)


@pytest.mark.rfc("2209", "ROUTE CHANGE NOTIFICATION")
def test_a_route_of_one_multicast_source_concerns_no_other(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    rig.route(GROUP.destination, 2, incoming=1, source=S2.source)
    rig.wait(W_MS + 20)
    leaving = {one.message.template for one in rig.wait(60_000).sent(Path, by=3)}
    assert {template.selector for template in leaving} == {S1}


@pytest.mark.rfc("2205", "3.11.4")
def test_the_longest_prefix_decides(rig: Rig) -> None:
    rig.route(UNI.destination)
    rig.happens(RouteChanged(Prefix(address("0.0.0.0"), 0), Route((3,))))  # noqa: S104  # default
    rig.happens(RouteChanged(Prefix(address("10.9.0.0"), 16), Route((2,))))
    (sent,) = rig.path(S1, session=UNI).sent(Path)
    assert sent.packet.interface == 2


@pytest.mark.rfc("2205", "3.11.4")
def test_a_route_that_is_withdrawn_leaves_the_next_longest(rig: Rig) -> None:
    rig.happens(RouteChanged(Prefix(address("10.9.0.0"), 16), Route((3,))))
    rig.path(S1, session=UNI)
    rig.route(UNI.destination)
    assert [one.packet.interface for one in rig.wait(W_MS + 20).sent(Path)] == [3]


@pytest.mark.rfc("2205", "3.11.4")
def test_a_route_that_says_what_was_known_changes_nothing(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    assert not rig.route(UNI.destination, 2).effects
    assert not rig.wait(W_MS + 20).effects


@pytest.mark.rfc("2205", "3.11.5")
def test_an_interface_that_goes_takes_its_reservations_with_it(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(6))
    rig.resv(WF, want(4), by=3)
    outcome = rig.happens(InterfaceChanged(2, None))
    assert outcome.only(Resv).flows == (want(4),)
    assert [entry.interface for entry in rig.target.entries.values()] == [3]


@pytest.mark.rfc("2205", "3.11.5")
def test_an_interface_that_comes_back_gets_paths_again(rig: Rig) -> None:
    rig.path(S1)
    rig.happens(InterfaceChanged(2, None))
    rig.happens(InterfaceChanged(2, interface(2)))
    assert rig.wait(W_MS + 20).sent(Path, by=2)


@pytest.mark.rfc("2205", "3.11.5")
def test_a_message_from_an_interface_that_is_down_is_dropped(rig: Rig) -> None:
    rig.happens(InterfaceChanged(1, None))
    assert rig.path(S1).silent
    assert not rig.remains()


@pytest.mark.rfc("2205", "3.11.5")
def test_path_state_whose_interface_is_gone_times_out(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(WF, want(4), refresh_ms=1_000_000)
    rig.happens(InterfaceChanged(1, None))
    rig.wait(400_000)
    assert not rig.remains()


@pytest.mark.rfc("2205", "3.11.5")
def test_a_new_address_is_told_to_both_sides(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    rig.resv(FF, want(4, S1), session=UNI)
    downstream = rig.happens(InterfaceChanged(2, interface(2, addresses=(neighbour(2, 77),))))
    assert downstream.only(Path).hop == Hop(neighbour(2, 77), 2)
    upstream = rig.happens(InterfaceChanged(1, interface(1, addresses=(neighbour(1, 77),))))
    assert upstream.only(Resv).hop == Hop(neighbour(1, 77), 91)
    assert {one.packet.source for one in rig.wait(60_000).sent(Resv)} == {neighbour(1, 77)}


@pytest.mark.rfc("2205", "3.11.5")
def test_an_address_that_two_interfaces_share_stays_ours_when_one_goes() -> None:
    shared = (ours(2),)
    rig = Rig((interface(1), interface(2, addresses=shared), interface(3, addresses=shared)))
    rig.happens(InterfaceChanged(3, None))
    rig.path(S1, session=UNI)
    assert rig.resv(FF, want(4, S1), session=UNI).sent(Resv)


@pytest.mark.rfc("2205", "3.11.5")
def test_no_tear_is_sent_by_an_interface_that_is_gone(rig: Rig) -> None:
    rig.path(S1)
    rig.happens(InterfaceChanged(2, None))
    assert [one.packet.interface for one in rig.path_tear(S1).sent(PathTear)] == [3]


@pytest.mark.rfc("2205", "3.8")
def test_a_link_whose_properties_change_is_advertised_anew(rig: Rig) -> None:
    rig.path(S1, session=UNI)
    outcome = rig.happens(InterfaceChanged(2, interface(2, polices=False)))
    assert not outcome.sent(Path)  # no E_Police here: nothing that it says has changed
