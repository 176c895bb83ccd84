"""Time parameters: refresh, jitter, lifetime, slew (RFC 2205 3.7)."""

from itertools import pairwise
from statistics import mean

import pytest

from p4rsvp.engine.config import (
    LEAST_REFRESH_PERIOD_MS,
    MOST_REFRESH_PERIOD_MS,
    TimeParameters,
)
from p4rsvp.engine.effects import Trace, TraceKind
from p4rsvp.engine.events import InterfaceChanged, Tick
from p4rsvp.engine.expiry import MOST_AT_ONCE
from p4rsvp.wire.hop import TimeValues
from p4rsvp.wire.messages import Path, Resv
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF, WF
from tests.engine.rig import LIFETIME_MS, S1, TIMER_MS, UNI, Rig, interface, want

LONG_MS = 100_000_000


def gaps_ms(rig: Rig, kind: type[Path] | type[Resv], for_ms: int) -> list[float]:
    """The times between the messages of a type that go out while nothing comes in."""
    times: list[float] = []
    until_ns = rig.now_ns + for_ms * 1_000_000
    while (due_ns := rig.node.deadline()) is not None and due_ns <= until_ns:
        rig.now_ns = max(due_ns, rig.now_ns)
        times += [rig.now_ns / 1e6] * len(rig.happens(Tick()).sent(kind))
    return [later - earlier for earlier, later in pairwise(times)]


@pytest.fixture
def lasting(rig: Rig) -> Rig:
    """A router with one sender and one reservation that last for long."""
    rig.path(S1, session=UNI, refresh_ms=LONG_MS)
    rig.resv(FF, want(4, S1), session=UNI, refresh_ms=LONG_MS)
    return rig


@pytest.mark.rfc("2205", "3.7")
@pytest.mark.parametrize("kind", [Path, Resv])
def test_refreshes_are_sent_at_random_within_half_and_three_halves_of_r(
    lasting: Rig, kind: type[Path] | type[Resv]
) -> None:
    gaps = gaps_ms(lasting, kind, 30_000_000)
    assert len(gaps) > 900
    assert min(gaps) >= 15_000
    assert max(gaps) <= 45_000 + TIMER_MS
    assert min(gaps) < 15_500
    assert max(gaps) > 44_500
    assert 29_000 < mean(gaps) < 31_000


@pytest.mark.rfc("2205", "3.7")
def test_the_jitter_of_two_nodes_differs_by_their_seeds() -> None:
    sequences = []
    for seed in (1, 2):
        rig = Rig(seed=seed)
        rig.path(S1, session=UNI, refresh_ms=LONG_MS)
        sequences.append(gaps_ms(rig, Path, 300_000))
    assert sequences[0] != sequences[1]


@pytest.mark.rfc("2205", "3.7")
def test_messages_carry_the_r_of_the_interface_that_they_leave_by() -> None:
    times = TimeParameters(refresh_period_ms=5_000)
    rig = Rig((interface(1, times=times), interface(2)))
    assert rig.path(S1, session=UNI).only(Path).time_values == TimeValues(30_000)
    outcome = rig.resv(FF, want(4, S1), session=UNI)
    assert outcome.only(Resv).time_values == TimeValues(5_000)


@pytest.mark.rfc("2205", "3.7")
@pytest.mark.parametrize("refresh_ms", [1_000, 30_000, 60_000])
def test_path_state_lives_for_k_and_a_half_times_three_halves_of_the_neighbours_r(
    rig: Rig, refresh_ms: int
) -> None:
    rig.path(S1, refresh_ms=refresh_ms)
    lifetime_ms = 5.25 * refresh_ms
    assert not rig.wait(lifetime_ms - 1).traced(TraceKind.PATH_EXPIRED)
    assert rig.wait(18).traced(TraceKind.PATH_EXPIRED)


@pytest.mark.rfc("2205", "3.7")
def test_reservation_state_lives_by_the_r_of_its_next_hop(rig: Rig) -> None:
    rig.path(S1, refresh_ms=LONG_MS)
    rig.resv(WF, want(4), refresh_ms=10_000)
    assert not rig.wait(52_499).traced(TraceKind.RESV_EXPIRED)
    assert rig.wait(18).traced(TraceKind.RESV_EXPIRED)


@pytest.mark.rfc("2205", "3.7")
def test_a_refresh_extends_the_life_of_its_state(rig: Rig) -> None:
    rig.path(S1)
    for _ in range(10):
        rig.wait(LIFETIME_MS - 100)
        rig.path(S1)
    assert rig.node.counters.path_states == 1


@pytest.mark.rfc("2205", "3.7")
def test_each_neighbours_time_values_count_for_its_own_state(rig: Rig) -> None:
    rig.path(S1, refresh_ms=LONG_MS)
    rig.resv(WF, want(4), refresh_ms=1_000)
    rig.resv(WF, want(4), by=3, refresh_ms=30_000)
    rig.wait(6_000)
    assert (len(rig.held(2)), len(rig.held(3))) == (0, 1)


@pytest.mark.rfc("2205", "3.7")
def test_a_neighbour_that_slows_down_is_believed_from_its_next_message(rig: Rig) -> None:
    rig.path(S1, refresh_ms=1_000)
    rig.path(S1, refresh_ms=30_000)
    rig.wait(LIFETIME_MS - 1)
    assert rig.node.counters.path_states == 1


@pytest.mark.rfc("2205", "3.7")
def test_k_is_configured_for_each_interface() -> None:
    rig = Rig((interface(1, times=TimeParameters(lifetime_factor=5)), interface(2)))
    rig.path(S1, session=UNI)
    rig.wait(8.25 * 30_000 - 1)
    assert rig.node.counters.path_states == 1
    rig.wait(18)
    assert rig.node.counters.path_states == 0


@pytest.mark.rfc("2205", "3.7")
def test_a_longer_r_is_approached_by_no_more_than_slew_max_at_a_time(lasting: Rig) -> None:
    slower = TimeParameters(refresh_period_ms=90_000)
    lasting.happens(InterfaceChanged(2, interface(2, times=slower)))
    sent = lasting.wait(2_000_000).sent(Path)
    periods = [one.message.time_values.refresh_period_ms for one in sent]
    steps = [b / a for a, b in pairwise([30_000, *periods])]
    assert max(steps) <= 1.30
    assert periods[:5] == [39_000, 50_700, 65_910, 85_683, 90_000]


@pytest.mark.rfc("2205", "3.7")
def test_a_longer_r_of_reservations_is_approached_in_the_same_way(lasting: Rig) -> None:
    slower = TimeParameters(refresh_period_ms=90_000)
    lasting.happens(InterfaceChanged(1, interface(1, times=slower)))
    sent = lasting.wait(2_000_000).sent(Resv)
    periods = [one.message.time_values.refresh_period_ms for one in sent]
    assert periods[:5] == [39_000, 50_700, 65_910, 85_683, 90_000]


@pytest.mark.rfc("2205", "3.7")
def test_a_shorter_r_holds_at_once(lasting: Rig) -> None:
    faster = TimeParameters(refresh_period_ms=10_000)
    outcome = lasting.happens(InterfaceChanged(2, interface(2, times=faster)))
    sent = outcome.sent(Path) + lasting.wait(60_000).sent(Path)
    assert {one.message.time_values for one in sent} == {TimeValues(10_000)}


@pytest.mark.rfc("2205", "3.7")
def test_an_unanswered_refresh_timer_of_dead_state_stays_silent(rig: Rig) -> None:
    rig.path(S1, session=UNI, refresh_ms=5_000)
    rig.wait(26_300)
    assert not rig.wait(600_000).sent()


@pytest.mark.rfc("2205", "3.7")
def test_timers_that_come_due_together_with_the_end_of_their_state_do_not_revive_it(
    rig: Rig,
) -> None:
    rig.path(S1, session=UNI, refresh_ms=5_000)
    rig.now_ns += 900_000_000_000  # the shell was away: everything is due at once
    rig.wait(0)
    assert not rig.wait(600_000).sent()
    assert not rig.remains()


@pytest.mark.rfc("2205", "3.7")
def test_a_deadline_is_neither_before_what_is_due_nor_long_after(rig: Rig) -> None:
    assert rig.node.deadline() is None
    rig.path(S1, session=UNI, refresh_ms=1_000, ttl=1, send_ttl=1)  # which goes no further
    deadline = rig.node.deadline()
    assert deadline is not None
    assert 5_250 <= deadline / 1e6 <= 5_250 + TIMER_MS


@pytest.mark.rfc("2205", "2.3")
def test_time_that_runs_backwards_is_a_mistake_of_the_caller(rig: Rig) -> None:
    rig.wait(1_000)
    rig.path(S1)
    with pytest.raises(AssertionError, match="backwards"):
        rig.node.handle(Tick(), 0)


@pytest.mark.rfc("2205", "3.7")
@pytest.mark.parametrize("refresh_ms", [0, 1, LEAST_REFRESH_PERIOD_MS])
def test_state_of_a_neighbour_with_next_to_no_r_does_not_end_as_soon_as_it_stands(
    rig: Rig, refresh_ms: int
) -> None:
    rig.path(S1, session=UNI, refresh_ms=refresh_ms)
    rig.resv(FF, want(4, S1), session=UNI, refresh_ms=refresh_ms)
    least_ms = TimeParameters().lifetime_ns(LEAST_REFRESH_PERIOD_MS) / 1e6
    rig.wait(least_ms - 1)
    assert rig.node.counters.path_states == rig.node.counters.reservation_states == 1
    rig.wait(1 + TIMER_MS)
    assert not rig.node.sessions


@pytest.mark.rfc("2205", "3.7")
def test_a_neighbour_with_no_r_refreshes_what_it_holds_without_any_change(rig: Rig) -> None:
    rig.path(S1, session=UNI, refresh_ms=0)
    for _ in range(10):
        rig.wait(300)
        assert not rig.path(S1, session=UNI, refresh_ms=0).sent()
    assert rig.node.counters.traces[TraceKind.PATH_EXPIRED] == 0


@pytest.mark.rfc("2205", "3.7")
def test_state_of_a_neighbour_with_an_endless_r_ends_all_the_same(rig: Rig) -> None:
    rig.path(S1, session=UNI, refresh_ms=2**32 - 1)
    most_ms = TimeParameters().lifetime_ns(MOST_REFRESH_PERIOD_MS) / 1e6
    rig.wait(most_ms - 1)
    assert rig.node.counters.path_states == 1
    rig.wait(1 + TIMER_MS)
    assert not rig.node.sessions


@pytest.mark.rfc("2205", "3.7")
def test_of_many_states_that_fall_silent_at_once_a_tick_ends_a_bounded_number(rig: Rig) -> None:
    ports = range(1, 2 * MOST_AT_ONCE + 2)
    sessions = [Session(UNI.destination, UNI.protocol, port) for port in ports]
    for session in sessions:
        rig.path(S1, session=session, refresh_ms=1_000)
    rig.now_ns += LONG_MS * 1_000_000
    ended: list[list[object]] = []
    while rig.node.sessions:
        assert (rig.node.deadline() or 0) <= rig.now_ns
        traces = [e for e in rig.happens(Tick()).effects if isinstance(e, Trace)]
        ended.append([t.session for t in traces if t.kind is TraceKind.PATH_EXPIRED])
    assert max(map(len, ended)) == MOST_AT_ONCE
    assert [session for some in ended for session in some] == sessions
