"""Write requests by chance, and an oracle that knows what each must answer and leave.

The oracle is a dictionary of what exists. An update is drawn together with its fault, if it is to
have one, so that its status is known without asking the code under test. A second fuzzer damages
serialised requests: whatever they say, each update has a status and the switch stays whole.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from finsy.proto import p4r
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

from p4rsvp.dataplane.entities import Atomicity
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt import reads, writes
from p4rsvp.p4rt.pipeline import Pipeline, Program
from tests.p4rt import entries
from tests.p4rt.rig import Bench, config, id_of

OK = Status.OK
Entry = p4r.TableEntry
ENTRIES: list[Callable[[int], Entry]] = [
    lambda key: entries.neighbour(key + 1),
    lambda key: (
        entries.route(key << 28, 4)
        if key
        else Entry(table_id=id_of("routes"), action=entries.direct("forward", 3))
    ),
    lambda key: entries.filter_entry(priority=key + 1),
]


class Fault(NamedTuple):
    """A way to spoil an entry; `in_key` faults spoil a DELETE too."""

    status: Status
    spoil: Callable[[Entry], None]
    in_key: bool = True


def _unknown_table(entry: Entry) -> None:
    entry.table_id = 4711


def _constant(entry: Entry) -> None:
    entry.is_const = True


def _extra_field(entry: Entry) -> None:
    entry.match.append(entries.exact(77, 1))


def _wrong_priority(entry: Entry) -> None:
    entry.priority = 0 if entry.priority else 5


def _wide_value(entry: Entry) -> None:
    del entry.match[:]
    width = {id_of("neighbours"): 7, id_of("routes"): 5, id_of("filters"): 3}[entry.table_id]
    wide = b"\x01" + bytes(width - 1)
    if entry.table_id == id_of("neighbours"):
        entry.match.add(field_id=1).exact.value = wide
    elif entry.table_id == id_of("routes"):
        entry.match.add(field_id=1, lpm=p4r.FieldMatch.LPM(value=wide, prefix_len=8))
    else:
        entry.match.add(field_id=4).exact.value = wide


def _unknown_action(entry: Entry) -> None:
    entry.action.action.action_id = 12345


def _unknown_param(entry: Entry) -> None:
    entry.action.action.params.add(param_id=9, value=b"\1")


def _member(entry: Entry) -> None:
    entry.action.action_profile_member_id = 1


INVALID = Status.INVALID_ARGUMENT
FAULTS = [
    Fault(INVALID, _unknown_table),
    Fault(INVALID, _constant),
    Fault(INVALID, _extra_field),
    Fault(INVALID, _wrong_priority),
    Fault(Status.OUT_OF_RANGE, _wide_value),
    Fault(INVALID, _unknown_action, in_key=False),
    Fault(INVALID, _unknown_param, in_key=False),
    Fault(INVALID, _member, in_key=False),
]
KINDS = [p4r.Update.INSERT, p4r.Update.MODIFY, p4r.Update.DELETE]


class Step(NamedTuple):
    """One update, and what it is about."""

    kind: int
    key: tuple[int, int]
    entry: Entry
    fault: Fault | None

    @property
    def update(self) -> p4r.Update:
        made = p4r.Update(entity=p4r.Entity(table_entry=self.entry))
        made.type = self.kind  # type: ignore[assignment]  # one of KINDS
        return made

    @property
    def malformed(self) -> Status:
        if self.fault is None or (self.kind == p4r.Update.DELETE and not self.fault.in_key):
            return OK
        return self.fault.status


@st.composite
def steps(draw: st.DrawFn) -> Step:
    key = draw(st.tuples(st.integers(0, len(ENTRIES) - 1), st.integers(0, 3)))
    entry = ENTRIES[key[0]](key[1])
    entry.metadata = draw(st.binary(max_size=2))
    fault = draw(st.none() | st.sampled_from(FAULTS))
    if fault is not None:
        fault.spoil(entry)
    return Step(draw(st.sampled_from(KINDS)), key, entry, fault)


class Oracle:
    """What exists, and what a batch must answer."""

    def __init__(self) -> None:
        self.held: dict[tuple[int, int], Entry] = {}

    def write(self, batch: list[Step], atomicity: Atomicity) -> list[Status]:
        if atomicity is Atomicity.CONTINUE_ON_ERROR:
            return [step.malformed or self._one(step) for step in batch]
        malformed = [step.malformed for step in batch]
        if any(malformed):
            return [status or Status.ABORTED for status in malformed]
        before = dict(self.held)
        for place, step in enumerate(batch):
            status = self._one(step)
            if status:
                self.held = before
                return [status if at == place else Status.ABORTED for at in range(len(batch))]
        return [OK] * len(batch)

    def _one(self, step: Step) -> Status:
        exists = step.key in self.held
        if step.kind == p4r.Update.INSERT and exists:
            return Status.ALREADY_EXISTS
        if step.kind != p4r.Update.INSERT and not exists:
            return Status.NOT_FOUND
        if step.kind == p4r.Update.DELETE:
            del self.held[step.key]
        else:
            self.held[step.key] = step.entry
        return OK


@cache
def _pipeline() -> Pipeline:
    return Pipeline(Bench())


def program() -> Program:
    """A switch that nobody has written to."""
    return _pipeline().make(config())


def existing(made: Program) -> list[Entry]:
    """Every entry that is not the program's own."""
    findings, outcome = reads.snapshot(
        made.plane, made.schema, [p4r.Entity(table_entry=p4r.TableEntry())]
    )
    assert outcome == [None]
    found = [e.table_entry for m in reads.messages(findings, 1000) for e in m.entities]
    return sorted((entry for entry in found if not entry.is_const), key=str)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.lists(steps(), max_size=8), st.sampled_from(Atomicity)), max_size=6))
def test_every_update_answers_what_the_oracle_says_and_leaves_what_it_leaves(
    batches: list[tuple[list[Step], Atomicity]],
) -> None:
    made, oracle = program(), Oracle()
    for batch, atomicity in batches:
        expected = oracle.write(batch, atomicity)
        outcome = writes.apply(made.plane, made.schema, [step.update for step in batch], atomicity)
        assert [error.status if error else OK for error in outcome] == expected
        assert existing(made) == sorted(oracle.held.values(), key=str)


@cache
def serialised() -> list[bytes]:
    """Updates of every kind of entity."""
    entities = [
        *(p4r.Entity(table_entry=make(1)) for make in ENTRIES),
        p4r.Entity(table_entry=entries.balanced(1, action_profile_action_set=entries.one_shot(1))),
        p4r.Entity(action_profile_member=entries.member()),
        p4r.Entity(action_profile_group=entries.group()),
        p4r.Entity(packet_replication_engine_entry=entries.multicast(1, 2)),
        p4r.Entity(packet_replication_engine_entry=entries.clone_session(1, 2)),
        p4r.Entity(counter_entry=p4r.CounterEntry(counter_id=id_of("port_counter"))),
        p4r.Entity(meter_entry=p4r.MeterEntry(meter_id=id_of("port_meter"))),
        p4r.Entity(direct_counter_entry=p4r.DirectCounterEntry(table_entry=entries.route())),
        p4r.Entity(direct_meter_entry=p4r.DirectMeterEntry(table_entry=entries.filter_entry())),
        p4r.Entity(register_entry=p4r.RegisterEntry(register_id=id_of("last_source"))),
        p4r.Entity(digest_entry=p4r.DigestEntry(digest_id=id_of("learned_t"))),
    ]
    return [p4r.Update(type=p4r.Update.INSERT, entity=e).SerializeToString() for e in entities]


@cache
def battered() -> Program:
    """One switch for all damaged requests, so that their effects meet."""
    return program()


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_damaged_request_is_answered_and_the_switch_stays_whole(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(serialised())))
    for _ in range(data.draw(st.integers(0, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        update = p4r.Update.FromString(bytes(raw))
    except DecodeError:
        return
    made = battered()
    before = existing(made)
    [error] = writes.apply(made.plane, made.schema, [update], data.draw(st.sampled_from(Atomicity)))
    assert error is None or (isinstance(error, ControlError) and error.sentence)
    if error is not None:
        assert existing(made) == before
