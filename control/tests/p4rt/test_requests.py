"""What a whole Write or Read is refused for (P4Runtime 11, 12)."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from finsy.proto import p4r
from google.protobuf import any_pb2

from tests.p4rt import entries
from tests.p4rt.rig import Controller, Rig, details
from tests.p4rt.writing import (
    COLOURS,
    DENIED,
    GOOD,
    IDLE,
    INVALID,
    LACKING,
    MISSING,
    act,
    codes,
    entry,
    routes,
)


def whole(controller: Controller, request: p4r.WriteRequest) -> Any:
    with pytest.raises(grpc.RpcError) as refused:
        controller.stub.Write(request)
    error: Any = refused.value
    assert details(error) == []
    return error


def test_another_device_is_not_found(primary: Controller) -> None:
    request = primary.request(GOOD)
    request.device_id = 99
    error = whole(primary, request)
    assert error.code() is MISSING
    assert "this device is 7" in error.details()


def test_an_unknown_role_is_not_found(primary: Controller) -> None:
    request = primary.request(GOOD)
    request.role = "nobody's"
    assert whole(primary, request).code() is MISSING


@pytest.mark.parametrize("election_id", [None, 0, 2])
def test_only_the_primary_may_write(primary: Controller, election_id: int | None) -> None:
    primary.election_id = election_id
    assert whole(primary, primary.request(GOOD)).code() is DENIED
    assert routes(primary) == []


def test_an_unknown_atomicity_is_refused(primary: Controller) -> None:
    assert whole(primary, primary.request(GOOD, atomicity=3)).code() is INVALID


def test_without_a_pipeline_there_is_nothing_to_write_to() -> None:
    with Rig(loaded=False) as rig, rig.controller() as primary:
        error = whole(primary, primary.request(GOOD))
    assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert "no forwarding pipeline config" in error.details()


def test_an_extern_is_refused_when_read_as_well(primary: Controller) -> None:
    wrong = p4r.Entity(extern_entry=p4r.ExternEntry(entry=any_pb2.Any()))
    with pytest.raises(grpc.RpcError) as refused:
        list(primary.read_many(wrong))
    assert codes(details(refused.value)) == [LACKING]


# (what the sentence names, a request that cannot be answered)
WRONG_READS = [
    ("entity is not set", p4r.Entity()),
    ("nothing else can filter", p4r.Entity(table_entry=p4r.TableEntry(priority=1))),
    ("table_id 9", p4r.Entity(table_entry=p4r.TableEntry(table_id=9))),
    ("priority is 1", p4r.Entity(table_entry=entry("routes", priority=1))),
    ("by action_id only", p4r.Entity(table_entry=entry("routes", action=act("forward", p1=b"\1")))),
    ("by colour", p4r.Entity(table_entry=entry("filters", meter_counter_data=COLOURS))),
    ("idle timeout", p4r.Entity(table_entry=entry("routes", time_since_last_hit=IDLE))),
    (
        "action_profile_id 9",
        p4r.Entity(action_profile_member=p4r.ActionProfileMember(action_profile_id=9)),
    ),
    ("counter_id 9", p4r.Entity(counter_entry=p4r.CounterEntry(counter_id=9))),
    (
        "no such table entry",
        p4r.Entity(direct_counter_entry=p4r.DirectCounterEntry(table_entry=entries.route())),
    ),
    (
        "by colour",
        p4r.Entity(meter_entry=p4r.MeterEntry(counter_data=COLOURS)),
    ),
    (
        "by colour",
        p4r.Entity(direct_meter_entry=p4r.DirectMeterEntry(counter_data=COLOURS)),
    ),
    (
        "type is not set",
        p4r.Entity(packet_replication_engine_entry=p4r.PacketReplicationEngineEntry()),
    ),
]


@pytest.mark.parametrize(("named", "wrong"), WRONG_READS, ids=[case[0] for case in WRONG_READS])
def test_a_wrong_request_is_named_and_the_others_are_answered(
    primary: Controller, named: str, wrong: p4r.Entity
) -> None:
    primary.insert(table_entry=entries.neighbour())
    right = p4r.Entity(table_entry=entry("neighbours"))
    found: list[p4r.Entity] = []
    with pytest.raises(grpc.RpcError) as refused:  # noqa: PT012 (answers come before the error)
        for entity in primary.read_many(wrong, right):
            found.append(entity)  # noqa: PERF402
    assert found == [p4r.Entity(table_entry=entries.neighbour())]
    errors = details(refused.value)
    assert named in errors[0].message
    assert errors[1] == p4r.Error()
