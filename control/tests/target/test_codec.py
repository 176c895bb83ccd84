"""Updates beside what finsy makes of the same cells."""

from __future__ import annotations

import pytest
from finsy import (
    P4MeterConfig,
    P4MeterEntry,
    P4MulticastGroupEntry,
    P4Schema,
    P4TableAction,
    P4TableEntry,
    P4TableMatch,
)
from finsy.p4schema import P4MatchType, P4Table
from finsy.proto import p4r
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.target.artefacts import P4INFO
from p4rsvp.target.cells import (
    Action,
    Buckets,
    Cell,
    Change,
    Content,
    Entry,
    MeterCell,
    PrefixEntry,
    Replicas,
    ReplicationList,
)
from p4rsvp.target.codec import Codec, Writable

SCHEMA = P4Schema(P4INFO)
CODEC = Codec(SCHEMA)
TABLES = {table.alias: table for table in SCHEMA.tables}
ACTIONS = {action.alias: action for action in SCHEMA.actions}


def numbers(bits: int) -> st.SearchStrategy[int]:
    return st.integers(0, 2**bits - 1)


@st.composite
def actions(draw: st.DrawFn, table: P4Table) -> Action:
    ref = draw(st.sampled_from([one for one in table.actions if one.scope.name != "DEFAULT_ONLY"]))
    action = ACTIONS[ref.alias]
    return Action(action.alias, tuple(draw(numbers(one.bitwidth)) for one in action.params))


@st.composite
def entries(draw: st.DrawFn) -> tuple[Cell, Content]:
    table = draw(st.sampled_from(sorted(TABLES.values(), key=lambda one: one.alias)))
    fields = list(table.match_fields)
    if fields[0].match_type is P4MatchType.LPM:
        bits = fields[0].bitwidth
        length = draw(st.integers(0, bits))
        address = draw(numbers(length)) << bits - length
        return PrefixEntry(table.alias, address, length), draw(actions(table))
    key = tuple(draw(numbers(one.bitwidth)) for one in fields)
    return Entry(table.alias, key), draw(actions(table))


meters = st.tuples(
    st.builds(MeterCell, st.sampled_from(["reservation_meter", "punt_meter"]), numbers(17)),
    st.builds(Buckets, *[numbers(40)] * 4),
)
groups = st.tuples(
    st.builds(ReplicationList, st.integers(1, 2**16 - 1)),
    st.lists(st.tuples(st.integers(1, 500), numbers(10)), min_size=1, max_size=4).map(
        lambda members: Replicas(tuple(members))
    ),
)


def by_finsy(cell: Cell, content: Content | None) -> p4r.Entity:
    entity: Writable
    if isinstance(cell, MeterCell):
        config = None
        if isinstance(content, Buckets):
            cir, cburst, pir, pburst = content
            config = P4MeterConfig(cir=cir, cburst=cburst, pir=pir, pburst=pburst)
        entity = P4MeterEntry(cell.meter, index=cell.number, config=config)
    elif isinstance(cell, ReplicationList):
        members = content.members if isinstance(content, Replicas) else ()
        entity = P4MulticastGroupEntry(cell.number, replicas=members)
    else:
        entity = _entry(cell, content)
    return entity.encode(SCHEMA)


def _entry(cell: Entry | PrefixEntry, content: Content | None) -> P4TableEntry:
    keys = [field.alias for field in TABLES[cell.table].match_fields]
    if isinstance(cell, PrefixEntry):
        match = P4TableMatch({keys[0]: (cell.address, cell.length_bits)})
    else:
        match = P4TableMatch(zip(keys, cell.match, strict=True))
    action = None
    if isinstance(content, Action):
        names = [one.name for one in ACTIONS[content.name].params]
        arguments = dict(zip(names, content.parameters, strict=True))
        action = P4TableAction(content.name, **arguments)
    return P4TableEntry(cell.table, match=match, action=action)


@given(entries() | meters | groups, st.booleans())
def test_an_update_carries_what_finsys_entity_says(
    place: tuple[Cell, Content],
    is_removal: bool,  # noqa: FBT001 (a case)
) -> None:
    cell, content = place
    new = None if is_removal else content
    update = CODEC.update(Change(cell, content if is_removal else None, new))
    assert update.entity == by_finsy(cell, new)


CELL = ReplicationList(7)
ONE, OTHER = Replicas(((1, 1),)), Replicas(((2, 1),))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (None, ONE, p4r.Update.INSERT),
        (ONE, OTHER, p4r.Update.MODIFY),
        (ONE, None, p4r.Update.DELETE),
    ],
)
def test_the_kind_of_an_update_follows_from_what_was_there(
    old: Content | None, new: Content | None, kind: p4r.Update.Type.ValueType
) -> None:
    assert CODEC.update(Change(CELL, old, new)).type == kind


def test_a_meter_is_always_modified() -> None:
    cell, buckets = MeterCell("reservation_meter", 1), Buckets(1, 2, 3, 4)
    for old, new in ((None, buckets), (buckets, None)):
        assert CODEC.update(Change(cell, old, new)).type == p4r.Update.MODIFY


def decoded(entity: p4r.Entity) -> Writable:
    if entity.HasField("meter_entry"):
        return P4MeterEntry.decode(entity, SCHEMA)
    if entity.HasField("table_entry"):
        return P4TableEntry.decode(entity, SCHEMA)
    return P4MulticastGroupEntry.decode(entity, SCHEMA)


@given(entries() | meters | groups)
def test_what_is_written_is_what_is_read(place: tuple[Cell, Content]) -> None:
    cell, content = place
    entity = CODEC.update(Change(cell, None, content)).entity
    found = CODEC.cell(decoded(entity))
    assert found is not None
    assert found[0] == cell
    if isinstance(content, Replicas):
        content = Replicas(tuple(sorted(content.members)))
    assert found[1] == content
