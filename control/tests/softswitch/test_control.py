"""What a controller writes: taken whole, refused by name, undone together, read back."""

from typing import Any

import pytest

from p4rsvp.dataplane.entities import (
    Action,
    Atomicity,
    CloneSession,
    CounterData,
    CounterEntry,
    MeterConfig,
    MeterEntry,
    MulticastGroup,
    RegisterEntry,
    Replica,
    TableEntry,
    Update,
    UpdateType,
)
from p4rsvp.dataplane.errors import Status
from tests.softswitch.router import Router, address

INSERT, MODIFY, DELETE = UpdateType


@pytest.fixture
def router() -> Router:
    return Router(plain=True)


def route(router: Router, text: str, length: int, next_hop: int = 1) -> TableEntry:
    return router.entry("ipv4_routes", ((address(text), length),), "route", next_hop)


def test_an_entry_reads_back_as_it_was_written(router: Router) -> None:
    entry = route(router, "10.0.0.0", 8)
    entry.metadata = b"mine"
    router.insert(entry)
    assert list(router.switch.read(TableEntry(entry.table_id))) == [entry]
    assert list(router.switch.read(TableEntry(entry.table_id, entry.match))) == [entry]


def test_inserting_twice_says_that_it_exists(router: Router) -> None:
    entry = route(router, "10.0.0.0", 8)
    first, second = router.write(INSERT, entry, entry)
    assert first is None
    assert second is not None
    assert second.status == Status.ALREADY_EXISTS


@pytest.mark.parametrize("kind", [MODIFY, DELETE])
def test_changing_what_is_not_there_says_so(router: Router, kind: UpdateType) -> None:
    (refusal,) = router.write(kind, route(router, "10.0.0.0", 8))
    assert refusal is not None
    assert refusal.status == Status.NOT_FOUND


REFUSED: list[tuple[str, tuple[Any, ...], str, tuple[int, ...], Status, str]] = [
    ("next_hops", (1 << 16,), "reach", (1, 2), Status.OUT_OF_RANGE, "next_hop"),
    ("next_hops", (None,), "reach", (1, 2), Status.INVALID_ARGUMENT, "next_hop"),
    ("next_hops", ((1, 2),), "reach", (1, 2), Status.INVALID_ARGUMENT, "another kind"),
    ("next_hops", (), "reach", (1, 2), Status.INVALID_ARGUMENT, "match fields"),
    ("next_hops", (1,), "reach", (1,), Status.INVALID_ARGUMENT, "parameters"),
    ("next_hops", (1,), "reach", (1 << 16, 2), Status.OUT_OF_RANGE, "interface"),
    ("next_hops", (1,), "route", (1,), Status.INVALID_ARGUMENT, "not one of its actions"),
    ("ipv4_routes", ((1, 8),), "route", (1,), Status.INVALID_ARGUMENT, "beyond the prefix"),
    ("ipv4_routes", ((0, 0),), "route", (1,), Status.INVALID_ARGUMENT, "leave the field out"),
    ("ipv4_routes", ((0, 33),), "route", (1,), Status.INVALID_ARGUMENT, "prefix length"),
]


@pytest.mark.parametrize(("table", "match", "action", "params", "status", "names"), REFUSED)
def test_a_wrong_entry_is_refused_by_status_and_name(
    router: Router,
    table: str,
    match: tuple[Any, ...],
    action: str,
    params: tuple[int, ...],
    status: Status,
    names: str,
) -> None:
    (refusal,) = router.write(INSERT, router.entry(table, match, action, *params))
    assert refusal is not None
    assert refusal.status == status
    assert names in refusal.sentence
    assert list(router.switch.read(TableEntry(0))) == []


def test_a_priority_is_refused_where_nothing_is_ternary(router: Router) -> None:
    entry = route(router, "10.0.0.0", 8)
    entry.priority = 3
    (refusal,) = router.write(INSERT, entry)
    assert refusal is not None
    assert refusal.status == Status.INVALID_ARGUMENT


def test_a_constant_default_action_cannot_be_modified(router: Router) -> None:
    table = router.tables["next_hops"]
    entry = TableEntry(table, (), Action(router.actions["no_next_hop"]), is_default=True)
    (refusal,) = router.write(MODIFY, entry)
    assert refusal is not None
    assert refusal.status == Status.PERMISSION_DENIED


@pytest.mark.parametrize("mode", [Atomicity.ROLLBACK_ON_ERROR, Atomicity.DATAPLANE_ATOMIC])
def test_a_write_with_a_fault_leaves_no_trace(router: Router, mode: Atomicity) -> None:
    router.insert(route(router, "10.0.0.0", 8, 1), route(router, "11.0.0.0", 8, 1))
    before = sorted(map(repr, router.switch.read(TableEntry(0))))
    words = router.switch.mem.copy()
    answers = router.switch.apply(
        [
            Update(INSERT, route(router, "12.0.0.0", 8)),
            Update(MODIFY, route(router, "10.0.0.0", 8, 2)),
            Update(DELETE, route(router, "11.0.0.0", 8)),
            Update(INSERT, MulticastGroup(3, (Replica(1), Replica(2)))),
            Update(INSERT, route(router, "10.0.0.0", 8)),
            Update(INSERT, route(router, "13.0.0.0", 8)),
        ],
        mode,
    )
    statuses = [answer.status for answer in answers if answer is not None]
    assert statuses == [*[Status.ABORTED] * 4, Status.ALREADY_EXISTS, Status.ABORTED]
    assert sorted(map(repr, router.switch.read(TableEntry(0)))) == before
    place = router.switch.generated.places.tables["RouterIngress.Routing.ipv4_routes"]
    root = slice(place.root, place.root + (1 << 16))
    leaves = router.switch.mem[root] >> 56
    assert leaves.tolist() == (words[root] >> 56).tolist()
    assert list(router.switch.read(MulticastGroup(0))) == []


def test_a_failing_update_leaves_the_others_standing(router: Router) -> None:
    wrong = route(router, "10.0.0.1", 8)
    answers = router.write(INSERT, route(router, "10.0.0.0", 8), wrong, route(router, "9.0.0.0", 8))
    assert [answer is None for answer in answers] == [True, False, True]


def test_counters_and_meters_read_back(router: Router) -> None:
    meter, counter = next(iter(router.switch.meters)), next(iter(router.switch.counters))
    config = MeterConfig(1000, 2000, 3000, 4000)
    data = CounterData(byte_count=100, packet_count=2)
    written = [MeterEntry(meter, 7, config), CounterEntry(counter, 9, data)]
    assert router.write(MODIFY, *written) == [None, None]
    assert list(router.switch.read(MeterEntry(meter, 7))) == [MeterEntry(meter, 7, config)]
    assert list(router.switch.read(MeterEntry(meter, 8))) == [MeterEntry(meter, 8)]
    assert list(router.switch.read(CounterEntry(counter, 9))) == [CounterEntry(counter, 9, data)]


def test_what_the_program_does_not_have_is_not_found(router: Router) -> None:
    unknown = [MeterEntry(1, 0), CounterEntry(1, 0), RegisterEntry(1, 0), TableEntry(1)]
    answers = router.write(MODIFY, *unknown)
    assert [answer.status for answer in answers if answer] == [Status.NOT_FOUND] * 4


def test_an_index_beyond_the_array_is_out_of_range(router: Router) -> None:
    counter = next(iter(router.switch.counters))
    (refusal,) = router.write(MODIFY, CounterEntry(counter, 1 << 30))
    assert refusal is not None
    assert refusal.status == Status.OUT_OF_RANGE


def test_groups_and_sessions_read_back_and_go(router: Router) -> None:
    group = MulticastGroup(5, (Replica(1, 10), Replica(2, 11)))
    session = CloneSession(6, (Replica(3),), packet_length_bytes=64)
    router.insert(group, session)
    assert list(router.switch.read(MulticastGroup(0))) == [group]
    assert list(router.switch.read(CloneSession(6))) == [session]
    assert router.write(DELETE, group, session) == [None, None]
    assert list(router.switch.read(MulticastGroup(0))) == []


def test_the_same_replica_twice_is_refused(router: Router) -> None:
    (refusal,) = router.write(INSERT, MulticastGroup(5, (Replica(1), Replica(1))))
    assert refusal is not None
    assert refusal.status == Status.INVALID_ARGUMENT
