"""What is written is what is read, for every kind of entity (P4Runtime 8.2)."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from finsy.proto import p4d, p4r

from tests.p4rt import entries
from tests.p4rt.rig import Controller, details, id_of

COUNTED = p4r.CounterData(byte_count=1500, packet_count=2)
METER = p4r.MeterConfig(cir=1000, cburst=200, pir=2000, pburst=400)


def table(alias: str, **more: Any) -> p4r.TableEntry:
    return p4r.TableEntry(table_id=id_of(alias), **more)


@pytest.mark.parametrize(
    "entry",
    [
        entries.neighbour(),
        entries.neighbour(metadata=b"cookie", controller_metadata=99, idle_timeout_ns=10**9),
        entries.route(),
        entries.route(0x0A0B0C0D, 32),
        entries.filter_entry(),
        entries.filter_entry(match=[entries.exact(4, 2)]),
    ],
    ids=["exact", "with metadata and timeout", "prefix", "host", "ternary", "don't care"],
)
def test_a_table_entry_comes_back_as_it_was_written(
    primary: Controller, entry: p4r.TableEntry
) -> None:
    primary.insert(table_entry=entry)
    pattern = p4r.TableEntry(table_id=entry.table_id)
    assert primary.read(table_entry=pattern) == [p4r.Entity(table_entry=entry)]


def test_the_entry_of_a_prefix_that_matches_all_has_an_empty_match(primary: Controller) -> None:
    entry = table("routes", action=entries.direct("forward", 3))
    primary.insert(table_entry=entry)
    assert primary.read(table_entry=table("routes")) == [p4r.Entity(table_entry=entry)]


def test_a_longer_byte_string_is_taken_and_comes_back_canonical(primary: Controller) -> None:
    entry = entries.neighbour()
    entry.match[0].exact.value = b"\0\0\0\0\0\0\0\0\x02"
    primary.insert(table_entry=entry)
    [found] = primary.read(table_entry=table("neighbours"))
    assert found.table_entry.match[0].exact.value == b"\x02"


def test_the_fields_of_a_key_and_the_parameters_of_an_action_come_in_any_order(
    primary: Controller,
) -> None:
    entry = entries.filter_entry()
    shuffled = entries.filter_entry(match=list(reversed(entry.match)))
    primary.insert(table_entry=shuffled)
    assert primary.read(table_entry=table("filters")) == [p4r.Entity(table_entry=entry)]


def test_a_modify_without_action_leaves_the_action(primary: Controller) -> None:
    primary.insert(table_entry=entries.route())
    primary.modify(table_entry=entries.route(action=None, metadata=b"new"))
    [found] = primary.read(table_entry=table("routes"))
    assert found.table_entry == entries.route(metadata=b"new")


def test_a_delete_looks_at_nothing_but_the_key(primary: Controller) -> None:
    primary.insert(table_entry=entries.route())
    nonsense = entries.route(action=p4r.TableAction(action_profile_member_id=4), metadata=b"?")
    primary.delete(table_entry=nonsense)
    assert primary.read(table_entry=table("routes")) == []


def test_two_entries_may_differ_in_priority_only(primary: Controller) -> None:
    primary.insert(table_entry=entries.filter_entry(priority=5))
    primary.insert(table_entry=entries.filter_entry(priority=6))
    found = primary.read(table_entry=table("filters", priority=6))
    assert found == [p4r.Entity(table_entry=entries.filter_entry(priority=6))]


# --- wildcard reads (9.1.6) ---


def test_table_id_0_reads_the_entries_of_all_tables(primary: Controller) -> None:
    primary.insert(table_entry=entries.route())
    primary.insert(table_entry=entries.neighbour())
    found = [entity.table_entry for entity in primary.read(table_entry=p4r.TableEntry())]
    own = [entry for entry in found if not entry.is_const]
    assert sorted(own, key=str) == sorted([entries.route(), entries.neighbour()], key=str)


@pytest.mark.parametrize(
    "wanted",
    [
        {"match": entries.route().match},
        {"action": p4r.TableAction(action=p4r.Action(action_id=id_of("forward")))},
        {"metadata": b"first"},
        {"controller_metadata": 1},
    ],
    ids=["match", "action", "metadata", "controller_metadata"],
)
def test_what_is_set_in_a_request_filters(primary: Controller, wanted: dict[str, Any]) -> None:
    first = entries.route(metadata=b"first", controller_metadata=1)
    second = entries.route(
        0x0B000000, action=entries.direct("replicate", 7), metadata=b"second", controller_metadata=2
    )
    primary.insert(table_entry=first)
    primary.insert(table_entry=second)
    assert primary.read(table_entry=table("routes", **wanted)) == [p4r.Entity(table_entry=first)]


def test_an_entry_that_does_not_exist_reads_as_nothing(primary: Controller) -> None:
    assert primary.read(table_entry=table("routes", match=entries.route().match)) == []


def test_a_large_table_is_read_in_several_messages(primary: Controller) -> None:
    updates = [
        p4r.Update(
            type=p4r.Update.INSERT,
            entity=p4r.Entity(table_entry=entries.route(number << 8, 24)),
        )
        for number in range(1001)
    ]
    primary.write(*updates)
    request = p4r.ReadRequest(
        device_id=primary.device_id, entities=[p4r.Entity(table_entry=table("routes"))]
    )
    sizes = [len(response.entities) for response in primary.stub.Read(request)]
    assert sizes == [1000, 1]


# --- default and constant entries (9.1.3, 9.1.4) ---


def test_a_default_entry_can_be_changed_and_reset(primary: Controller) -> None:
    default = table("policy", is_default_action=True)
    changed = table("policy", is_default_action=True, action=entries.direct("mark", 46))
    [original] = primary.read(table_entry=default)
    primary.modify(table_entry=changed)
    assert primary.read(table_entry=default) == [p4r.Entity(table_entry=changed)]
    primary.modify(table_entry=default)
    assert primary.read(table_entry=default) == [original]


def test_the_entries_of_a_constant_table_are_read_as_constant(primary: Controller) -> None:
    found = primary.read(table_entry=table("known_types"))
    assert [entity.table_entry.is_const for entity in found] == [True, True]
    assert {entity.table_entry.match[0].exact.value for entity in found} == {b"\x08\0", b"\x08\x06"}


# --- direct resources (9.1.7) ---


def test_a_direct_counter_is_read_where_it_is_asked_for(primary: Controller) -> None:
    primary.insert(table_entry=entries.route(counter_data=COUNTED))
    [silent] = primary.read(table_entry=table("routes"))
    assert not silent.table_entry.HasField("counter_data")
    [found] = primary.read(table_entry=table("routes", counter_data=p4r.CounterData()))
    assert found.table_entry == entries.route(counter_data=COUNTED)


def test_a_direct_counter_can_be_written_by_itself(primary: Controller) -> None:
    primary.insert(table_entry=entries.route())
    key = entries.route(action=None)
    counter = p4r.DirectCounterEntry(table_entry=key, data=COUNTED)
    primary.modify(direct_counter_entry=counter)
    pattern = p4r.DirectCounterEntry(table_entry=key)
    found = primary.read(direct_counter_entry=pattern)
    assert found == [p4r.Entity(direct_counter_entry=counter)]


def test_a_direct_counter_without_data_is_left_as_it_is(primary: Controller) -> None:
    primary.insert(table_entry=entries.route(counter_data=COUNTED))
    pattern = p4r.DirectCounterEntry(table_entry=entries.route(action=None))
    primary.modify(direct_counter_entry=pattern)
    [found] = primary.read(direct_counter_entry=pattern)
    assert found.direct_counter_entry.data == COUNTED


def test_all_direct_counters_are_read_with_an_empty_table_entry(primary: Controller) -> None:
    primary.insert(table_entry=entries.route())
    primary.insert(table_entry=entries.route(0x0B000000))
    pattern = p4r.DirectCounterEntry(table_entry=p4r.TableEntry())
    assert len(primary.read(direct_counter_entry=pattern)) == 2


def test_a_direct_meter_is_set_with_its_entry_and_unset_by_a_modify_without_it(
    primary: Controller,
) -> None:
    asked = table("filters", meter_config=p4r.MeterConfig())
    primary.insert(table_entry=entries.filter_entry(meter_config=METER))
    [found] = primary.read(table_entry=asked)
    assert found.table_entry.meter_config == METER
    primary.modify(table_entry=entries.filter_entry())
    [found] = primary.read(table_entry=asked)
    assert not found.table_entry.HasField("meter_config")


def test_a_direct_meter_can_be_written_by_itself(primary: Controller) -> None:
    primary.insert(table_entry=entries.filter_entry())
    meter = p4r.DirectMeterEntry(table_entry=entries.filter_entry(action=None), config=METER)
    primary.modify(direct_meter_entry=meter)
    pattern = p4r.DirectMeterEntry(table_entry=entries.filter_entry(action=None))
    assert primary.read(direct_meter_entry=pattern) == [p4r.Entity(direct_meter_entry=meter)]


def test_the_time_since_the_last_hit_is_read_where_it_is_asked_for(primary: Controller) -> None:
    primary.insert(table_entry=entries.neighbour(idle_timeout_ns=10**9))
    asked = table("neighbours", time_since_last_hit=p4r.TableEntry.IdleTimeout())
    [found] = primary.read(table_entry=asked)
    assert found.table_entry.time_since_last_hit.elapsed_ns >= 0
    assert found.table_entry.HasField("time_since_last_hit")


# --- action profiles (9.2) ---


def test_members_groups_and_the_entries_that_name_them_come_back(primary: Controller) -> None:
    primary.insert(action_profile_member=entries.member(1, 1))
    primary.insert(action_profile_member=entries.member(2, 2))
    primary.insert(action_profile_group=entries.group(9, (1, 2), max_size=4))
    primary.insert(table_entry=entries.balanced(1, action_profile_member_id=2))
    primary.insert(table_entry=entries.balanced(2, action_profile_group_id=9))
    found = primary.read_many(
        p4r.Entity(action_profile_member=p4r.ActionProfileMember()),
        p4r.Entity(action_profile_group=p4r.ActionProfileGroup()),
        p4r.Entity(table_entry=table("balanced")),
    )
    assert list(found) == [
        p4r.Entity(action_profile_member=entries.member(1, 1)),
        p4r.Entity(action_profile_member=entries.member(2, 2)),
        p4r.Entity(action_profile_group=entries.group(9, (1, 2), max_size=4)),
        p4r.Entity(table_entry=entries.balanced(1, action_profile_member_id=2)),
        p4r.Entity(table_entry=entries.balanced(2, action_profile_group_id=9)),
    ]


def test_a_one_shot_set_comes_back_as_a_set(primary: Controller) -> None:
    entry = entries.balanced(3, action_profile_action_set=entries.one_shot(1, 2, 2))
    primary.insert(table_entry=entry)
    assert primary.read(table_entry=table("balanced")) == [p4r.Entity(table_entry=entry)]


def test_a_member_in_use_stays(primary: Controller) -> None:
    primary.insert(action_profile_member=entries.member(1))
    primary.insert(action_profile_group=entries.group(1, (1,)))
    with pytest.raises(grpc.RpcError) as refused:
        primary.delete(action_profile_member=entries.member(1))
    assert details(refused.value)[0].canonical_code == grpc.StatusCode.FAILED_PRECONDITION.value[0]
    primary.delete(action_profile_group=entries.group(1))
    primary.delete(action_profile_member=entries.member(1))
    assert primary.read(action_profile_member=p4r.ActionProfileMember()) == []


# --- cells (9.3, 9.4, 9.7) ---


def test_a_counter_cell_is_written_and_read(primary: Controller) -> None:
    cell = p4r.CounterEntry(
        counter_id=id_of("port_counter"), index=p4r.Index(index=5), data=COUNTED
    )
    primary.modify(counter_entry=cell)
    pattern = p4r.CounterEntry(counter_id=id_of("port_counter"), index=p4r.Index(index=5))
    assert primary.read(counter_entry=pattern) == [p4r.Entity(counter_entry=cell)]


def test_without_an_index_every_cell_is_written_and_read(primary: Controller) -> None:
    counter_id = id_of("port_counter")
    primary.modify(counter_entry=p4r.CounterEntry(counter_id=counter_id, data=COUNTED))
    found = primary.read(counter_entry=p4r.CounterEntry(counter_id=counter_id))
    assert [entity.counter_entry.index.index for entity in found] == list(range(64))
    assert all(entity.counter_entry.data == COUNTED for entity in found)


def test_a_counter_without_data_is_left_as_it_is(primary: Controller) -> None:
    index = p4r.Index(index=0)
    counter_id = id_of("port_counter")
    written = p4r.CounterEntry(counter_id=counter_id, index=index, data=COUNTED)
    primary.modify(counter_entry=written)
    primary.modify(counter_entry=p4r.CounterEntry(counter_id=counter_id, index=index))
    pattern = p4r.CounterEntry(counter_id=counter_id, index=index)
    assert primary.read(counter_entry=pattern) == [p4r.Entity(counter_entry=written)]


def test_a_meter_cell_is_set_read_and_unset(primary: Controller) -> None:
    key = {"meter_id": id_of("port_meter"), "index": p4r.Index(index=63)}
    pattern = p4r.MeterEntry(**key)  # type: ignore[arg-type]  # the keys are its fields
    cell = p4r.MeterEntry(**key, config=METER)  # type: ignore[arg-type]
    primary.modify(meter_entry=cell)
    assert primary.read(meter_entry=pattern) == [p4r.Entity(meter_entry=cell)]
    primary.modify(meter_entry=pattern)
    assert primary.read(meter_entry=pattern) == [p4r.Entity(meter_entry=pattern)]


def test_a_register_cell_is_written_and_read(primary: Controller) -> None:
    key = {"register_id": id_of("last_source"), "index": p4r.Index(index=3)}
    data = p4d.P4Data(bitstring=b"\x0a\0\0\x01")
    cell = p4r.RegisterEntry(**key, data=data)  # type: ignore[arg-type]
    primary.modify(register_entry=cell)
    pattern = p4r.RegisterEntry(**key)  # type: ignore[arg-type]
    assert primary.read(register_entry=pattern) == [p4r.Entity(register_entry=cell)]


# --- replication and digests (9.5, 9.8) ---


@pytest.mark.parametrize("made", [entries.multicast(3, 1, 2), entries.clone_session(3, 4)])
def test_replication_comes_back_as_it_was_written(
    primary: Controller, made: p4r.PacketReplicationEngineEntry
) -> None:
    primary.insert(packet_replication_engine_entry=made)
    pattern = p4r.PacketReplicationEngineEntry()
    getattr(pattern, str(made.WhichOneof("type"))).SetInParent()
    found = primary.read(packet_replication_engine_entry=pattern)
    assert found == [p4r.Entity(packet_replication_engine_entry=made)]


def test_a_replica_named_as_before_1_4_is_taken(primary: Controller) -> None:
    old = p4r.PacketReplicationEngineEntry(
        multicast_group_entry=p4r.MulticastGroupEntry(
            multicast_group_id=1, replicas=[p4r.Replica(egress_port=6, instance=2)]
        )
    )
    primary.insert(packet_replication_engine_entry=old)
    [found] = primary.read(packet_replication_engine_entry=old)
    replicas = found.packet_replication_engine_entry.multicast_group_entry.replicas
    assert list(replicas) == [p4r.Replica(port=b"\x06", instance=2)]


def test_a_value_set_comes_back_as_it_was_written_and_can_be_emptied(primary: Controller) -> None:
    made = entries.value_set(0x88B5, 0x88B6)
    asked = p4r.ValueSetEntry(value_set_id=made.value_set_id)
    assert primary.read(value_set_entry=asked) == [p4r.Entity(value_set_entry=asked)]
    primary.modify(value_set_entry=made)
    assert primary.read(value_set_entry=asked) == [p4r.Entity(value_set_entry=made)]
    primary.modify(value_set_entry=asked)
    assert primary.read(value_set_entry=asked) == [p4r.Entity(value_set_entry=asked)]


def test_a_digest_configuration_comes_back_as_it_was_written(primary: Controller) -> None:
    made = p4r.DigestEntry(digest_id=id_of("learned_t"))
    made.config.max_list_size = 10
    made.config.max_timeout_ns = 10**6
    made.config.ack_timeout_ns = 10**9
    primary.insert(digest_entry=made)
    assert primary.read(digest_entry=p4r.DigestEntry()) == [p4r.Entity(digest_entry=made)]
