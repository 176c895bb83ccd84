"""A P4Info, compiled: one codec per kind of entity, and one for packets each way."""

from __future__ import annotations

from typing import Any, Final

from finsy.proto import p4i

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.p4rt.actions import (
    ActionChoice,
    Actions,
    TableActions,
    decode_direct,
    decode_indirect,
)
from p4rsvp.p4rt.amounts import Metering
from p4rsvp.p4rt.cells import Counters, Meters, Registers
from p4rsvp.p4rt.digests import Digests
from p4rsvp.p4rt.direct import DirectCounters, DirectMeters
from p4rsvp.p4rt.profiles import Groups, Members
from p4rsvp.p4rt.queries import Codec
from p4rsvp.p4rt.replication import Replication
from p4rsvp.p4rt.rows import Row
from p4rsvp.p4rt.selectors import Selector
from p4rsvp.p4rt.sound import SoundWrites
from p4rsvp.p4rt.tables import Table, Tables
from p4rsvp.p4rt.valuesets import ValueSets

_INGRESS_PORT: Final = "ingress_port"


class Schema:
    """What a program lets its controllers say; raises Unsupported for what this server cannot."""

    def __init__(self, p4info: p4i.P4Info) -> None:
        _check_ids(p4info)
        self._p4info = p4info
        self._actions = Actions(p4info.actions)
        self._selectors = {p.preamble.id: Selector(p) for p in p4info.action_profiles}
        self.tables: Final = Tables({t.preamble.id: self._table(t) for t in p4info.tables})
        self.digests: Final = Digests(p4info)
        self.sound_writes: Final = SoundWrites(p4info)
        self.codecs: Final[dict[str, Codec[Any]]] = {
            "table_entry": self.tables,
            "action_profile_member": Members(self._selectors, self._member_choices()),
            "action_profile_group": Groups(self._selectors),
            "meter_entry": Meters(p4info.meters),
            "direct_meter_entry": DirectMeters(self.tables),
            "counter_entry": Counters(p4info.counters),
            "direct_counter_entry": DirectCounters(self.tables),
            "packet_replication_engine_entry": Replication(),
            "register_entry": Registers(p4info.registers, p4info.type_info),
            "digest_entry": self.digests,
            "value_set_entry": ValueSets(p4info.value_sets),
        }
        self.packet_in: Final = self._packet_row("packet_in")
        self.packet_out: Final = self._packet_row("packet_out")
        self.ingress_port_at: Final = self._ingress_port_at()

    def _table(self, table: p4i.Table) -> Table:
        what = f"table {table.preamble.alias}"
        choice = ActionChoice(what, table.action_refs, self._actions)
        selector = self._selectors.get(table.implementation_id)
        decode = (
            decode_direct(what, choice)
            if selector is None
            else decode_indirect(what, choice, selector)
        )
        resources = set(table.direct_resource_ids)
        specs = [m.spec for m in self._p4info.direct_meters if m.preamble.id in resources]
        meter = Metering(specs[0], f"{what}, meter_config") if specs else None
        counted = any(c.preamble.id in resources for c in self._p4info.direct_counters)
        return Table(table, choice, decode, TableActions(self._actions), meter, counted=counted)

    def _member_choices(self) -> dict[int, ActionChoice]:
        """9.2.1: members take the actions of the tables that share their profile."""
        refs = {t.preamble.id: t.action_refs for t in self._p4info.tables}
        return {
            profile.preamble.id: ActionChoice(
                f"action profile {profile.preamble.alias}",
                [ref for table_id in profile.table_ids for ref in refs[table_id]],
                self._actions,
            )
            for profile in self._p4info.action_profiles
        }

    def _ingress_port_at(self) -> int | None:
        """Which metadatum of a packet says where it came in, by the usual name of such a field."""
        for header in self._p4info.controller_packet_metadata:
            if header.preamble.name == "packet_in":
                names = [field.name for field in header.metadata]
                return names.index(_INGRESS_PORT) if _INGRESS_PORT in names else None
        return None

    def _packet_row(self, name: str) -> Row:
        for header in self._p4info.controller_packet_metadata:
            if header.preamble.name == name:
                return Row(name, header.metadata, "metadata_id")
        return Row(name, (), "metadata_id")


def _check_ids(p4info: p4i.P4Info) -> None:
    """Refuse a P4Info whose ids do not name one thing each."""
    seen: set[int] = set()
    groups = (
        p4info.tables,
        p4info.actions,
        p4info.action_profiles,
        p4info.counters,
        p4info.direct_counters,
        p4info.meters,
        p4info.direct_meters,
        p4info.registers,
        p4info.digests,
        p4info.value_sets,
    )
    for group in groups:
        for one in group:
            if not one.preamble.id or one.preamble.id in seen:
                raise Unsupported(f"P4Info: id {one.preamble.id} of {one.preamble.name} is taken")
            seen.add(one.preamble.id)
