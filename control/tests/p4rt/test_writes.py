"""What a wrong update is refused for, whatever it is an update of (P4Runtime 9, 12)."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from finsy.proto import p4d, p4r

from tests.p4rt import entries
from tests.p4rt.rig import Controller, id_of, update
from tests.p4rt.writing import (
    CODES,
    COLOURS,
    COUNTER,
    DENIED,
    EXISTS,
    FULL,
    IDLE,
    INVALID,
    LACKING,
    MISSING,
    RANGE,
    act,
    entry,
    refusal,
)


def exact(value: bytes) -> p4r.FieldMatch:
    return p4r.FieldMatch(field_id=1, exact=p4r.FieldMatch.Exact(value=value))


def lpm(value: bytes, length: int) -> p4r.FieldMatch:
    return p4r.FieldMatch(field_id=1, lpm=p4r.FieldMatch.LPM(value=value, prefix_len=length))


def ternary(value: bytes, mask: bytes) -> p4r.FieldMatch:
    return p4r.FieldMatch(field_id=1, ternary=p4r.FieldMatch.Ternary(value=value, mask=mask))


def span(low: bytes, high: bytes) -> p4r.FieldMatch:
    return p4r.FieldMatch(field_id=2, range=p4r.FieldMatch.Range(low=low, high=high))


NO_ACTION = act("NoAction")
ADMIT = act("admit")
HERE = exact(b"\x02")
PORT = entries.exact(4, 1)
TEN = lpm(b"\x0a\0\0\0", 8)
METER = p4r.MeterConfig(cir=1, cburst=1, pir=1, pburst=1)

# (status, what the sentence names, the entry to insert)
WRONG_ENTRIES = [
    (INVALID, "table_id 0", p4r.TableEntry()),
    (INVALID, "table_id 9", p4r.TableEntry(table_id=9)),
    (INVALID, "source is missing", entry("neighbours", action=NO_ACTION)),
    (INVALID, "id 2", entry("neighbours", entries.exact(2, 1), action=NO_ACTION)),
    (INVALID, "1 is given twice", entry("neighbours", HERE, HERE, action=NO_ACTION)),
    (RANGE, "source: 0x0100", entry("neighbours", exact(b"\1" + bytes(6)), action=NO_ACTION)),
    (RANGE, "source: an empty", entry("neighbours", exact(b""), action=NO_ACTION)),
    (INVALID, "no value", entry("neighbours", p4r.FieldMatch(field_id=1), action=NO_ACTION)),
    (INVALID, "lpm value", entry("neighbours", TEN, action=NO_ACTION)),
    (INVALID, "priority is 1", entry("neighbours", HERE, priority=1, action=NO_ACTION)),
    (INVALID, "action is missing", entry("neighbours", HERE)),
    (INVALID, "holds nothing", entry("neighbours", HERE, action=p4r.TableAction())),
    (INVALID, "is_const", entry("neighbours", HERE, action=NO_ACTION, is_const=True)),
    (INVALID, "negative", entry("neighbours", HERE, action=NO_ACTION, idle_timeout_ns=-1)),
    (INVALID, "for reads", entry("neighbours", HERE, action=NO_ACTION, time_since_last_hit=IDLE)),
    (INVALID, "no direct meter", entry("neighbours", HERE, action=NO_ACTION, meter_config=METER)),
    (
        INVALID,
        "no direct counter",
        entry("neighbours", HERE, action=NO_ACTION, counter_data=COUNTER),
    ),
    (
        INVALID,
        "no direct meter",
        entry("neighbours", HERE, action=NO_ACTION, meter_counter_data=COLOURS),
    ),
    (INVALID, "prefix_len 0", entry("routes", lpm(b"\0", 0), action=act("forward", p1=b"\1"))),
    (INVALID, "prefix_len 33", entry("routes", lpm(b"\0", 33), action=act("forward", p1=b"\1"))),
    (INVALID, "prefix_len -1", entry("routes", lpm(b"\0", -1), action=act("forward", p1=b"\1"))),
    (INVALID, "behind", entry("routes", lpm(b"\x0a\0\0\1", 8), action=act("forward", p1=b"\1"))),
    (RANGE, "destination", entry("routes", lpm(b"\1\0\0\0\0", 8), action=act("forward", p1=b"\1"))),
    (
        INVALID,
        "idle timeout",
        entry("routes", TEN, action=act("forward", p1=b"\1"), idle_timeout_ns=1),
    ),
    (INVALID, "action_id 0", entry("routes", TEN, action=p4r.TableAction(action=p4r.Action()))),
    (INVALID, "none of its", entry("routes", TEN, action=act("mark", p1=b"\1"))),
    (DENIED, "only as the default", entry("routes", TEN, action=act("discard"))),
    (INVALID, "port is missing", entry("routes", TEN, action=act("forward"))),
    (INVALID, "param_id 2", entry("routes", TEN, action=act("forward", p1=b"\1", p2=b"\1"))),
    (RANGE, "forward, port: 0x0200", entry("routes", TEN, action=act("forward", p1=b"\2\0"))),
    (RANGE, "forward, port: an empty", entry("routes", TEN, action=act("forward", p1=b""))),
    (
        INVALID,
        "action_profile_member_id",
        entry("routes", TEN, action=p4r.TableAction(action_profile_member_id=1)),
    ),
    (
        INVALID,
        "negative",
        entry(
            "routes",
            TEN,
            action=act("forward", p1=b"\1"),
            counter_data=p4r.CounterData(byte_count=-1),
        ),
    ),
    (INVALID, "priority is 0", entry("filters", PORT, action=ADMIT)),
    (INVALID, "mask is 0", entry("filters", PORT, ternary(b"\0", b"\0"), priority=1, action=ADMIT)),
    (
        INVALID,
        "outside its mask",
        entry("filters", PORT, ternary(b"\3", b"\2"), priority=1, action=ADMIT),
    ),
    (
        RANGE,
        "source: 0x01",
        entry("filters", PORT, ternary(b"\0", b"\1" + bytes(4)), priority=1, action=ADMIT),
    ),
    (
        INVALID,
        "low 2 is above",
        entry("filters", PORT, span(b"\2", b"\1"), priority=1, action=ADMIT),
    ),
    (
        INVALID,
        "every value",
        entry("filters", PORT, span(b"\0", b"\xff\xff"), priority=1, action=ADMIT),
    ),
    (RANGE, "length", entry("filters", PORT, span(b"", b"\1"), priority=1, action=ADMIT)),
    (
        INVALID,
        "eburst",
        entry("filters", PORT, priority=1, action=ADMIT, meter_config=p4r.MeterConfig(eburst=1)),
    ),
    (
        INVALID,
        "negative",
        entry("filters", PORT, priority=1, action=ADMIT, meter_config=p4r.MeterConfig(cir=-1)),
    ),
    (
        INVALID,
        "zero only",
        entry("filters", PORT, priority=1, action=ADMIT, meter_counter_data=COLOURS),
    ),
    (
        LACKING,
        "by colour",
        entry("filters", PORT, priority=1, action=ADMIT, meter_counter_data=p4r.MeterCounterData()),
    ),
    (INVALID, "uplinks", entry("balanced", HERE, action=NO_ACTION)),
    (
        MISSING,
        "member 5",
        entry("balanced", HERE, action=p4r.TableAction(action_profile_member_id=5)),
    ),
    (
        MISSING,
        "group 5",
        entry("balanced", HERE, action=p4r.TableAction(action_profile_group_id=5)),
    ),
    (
        INVALID,
        "rewrites",
        entry("rewritten", HERE, action=p4r.TableAction(action_profile_group_id=5)),
    ),
    (DENIED, "constant", entry("known_types", HERE, action=NO_ACTION)),
    (INVALID, "has no key", entry("policy", action=NO_ACTION)),
    (INVALID, "default entry", entry("routes", is_default_action=True, action=act("discard"))),
]


@pytest.mark.parametrize(
    ("status", "named", "wrong"), WRONG_ENTRIES, ids=[case[1] for case in WRONG_ENTRIES]
)
def test_a_wrong_entry_is_refused_by_its_own_status_and_changes_nothing(
    primary: Controller, status: grpc.StatusCode, named: str, wrong: p4r.TableEntry
) -> None:
    everything = p4r.TableEntry()
    before = primary.read(table_entry=everything)
    [error] = refusal(primary, update("INSERT", table_entry=wrong))
    assert CODES[error.canonical_code] is status, error.message
    assert named in error.message
    assert primary.read(table_entry=everything) == before


# (status, what the sentence names, kind of update, entity)
WRONG_UPDATES: list[tuple[grpc.StatusCode, str, str, dict[str, Any]]] = [
    (EXISTS, "", "INSERT", {"table_entry": entries.neighbour()}),
    (MISSING, "", "MODIFY", {"table_entry": entries.neighbour(3)}),
    (MISSING, "", "DELETE", {"table_entry": entries.neighbour(3)}),
    (INVALID, "type 0", "UNSPECIFIED", {"table_entry": entries.neighbour(3)}),
    (INVALID, "entity is not set", "INSERT", {}),
    (LACKING, "extern_entry", "INSERT", {"extern_entry": p4r.ExternEntry()}),
    (INVALID, "value_set_id 0", "MODIFY", {"value_set_entry": p4r.ValueSetEntry()}),
    (INVALID, "only MODIFY", "INSERT", {"value_set_entry": entries.value_set(1)}),
    (
        RANGE,
        "value set ipv4_types, match field 1",
        "MODIFY",
        {"value_set_entry": entries.value_set(1 << 16)},
    ),
    (EXISTS, "twice", "MODIFY", {"value_set_entry": entries.value_set(1, 1)}),
    (FULL, "4 members", "MODIFY", {"value_set_entry": entries.value_set(1, 2, 3, 4, 5)}),
    (
        INVALID,
        "is_const",
        "DELETE",
        {"table_entry": entry("neighbours", HERE, is_const=True)},
    ),
    (DENIED, "constant", "DELETE", {"table_entry": entry("known_types", exact(b"\x08\0"))}),
    (
        DENIED,
        "constant",
        "MODIFY",
        {"table_entry": entry("known_types", exact(b"\x08\0"), action=NO_ACTION)},
    ),
    (
        DENIED,
        "constant",
        "MODIFY",
        {"table_entry": entry("filters", is_default_action=True, action=act("discard"))},
    ),
    (
        INVALID,
        "match",
        "MODIFY",
        {"table_entry": entry("policy", HERE, is_default_action=True, action=NO_ACTION)},
    ),
    (
        INVALID,
        "priority",
        "MODIFY",
        {"table_entry": entry("policy", priority=1, is_default_action=True, action=NO_ACTION)},
    ),
    (
        INVALID,
        "idle",
        "MODIFY",
        {"table_entry": entry("policy", idle_timeout_ns=1, is_default_action=True)},
    ),
    (INVALID, "only MODIFY", "DELETE", {"table_entry": entry("policy", is_default_action=True)}),
    (
        DENIED,
        "only in entries",
        "MODIFY",
        {"table_entry": entry("routes", is_default_action=True, action=act("copy", p1=b"\1"))},
    ),
    (
        INVALID,
        "direct table",
        "MODIFY",
        {"table_entry": entry("balanced", is_default_action=True, action=NO_ACTION)},
    ),
    (
        INVALID,
        "action_profile_id 0",
        "INSERT",
        {"action_profile_member": p4r.ActionProfileMember()},
    ),
    (INVALID, "member_id is 0", "INSERT", {"action_profile_member": entries.member(0)}),
    (
        INVALID,
        "action is missing",
        "INSERT",
        {"action_profile_member": entries.member(action=None)},
    ),
    (
        INVALID,
        "none of its",
        "INSERT",
        {"action_profile_member": entries.member(action=act("mark").action)},
    ),
    (MISSING, "member", "MODIFY", {"action_profile_member": entries.member(8)}),
    (MISSING, "member", "DELETE", {"action_profile_member": entries.member(8)}),
    (INVALID, "group_id is 0", "INSERT", {"action_profile_group": entries.group(0, ())}),
    (INVALID, "max_size -1", "INSERT", {"action_profile_group": entries.group(1, (), max_size=-1)}),
    (
        INVALID,
        "above the group's 1",
        "INSERT",
        {"action_profile_group": entries.group(1, (1, 2), max_size=1)},
    ),
    (INVALID, "twice", "INSERT", {"action_profile_group": entries.group(1, (1, 1))}),
    (MISSING, "member", "INSERT", {"action_profile_group": entries.group(1, (8,))}),
    (MISSING, "group", "MODIFY", {"action_profile_group": entries.group(8, ())}),
    (MISSING, "group", "DELETE", {"action_profile_group": entries.group(8, ())}),
    (
        INVALID,
        "no groups",
        "INSERT",
        {"action_profile_group": p4r.ActionProfileGroup(action_profile_id=id_of("rewrites"))},
    ),
    (INVALID, "counter_id 0", "MODIFY", {"counter_entry": p4r.CounterEntry()}),
    (
        INVALID,
        "only MODIFY",
        "INSERT",
        {"counter_entry": p4r.CounterEntry(counter_id=id_of("port_counter"))},
    ),
    (
        INVALID,
        "index -1",
        "MODIFY",
        {
            "counter_entry": p4r.CounterEntry(
                counter_id=id_of("port_counter"), index=p4r.Index(index=-1)
            )
        },
    ),
    (
        RANGE,
        "index 64",
        "MODIFY",
        {
            "counter_entry": p4r.CounterEntry(
                counter_id=id_of("port_counter"), index=p4r.Index(index=64)
            )
        },
    ),
    (INVALID, "meter_id 9", "MODIFY", {"meter_entry": p4r.MeterEntry(meter_id=9)}),
    (
        INVALID,
        "only MODIFY",
        "DELETE",
        {"meter_entry": p4r.MeterEntry(meter_id=id_of("port_meter"))},
    ),
    (
        RANGE,
        "index 64",
        "MODIFY",
        {"meter_entry": p4r.MeterEntry(meter_id=id_of("port_meter"), index=p4r.Index(index=64))},
    ),
    (INVALID, "register_id 0", "MODIFY", {"register_entry": p4r.RegisterEntry()}),
    (
        INVALID,
        "only MODIFY",
        "INSERT",
        {"register_entry": p4r.RegisterEntry(register_id=id_of("last_source"))},
    ),
    (
        INVALID,
        "bool given",
        "MODIFY",
        {
            "register_entry": p4r.RegisterEntry(
                register_id=id_of("last_source"), data=p4d.P4Data(bool=True)
            )
        },
    ),
    (
        RANGE,
        "last_source",
        "MODIFY",
        {
            "register_entry": p4r.RegisterEntry(
                register_id=id_of("last_source"), data=p4d.P4Data(bitstring=b"\1" + bytes(4))
            )
        },
    ),
    (
        INVALID,
        "table_entry is missing",
        "MODIFY",
        {"direct_counter_entry": p4r.DirectCounterEntry()},
    ),
    (
        INVALID,
        "no direct counter",
        "MODIFY",
        {"direct_counter_entry": p4r.DirectCounterEntry(table_entry=entries.neighbour())},
    ),
    (
        INVALID,
        "only MODIFY",
        "INSERT",
        {"direct_counter_entry": p4r.DirectCounterEntry(table_entry=entries.route())},
    ),
    (
        MISSING,
        "",
        "MODIFY",
        {"direct_counter_entry": p4r.DirectCounterEntry(table_entry=entries.route(), data=COUNTER)},
    ),
    (
        MISSING,
        "",
        "MODIFY",
        {"direct_counter_entry": p4r.DirectCounterEntry(table_entry=entries.route())},
    ),
    (
        INVALID,
        "no direct meter",
        "MODIFY",
        {"direct_meter_entry": p4r.DirectMeterEntry(table_entry=entries.route())},
    ),
    (
        MISSING,
        "",
        "MODIFY",
        {"direct_meter_entry": p4r.DirectMeterEntry(table_entry=entries.filter_entry())},
    ),
    (
        INVALID,
        "type is not set",
        "INSERT",
        {"packet_replication_engine_entry": p4r.PacketReplicationEngineEntry()},
    ),
    (INVALID, "group_id is 0", "INSERT", {"packet_replication_engine_entry": entries.multicast(0)}),
    (
        INVALID,
        "same port",
        "INSERT",
        {"packet_replication_engine_entry": entries.multicast(1, 2, 2)},
    ),
    (MISSING, "group", "DELETE", {"packet_replication_engine_entry": entries.multicast(9)}),
    (
        INVALID,
        "session_id is 0",
        "INSERT",
        {"packet_replication_engine_entry": entries.clone_session(0)},
    ),
    (MISSING, "session", "MODIFY", {"packet_replication_engine_entry": entries.clone_session(9)}),
    (INVALID, "digest_id 0", "INSERT", {"digest_entry": p4r.DigestEntry()}),
    (MISSING, "digest", "DELETE", {"digest_entry": p4r.DigestEntry(digest_id=id_of("learned_t"))}),
    (
        INVALID,
        "negative",
        "INSERT",
        {
            "digest_entry": p4r.DigestEntry(
                digest_id=id_of("learned_t"), config=p4r.DigestEntry.Config(max_list_size=-1)
            )
        },
    ),
]


@pytest.mark.parametrize(
    ("status", "named", "kind", "wrong"),
    WRONG_UPDATES,
    ids=[f"{case[2]} {next(iter(case[3]), 'nothing')} {case[1]}" for case in WRONG_UPDATES],
)
def test_a_wrong_update_is_refused_by_its_own_status(
    primary: Controller, status: grpc.StatusCode, named: str, kind: str, wrong: dict[str, Any]
) -> None:
    primary.insert(table_entry=entries.neighbour())
    [error] = refusal(primary, update(kind, **wrong))
    assert CODES[error.canonical_code] is status, error.message
    assert named in error.message


def test_a_replica_with_too_large_an_instance_is_refused(primary: Controller) -> None:
    made = p4r.MulticastGroupEntry(multicast_group_id=1)
    made.replicas.add(port=b"\1", instance=1 << 16)
    wrong = p4r.PacketReplicationEngineEntry(multicast_group_entry=made)
    [error] = refusal(primary, update("INSERT", packet_replication_engine_entry=wrong))
    assert CODES[error.canonical_code] is INVALID


def test_backup_replicas_are_unimplemented(primary: Controller) -> None:
    made = p4r.MulticastGroupEntry(multicast_group_id=1)
    made.replicas.add(port=b"\1").backup_replicas.add(port=b"\2")
    wrong = p4r.PacketReplicationEngineEntry(multicast_group_entry=made)
    [error] = refusal(primary, update("INSERT", packet_replication_engine_entry=wrong))
    assert CODES[error.canonical_code] is LACKING


def test_a_class_of_service_that_is_no_queue_is_refused(primary: Controller) -> None:
    made = p4r.CloneSessionEntry(session_id=1, class_of_service=8)
    wrong = p4r.PacketReplicationEngineEntry(clone_session_entry=made)
    [error] = refusal(primary, update("INSERT", packet_replication_engine_entry=wrong))
    assert CODES[error.canonical_code] is INVALID
    assert "class_of_service 8" in error.message


def test_a_one_shot_set_with_the_semantics_of_1_5_is_unimplemented(primary: Controller) -> None:
    made = entries.one_shot(1)
    made.size_semantics = p4r.ActionProfileActionSet.SUM_OF_MEMBERS
    entry = entries.balanced(1, action_profile_action_set=made)
    [error] = refusal(primary, update("INSERT", table_entry=entry))
    assert CODES[error.canonical_code] is LACKING
    assert "size_semantics" in error.message
