"""The kernel that reads sound writes, against its twin: protobuf and the codecs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import grpc
import pytest
from finsy.proto import p4i, p4r
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

from p4rsvp.dataplane.entities import (
    ROW_ACTION,
    ROW_KIND,
    ROW_TABLE,
    ROW_VALUES,
    Action,
    Atomicity,
    TableEntry,
    Update,
    UpdateType,
)
from p4rsvp.dataplane.errors import ControlError
from p4rsvp.p4rt import writes
from p4rsvp.p4rt.schema import Schema
from p4rsvp.p4rt.sound import SoundWrites
from tests.p4 import program
from tests.p4rt import entries
from tests.p4rt.rig import Controller, Rig, p4info

pytestmark = pytest.mark.kernel

KINDS = [p4r.Update.INSERT, p4r.Update.MODIFY, p4r.Update.DELETE]


class Keeper:
    """Where the twin's updates end."""

    def __init__(self) -> None:
        self.updates: Sequence[Update] = ()

    def apply(self, updates: Sequence[Update], _: Atomicity) -> list[ControlError | None]:
        self.updates = updates
        return [None] * len(updates)


@cache
def fast(name: str) -> SoundWrites:
    return SoundWrites(info(name))


@cache
def schema(name: str) -> Schema:
    return Schema(info(name))


def info(name: str) -> p4i.P4Info:
    return p4info() if name == "everything" else program.p4info()


Read = tuple[list[list[int]], bytes]


def scanned(name: str, data: bytes) -> Read | None:
    """What the kernel reads; no row has values behind its last."""
    found = fast(name).scan(data)
    if found is None:
        return None
    return [_bare(row) for row in found.rows.tolist()], found.rest


def twin(name: str, data: bytes) -> Read | None:
    """The same by protobuf and the codecs; None if anything is wrong."""
    request = p4r.WriteRequest.FromString(data)
    keeper: Any = Keeper()
    outcome = writes.apply(keeper, schema(name), request.updates, Atomicity.CONTINUE_ON_ERROR)
    if any(outcome) or len(keeper.updates) != len(request.updates):
        return None
    del request.updates[:]
    return [_bare(_row(update)) for update in keeper.updates], request.SerializeToString()


def _row(update: Update) -> list[int]:
    entry = update.entity
    assert isinstance(entry, TableEntry)
    action = entry.action or Action(0)
    assert isinstance(action, Action)
    values: Any = entry.match
    return [update.kind, entry.table_id, action.action_id, *values, *action.params]


def _bare(row: list[int]) -> list[int]:
    """A row without zeros at its end; of a deletion only what it deletes."""
    if row[ROW_KIND] == UpdateType.DELETE:
        fields = next(len(t.match_fields) for t in _tables() if t.preamble.id == row[ROW_TABLE])
        row = [*row[:ROW_ACTION], 0, *row[ROW_VALUES : ROW_VALUES + fields]]
    while row and not row[-1]:
        row = row[:-1]
    return row


def _tables() -> list[p4i.Table]:
    return [*info("everything").tables, *info("rsvp").tables]


def request(*updates: p4r.Update) -> p4r.WriteRequest:
    return p4r.WriteRequest(
        device_id=7, role="r", election_id=p4r.Uint128(high=1, low=2), updates=updates
    )


def update(kind: int, entry: p4r.TableEntry) -> p4r.Update:
    made = p4r.Update(entity=p4r.Entity(table_entry=entry))
    made.type = kind  # type: ignore[assignment]  # one of KINDS
    return made


@st.composite
def updates(draw: st.DrawFn, name: str) -> p4r.Update:
    """A sound update of any exact, direct table of a program."""
    exact = [
        table
        for table in info(name).tables
        if table.match_fields
        and all(f.match_type == p4i.MatchField.EXACT for f in table.match_fields)
        and not (table.is_const_table or table.implementation_id)
    ]
    table = draw(st.sampled_from(exact))
    scope = p4i.ActionRef.DEFAULT_ONLY
    ref = draw(st.sampled_from([ref for ref in table.action_refs if ref.scope != scope]))
    params = next(a.params for a in info(name).actions if a.preamble.id == ref.id)
    entry = p4r.TableEntry(table_id=table.preamble.id)
    for field in table.match_fields:
        value = draw(st.integers(0, (1 << field.bitwidth) - 1))
        entry.match.append(entries.exact(field.id, value))
    entry.action.action.action_id = ref.id
    for param in params:
        value = draw(st.integers(0, (1 << param.bitwidth) - 1))
        entry.action.action.params.add(param_id=param.id, value=entries.encode(value))
    return update(draw(st.sampled_from(KINDS)), entry)


@pytest.mark.parametrize("name", ["everything", "rsvp"])
@settings(max_examples=50, deadline=None)
@given(st.data())
def test_what_the_kernel_reads_is_what_the_codecs_read(name: str, data: st.DataObject) -> None:
    raw = request(*data.draw(st.lists(updates(name), max_size=6))).SerializeToString()
    found, expected = scanned(name, raw), twin(name, raw)
    assert expected is not None
    if found is not None:  # keys and parameters wider than a word are for the codecs
        assert found == expected


def test_the_common_kind_is_read_by_the_kernel() -> None:
    made = [update(kind, entries.neighbour(number)) for number, kind in enumerate(KINDS)]
    raw = request(*made).SerializeToString()
    found = scanned("everything", raw)
    assert found is not None
    assert found == twin("everything", raw)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damage_is_left_to_the_codecs_or_read_as_they_read_it(data: st.DataObject) -> None:
    made = [update(kind, entries.neighbour(number)) for number, kind in enumerate(KINDS)]
    raw = bytearray(request(*made).SerializeToString())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    found = scanned("everything", damaged)
    if found is None:
        return
    try:
        expected = twin("everything", damaged)
    except DecodeError:
        with pytest.raises(DecodeError):
            p4r.WriteRequest.FromString(found[1])
        return
    assert expected is not None
    assert found[0] == expected[0]
    assert p4r.WriteRequest.FromString(found[1]) == p4r.WriteRequest.FromString(expected[1])


@pytest.mark.parametrize(
    "entry",
    [
        entries.neighbour(metadata=b"m"),
        entries.neighbour(controller_metadata=1),
        entries.neighbour(idle_timeout_ns=1),
        entries.neighbour(priority=1),
        entries.neighbour(is_const=True),
        entries.neighbour(is_default_action=True),
        entries.neighbour(1 << 48),
        entries.neighbour(action=None),
        entries.neighbour(action=p4r.TableAction()),
        entries.neighbour(action=entries.direct("mark", 1)),
        entries.neighbour(action=p4r.TableAction(action_profile_member_id=1)),
        entries.route(),
        entries.filter_entry(),
        entries.balanced(1, action_profile_member_id=1),
        p4r.TableEntry(),
    ],
    ids=lambda entry: str(entry).replace("\n", " ")[:60],
)
def test_whatever_is_not_of_the_common_kind_is_left_to_the_codecs(entry: p4r.TableEntry) -> None:
    raw = request(update(p4r.Update.INSERT, entry)).SerializeToString()
    assert fast("everything").scan(raw) is None


@pytest.mark.parametrize("kind", [0, 4])
def test_an_update_of_no_kind_is_left_to_the_codecs(kind: int) -> None:
    raw = request(update(kind, entries.neighbour())).SerializeToString()
    assert fast("everything").scan(raw) is None


def test_an_empty_request_is_read() -> None:
    assert scanned("everything", b"") == ([], b"")


def test_what_is_no_write_request_is_refused(rig: Rig, primary: Controller) -> None:
    assert primary.election_id == 1
    with grpc.insecure_channel(rig.address) as channel:
        write: Any = channel.unary_unary("/p4.v1.P4Runtime/Write")
        with pytest.raises(grpc.RpcError, match="no WriteRequest"):
            write(b"\xff\xff")
