"""From the engine's transactions to the cells of the data plane, and back where it refuses."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.engine.effects import AddFilter, DelFilter, DelFlowspec, ModFlowspec, Operation
from p4rsvp.target.cells import Action, Buckets, Change, Entry, MeterCell, difference
from p4rsvp.target.numbers import REPLICATION_INTERFACE, Shape
from p4rsvp.target.plan import buckets_of
from p4rsvp.wire.session import Session
from tests.target.requests import (
    GROUP,
    NOTHING,
    ONE,
    OTHER,
    UNICAST,
    planned,
    planner,
    reserve,
)


def tables(changes: list[Change]) -> list[tuple[str, bool]]:
    """Where each change is, and whether something stands there afterwards."""
    return [(str(change.cell[0]), change.new is not None) for change in changes]


def test_a_reservation_is_metered_before_it_is_found_and_found_before_it_is_looked_for() -> None:
    step = planner().program(reserve(1, 7, UNICAST, ONE, OTHER))
    assert tables(step.changes) == [
        ("reservation_meter", True),
        ("ipv4_five_tuple", True),
        ("ipv4_five_tuple", True),
        ("outgoing_interfaces", True),
    ]


def test_a_reservation_goes_in_the_opposite_order() -> None:
    it = planner()
    it.done(it.program(reserve(1, 7, UNICAST, ONE)))
    step = it.program([DelFlowspec(1, 7)])
    assert tables(step.changes) == [
        ("ipv4_five_tuple", False),
        ("outgoing_interfaces", True),
        ("reservation_meter", False),
    ]


def test_filters_of_one_reservation_share_its_meter() -> None:
    it = planner()
    it.program(reserve(1, 7, UNICAST, ONE, OTHER))
    claims = {c for cell, c in it.state.items() if cell[0] == "ipv4_five_tuple"}
    assert claims == {Action("reserve", (1, 1))}
    assert it.state[MeterCell("reservation_meter", 1)] == buckets_of(planned(10_000).meter)


def test_a_changed_flowspec_changes_the_meter_alone() -> None:
    it = planner()
    it.done(it.program(reserve(1, 7, UNICAST, ONE)))
    step = it.program([ModFlowspec(1, 7, planned(20_000), NOTHING)])
    assert [change.cell for change in step.changes] == [MeterCell("reservation_meter", 1)]


def test_a_shape_stays_named_while_any_filter_has_it() -> None:
    it = planner()
    for rhandle, sender in ((7, ONE), (8, OTHER)):
        it.done(it.program(reserve(1, rhandle, UNICAST, sender)))
    step = it.program([DelFlowspec(1, 7)])
    assert "outgoing_interfaces" not in dict(tables(step.changes))
    step = it.program([DelFlowspec(1, 8)])
    assert "outgoing_interfaces" in dict(tables(step.changes))


def test_a_replaced_filter_is_there_before_the_old_one_goes() -> None:
    it = planner()
    it.done(it.program(reserve(1, 7, UNICAST, ONE)))
    step = it.program([AddFilter(1, 7, UNICAST, OTHER), DelFilter(1, 7, UNICAST, ONE)])
    assert tables(step.changes) == [("ipv4_five_tuple", True), ("ipv4_five_tuple", False)]


def test_a_group_is_policed_before_replication_by_what_any_interface_lets_through() -> None:
    it = planner()
    it.done(it.program(reserve(1, 7, GROUP, ONE, rate=10_000)))
    it.done(it.program(reserve(2, 8, GROUP, OTHER, rate=20_000)))
    before_replication = {
        cell: content
        for cell, content in it.state.items()
        if isinstance(cell, Entry)
        and cell.table == "ipv4_five_tuple"
        and cell.match[0] == REPLICATION_INTERFACE
    }
    assert len(before_replication) == 2
    (claim,) = set(before_replication.values())
    assert isinstance(claim, Action)
    shared = it.state[MeterCell("reservation_meter", claim.parameters[0])]
    assert shared == buckets_of(planned(20_000).meter).larger(buckets_of(planned(10_000).meter))


def test_the_last_reservation_of_a_group_takes_its_policer_with_it() -> None:
    it = planner()
    nothing = dict(it.state)
    for interface in (1, 2):
        it.done(it.program(reserve(interface, interface, GROUP)))
    for interface in (1, 2):
        it.done(it.program([DelFlowspec(interface, interface)]))
    assert it.state == nothing


def test_an_index_is_not_given_out_while_the_data_plane_may_still_name_it() -> None:
    it = planner()
    it.done(it.program(reserve(1, 7, UNICAST, ONE)))
    going = it.program([DelFlowspec(1, 7)])
    coming = it.program(reserve(1, 8, UNICAST, OTHER))
    assert coming.new is not None
    assert coming.new.index == 2
    it.done(going)
    it.done(coming)
    third = it.program(reserve(2, 9, UNICAST, ONE))
    assert third.new is not None
    assert third.new.index == 1


def test_buckets_let_through_what_one_of_two_lets_through() -> None:
    assert Buckets(1, 20, 3, 40).larger(Buckets(10, 2, 30, 4)) == Buckets(10, 20, 30, 40)


def test_the_shapes_of_an_interface_are_those_of_its_filters() -> None:
    it = planner()
    it.program(reserve(1, 7, UNICAST, ONE))
    it.program(reserve(1, 8, UNICAST))
    content = it.state[Entry("outgoing_interfaces", (1,))]
    assert isinstance(content, Action)
    assert content.parameters[-1] == Shape.IPV4_FIVE_TUPLE | Shape.IPV4_ANY_SOURCE


sessions = st.sampled_from([UNICAST, GROUP])
interfaces = st.sampled_from([1, 2])


@given(st.lists(st.tuples(sessions, interfaces, st.booleans(), st.booleans()), max_size=12))
def test_the_state_is_what_the_accepted_transactions_make_and_a_refusal_leaves_no_trace(
    script: list[tuple[Session, int, bool, bool]],
) -> None:
    it = planner()
    actual = dict(it.state)
    standing: dict[tuple[Session, int], int] = {}
    for rhandle, (session, interface, wildcard, accepted) in enumerate(script, 1):
        key = session, interface
        if key in standing:
            operations: list[Operation] = [DelFlowspec(interface, standing[key])]
        else:
            operations = reserve(interface, rhandle, session, *(() if wildcard else (ONE, OTHER)))
        step = it.program(operations)
        if not accepted:
            it.done(it.undo(step))
            assert not difference(actual, it.state)
            continue
        it.done(step)
        if standing.pop(key, None) is None:
            standing[key] = rhandle
        for cell, old, new in step.changes:
            assert actual.get(cell) == old
            if new is None:
                del actual[cell]
            else:
                actual[cell] = new
        assert not difference(actual, it.state)
