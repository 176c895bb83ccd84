"""Set- and GetForwardingPipelineConfig (P4Runtime 14, 15)."""

from __future__ import annotations

import threading
from typing import Any

import grpc
import pytest
from finsy.proto import p4r

from tests.p4rt import entries
from tests.p4rt.rig import (
    DEVICE_ID,
    PATIENCE_S,
    Controller,
    Rig,
    bmv2_json,
    config,
    id_of,
    p4info,
)
from tests.p4rt.writing import routes

INVALID = grpc.StatusCode.INVALID_ARGUMENT
MISSING = grpc.StatusCode.NOT_FOUND
DENIED = grpc.StatusCode.PERMISSION_DENIED
CHANGES = ["VERIFY", "VERIFY_AND_SAVE", "VERIFY_AND_COMMIT", "RECONCILE_AND_COMMIT"]


def refused(
    controller: Controller, action: str, given: p4r.ForwardingPipelineConfig | None
) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.RpcError) as caught:
        controller.set_pipeline(action, given)
    error: Any = caught.value
    return error.code(), error.details()


def described(
    controller: Controller, response_type: str = "ALL"
) -> p4r.GetForwardingPipelineConfigResponse:
    kinds = p4r.GetForwardingPipelineConfigRequest.ResponseType
    return controller.stub.GetForwardingPipelineConfig(
        p4r.GetForwardingPipelineConfigRequest(
            device_id=DEVICE_ID, response_type=kinds.Value(response_type)
        )
    )


def without_table(alias: str) -> p4r.ForwardingPipelineConfig:
    """The same program, with a P4Info that leaves a table out."""
    made = config()
    kept = [table for table in made.p4info.tables if table.preamble.alias != alias]
    del made.p4info.tables[:]
    made.p4info.tables.extend(kept)
    return made


# --- set ---


def test_a_committed_program_starts_empty(rig: Rig, primary: Controller) -> None:
    before = rig.device.running
    primary.insert(table_entry=entries.route())
    primary.set_pipeline("VERIFY_AND_COMMIT", config())
    assert rig.device.running is not before
    assert routes(primary) == []


def test_the_first_program_can_be_committed_to_a_server_that_has_none() -> None:
    with Rig(loaded=False) as rig, rig.controller() as primary:
        primary.set_pipeline("VERIFY_AND_COMMIT", config())
        primary.insert(table_entry=entries.route())
        assert len(routes(primary)) == 1


def test_verification_changes_nothing(rig: Rig, primary: Controller) -> None:
    before = rig.device.running
    primary.insert(table_entry=entries.route())
    primary.set_pipeline("VERIFY", config(cookie=1))
    assert rig.device.running is before
    assert len(routes(primary)) == 1
    assert not described(primary).config.HasField("cookie")


def test_a_saved_program_is_written_to_at_once_and_runs_when_committed(
    rig: Rig, primary: Controller
) -> None:
    before = rig.device.running
    primary.set_pipeline("VERIFY_AND_SAVE", config(cookie=2))
    assert rig.device.running is before
    primary.insert(table_entry=entries.route())
    primary.set_pipeline("COMMIT")
    assert rig.device.running is not before
    assert routes(primary) == [p4r.Entity(table_entry=entries.route())]


def test_nothing_is_committed_twice(primary: Controller) -> None:
    primary.set_pipeline("VERIFY_AND_SAVE", config())
    primary.set_pipeline("COMMIT")
    assert refused(primary, "COMMIT", None)[0] is MISSING


def test_reconciliation_keeps_all_that_was_written(rig: Rig, primary: Controller) -> None:
    counter = p4r.CounterData(byte_count=5, packet_count=6)
    meter = p4r.MeterConfig(cir=1, cburst=2, pir=3, pburst=4)
    primary.insert(action_profile_member=entries.member())
    primary.insert(action_profile_group=entries.group())
    primary.insert(table_entry=entries.balanced(1, action_profile_group_id=1))
    primary.insert(table_entry=entries.balanced(2, action_profile_member_id=1))
    primary.insert(table_entry=entries.route(counter_data=counter, metadata=b"m"))
    primary.insert(table_entry=entries.filter_entry(meter_config=meter))
    primary.modify(
        table_entry=p4r.TableEntry(
            table_id=id_of("policy"), is_default_action=True, action=entries.direct("mark", 1)
        )
    )
    index = p4r.Index(index=3)
    primary.modify(
        counter_entry=p4r.CounterEntry(counter_id=id_of("port_counter"), index=index, data=counter)
    )
    primary.modify(
        meter_entry=p4r.MeterEntry(meter_id=id_of("port_meter"), index=index, config=meter)
    )
    register = p4r.RegisterEntry(register_id=id_of("last_source"), index=index)
    register.data.bitstring = b"\x07"
    primary.modify(register_entry=register)
    primary.insert(packet_replication_engine_entry=entries.multicast(1, 2))
    primary.insert(packet_replication_engine_entry=entries.clone_session(1, 2))
    primary.insert(digest_entry=p4r.DigestEntry(digest_id=id_of("learned_t")))
    primary.modify(value_set_entry=entries.value_set(0x88B5))
    before = everything(primary)
    old = rig.device.running
    primary.set_pipeline("RECONCILE_AND_COMMIT", config(cookie=3))
    assert rig.device.running is not old
    assert everything(primary) == before


def everything(controller: Controller) -> list[p4r.Entity]:
    asked = p4r.TableEntry(counter_data=p4r.CounterData(), meter_config=p4r.MeterConfig())
    replication = p4r.PacketReplicationEngineEntry
    return list(
        controller.read_many(
            p4r.Entity(table_entry=asked),
            p4r.Entity(table_entry=p4r.TableEntry(is_default_action=True)),
            p4r.Entity(action_profile_member=p4r.ActionProfileMember()),
            p4r.Entity(action_profile_group=p4r.ActionProfileGroup()),
            p4r.Entity(counter_entry=p4r.CounterEntry()),
            p4r.Entity(meter_entry=p4r.MeterEntry()),
            p4r.Entity(register_entry=p4r.RegisterEntry()),
            p4r.Entity(
                packet_replication_engine_entry=replication(
                    multicast_group_entry=p4r.MulticastGroupEntry()
                )
            ),
            p4r.Entity(
                packet_replication_engine_entry=replication(
                    clone_session_entry=p4r.CloneSessionEntry()
                )
            ),
            p4r.Entity(digest_entry=p4r.DigestEntry()),
            p4r.Entity(value_set_entry=p4r.ValueSetEntry()),
        )
    )


def test_what_cannot_be_kept_is_not_reconciled(rig: Rig, primary: Controller) -> None:
    primary.insert(action_profile_member=entries.member())
    primary.insert(table_entry=entries.route())
    before = rig.device.running
    status, sentence = refused(primary, "RECONCILE_AND_COMMIT", without_route_action())
    assert status is INVALID
    assert "cannot be preserved" in sentence
    assert rig.device.running is before
    assert len(routes(primary)) == 1


def without_route_action() -> p4r.ForwardingPipelineConfig:
    """The same program, with a P4Info that does not let routes forward."""
    made = config()
    for table in made.p4info.tables:
        if table.preamble.alias == "routes":
            kept = [ref for ref in table.action_refs if ref.id != id_of("forward")]
            del table.action_refs[:]
            table.action_refs.extend(kept)
    return made


@pytest.mark.parametrize("action", CHANGES)
def test_a_config_is_needed(primary: Controller, action: str) -> None:
    assert refused(primary, action, None) == (INVALID, "config is missing")


def test_commit_takes_no_config(primary: Controller) -> None:
    assert refused(primary, "COMMIT", config())[0] is INVALID


def test_commit_needs_something_saved(primary: Controller) -> None:
    assert refused(primary, "COMMIT", None)[0] is MISSING


def test_an_action_is_needed(primary: Controller) -> None:
    assert refused(primary, "UNSPECIFIED", config())[0] is INVALID


@pytest.mark.parametrize("action", CHANGES)
@pytest.mark.parametrize(
    "device_config", [b"", b"{", b"{}", b"\xff\xff"], ids=["none", "broken", "empty", "no JSON"]
)
def test_what_is_no_program_is_refused_and_changes_nothing(
    rig: Rig, primary: Controller, action: str, device_config: bytes
) -> None:
    before = rig.device.running
    given = p4r.ForwardingPipelineConfig(p4info=p4info(), p4_device_config=device_config)
    status, sentence = refused(primary, action, given)
    assert status is INVALID
    assert sentence.startswith("config cannot be realized")
    assert rig.device.running is before
    assert not rig.pipeline.saved


def test_a_p4info_with_an_id_twice_is_refused(primary: Controller) -> None:
    made = config()
    made.p4info.tables.append(made.p4info.tables[0])
    status, sentence = refused(primary, "VERIFY", made)
    assert status is INVALID
    assert "neighbours is taken" in sentence


def test_values_translated_to_strings_are_refused_by_name(primary: Controller) -> None:
    made = config()
    made.p4info.tables[0].match_fields[0].bitwidth = 0
    status, sentence = refused(primary, "VERIFY", made)
    assert status is INVALID
    assert "match field source: values translated to strings" in sentence


def test_the_envelope_of_the_tutorials_is_opened(primary: Controller) -> None:
    data = bmv2_json()
    size, length = len(data), b""
    while size:
        length += bytes([(size & 0x7F) | (0x80 if size > 0x7F else 0)])
        size >>= 7
    envelope = b"\x08\x01\x1a" + length + data  # reassign: true, device_data
    made = p4r.ForwardingPipelineConfig(p4info=p4info(), p4_device_config=envelope)
    primary.set_pipeline("VERIFY_AND_COMMIT", made)
    assert described(primary).config.p4_device_config == envelope


@pytest.mark.parametrize("action", [*CHANGES, "COMMIT"])
def test_only_the_primary_sets_the_pipeline(primary: Controller, action: str) -> None:
    primary.election_id = 99
    assert refused(primary, action, None)[0] is DENIED


def test_another_device_is_not_found(primary: Controller) -> None:
    primary.device_id = 99
    assert refused(primary, "VERIFY", config())[0] is MISSING


def test_who_loses_the_mastership_while_a_program_is_compiled_has_set_nothing(
    rig: Rig, primary: Controller
) -> None:
    compiling, go_on = threading.Event(), threading.Event()

    def before_load() -> None:
        compiling.set()
        assert go_on.wait(PATIENCE_S)

    before = rig.device.running
    rig.device.before_load = before_load
    outcome: list[grpc.StatusCode] = []
    setter = threading.Thread(
        target=lambda: outcome.append(refused(primary, "VERIFY_AND_COMMIT", config())[0])
    )
    setter.start()
    assert compiling.wait(PATIENCE_S)
    with rig.controller(2) as other:
        other.insert(table_entry=entries.route())  # what runs goes on meanwhile
        go_on.set()
        setter.join()
        assert outcome == [DENIED]
        assert rig.device.running is before
        assert len(routes(other)) == 1


# --- get ---


def test_without_a_program_the_answer_has_no_config() -> None:
    with Rig(loaded=False) as rig, rig.controller() as primary:
        assert not described(primary).HasField("config")


@pytest.mark.parametrize(
    ("response_type", "fields"),
    [
        ("ALL", {"p4info", "p4_device_config", "cookie"}),
        ("COOKIE_ONLY", {"cookie"}),
        ("P4INFO_AND_COOKIE", {"p4info", "cookie"}),
        ("DEVICE_CONFIG_AND_COOKIE", {"p4_device_config", "cookie"}),
    ],
)
def test_an_answer_has_the_fields_that_were_asked_for(
    primary: Controller, response_type: str, fields: set[str]
) -> None:
    given = config(cookie=0)
    primary.set_pipeline("VERIFY_AND_COMMIT", given)
    found = described(primary, response_type).config
    assert {field.name for field, _ in found.ListFields()} == fields
    for name in fields:
        assert getattr(found, name) == getattr(given, name)


def test_a_config_that_did_not_come_by_rpc_has_no_cookie(primary: Controller) -> None:
    found = described(primary)
    assert found.config.p4info == p4info()
    assert not found.config.HasField("cookie")


def test_the_config_of_another_device_is_not_found(primary: Controller) -> None:
    request = p4r.GetForwardingPipelineConfigRequest(device_id=99)
    with pytest.raises(grpc.RpcError, match="this device is 7"):
        primary.stub.GetForwardingPipelineConfig(request)
