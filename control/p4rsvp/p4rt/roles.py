"""What a role may do (5.3): the scope that a controller declares when it asks to be primary.

The specification leaves the form of role.config open; this server takes stratum.P4RoleConfig, which
Stratum and finsy use: ids of the P4Info that the role writes and reads, whether it gets packets
(all, or those with one metadata value), whether it may set the pipeline. Without a config a role
extends to everything. Replication belongs to no id, so that no config can exclude it.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from finsy.proto import p4r, stratum
from google.protobuf import any_pb2

from p4rsvp.dataplane.errors import ControlError, Status

_ID_OF: Final = {
    "table_entry": attrgetter("table_id"),
    "action_profile_member": attrgetter("action_profile_id"),
    "action_profile_group": attrgetter("action_profile_id"),
    "meter_entry": attrgetter("meter_id"),
    "direct_meter_entry": attrgetter("table_entry.table_id"),
    "counter_entry": attrgetter("counter_id"),
    "direct_counter_entry": attrgetter("table_entry.table_id"),
    "register_entry": attrgetter("register_id"),
    "digest_entry": attrgetter("digest_id"),
    "value_set_entry": attrgetter("value_set_id"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a role extends to; `ids` None is everything."""

    ids: frozenset[int] | None = None
    exclusive: frozenset[int] = frozenset()
    packets: bool = True
    packet_filter: tuple[int, bytes] | None = None
    pipeline: bool = True

    def allows(self, which: str, message: Any) -> bool:  # noqa: ANN401 (a member of the oneof)
        """Tell whether an entity is within the scope."""
        id_of = _ID_OF.get(which)
        return self.ids is None or id_of is None or id_of(message) in self.ids

    def takes_packet(self, packet: p4r.PacketIn) -> bool:
        """Tell whether the role gets this packet."""
        if not self.packets or self.packet_filter is None:
            return self.packets
        return any((m.metadata_id, m.value) == self.packet_filter for m in packet.metadata)

    def collides(self, other: Scope) -> bool:
        """Tell whether one claims for itself what the other has as well."""
        return bool(
            self.exclusive & (other.ids or frozenset())
            or other.exclusive & (self.ids or frozenset())
        )


def read_scope(config: any_pb2.Any | None) -> Scope:
    """Read a role.config; one of another scheme is refused (5.4)."""
    if config is None:
        return Scope()
    message = stratum.P4RoleConfig()
    if not config.Unpack(message):
        kind = config.type_url or "nothing"
        raise ControlError(
            Status.INVALID_ARGUMENT, f"role.config holds {kind}, it has to be stratum.P4RoleConfig"
        )
    wanted = message.packet_in_filter
    return Scope(
        ids=frozenset(message.exclusive_p4_ids) | frozenset(message.shared_p4_ids),
        exclusive=frozenset(message.exclusive_p4_ids),
        packets=message.receives_packet_ins,
        packet_filter=(wanted.metadata_id, wanted.value) if wanted.metadata_id else None,
        pipeline=message.can_push_pipeline,
    )
