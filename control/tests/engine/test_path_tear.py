"""PathTear, and what follows from lost path state (RFC 2205 3.1.5; RFC 2209, PTEAR ARRIVES)."""

import pytest

from p4rsvp.engine.effects import TraceKind, UpcallKind
from p4rsvp.wire.filter_spec import SenderTemplate
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.messages import PathTear, Resv, ResvErr, ResvTear
from p4rsvp.wire.style import FF, SE, WF, Style
from p4rsvp.wire.tspec import SenderTspec
from tests.engine.figures.notation import tspec
from tests.engine.rig import GROUP, S1, S2, UNI, Rig, neighbour, ours, want


@pytest.mark.rfc("2205", "3.1.5")
def test_a_path_tear_travels_like_the_path(rig: Rig) -> None:
    rig.path(S1)
    sent = rig.path_tear(S1).sent(PathTear)
    assert [(one.packet.interface, one.message.hop) for one in sent] == [
        (2, Hop(ours(2), 2)),
        (3, Hop(ours(3), 3)),
    ]
    packet = sent[0].packet
    assert (packet.source, packet.destination) == (S1.source, GROUP.destination)
    assert (packet.router_alert, sent[0].message.template) == (True, SenderTemplate(S1))
    assert not rig.remains()


@pytest.mark.rfc("2205", "3.1.5")
@pytest.mark.parametrize("hop", [Hop(neighbour(1, 8), 91), Hop(neighbour(1), 92)])
def test_a_path_tear_of_another_previous_hop_is_discarded(rig: Rig, hop: Hop) -> None:
    rig.path(S1, session=UNI)
    outcome = rig.path_tear(S1, session=UNI, hop=hop)
    assert outcome.silent
    assert outcome.traced(TraceKind.DROPPED)


@pytest.mark.rfc("2205", "3.1.5")
def test_a_path_tear_of_another_sender_or_session_is_discarded(rig: Rig) -> None:
    rig.path(S1)
    assert rig.path_tear(S2).silent
    assert rig.path_tear(S1, session=UNI).silent
    assert rig.node.counters.path_states == 1


@pytest.mark.rfc("2205", "3.1.5")
def test_a_multicast_path_tear_matches_only_state_of_its_interface(rig: Rig) -> None:
    rig.path(S1, by=1)
    rig.path(S1, by=2)
    outcome = rig.path_tear(S1, by=2)
    assert outcome.silent
    assert rig.node.counters.path_states == 1


@pytest.mark.rfc("2205", "3.1.5")
def test_a_tspec_in_a_path_tear_is_ignored(rig: Rig) -> None:
    rig.path(S1)
    assert rig.path_tear(S1, tspec=SenderTspec(tspec(1))).sent(PathTear)


@pytest.mark.rfc("2205", "3.1.5")
@pytest.mark.parametrize("style", [WF, FF, SE])
def test_the_reservations_for_a_lost_sender_go_without_a_word_upstream(
    rig: Rig, style: Style
) -> None:
    rig.path(S1)
    rig.resv(style, want(4) if style is WF else want(4, S1))
    outcome = rig.path_tear(S1)
    assert not outcome.sent(Resv) + outcome.sent(ResvTear) + outcome.sent(ResvErr)
    assert not rig.remains()


@pytest.mark.rfc("2205", "3.1.5")
def test_a_wildcard_reservation_stays_for_the_other_senders(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    rig.resv(WF, want(4))
    rig.path_tear(S1)
    assert len(rig.held(2)) == 1


@pytest.mark.rfc("2205", "3.1.5")
def test_a_shared_explicit_reservation_loses_the_filter_of_the_lost_sender(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    rig.resv(SE, want(4, S1, S2))
    outcome = rig.path_tear(S1)
    assert not outcome.sent(Resv) + outcome.sent(ResvTear)
    assert rig.held(2)[0].selectors == {S2}


@pytest.mark.rfc("2205", "3.1.5")
def test_a_late_answer_of_the_data_plane_brings_no_word_upstream_either(rig: Rig) -> None:
    rig.path(S1)
    rig.path(S2)
    rig.resv(SE, want(4, S1, S2))
    rig.answers = False
    rig.path_tear(S1)
    assert not rig.answer_all().sent()


@pytest.mark.rfc("2205", "3.1.5")
def test_a_sender_that_comes_back_may_be_reserved_for_again(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(FF, want(4, S1))
    rig.path_tear(S1)
    rig.path(S1)
    assert rig.resv(FF, want(4, S1)).only(Resv).flows == (want(4, S1),)


@pytest.mark.rfc("2205", "2.3")
def test_a_timeout_of_path_state_adjusts_reservations_like_a_tear(rig: Rig) -> None:
    rig.path(S1)
    rig.resv(FF, want(4, S1), refresh_ms=3_000_000)
    outcome = rig.wait(160_000)
    assert outcome.traced(TraceKind.PATH_EXPIRED)
    assert not outcome.sent(ResvTear) + outcome.sent(ResvErr)
    assert not rig.remains()


@pytest.mark.rfc("2205", "3.9")
def test_local_only_path_state_is_ignored_when_tears_are_forwarded(rig: Rig) -> None:
    rig.path(S1, by=1)
    rig.path(S1, by=3)
    assert {one.packet.interface for one in rig.path_tear(S1, by=1).sent(PathTear)} == {2, 3}
    assert rig.path_tear(S1, by=3).silent


@pytest.mark.rfc("2205", "3.11.1")
def test_applications_hear_of_a_sender_that_is_gone(rig: Rig) -> None:
    rig.joins(1)
    rig.path(S1)
    assert rig.path_tear(S1).upcall(UpcallKind.PATH_TEAR).selector == S1


@pytest.mark.rfc("2205", "3.3")
def test_no_path_tear_is_sent_where_no_path_was(rig: Rig) -> None:
    rig.path(S1, ttl=1, send_ttl=1)
    assert not rig.path_tear(S1).sent()
