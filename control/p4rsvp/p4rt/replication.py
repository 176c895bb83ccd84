"""The packet replication engine (9.5): multicast groups and clone sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from finsy.proto import p4r

from p4rsvp.dataplane.entities import CloneSession, MulticastGroup, Replica, UpdateType
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt import bytestrings
from p4rsvp.p4rt.queries import Query

if TYPE_CHECKING:
    from google.protobuf.internal.containers import RepeatedCompositeFieldContainer

_PORT_BITS = 32  # 18.1.2: SDN port numbers
_INSTANCE_BITS = 16  # v1model's egress_rid


class Replication:
    """The codec of PacketReplicationEngineEntry."""

    def write(
        self, kind: UpdateType, message: p4r.PacketReplicationEngineEntry
    ) -> MulticastGroup | CloneSession:
        """Read an update; of a DELETE only the id counts."""
        match message.WhichOneof("type"):
            case "multicast_group_entry":
                return _write_group(kind, message.multicast_group_entry)
            case "clone_session_entry":
                return _write_session(kind, message.clone_session_entry)
        raise _invalid("packet_replication_engine_entry", "type is not set")

    def read(self, message: p4r.PacketReplicationEngineEntry) -> Query:
        """Read a request; only the id is looked at, and 0 asks for all."""
        match message.WhichOneof("type"):
            case "multicast_group_entry":
                group = MulticastGroup(message.multicast_group_entry.multicast_group_id)
                return Query(group, encode_group)
            case "clone_session_entry":
                return Query(CloneSession(message.clone_session_entry.session_id), encode_session)
        raise _invalid("packet_replication_engine_entry", "type is not set")


def _write_group(kind: UpdateType, message: p4r.MulticastGroupEntry) -> MulticastGroup:
    group_id = message.multicast_group_id
    if not group_id:
        raise _invalid("multicast_group_entry", "multicast_group_id is 0")
    if kind is UpdateType.DELETE:
        return MulticastGroup(group_id)
    what = f"multicast group {group_id}"
    return MulticastGroup(group_id, _decode_replicas(message.replicas, what), message.metadata)


def _write_session(kind: UpdateType, message: p4r.CloneSessionEntry) -> CloneSession:
    session_id = message.session_id
    if not session_id:
        raise _invalid("clone_session_entry", "session_id is 0")
    if kind is UpdateType.DELETE:
        return CloneSession(session_id)
    what = f"clone session {session_id}"
    if message.packet_length_bytes < 0:
        raise _invalid(what, f"packet_length_bytes {message.packet_length_bytes} is negative")
    replicas = _decode_replicas(message.replicas, what)
    return CloneSession(session_id, replicas, message.class_of_service, message.packet_length_bytes)


def _decode_replicas(messages: Sequence[p4r.Replica], what: str) -> tuple[Replica, ...]:
    replicas = tuple(_decode_replica(message, f"{what}, replica") for message in messages)
    if len(set(replicas)) < len(replicas):
        raise _invalid(what, "two replicas have the same port and instance")
    return replicas


def _decode_replica(message: p4r.Replica, what: str) -> Replica:
    if message.backup_replicas:
        raise ControlError(Status.UNIMPLEMENTED, f"{what}: backup_replicas (P4Runtime 1.5)")
    if message.instance >> _INSTANCE_BITS:
        raise _invalid(what, f"instance {message.instance} needs more than {_INSTANCE_BITS} bits")
    if message.WhichOneof("port_kind") == "egress_port":  # before 1.4
        return Replica(message.egress_port, message.instance)
    return Replica(bytestrings.decode(message.port, _PORT_BITS, f"{what}, port"), message.instance)


def encode_group(group: MulticastGroup, entity: p4r.Entity) -> None:
    """Write a multicast group."""
    message = entity.packet_replication_engine_entry.multicast_group_entry
    message.multicast_group_id = group.group_id
    message.metadata = group.metadata
    _encode_replicas(group.replicas, message.replicas)


def encode_session(session: CloneSession, entity: p4r.Entity) -> None:
    """Write a clone session."""
    message = entity.packet_replication_engine_entry.clone_session_entry
    message.session_id = session.session_id
    message.class_of_service = session.class_of_service
    message.packet_length_bytes = session.packet_length_bytes
    _encode_replicas(session.replicas, message.replicas)


def _encode_replicas(
    replicas: Iterable[Replica], messages: RepeatedCompositeFieldContainer[p4r.Replica]
) -> None:
    for replica in replicas:
        messages.add(port=bytestrings.encode(replica.egress_port), instance=replica.instance)


def _invalid(what: str, why: str) -> ControlError:
    return ControlError(Status.INVALID_ARGUMENT, f"{what}: {why}")
