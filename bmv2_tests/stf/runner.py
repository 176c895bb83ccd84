"""Runs STF commands on an embedded switch and says what was not as expected.

Names may be shortened from the left, as p4c's own runner allows; a match field that an entry
leaves out is 0 (an exact field) or anything. Packets are compared port by port in their order, and
a packet that nobody expected is a fault.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from p4rsvp.dataplane.entities import (
    Action,
    CloneSession,
    MulticastGroup,
    RegisterEntry,
    Replica,
    TableEntry,
    Update,
    UpdateType,
)
from stf.language import packet_matches, parse_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from p4rsvp.dataplane.entities import Entity, MatchValue
    from p4rsvp.softswitch.ir.program import KeyField
    from p4rsvp.softswitch.switch import Switch
    from p4rsvp.softswitch.tables.control import TableControl
    from stf.language import Call, Command, Pattern

STEP_NS = 1_000_000


class Runner:
    """One sample on one switch."""

    def __init__(self, switch: Switch) -> None:
        self.switch = switch
        self.expected: dict[int, list[str]] = defaultdict(list)
        self.received: dict[int, list[bytes]] = defaultdict(list)
        self.anything: set[int] = set()
        self.nodes: list[tuple[int, list[int]]] = []
        self.groups: dict[int, tuple[Replica, ...]] = {}
        self.now_ns = STEP_NS

    def run(self, commands: Iterable[Command]) -> list[str]:
        """What went wrong; nothing where the sample passes."""
        for command in commands:
            handler = getattr(self, f"_{command.verb}", None)
            if handler is None:
                return [f"unknown command {command.verb}"]
            handler(command)
        return self._compare()

    def _write(self, kind: UpdateType, entity: Entity) -> None:
        (refusal,) = self.switch.apply([Update(kind, entity)])
        if refusal is not None:
            raise AssertionError(refusal.sentence)

    # Tables

    def _table(self, name: str) -> TableControl:
        tables = list(self.switch.tables.values())
        exact = [t for t in tables if t.info.name == name]
        return (exact or [t for t in tables if t.info.name.endswith(name)])[0]

    def _action(self, table: TableControl, call: Call) -> Action:
        actions = [self.switch.p4info.actions[i] for i in table.info.action_ids]
        exact = [a for a in actions if a.name == call.name]
        action = (exact or [a for a in actions if a.name.endswith(call.name)])[0]
        params = [call.args[p.name] & ((1 << p.width_bits) - 1) for p in action.params]
        return Action(action.id, tuple(params))

    def _add(self, command: Command) -> None:
        assert command.call is not None
        table = self._table(command.words[0])
        given = {self._field(table, name): pattern for name, pattern in command.match}
        match = tuple(_match_value(k, given.get(i)) for i, k in enumerate(table.table.key))
        priority = max(command.priority, 1) if table.needs_priority else 0
        action = self._action(table, command.call)
        entry = TableEntry(table.info.id, match, action, priority)
        self._write(UpdateType.INSERT, entry)

    def _field(self, table: TableControl, name: str) -> int:
        names = [k.name for k in table.table.key]
        for wanted in (name, f"{name}$", f"{name}.$valid$", name.removesuffix("valid") + "$valid$"):
            if wanted in names:
                return names.index(wanted)
        return next(i for i, n in enumerate(names) if n.endswith((f".{name}", f".{name}$")))

    def _setdefault(self, command: Command) -> None:
        assert command.call is not None
        table = self._table(command.words[0])
        action = self._action(table, command.call)
        self._write(UpdateType.MODIFY, TableEntry(table.info.id, (), action, is_default=True))

    # Replication and state

    def _mc_mgrp_create(self, command: Command) -> None:
        self.groups[parse_number(command.words[0])] = ()

    def _mc_node_create(self, command: Command) -> None:
        instance, *ports = map(parse_number, command.words)
        self.nodes.append((instance, ports))

    def _mc_node_associate(self, command: Command) -> None:
        group, node = map(parse_number, command.words)
        instance, ports = self.nodes[node]
        known = self.groups[group]
        self.groups[group] = known + tuple(Replica(port, instance) for port in ports)
        kind = UpdateType.MODIFY if known else UpdateType.INSERT
        self._write(kind, MulticastGroup(group, self.groups[group]))

    def _mirroring_add(self, command: Command) -> None:
        session, port = map(parse_number, command.words)
        self._write(UpdateType.INSERT, CloneSession(session, (Replica(port),)))

    def _mirroring_add_mc(self, command: Command) -> None:
        session, group = map(parse_number, command.words)
        self._write(UpdateType.INSERT, CloneSession(session, self.groups[group]))

    def _register_write(self, command: Command) -> None:
        name, index, value = command.words
        found = next(r for r in self.switch.registers.values() if r.info.name.endswith(name))
        entry = RegisterEntry(found.info.id, parse_number(index), parse_number(value))
        self._write(UpdateType.MODIFY, entry)

    def _register_reset(self, command: Command) -> None:
        name = command.words[0]
        found = next(r for r in self.switch.registers.values() if r.info.name.endswith(name))
        self._write(UpdateType.MODIFY, RegisterEntry(found.info.id, None, 0))

    # Packets

    def _packet(self, command: Command) -> None:
        port, data = parse_number(command.words[0]), bytes.fromhex(command.words[1])
        for sent in self.switch.process([(port, data)], self.now_ns):
            self.received[sent.port].append(sent.data)
        self.now_ns += STEP_NS

    def _expect(self, command: Command) -> None:
        port = parse_number(command.words[0])
        if command.words[1]:
            self.expected[port].append(command.words[1])
        else:
            self.anything.add(port)

    def _compare(self) -> list[str]:
        faults = []
        for port in sorted({*self.expected, *self.received} - self.anything):
            wanted, got = self.expected[port], self.received[port]
            if len(wanted) != len(got):
                faults.append(f"port {port}: {len(got)} packets, not {len(wanted)}")
            for want, have in zip(wanted, got, strict=False):
                if not packet_matches(want, have):
                    faults.append(f"port {port}: {have.hex().upper()}, not {want}")
        return faults


def _match_value(key: KeyField, pattern: Pattern | None) -> MatchValue:
    ones = (1 << key.width_bits) - 1
    if pattern is None:
        return 0 if key.kind == "exact" else None
    value = pattern.value & ones
    if key.kind in {"exact", "optional"}:
        return value
    if key.kind == "lpm":
        length = key.width_bits if pattern.prefix_bits is None else pattern.prefix_bits
        return (value, length) if length else None
    mask = ones if pattern.mask is None else pattern.mask & ones
    return (value & mask, mask) if mask else None
