"""StreamChannel (P4Runtime 5 and 16): sessions, packets, digests, idle entries, errors."""

from __future__ import annotations

import time
from typing import Any

import grpc
import pytest
from finsy.proto import p4d, p4r, stratum
from google.protobuf import any_pb2

from p4rsvp.p4rt.limits import Limits
from tests.p4rt import entries
from tests.p4rt.rig import Controller, Rig, id_of

OK, INVALID, NOT_FOUND, ALREADY_EXISTS, DENIED, PRECONDITION, LACKING = 0, 3, 5, 6, 7, 9, 12
CPU_PORT = 510
# Ethernet of a type that the program does not know; it goes to nobody.
FRAME = bytes.fromhex("02000000000a02000000000b0801") + bytes(46)


def ipv4(destination: str = "0a000001") -> bytes:
    header = bytes.fromhex("4500002e000000004000" + "0000" + "0a000002" + destination)
    return bytes.fromhex("02000000000a02000000000b0800") + header + bytes(26)


def end_of(controller: Controller) -> grpc.StatusCode:
    """The status with which the server ends a stream."""
    try:
        for _ in controller.stream:
            pass
    except grpc.RpcError as error:
        ended: Any = error
        code: grpc.StatusCode = ended.code()
        return code
    raise AssertionError("the stream ended well")


# --- sessions ---


def test_a_backup_becomes_primary_when_the_primary_goes_and_it_asks(rig: Rig) -> None:
    with rig.controller(5) as first, rig.controller(4) as second:
        first.finish()
        told = second.arbitrated()
        assert (told.status.code, told.election_id.low) == (NOT_FOUND, 5)
        second.election_id = 6
        assert second.arbitrate().status.code == OK
        second.insert(table_entry=entries.route())


def test_a_broken_connection_ends_the_mastership(rig: Rig) -> None:
    first = rig.controller(5)
    with rig.controller(4) as second:
        first.close()
        assert second.arbitrated().status.code == NOT_FOUND


def test_everybody_is_told_of_a_new_primary(rig: Rig) -> None:
    with rig.controller(1) as first, rig.controller(None) as second, rig.controller(3) as third:
        assert third.election_id == 3
        for other in (first, second):
            told = other.arbitrated()
            while told.election_id.low != 3:
                told = other.arbitrated()
            assert told.status.code == ALREADY_EXISTS


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"device_id": 99}, grpc.StatusCode.NOT_FOUND),
        ({"election_id": 5}, grpc.StatusCode.INVALID_ARGUMENT),
    ],
    ids=["another device", "an election id in use"],
)
def test_a_wrong_arbitration_ends_the_stream(
    rig: Rig, settings: dict[str, Any], status: grpc.StatusCode
) -> None:
    with rig.controller(5), Controller(rig.address, **settings) as wrong:
        wrong.ask()
        assert end_of(wrong) is status


def test_a_second_arbitration_cannot_change_the_role(rig: Rig) -> None:
    with rig.controller(1, "left") as controller:
        controller.role = "right"
        controller.ask()
        assert end_of(controller) is grpc.StatusCode.FAILED_PRECONDITION


def test_the_status_of_a_stream_follows_its_last_message(rig: Rig) -> None:
    for _ in range(100):  # the message may still be on its way when the status is due
        with rig.controller(1, "left") as controller:
            controller.role = "right"
            controller.ask()
            assert end_of(controller) is grpc.StatusCode.FAILED_PRECONDITION


def test_there_is_a_limit_to_open_streams() -> None:
    with Rig(limits=Limits(streams=1)) as rig, rig.controller(), Controller(rig.address) as late:
        late.ask()
        assert end_of(late) is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_there_is_a_limit_to_the_streams_of_a_role() -> None:
    limits = Limits(streams_per_role=1)
    with Rig(limits=limits) as rig, rig.controller(), Controller(rig.address, 2) as late:
        late.ask()
        assert end_of(late) is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_there_is_a_limit_to_the_size_of_a_message() -> None:
    with Rig(limits=Limits(message_bytes=1000)) as rig, rig.controller() as primary:
        with pytest.raises(grpc.RpcError) as refused:
            primary.insert(table_entry=entries.route(metadata=bytes(2000)))
        error: Any = refused.value
        assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


# --- packets ---


def process(rig: Rig, port: int, frame: bytes) -> list[tuple[int, bytes]]:
    """Let one round of packets through the switch."""
    sent = rig.device.running.process([(port, frame)], time.monotonic_ns())
    return [(packet.port, packet.data) for packet in sent]


def test_a_packet_to_the_controller_arrives_with_its_metadata(
    rig: Rig, primary: Controller
) -> None:
    primary.insert(table_entry=entries.route(action=entries.direct("punt", 9)))
    process(rig, 4, ipv4())
    message = primary.receive()
    assert message.packet.payload == ipv4()
    assert [(m.metadata_id, m.value) for m in message.packet.metadata] == [(1, b"\4"), (2, b"\x09")]


def test_only_the_primary_gets_packets(rig: Rig, primary: Controller) -> None:
    primary.insert(table_entry=entries.route(action=entries.direct("punt", 9)))
    with rig.controller(0) as backup:
        process(rig, 4, ipv4())
        assert primary.receive().HasField("packet")
        backup.election_id = 2
        assert backup.arbitrate().status.code == OK


def test_a_packet_from_the_controller_leaves_by_its_port(rig: Rig, primary: Controller) -> None:
    metadata = [p4r.PacketMetadata(metadata_id=1, value=b"\x03")]
    primary.send(packet=p4r.PacketOut(payload=FRAME, metadata=metadata))
    primary.send(other=any_pb2.Any())  # its answer tells that the packet is through
    assert primary.receive().error.canonical_code == LACKING
    sent = rig.device.running.process([], time.monotonic_ns())
    assert [(packet.port, packet.data) for packet in sent] == [(3, FRAME)]


@pytest.mark.parametrize(
    ("metadata", "named"),
    [
        ([], "egress_port is missing"),
        ([(1, b"\1"), (1, b"\1")], "twice"),
        ([(7, b"\1")], "metadata_id 7"),
        ([(1, b"\1\0\0")], "egress_port"),
        ([(1, b"")], "egress_port"),
    ],
)
def test_a_packet_with_wrong_metadata_is_dropped_and_answered(
    rig: Rig, primary: Controller, metadata: list[tuple[int, bytes]], named: str
) -> None:
    packet = p4r.PacketOut(payload=FRAME)
    for metadata_id, value in metadata:
        packet.metadata.add(metadata_id=metadata_id, value=value)
    primary.send(packet=packet)
    error = primary.receive().error
    assert error.canonical_code == INVALID
    assert named in error.message
    assert error.packet_out.packet_out == packet
    assert rig.device.running.process([], time.monotonic_ns()) == []


def test_a_backup_cannot_send_packets(rig: Rig, primary: Controller) -> None:
    assert primary.election_id == 1
    with rig.controller(0) as backup:
        backup.send(packet=p4r.PacketOut(payload=FRAME))
        assert backup.receive().error.canonical_code == DENIED


def test_without_a_pipeline_there_is_nothing_to_send_packets_to() -> None:
    with Rig(loaded=False) as rig, rig.controller() as primary:
        primary.send(packet=p4r.PacketOut(payload=FRAME))
        assert primary.receive().error.canonical_code == PRECONDITION


def test_a_message_that_nobody_knows_is_answered(primary: Controller) -> None:
    primary.send()
    error = primary.receive().error
    assert error.canonical_code == LACKING
    assert error.WhichOneof("details") == "other"


def test_a_reader_that_is_too_slow_loses_packets_and_not_the_news() -> None:
    with Rig(limits=Limits(waiting_notifications=0)) as rig, rig.controller(1) as primary:
        primary.insert(table_entry=entries.route(action=entries.direct("punt", 9)))
        process(rig, 4, ipv4())
        primary.election_id = 2
        assert primary.arbitrate().status.code == OK


# --- digests (9.8) ---


def learn(rig: Rig, primary: Controller, **config: int) -> None:
    made = p4r.DigestEntry(digest_id=id_of("learned_t"), config=p4r.DigestEntry.Config(**config))
    primary.insert(digest_entry=made)
    process(rig, 6, FRAME)


def test_a_digest_arrives_as_the_struct_that_it_is(rig: Rig, primary: Controller) -> None:
    learn(rig, primary, max_list_size=1)
    digest = primary.receive().digest
    address = p4d.P4Data(bitstring=b"\x02\0\0\0\0\x0b")
    port = p4d.P4Data(bitstring=b"\x06")
    learned = p4d.P4Data(struct=p4d.P4StructLike(members=[address, port]))
    assert (digest.digest_id, list(digest.data)) == (id_of("learned_t"), [learned])
    assert digest.timestamp > 0


def test_what_is_acked_is_reported_again(rig: Rig, primary: Controller) -> None:
    learn(rig, primary, max_list_size=1, ack_timeout_ns=10**15)
    first = primary.receive().digest
    process(rig, 6, FRAME)  # not acked yet: not reported
    ack = p4r.DigestListAck(digest_id=first.digest_id, list_id=first.list_id)
    primary.send(digest_ack=ack)
    primary.send(other=any_pb2.Any())
    assert primary.receive().error.canonical_code == LACKING  # no digest came in between
    process(rig, 6, FRAME)
    assert primary.receive().digest.data == first.data


def test_an_ack_of_no_digest_is_answered(primary: Controller) -> None:
    ack = p4r.DigestListAck(digest_id=5)
    primary.send(digest_ack=ack)
    error = primary.receive().error
    assert error.canonical_code == INVALID
    assert error.digest_list_ack.digest_list_ack == ack


# --- idle entries (16.4) ---


def test_an_entry_that_nothing_hits_is_reported(rig: Rig, primary: Controller) -> None:
    entry = entries.neighbour(idle_timeout_ns=1, metadata=b"mine", controller_metadata=4)
    primary.insert(table_entry=entry)
    rig.device.running.process([], time.monotonic_ns())
    notification = primary.receive().idle_timeout_notification
    assert list(notification.table_entry) == [entry]
    assert notification.timestamp > 0


def test_an_entry_that_stays_idle_is_reported_again(rig: Rig, primary: Controller) -> None:
    entry = entries.neighbour(idle_timeout_ns=1)
    primary.insert(table_entry=entry)
    for _ in range(2):
        rig.device.running.process([], time.monotonic_ns())
        notification = primary.receive().idle_timeout_notification
        assert list(notification.table_entry) == [entry]


# --- roles (5.3) ---


def test_a_role_writes_and_reads_only_what_it_extends_to(rig: Rig) -> None:
    config = stratum.P4RoleConfig(shared_p4_ids=[id_of("routes")])
    with (
        rig.controller(1) as everything,
        rig.controller(1, "routing", role_config=config) as routing,
    ):
        everything.insert(table_entry=entries.neighbour())
        routing.insert(table_entry=entries.route())
        with pytest.raises(grpc.RpcError, match="does not extend"):
            routing.delete(table_entry=entries.neighbour())
        found = routing.read(table_entry=p4r.TableEntry())
        assert found == [p4r.Entity(table_entry=entries.route())]
        with pytest.raises(grpc.RpcError, match="may not set the pipeline"):
            routing.set_pipeline("COMMIT")


def test_a_role_gets_the_packets_that_it_asked_for(rig: Rig, primary: Controller) -> None:
    wanted = stratum.P4RoleConfig.PacketFilter(metadata_id=2, value=b"\x08")
    config = stratum.P4RoleConfig(receives_packet_ins=True, packet_in_filter=wanted)
    primary.insert(table_entry=entries.route(action=entries.direct("punt", 9)))
    primary.insert(table_entry=entries.route(0x0B000000, action=entries.direct("punt", 8)))
    with rig.controller(1, "eights", role_config=config) as eights:
        process(rig, 4, ipv4())
        process(rig, 4, ipv4("0b000001"))
        assert eights.receive().packet.metadata[1].value == b"\x08"
        assert primary.receive().packet.metadata[1].value == b"\x09"


def test_a_role_without_packets_gets_none(rig: Rig, primary: Controller) -> None:
    primary.insert(table_entry=entries.route(action=entries.direct("punt", 9)))
    with rig.controller(1, "deaf", role_config=stratum.P4RoleConfig()) as deaf:
        process(rig, 4, ipv4())
        assert primary.receive().HasField("packet")
        deaf.election_id = 2
        assert deaf.arbitrate(role_config=stratum.P4RoleConfig()).status.code == OK


def test_capabilities_tell_the_version(primary: Controller) -> None:
    answer = primary.stub.Capabilities(p4r.CapabilitiesRequest())
    assert answer.p4runtime_api_version == "1.4.0"


def test_capabilities_of_another_device_are_not_found(primary: Controller) -> None:
    with pytest.raises(grpc.RpcError, match="this device is 7"):
        primary.stub.Capabilities(p4r.CapabilitiesRequest(device_id=99))
