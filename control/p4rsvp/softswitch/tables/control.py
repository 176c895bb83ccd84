"""Table entries as a controller writes them: checked, turned into rows, read back.

What is refused is refused with the status that the P4Runtime specification names (9.1), before
anything changes, in a sentence that names table and field.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from p4rsvp.dataplane.entities import (
    ROW_ACTION,
    ROW_KIND,
    ROW_VALUES,
    Action,
    ActionSet,
    TableEntry,
    Update,
    UpdateType,
)
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.dataplane.matches import match_fault
from p4rsvp.softswitch.kernels import entries as changes
from p4rsvp.softswitch.tables.kept import make_store
from p4rsvp.softswitch.tables.plain import Choice, PlainStore, is_plain
from p4rsvp.softswitch.tables.rows import ActionPacker
from p4rsvp.softswitch.tables.store import Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from p4rsvp.dataplane.entities import Match, MatchValue, TableAction
    from p4rsvp.dataplane.p4info import InfoTable, P4Info
    from p4rsvp.softswitch.codegen.places import TablePlace
    from p4rsvp.softswitch.ir.program import KeyField, Program, Table
    from p4rsvp.softswitch.profiles import Profile
    from p4rsvp.softswitch.state import DirectState
    from p4rsvp.softswitch.tables.store import Key, Store

_EXISTS, _MISSING = "there is such an entry", "no such entry"
_PRIORITY_KINDS = {"ternary", "range", "optional"}


class TableControl:
    """One table of the P4Info."""

    def __init__(
        self,
        program: Program,
        table: Table,
        info: InfoTable,
        p4info: P4Info,
        place: TablePlace,
        mem: NDArray[np.uint64],
        profile: Profile | None,
        direct: DirectState,
        clock_ns: Callable[[], int],
    ) -> None:
        self.program = program
        table = self.table = _as_declared(table, info)
        self.info = info
        self.p4info = p4info
        self.place = place
        self.mem = mem
        self.profile = profile
        self.direct = direct
        self.clock_ns = clock_ns
        self.packer = ActionPacker(program, table)
        self.needs_priority = any(k.kind in _PRIORITY_KINDS for k in table.key)
        self._names = {i: p4info.actions[i].name for i in info.action_ids}
        self.store = self._make_store() if table.key else None
        self._limits = {
            i: tuple(1 << p.width_bits for p in p4info.actions[i].params) for i in info.action_ids
        }
        self._exact = [1 << k.width_bits if k.kind == "exact" else 0 for k in table.key]
        self._all_exact = all(self._exact)
        self.initial_default = self._program_default()
        self.default = self.initial_default
        self._write_default()
        self.const_keys: set[Key] = set()
        self._install_constants()

    # From the P4 program

    def _make_store(self) -> Store:
        if not is_plain(self.program, self.table):
            return make_store(self.table, self.place, self.mem)
        choices = [
            Choice(i, self.packer.numbers[name], [limbs[0] for limbs in self.packer.places[name]])
            for i, name in self._names.items()
            if name in self.packer.numbers
        ]
        return PlainStore(self.table, self.place, self.mem, self.info.id, choices)

    def _action_named(self, action_id: int, params: tuple[int, ...]) -> Action:
        name = self.program.actions[action_id].name
        found = next(i for i, n in self._names.items() if n == name)
        return Action(found, params)

    def _program_default(self) -> TableEntry:
        entry = TableEntry(self.info.id, is_default=True, is_const=self.info.const_default)
        default = self.table.default
        if default is not None and self.program.actions[default.action_id].name in (
            self._names.values()
        ):
            entry.action = self._action_named(default.action_id, default.params)
        return entry

    def _install_constants(self) -> None:
        for const in self.table.entries or ():
            priority = const.priority if self.needs_priority else 0
            action = self._action_named(const.action_id, const.params)
            match = tuple(map(_canonical, self.table.key, const.match))
            entry = TableEntry(self.info.id, match, action, priority)
            self.insert(entry, by_program=True)
            self.const_keys.add((match, priority))
        self.flush()

    # Checks

    def _refuse(self, status: Status, what: str) -> ControlError:
        return ControlError(status, f"table {self.info.name}: {what}")

    def key(self, entry: TableEntry) -> Key:
        """The entry's key, once match and priority are known to be sound."""
        match = entry.match
        if self._all_exact:
            for value, limit in zip(match, self._exact, strict=False):
                if type(value) is not int or not 0 <= value < limit:
                    break
            else:
                if len(match) == len(self._exact) and not entry.priority:
                    return match, 0
        self._check_match(match)
        if self.needs_priority and entry.priority <= 0:
            raise self._refuse(Status.INVALID_ARGUMENT, "an entry needs a priority above 0")
        if not self.needs_priority and entry.priority:
            raise self._refuse(Status.INVALID_ARGUMENT, "priority must be 0 without ternary fields")
        return match, entry.priority

    def _check_match(self, match: Match) -> None:
        if len(match) != len(self.table.key):
            what = f"{len(match)} match fields, not {len(self.table.key)}"
            raise self._refuse(Status.INVALID_ARGUMENT, what)
        for key, name, part in zip(self.table.key, self.info.match, match, strict=True):
            why = match_fault(key.kind, key.width_bits, part)
            if why is not None:
                status, sentence = why
                raise self._refuse(status, f"match field {name.name}: {sentence}")

    def _check_action(self, action: Action, *, default: bool) -> None:
        limits = self._limits.get(action.action_id)
        if limits is None:
            raise self._foreign(action.action_id)
        if action.action_id in (self.info.table_only if default else self.info.default_only):
            which = "the default action" if default else "an entry's action"
            name = self._names[action.action_id]
            raise self._refuse(Status.PERMISSION_DENIED, f"{name} cannot be {which}")
        if len(limits) != len(action.params):
            what = f"{self._names[action.action_id]} takes {len(limits)} parameters"
            raise self._refuse(Status.INVALID_ARGUMENT, what)
        for index, limit in enumerate(limits):
            if not 0 <= action.params[index] < limit:
                param = self.p4info.actions[action.action_id].params[index]
                what = f"parameter {param.name} does not fit {param.width_bits} bits"
                raise self._refuse(Status.OUT_OF_RANGE, what)

    def _foreign(self, action_id: int) -> ControlError:
        what = f"action {action_id} is not one of its actions"
        return self._refuse(Status.INVALID_ARGUMENT, what)

    def _row(self, action: TableAction | None, handle: int) -> list[int]:
        if action is None:
            raise self._refuse(Status.INVALID_ARGUMENT, "an entry needs an action")
        if isinstance(action, Action):
            if self.profile is not None:
                raise self._refuse(Status.INVALID_ARGUMENT, "its action is a member or a group")
            self._check_action(action, default=False)
            return self.packer.row(self._names[action.action_id], action.params, handle)
        if self.profile is None:
            raise self._refuse(Status.INVALID_ARGUMENT, "it has no action profile")
        if isinstance(action, ActionSet):
            for choice in action.choices:
                self._check_action(choice.action, default=False)
        return [1 | handle << 32, self.profile.acquire(action)]

    # Changes as rows of numbers (control.DataPlane.apply_rows)

    def write_rows(self, rows: NDArray[np.int64]) -> list[ControlError | None] | None:
        """Make changes; None where this table needs them one by one, as `update` makes them."""
        if not isinstance(self.store, PlainStore) or not self.store.takes_rows:
            return None
        outcome = self.store.write_rows(rows)
        if not outcome:
            return [None] * len(rows)
        return [
            None if code == changes.DONE else self._fault(code, action_id)
            for code, action_id in zip(outcome, rows[:, ROW_ACTION].tolist(), strict=True)
        ]

    def _fault(self, code: int, action_id: int) -> ControlError:
        assert self.store is not None
        if code == changes.EXISTS:
            return self._refuse(Status.ALREADY_EXISTS, _EXISTS)
        if code == changes.MISSING:
            return self._refuse(Status.NOT_FOUND, _MISSING)
        if code == changes.FULL:
            return self.store.is_full()
        return self._foreign(action_id)

    def update(self, row: list[int]) -> Update:
        """A row as an update."""
        kind = UpdateType(row[ROW_KIND])
        behind = ROW_VALUES + len(self.table.key)
        entry = TableEntry(self.info.id, tuple(row[ROW_VALUES:behind]))
        if kind != UpdateType.DELETE:
            count = len(self._limits.get(row[ROW_ACTION], ()))
            entry.action = Action(row[ROW_ACTION], tuple(row[behind : behind + count]))
        return Update(kind, entry)

    # Changes; each answers with the update that undoes it

    def apply(self, kind: UpdateType, entry: TableEntry) -> Update:
        """One change."""
        if entry.is_default:
            return self._apply_default(kind, entry)
        if kind == UpdateType.INSERT:
            return self.insert(entry)
        if kind == UpdateType.MODIFY:
            return self._modify(entry)
        return self._delete(entry)

    def _found(self, entry: TableEntry) -> tuple[Key, Stored]:
        if self.store is None:
            raise self._refuse(Status.NOT_FOUND, "it has no key, so no entries")
        key = self.key(entry)
        stored = self.store.find(key)
        if stored is None:
            raise self._refuse(Status.NOT_FOUND, _MISSING)
        return key, stored

    def _changeable(self) -> None:
        if self.table.entries is not None and self.info.const_entries:
            raise self._refuse(Status.PERMISSION_DENIED, "the P4 program fixes its entries")

    def insert(self, entry: TableEntry, *, by_program: bool = False) -> Update:
        """Add an entry."""
        if not by_program:
            self._changeable()
        if self.store is None:
            raise self._refuse(Status.INVALID_ARGUMENT, "it has no key, so no entries")
        key = self.key(entry)
        if self.store.find(key) is not None:
            raise self._refuse(Status.ALREADY_EXISTS, _EXISTS)
        self._check_extras(entry)
        handle = self.store.take_handle()
        try:
            row = self._row(entry.action, handle)
        except ControlError:
            self.store.give_back(handle)
            raise
        self.direct.start(handle, entry)
        if self.table.timeout:
            self.mem[self.place.hits + handle] = self.clock_ns()
        self.store.insert(key, Stored(entry, handle, row))
        return Update(UpdateType.DELETE, entry)

    def _modify(self, entry: TableEntry) -> Update:
        key, stored = self._found(entry)
        if entry.action is None:
            # P4Runtime 9.1.2: then the action stays, and even constant entries (9.1.4) can get
            # new direct resources.
            entry = replace(entry, action=stored.entry.action)
        else:
            self._changeable()
        self._check_extras(entry)
        before = self._snapshot(stored)
        row = self._row(entry.action, stored.handle)
        self._let_go(stored)
        self.direct.change(stored.handle, entry)
        if self.table.timeout:
            self.mem[self.place.hits + stored.handle] = self.clock_ns()
        assert self.store is not None
        self.store.modify(key, Stored(entry, stored.handle, row))
        return Update(UpdateType.MODIFY, before)

    def _delete(self, entry: TableEntry) -> Update:
        self._changeable()
        key, stored = self._found(entry)
        # An entry without resources of its own is what it was written as; a copy costs more than
        # the rest of the deletion.
        has_more = self.table.direct_counter or self.table.direct_meter
        before = self._snapshot(stored) if has_more else stored.entry
        assert self.store is not None
        self.store.delete(key, stored)
        self._let_go(stored)
        return Update(UpdateType.INSERT, before)

    def _let_go(self, stored: Stored) -> None:
        if self.profile is not None and stored.entry.action is not None:
            self.profile.release(stored.entry.action, stored.row[1])

    def _check_extras(self, entry: TableEntry) -> None:
        if entry.idle_timeout_ns and not self.table.timeout:
            raise self._refuse(Status.INVALID_ARGUMENT, "it does not support idle timeouts")
        if entry.idle_timeout_ns < 0:
            raise self._refuse(Status.INVALID_ARGUMENT, "a timeout cannot be negative")
        self.direct.check(entry, self.info.name)

    def _apply_default(self, kind: UpdateType, entry: TableEntry) -> Update:
        if kind != UpdateType.MODIFY:
            raise self._refuse(Status.INVALID_ARGUMENT, "a default entry can only be modified")
        if entry.match or entry.priority:
            raise self._refuse(Status.INVALID_ARGUMENT, "a default entry has no match or priority")
        if self.info.const_default:
            raise self._refuse(Status.PERMISSION_DENIED, "its default action is constant")
        if entry.action is not None:
            if not isinstance(entry.action, Action):
                raise self._refuse(Status.INVALID_ARGUMENT, "a default action is a plain action")
            self._check_action(entry.action, default=True)
        undo = Update(UpdateType.MODIFY, replace(self.default))
        self.default = self.initial_default if entry.action is None else replace(entry)
        self._write_default()
        return undo

    def _write_default(self) -> None:
        action = self.default.action
        at = self.place.default
        default = self.table.default
        if isinstance(action, Action):
            row = self.packer.row(self._names[action.action_id], action.params, 0)
        elif default is not None:
            name = self.program.actions[default.action_id].name
            row = self.packer.row(name, default.params, 0)
        else:
            row = [0]
        self.mem[at : at + len(row)] = np.array(row, dtype=np.uint64)

    def flush(self) -> None:
        """Write what is collected."""
        if self.store is not None:
            self.store.flush()

    # Reads

    def read(self, pattern: TableEntry) -> Iterator[TableEntry]:
        """Entries that fit; the default entry only where it is asked for."""
        if pattern.is_default:
            if self.default.action is not None:
                yield replace(self.default)
            return
        if self.store is None:
            return
        if pattern.match:
            stored = self.store.find(self.key(pattern))
            if stored is not None:
                yield self._snapshot(stored)
            return
        for stored in self.store.all():
            if not pattern.priority or pattern.priority == stored.entry.priority:
                yield self._snapshot(stored)

    def _snapshot(self, stored: Stored) -> TableEntry:
        """The entry with everything that it has gathered."""
        entry = replace(stored.entry)
        entry.is_const = (entry.match, entry.priority) in self.const_keys
        if self.table.direct_counter:
            entry.counter = self.direct.counter(stored.handle)
        if self.table.direct_meter:
            entry.meter = self.direct.meter(stored.handle)
        if entry.idle_timeout_ns:
            entry.idle_ns = self.idle_ns(stored)
        return entry

    def idle_ns(self, stored: Stored) -> int:
        """How long the entry has had no hit."""
        return max(0, self.clock_ns() - int(self.mem[self.place.hits + stored.handle]))

    def stored(self, entry: TableEntry) -> Stored:
        """The entry that a direct resource belongs to."""
        return self._found(entry)[1]

    def silent(self) -> Iterator[TableEntry]:
        """Entries that had no hit for their timeout, each time that it passes (16.4)."""
        if not self.table.timeout or self.store is None:
            return
        now_ns = self.clock_ns()
        for stored in self.store.all():
            timeout_ns = stored.entry.idle_timeout_ns
            if not timeout_ns:
                continue
            hit_ns = int(self.mem[self.place.hits + stored.handle])
            if now_ns - max(hit_ns, stored.reported_ns) >= timeout_ns:
                stored.reported_ns = now_ns
                yield self._snapshot(stored)


def _canonical(key: KeyField, part: MatchValue) -> MatchValue:
    """A match value of the P4 program as P4Runtime would have it: no bits that do not count."""
    if not isinstance(part, tuple):
        return part
    first, second = part
    ones = (1 << key.width_bits) - 1
    if key.kind == "range":
        return None if (first, second) == (0, ones) else part
    mask = ones ^ (ones >> second) if key.kind == "lpm" else second
    return (first & mask, second) if mask else None


def _as_declared(table: Table, info: InfoTable) -> Table:
    """The table with its optional fields, which p4c's JSON writes as ternary ones."""
    optional = [field.kind == "optional" for field in info.match]
    if not any(optional):
        return table
    key = tuple(
        replace(k, kind="optional") if is_optional else k
        for k, is_optional in zip(table.key, optional, strict=True)
    )
    entries = table.entries and tuple(
        replace(
            entry,
            match=tuple(
                part[0] if is_optional and isinstance(part, tuple) else part
                for part, is_optional in zip(entry.match, optional, strict=True)
            ),
        )
        for entry in table.entries
    )
    return replace(table, key=key, entries=entries)
