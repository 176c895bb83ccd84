"""A match-action pipeline as generated code: key, lookup, action, next.

A table that the compiler made around an action call (no key, constant default) becomes the action
itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4rsvp.softswitch.codegen.bodies import Bodies
from p4rsvp.softswitch.codegen.flow import END
from p4rsvp.softswitch.codegen.places import (
    COUNTER_WORDS,
    METER_WORDS,
    is_large,
    pack_key,
    pack_params,
)
from p4rsvp.softswitch.codegen.usage import table_actions
from p4rsvp.softswitch.codegen.values import Value, limbs_for
from p4rsvp.softswitch.ir.program import HashInput, Table

if TYPE_CHECKING:
    from p4rsvp.softswitch.codegen.actions import Actions
    from p4rsvp.softswitch.codegen.emitter import Emitter
    from p4rsvp.softswitch.codegen.expressions import Expressions
    from p4rsvp.softswitch.codegen.fields import Fields
    from p4rsvp.softswitch.codegen.flow import Exits, Flow
    from p4rsvp.softswitch.codegen.hashing import Hashing
    from p4rsvp.softswitch.codegen.places import DataField, Places, TablePlace
    from p4rsvp.softswitch.ir.program import ActionDef, Conditional, KeyField, Pipeline

ACTION_BITS = 16  # of meta: the action's number in its table, from 1
HANDLE_SHIFT = 32
GROUP_FLAG = 1 << 63  # an indirect entry names a group, not a member
FIND_NAMES = {1: "find1", 2: "find2", 3: "find3"}


def successors(node: Table | Conditional) -> list[str]:
    """Where control can go from a node; an action that exits goes to the end."""
    if not isinstance(node, Table):
        return [node.true_next or END, node.false_next or END]
    if node.branches_on_hit:
        return [node.next_hit or END, node.next_miss or END]
    return [_next_of(node, name) for name in node.next_by_action] or [node.base_next or END]


def _next_of(table: Table, action_name: str) -> str:
    return table.next_by_action.get(action_name, table.base_next) or END


class Pipelines:
    """Writes the nodes of ingress and egress."""

    def __init__(
        self,
        fields: Fields,
        expressions: Expressions,
        actions: Actions,
        hashing: Hashing,
        places: Places,
    ) -> None:
        self.fields = fields
        self.expressions = expressions
        self.bodies = Bodies(expressions, actions)
        self.cells = actions.cells
        self.hashing = hashing
        self.places = places
        self.out: Emitter = fields.out
        self.program = fields.program
        self.pipeline: Pipeline = self.program.ingress

    def node(self, name: str, _flow: Flow) -> Exits:
        """One node; answers where it goes."""
        node = self.pipeline.nodes[name]
        if isinstance(node, Table):
            return self._table(node)
        condition = self.expressions.boolean(node.condition)
        yes, no = node.true_next or END, node.false_next or END
        return [(condition, yes), (None, no)] if yes != no else [(None, yes)]

    def exits_early(self, node: Table) -> bool:
        """True where one of the table's actions ends the pipeline."""
        bodies = (self.program.actions[i].body for i in table_actions(node))
        return any(step.op == "exit" for body in bodies for step in body)

    def _table(self, table: Table) -> Exits:
        leaves = self.exits_early(table)
        if leaves:
            self.out.line(f"gone = {self.out.const(0)}")
        ids = table_actions(table)
        if not table.key and table.default_const and table.default is not None:
            self._constant_action(table)
            exits: Exits = [(None, table.next_miss or END)]
            if not table.branches_on_hit:
                exits = [(None, _next_of(table, self._action_of_default(table).name))]
        else:
            data, hit = self._lookup(table)
            act = self.out.temp(f"mem[{data}] & {self.out.mask(ACTION_BITS)}", "act")
            for position, action_id in enumerate(ids):
                number = self.out.const(position + 1)
                with self.out.block(f"{'el' if position else ''}if {act} == {number}:"):
                    self._run(self.program.actions[action_id], data)
            exits = self._exits(table, ids, act, hit)
        if leaves:
            gone = f"gone != {self.out.const(0)}"
            exits = [(gone, END), *exits]
        return exits

    def _action_of_default(self, table: Table) -> ActionDef:
        assert table.default is not None
        return self.program.actions[table.default.action_id]

    def _constant_action(self, table: Table) -> None:
        assert table.default is not None
        action = self._action_of_default(table)
        params = [
            self.expressions.math.truncate(self.expressions.math.const(v), bits)
            for v, bits in zip(table.default.params, action.param_bits, strict=True)
        ]
        self.bodies.write(action.body, params)

    def _exits(self, table: Table, ids: list[int], act: str, hit: str) -> Exits:
        if table.branches_on_hit:
            yes, no = table.next_hit or END, table.next_miss or END
            return [(hit, yes), (None, no)] if yes != no else [(None, yes)]
        groups: dict[str, list[int]] = {}
        for position, action_id in enumerate(ids):
            target = _next_of(table, self.program.actions[action_id].name)
            groups.setdefault(target, []).append(position + 1)
        exits: Exits = []
        for target, numbers in groups.items():
            tests = " | ".join(f"({act} == {self.out.const(n)})" for n in numbers)
            exits.append((tests, target))
        if table.default is None and len(exits) > 1:  # a miss without a default action
            return [*exits, (None, table.base_next or END)]
        exits[-1] = (None, exits[-1][1])
        return exits

    def _run(self, action: ActionDef, data: str) -> None:
        places, _ = pack_params(action)
        params = []
        for limbs, width in zip(places, action.param_bits, strict=True):
            codes = [self.out.temp(self._datum(limb, data), "arg") for limb in limbs]
            params.append(Value(tuple(codes), width))
        self.bodies.write(action.body, params)

    def _datum(self, limb: DataField, data: str) -> str:
        code = f"mem[{data} + {self.out.const(limb.word)}]"
        if limb.shift:
            code = f"({code} >> {self.out.const(limb.shift)})"
        return f"({code} & {self.out.mask(limb.width_bits)})" if limb.width_bits < 64 else code

    # Lookups

    def _lookup(self, table: Table) -> tuple[str, str]:
        """The locals with the place of the row's meta, and whether an entry was hit."""
        place = self.places.tables[table.name]
        zero = self.out.const(0)
        data = self.out.fresh("row")
        hit = self.out.fresh("hit")
        if table.key:
            self.out.line(f"{data} = {self._find(table, place)}")
            self.out.line(f"{hit} = {data} != {zero}")
            if is_large(place):
                self.cells.hint(0, data, self.places.hints)
            with self.out.block(f"if not {hit}:"):
                self.out.line(f"{data} = {self.out.const(place.default)}")
            if table.profile or table.direct_counter or table.direct_meter or table.timeout:
                with self.out.block("else:"):
                    self._touch(table, place, data)
                    self._choose(table, data)
        else:
            self.out.line(f"{data} = {self.out.const(place.default)}")
            self.out.line(f"{hit} = False")
        return data, hit

    def _find(self, table: Table, place: TablePlace) -> str:
        words = self._key_words(table)
        base, stride = self.out.const(place.base), self.out.const(place.stride)
        mask = self.out.const(place.capacity - 1)
        if table.kind == "lpm":
            root = self.out.const(place.root)
            return f"find_prefix(mem, {root}, {', '.join(self._left_aligned(table))})"
        names = [self.out.temp(word, "key") for word in words]
        if table.kind == "ternary":
            groups = self.out.const(place.groups)
            ranged = [self._key_value(k).code for k in table.key if k.kind == "range"]
            bounds = "(" + "".join(f"{r}, " for r in ranged or [self.out.const(0)]) + ")"
            key = "(" + "".join(f"{n}, " for n in names) + ")"
            counts = self.out.const(len(ranged))
            return (
                f"find_ternary(mem, {groups}, {base}, {mask}, {stride}, {key}, {bounds}, {counts})"
            )
        count = len(names)
        keys = ", ".join(names)
        if count in FIND_NAMES:
            hashed = self.out.temp(f"hash{count}({keys})", "hash")
            return f"find{count}(mem, {base}, {mask}, {stride}, {hashed}, {keys})"
        hashed = self.out.temp(f"hash_tuple(({keys}))", "hash")
        return f"find_tuple(mem, {base}, {mask}, {stride}, {hashed}, ({keys}))"

    def _key_value(self, key: KeyField) -> Value:
        math = self.expressions.math
        value = math.truncate(self.expressions.value(key.field), key.width_bits)
        if key.mask is not None:
            value = math.bitwise("&", value, math.const(key.mask))
        return Value(tuple(math.extend(value, limbs_for(key.width_bits))), key.width_bits)

    def _key_words(self, table: Table) -> list[str]:
        """The key's words, fields packed as the control plane packs them."""
        places, count = pack_key(table)
        parts: list[list[str]] = [[] for _ in range(count)]
        values = [self._key_value(k) for k in table.key if k.kind != "range"]
        for limbs, value in zip(places, values, strict=True):
            for index, limb in enumerate(limbs):
                code = value.limb(index)
                if limb.shift:
                    code = f"({code} << {self.out.const(limb.shift)})"
                parts[limb.word].append(code)
        return [" | ".join(part) or self.out.const(0) for part in parts]

    def _left_aligned(self, table: Table) -> tuple[str, str]:
        """A trie's key: the field's first bit is the highest of the first word."""
        key = table.key[0]
        words = limbs_for(key.width_bits)
        value = self._key_value(key)
        shifted = self.expressions.math.shift_left(value, 64 * words - key.width_bits)
        zero = self.out.const(0)
        codes = self.expressions.math.extend(shifted, words)
        high = codes[-1] or zero
        return high, (codes[0] or zero) if words == 2 else zero

    def _touch(self, table: Table, place: TablePlace, data: str) -> None:
        """What a hit does besides its action: counters, meters, the time of the hit."""
        if not (table.direct_counter or table.direct_meter or table.timeout):
            return
        handle = self.out.temp(f"mem[{data}] >> {self.out.const(HANDLE_SHIFT)}", "handle")
        if table.timeout:
            self.out.line(f"mem[{self.out.const(place.hits)} + {handle}] = now")
        if table.direct_counter:
            base = self.out.const(place.counters)
            cell = f"{base} + {handle} * {self.out.const(COUNTER_WORDS)}"
            self.cells.count_at(cell + self.cells.own_share(place.counter_share))
        if table.direct_meter:
            meter = self.program.meters[table.direct_meter]
            base = self.out.const(place.meters)
            cell = f"{base} + {handle} * {self.out.const(METER_WORDS)}"
            colour = self.cells.meter_at(cell, meter)
            if meter.result is not None:
                self.fields.write(meter.result, colour)

    def _choose(self, table: Table, data: str) -> None:
        """From an indirect entry to the member that acts."""
        if table.profile is None:
            return
        one = self.out.const(1)
        self.out.line(f"{data} = mem[{data} + {one}]")
        if not table.selector:
            return
        profile = self.program.profiles[table.profile]
        flag = self.out.const(GROUP_FLAG)
        with self.out.block(f"if ({data} & {flag}) != {self.out.const(0)}:"):
            group = self.out.temp(f"{data} ^ {flag}", "group")
            inputs = [
                HashInput("field", ref, self.program.field_type(ref).width_bits)
                for ref in profile.selector_fields
            ]
            hashed = self.hashing.compute(profile.selector_algo or "", inputs)
            count = self.out.temp(f"mem[{group}]", "count")
            with self.out.block(f"if {count} != {self.out.const(0)}:"):
                self.out.line(f"{data} = mem[{group} + {one} + {hashed.code} % {count}]")
            with self.out.block("else:"):
                empty = self.out.const(self.places.tables[table.name].default)
                self.out.line(f"{data} = {empty}")
