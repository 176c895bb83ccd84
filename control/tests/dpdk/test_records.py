"""Entities as records and back, with the P4Info of the project's own program."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.dataplane.entities import (
    Action,
    CounterData,
    CounterEntry,
    MeterConfig,
    MeterEntry,
    MulticastGroup,
    Replica,
    TableEntry,
    Update,
    UpdateType,
)
from p4rsvp.dataplane.errors import ControlError, Status, Unsupported
from p4rsvp.dataplane.p4info import InfoField, parse_p4info
from p4rsvp.dpdk.records import Forms, split
from p4rsvp.p4rt.scan import WIDEST_BITS
from p4rsvp.target.artefacts import P4INFO

FORMS = Forms(parse_p4info(P4INFO.read_text()))
TABLES = {form.info.name.split(".")[-1]: form for form in FORMS.tables.values()}
WORDS = st.integers(0, (1 << 64) - 1)


def values(field: InfoField) -> st.SearchStrategy[Any]:
    """What a match field can be."""
    width = field.width_bits
    exact = st.integers(0, (1 << width) - 1)
    if field.kind == "exact":
        return exact
    lengths = st.integers(0, width)
    cut = st.tuples(exact, lengths).map(lambda p: (p[0] >> width - p[1] << width - p[1], p[1]))
    return cut.map(lambda pair: pair if pair[1] else None)


@st.composite
def entries(draw: st.DrawFn) -> TableEntry:
    """An entry of any table, with any of its actions."""
    form = draw(st.sampled_from(list(FORMS.tables.values())))
    choices = [i for i in form.info.action_ids if i not in form.info.default_only]
    number = draw(st.sampled_from(choices))
    params = tuple(
        draw(st.integers(0, (1 << field.width_bits) - 1)) for field in form.actions[number].fields
    )
    match = tuple(draw(values(field)) for field in form.info.match)
    return TableEntry(form.info.id, match, Action(number, params))


cells = st.one_of(
    st.builds(
        MeterEntry,
        st.sampled_from(list(FORMS.info.meters)),
        st.integers(0, 1 << 20),
        st.none() | st.builds(MeterConfig, WORDS, WORDS, WORDS, WORDS),
    ),
    st.builds(
        CounterEntry,
        st.sampled_from(list(FORMS.info.counters)),
        st.integers(0, 1 << 20),
        st.builds(CounterData, WORDS, WORDS),
    ),
)
replicas = st.builds(Replica, st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
groups = st.builds(
    MulticastGroup,
    st.integers(1, (1 << 32) - 1),
    st.lists(replicas, unique=True, max_size=20).map(tuple),
)


@given(entries() | cells | groups)
def test_what_is_written_is_read_again(entity: Any) -> None:
    kind = UpdateType.MODIFY if isinstance(entity, MeterEntry | CounterEntry) else UpdateType.INSERT
    [(found, number, body)] = split(FORMS.encode(Update(kind, entity)))
    assert FORMS.decode(found, number, body) == entity


@given(st.lists(entries(), min_size=1, max_size=5), st.sampled_from(list(UpdateType)))
def test_rows_become_the_records_that_their_entries_become(
    drawn: list[TableEntry], kind: UpdateType
) -> None:
    for entry in drawn:
        form = FORMS.tables[entry.table_id]
        action = entry.action
        assert isinstance(action, Action)
        fields = *form.info.match, *form.actions[action.action_id].fields
        if form.prefix is not None or any(field.width_bits > WIDEST_BITS for field in fields):
            continue  # no rows are made of these
        row = [kind, entry.table_id, action.action_id, *entry.match, *action.params]
        made = FORMS.encode_rows(np.array([row], np.int64))
        assert made.tobytes() == FORMS.encode(Update(kind, entry))


def test_values_take_the_fewest_bytes_that_hold_them_and_prefixes_one_more() -> None:
    match = ((0x0A000000, 8),)
    route = next(i for i, a in FORMS.info.actions.items() if a.name.endswith("route"))
    entry = TableEntry(TABLES["ipv4_routes"].info.id, match, Action(route, (7,)))
    record = FORMS.encode(Update(UpdateType.INSERT, entry))
    assert record[8:13] == bytes([10, 0, 0, 0, 8])
    assert record[13:17] == route.to_bytes(4, "little")
    assert int.from_bytes(record[17:], "big") == 7


@pytest.mark.parametrize(
    ("entity", "status"),
    [
        (TableEntry(1), Status.NOT_FOUND),
        (TableEntry(TABLES["ipv4_routes"].info.id, (1, 2)), Status.INVALID_ARGUMENT),
        (TableEntry(TABLES["ipv4_routes"].info.id, (7,)), Status.INVALID_ARGUMENT),
        (TableEntry(TABLES["next_hops"].info.id, (1 << 40,)), Status.OUT_OF_RANGE),
        (TableEntry(TABLES["next_hops"].info.id, (1,), Action(9)), Status.INVALID_ARGUMENT),
        (TableEntry(TABLES["next_hops"].info.id, (1,), priority=3), Status.INVALID_ARGUMENT),
        (MulticastGroup(0), Status.INVALID_ARGUMENT),
        (MulticastGroup(1, (Replica(1), Replica(1))), Status.INVALID_ARGUMENT),
        (MulticastGroup(1, (Replica(1 << 16),)), Status.INVALID_ARGUMENT),
        (MulticastGroup(1, tuple(map(Replica, range(5000)))), Status.RESOURCE_EXHAUSTED),
        (MeterEntry(1, 0, MeterConfig(1, 1, 1, 1)), Status.INVALID_ARGUMENT),
        (CounterEntry(1, 0), Status.INVALID_ARGUMENT),
    ],
)
def test_what_cannot_be_said_is_refused(entity: Any, status: Status) -> None:
    with pytest.raises(ControlError) as refusal:
        FORMS.encode(Update(UpdateType.INSERT, entity))
    assert refusal.value.status == status


def test_a_program_that_asks_for_more_is_refused_by_what_it_asks_for() -> None:
    info = parse_p4info(P4INFO.read_text())
    info.registers[7] = next(iter(info.meters.values()))
    with pytest.raises(Unsupported, match="registers"):
        Forms(info)
